"""HTTP for calls."""

from collections.abc import Sequence
from datetime import datetime
from math import isfinite
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue import usecases
from services.calls.catalogue.access import path, visible
from services.calls.catalogue.deadlines.domain import CutOff, current
from services.calls.catalogue.documents import DocumentView
from services.calls.catalogue.domain import Call, CallBody, CallContent, Conflict, Extension, Status, status
from services.calls.catalogue.eligibility.domain import in_words
from services.calls.catalogue.facets import choices, counts
from services.calls.catalogue.search import CallFilter, ranked
from services.calls.catalogue.store import list_calls
from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.organisations.domain import Applicant, applicant_of
from services.calls.organisations.usecases import own_organisation, publisher
from shared.auth import Caller
from shared.errors import Invalid, NotAuthenticated
from shared.http.negotiation import page_or_json, wants_html
from shared.http.paging import Page, decode_cursor, decode_time_cursor, encode_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.models import Body
from shared.service import Runtime

router = APIRouter()


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
    files: list[DocumentView] = Field(description="Documents to download, beside those that are links")
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
            "files": [DocumentView.of(file, path(call.id)) for file in call.files],
            "source_id": call.source.id if call.source else None,
            "eligibility_words": in_words(call.eligibility),
        }
        return cls.model_validate(values)


class Facets(BaseModel):
    """How many calls pass the filters, by status, kind, ecosystem, and by the countries and programmes they name."""

    status: dict[str, int]
    kind: dict[str, int]
    ecosystem: dict[str, int]
    country: dict[str, int] = Field(description="The most calls first; a call open to every country names none")
    programme: dict[str, int] = Field(description="The most calls first; at most 100")


class Withdrawal(Body):
    reason: str = Field(min_length=3, max_length=1000)


@router.post("/calls", status_code=201)
async def create(
    body: CallBody, runtime: CurrentRuntime, caller: CurrentCaller, response: Response, key: IdempotencyKey = None
) -> CallView:
    name = await publisher(runtime.db, body.organisation_id, caller)
    request = "call" + body.model_dump_json()
    call = await idempotent(runtime.db, key, caller.id, request, Call, usecases.create_call, new_id(), body, name)
    created(response, path(call.id), call.version)
    return CallView.of(call, runtime.db.now())


@router.get("/calls", response_model=Page[CallView])
async def calls(
    request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[CallFilter, Query()]
) -> Response:
    """The next deadline first; with a text, the best match first."""
    now = runtime.db.now()
    query = q.query(now, await profile(runtime, q, caller))
    if q.text:
        page = ranked_page(await ranked(runtime.db, query, score_cursor(q.cursor), q.limit + 1), q.limit, now)
    else:
        found = await list_calls(runtime.db, query, decode_time_cursor(q.cursor), q.limit + 1)
        page = page_of(CallView, found, q.limit, "deadline", lambda call: CallView.of(call, now))
    found_by = await counts(runtime.db, q, query, now) if wants_html(request) else {}
    return page_or_json(request, "calls.html", page, q=q, facets=choices(request.query_params, found_by))


@router.get("/calls/facets")
async def facets(runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[CallFilter, Query()]) -> Facets:
    """Counts for the same filters; limit and cursor mean nothing here."""
    now = runtime.db.now()
    return Facets.model_validate(await counts(runtime.db, q, q.query(now, await profile(runtime, q, caller)), now))


async def profile(runtime: Runtime, q: CallFilter, caller: Caller | None) -> Applicant | None:
    """Of an organisation of the caller's. Raises NotAuthenticated, NotFound."""
    if q.for_profile is None:
        return None
    if caller is None:
        raise NotAuthenticated("log in to search for a profile of yours")
    return applicant_of(await own_organisation(runtime.db, q.for_profile, caller, "for_profile"))


def ranked_page(found: Sequence[tuple[float, Call]], limit: int, now: datetime) -> Page[CallView]:
    shown = found[:limit]
    more = encode_cursor(repr(shown[-1][0]), shown[-1][1].id) if len(found) > limit else None
    return Page[CallView](items=[CallView.of(call, now) for _, call in shown], next=more)


def score_cursor(cursor: str | None) -> tuple[float, str] | None:
    """The score and id of the last match of the page before. Raises Invalid."""
    if cursor is None:
        return None
    text, id = decode_cursor(cursor, 2)
    try:
        score = float(text)
    except ValueError as error:
        raise Invalid("the cursor is not one of ours", field="cursor") from error
    if not isfinite(score):
        raise Invalid("the cursor is not one of ours", field="cursor")
    return score, id


@router.get("/calls/{id}", response_model=CallView)
async def read(id: Id, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    call = await visible(runtime.db, id, caller)
    response = page_or_json(request, "call.html", CallView.of(call, runtime.db.now()))
    etag(response, call.version)
    return response


@router.put("/calls/{id}")
async def change(
    id: Id, body: CallBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    return _view(await runtime.db.transact(usecases.change_call, id, body, caller, version), runtime, response)


@router.post("/calls/{id}/publish")
async def publish(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    return _view(await runtime.db.transact(usecases.publish_call, id, caller, version), runtime, response)


@router.post("/calls/{id}/extend")
async def extend(
    id: Id, body: Extension, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    """A later deadline; kept in the history, and announced."""
    return _view(await runtime.db.transact(usecases.extend_call, id, body, caller, version), runtime, response)


@router.post("/calls/{id}/withdraw")
async def withdraw(
    id: Id, body: Withdrawal, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    return _view(await runtime.db.transact(usecases.withdraw_call, id, body.reason, caller, version), runtime, response)


def _view(call: Call, runtime: Runtime, response: Response) -> CallView:
    etag(response, call.version)
    return CallView.of(call, runtime.db.now())
