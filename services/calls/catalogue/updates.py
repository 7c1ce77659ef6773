"""Dated notices about a call by its publisher: kept, listed, and announced as a change of the call."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.calls.catalogue.access import facts, own, path, visible
from services.calls.catalogue.domain import CallWithdrawn, Stage, check_public
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.terms import Line
from shared.auth import Caller
from shared.contracts.calls import CallChanged
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.models import Body, Document
from shared.mongo import Collection, Transaction, behind, index

router = APIRouter()


class UpdateBody(Body):
    title: Line
    text: str = Field(min_length=1, max_length=1000)


class Update(Document):
    call_id: str
    title: str
    text: str
    at: datetime


UPDATES = Collection("updates", Update, [index("call_id", "-at", "_id")])


async def post_update(tx: Transaction, id: str, call_id: str, body: UpdateBody, caller: Caller) -> Update:
    """Also of a closed call: results come then. Raises CallNotPublic, CallWithdrawn."""
    call = await own(tx, call_id, caller)
    if call.stage is Stage.WITHDRAWN:
        raise CallWithdrawn("this call was withdrawn", field="status")
    check_public(call, "there is nobody to tell")
    update = Update(id=id, call_id=call_id, at=tx.now, **body.model_dump())
    await UPDATES.insert(tx, update)
    call = await CALLS.change(tx, call, call.replace(updated_at=tx.now))
    tx.publish(CallChanged(call_id=call_id, call=facts(call), changes=[f"notice: {body.title}", body.text]))
    return update


@router.post("/calls/{id}/updates", status_code=201)
async def post(
    id: Id,
    body: UpdateBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> Update:
    request = f"update {id} {body.model_dump_json()}"
    made = await idempotent(runtime.db, key, caller.id, request, Update, post_update, new_id(), id, body, caller)
    response.headers["Location"] = f"{path(id)}/updates"
    return made


@router.get("/calls/{id}/updates", response_model=Page[Update])
async def updates(
    id: Id, request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[Paging, Query()]
) -> Response:
    """The newest first."""
    call = await visible(runtime.db, id, caller)
    query = {"$and": [{"call_id": id}, behind("at", decode_time_cursor(q.cursor), newest_first=True)]}
    found = await UPDATES.find(runtime.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
    return page_or_json(request, "updates.html", page_of(Update, found, q.limit, "at"), call=call)
