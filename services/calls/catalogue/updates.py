"""Updates of a call: dated notices by its publisher, stored, listed, and published as a change of the call."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.calls.catalogue.access import call_facts, call_path, own_call, visible_call
from services.calls.catalogue.domain import Call, check_not_withdrawn, check_public
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import NOTIFIES_ONCE, CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.terms import Line
from shared.auth import Caller
from shared.contracts.calls import CallChanged
from shared.fields import Paragraphs
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.models import Body, Document
from shared.mongo import Collection, Reader, Transaction, behind, index
from shared.sentences import _

router = APIRouter(tags=["Questions"])


class UpdateBody(Body):
    """A notice that a publisher sends."""

    title: Line
    text: Annotated[str, Paragraphs(1000, fewest=1)]


class Update(Document):
    """A notice as it is stored and shown."""

    call_id: str
    title: str
    text: str
    at: datetime = Field(description="Time of publication")


UPDATES = Collection("updates", Update, [index("call_id", "-at", "_id")])


async def post_update(tx: Transaction, id: str, call_id: str, body: UpdateBody, caller: Caller) -> Update:
    """Publish a notice, also for a closed call, whose results come then.

    Raise CallNotPublic or CallAlreadyWithdrawn if the call is not public.
    """
    call = await own_call(tx, call_id, caller)
    check_not_withdrawn(call)
    check_public(call, _("Publish it first."))
    update = Update(id=id, call_id=call_id, title=body.title, text=body.text, at=tx.now)
    await UPDATES.insert(tx, update)
    call = await CALLS.change(tx, call, call.replace(updated_at=tx.now))
    tx.publish(CallChanged(call_id=call_id, call=call_facts(call), changes=[f"notice: {body.title}", body.text]))
    return update


@router.post(
    "/calls/{id}/updates",
    status_code=201,
    operation_id="post_call_update",
    dependencies=NOTIFIES_ONCE,
    summary="Post an update of a call",
    responses=refusals({404: "Call not found, or of another organisation", 409: "The call is not public"}),
)
async def post_call_update(
    id: CallId,
    body: UpdateBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> Update:
    """Publish a notice; members who follow the call's topics are notified."""
    async with runtime.resources.locks.hold(id):
        update = await idempotent(runtime.db, key, caller.id, Update, post_update, new_id(), id, body, caller)
    response.headers["Location"] = f"{call_path(id)}/updates"
    return update


@router.get(
    "/calls/{id}/updates",
    operation_id="list_call_updates",
    summary="List the updates of a call",
    responses=refusals({404: "Call not found, or a draft of another organisation"}),
)
async def list_call_updates(
    id: CallId, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[Paging, Query()]
) -> Page[Update]:
    """Return the updates, the newest first."""
    return await updates_of(runtime.db, await visible_call(runtime.db, id, caller), q)


async def updates_of(reader: Reader, call: Call, paging: Paging) -> Page[Update]:
    """Return a page of the updates of a call, the newest first."""
    query = {"$and": [{"call_id": call.id}, behind("at", decode_time_cursor(paging.cursor), newest_first=True)]}
    updates = await UPDATES.find(reader, query, sort=[("at", -1), ("_id", 1)], limit=paging.limit + 1)
    return page_of(Update, updates, paging.limit, "at")
