"""HTTP for calls."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from services.calls import usecases
from services.calls.deadlines.domain import CutOff, current
from services.calls.domain import Call, CallBody, CallContent, Conflict, Extension, Status, status
from services.calls.eligibility.domain import in_words
from services.calls.publishers import publisher
from services.calls.store import in_status, list_calls
from shared.auth import Caller
from shared.http import (
    IdempotencyKey,
    IfMatch,
    Page,
    Paging,
    caller,
    created,
    decode_time_cursor,
    etag,
    here,
    page_of,
    page_or_json,
    perhaps,
)
from shared.idempotency import once
from shared.ids import Id, new_id
from shared.models import Body
from shared.service import Runtime
from shared.vocabulary import CallKind, Country, Ecosystem

router = APIRouter()
Here = Annotated[Runtime, Depends(here("calls"))]
By = Annotated[Caller, Depends(caller("calls"))]
Perhaps = Annotated[Caller | None, Depends(perhaps("calls"))]

PUBLIC = [Status.FORTHCOMING, Status.OPEN, Status.CLOSING_SOON, Status.CLOSED]


class CallView(CallContent):
    """A call as others see it, with its status at this moment; its deadline is that of the cut-off ahead."""

    id: str
    version: int
    status: Status
    deadline: datetime
    timezone: str
    cut_offs: list[CutOff]
    organisation_name: str
    published_at: datetime | None
    withdrawn_because: str
    source_id: str | None
    provenance: dict[str, str] = Field(description="Of an imported call: which source each field is from")
    conflicts: list[Conflict]
    history: str = Field(description="Hash of the newest entry of the deadlines' history")
    eligibility_words: list[str]

    @classmethod
    def of(cls, call: Call, now: datetime) -> "CallView":
        shown = cls.model_fields.keys() & Call.model_fields.keys()
        ahead = current(call.cut_offs, now)
        values = {
            **call.model_dump(include=set(shown)),
            "deadline": ahead.deadline,
            "timezone": ahead.timezone,
            "status": status(call, now),
            "source_id": call.source.id if call.source else None,
            "eligibility_words": in_words(call.eligibility),
        }
        return cls.model_validate(values)


class CallFilter(Paging):
    status: Status | None = Field(None, description="forthcoming, open, closing_soon or closed")
    kind: CallKind | None = None
    country: Country | None = None
    ecosystem: Ecosystem | None = None
    organisation_id: Id | None = None


class Withdrawal(Body):
    reason: str = Field(min_length=3, max_length=1000)


@router.post("/calls", status_code=201)
async def create(body: CallBody, at: Here, by: By, response: Response, key: IdempotencyKey = None) -> CallView:
    name = await publisher(at.db, body.organisation_id, by)
    request = "call" + body.model_dump_json()
    call = await once(at.db, key, by.id, request, Call, usecases.create_call, new_id(), body, name)
    created(response, usecases.path(call.id), call.version)
    return CallView.of(call, at.db.now())


@router.get("/calls", response_model=Page[CallView])
async def calls(request: Request, at: Here, q: Annotated[CallFilter, Query()]) -> Response:
    now = at.db.now()
    wanted = {"kind": q.kind, "countries": q.country, "ecosystems": q.ecosystem, "organisation_id": q.organisation_id}
    filters: dict[str, Any] = {field: value for field, value in wanted.items() if value}
    if q.status in PUBLIC:
        filters |= in_status(q.status, now)
    elif q.status:
        return page_or_json(request, "calls.html", Page[CallView](items=[]))
    found = await list_calls(at.db, filters, decode_time_cursor(q.cursor), q.limit + 1)
    page = page_of(CallView, found, q.limit, "deadline", lambda call: CallView.of(call, now))
    return page_or_json(request, "calls.html", page)


@router.get("/calls/{id}", response_model=CallView)
async def read(id: Id, request: Request, at: Here, by: Perhaps) -> Response:
    call = await usecases.visible(at.db, id, by)
    response = page_or_json(request, "call.html", CallView.of(call, at.db.now()))
    etag(response, call.version)
    return response


@router.put("/calls/{id}")
async def change(id: Id, body: CallBody, at: Here, by: By, version: IfMatch, response: Response) -> CallView:
    return _view(await at.db.transact(usecases.change_call, id, body, by, version), at, response)


@router.post("/calls/{id}/publish")
async def publish(id: Id, at: Here, by: By, version: IfMatch, response: Response) -> CallView:
    return _view(await at.db.transact(usecases.publish_call, id, by, version), at, response)


@router.post("/calls/{id}/extend")
async def extend(id: Id, body: Extension, at: Here, by: By, version: IfMatch, response: Response) -> CallView:
    """A later deadline; kept in the history, and announced."""
    return _view(await at.db.transact(usecases.extend_call, id, body, by, version), at, response)


@router.post("/calls/{id}/withdraw")
async def withdraw(id: Id, body: Withdrawal, at: Here, by: By, version: IfMatch, response: Response) -> CallView:
    return _view(await at.db.transact(usecases.withdraw_call, id, body.reason, by, version), at, response)


def _view(call: Call, at: Runtime, response: Response) -> CallView:
    etag(response, call.version)
    return CallView.of(call, at.db.now())
