"""HTTP for calls: search, facets, and the steps from a draft to its withdrawal."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue import usecases
from services.calls.catalogue.access import call_path, visible_call
from services.calls.catalogue.deadlines.domain import CutOff, current_cut_off
from services.calls.catalogue.documents import DocumentView
from services.calls.catalogue.domain import Call, CallBody, CallContent, Conflict, Extension
from services.calls.catalogue.eligibility.domain import in_words
from services.calls.catalogue.facets import choices, counts
from services.calls.catalogue.search import CallFilter, ranked
from services.calls.catalogue.status import Stage, Status, status
from services.calls.catalogue.store import DRAFTS, list_calls
from services.calls.dependencies import NOTIFIES, CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.organisations.domain import PLATFORM, Applicant, applicant_of
from services.calls.organisations.usecases import own_organisation, publisher
from shared.auth import Caller
from shared.errors import NotAuthenticated
from shared.fields import Paragraphs
from shared.http.negotiation import page_or_json, wants_html
from shared.http.paging import Page, decode_score_cursor, decode_time_cursor, encode_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.models import Body
from shared.service import Runtime

router = APIRouter(tags=["Calls"])
CHANGE_REFUSED = {
    404: "Call not found, or of another organisation",
    409: "The call has closed or was withdrawn, or the step does not fit its status",
    412: "The call has changed since you read it",
    428: "If-Match is missing",
}
SEARCH_REFUSED = {
    401: "A search for a profile needs a token",
    404: "The organisation in for_profile is not published or not yours",
}


class CallView(CallContent):
    """A call as readers see it at this moment."""

    id: str
    version: int
    status: Status
    deadline: datetime = Field(description="Time of the next cut-off, or of the last one if all have passed")
    timezone: str = Field(description="Time zone in which the deadline is shown")
    cut_offs: list[CutOff]
    organisation_name: str
    published_at: datetime | None
    withdrawn_because: str = Field(description="Reason for the withdrawal; empty if the call was not withdrawn")
    source_id: str | None = Field(description="Id of an imported call in its source")
    provenance: dict[str, str] = Field(description="For an imported call: the source of each field")
    conflicts: list[Conflict] = Field(description="For an imported call: fields on which its sources disagree")
    files: list[DocumentView] = Field(description="Documents to download; those in `documents` are links")
    history: str = Field(description="Hash of the newest entry in the history of the deadlines")
    eligibility_words: list[str] = Field(description="The rules of eligibility as sentences")

    @classmethod
    def of(cls, call: Call, now: datetime) -> "CallView":
        """Return the view of a call at a time."""
        stored = cls.model_fields.keys() & Call.model_fields.keys()
        shown = current_cut_off(call.cut_offs, now)
        values = {
            **call.model_dump(include=set(stored)),
            "deadline": shown.deadline,
            "timezone": shown.timezone,
            "status": status(call, now),
            "files": [DocumentView.of(file, call_path(call.id)) for file in call.files],
            "source_id": call.source.id if call.source else None,
            "eligibility_words": in_words(call.eligibility),
        }
        return cls.model_validate(values)


class Facets(BaseModel):
    """The number of calls that pass the filters, by facet and value."""

    status: dict[str, int]
    kind: dict[str, int]
    ecosystem: dict[str, int]
    country: dict[str, int] = Field(description="Highest number first; calls that are open to every country name none")
    about: dict[str, int] = Field(description="Countries that calls are about; highest number first")
    programme: dict[str, int] = Field(description="Highest number first; at most 100 programmes")


class Withdrawal(Body):
    """The withdrawal of a call."""

    reason: Annotated[str, Paragraphs(1000, fewest=3)] = Field(description="Shown to readers and applicants")


@router.post(
    "/calls",
    status_code=201,
    operation_id="create_call",
    summary="Create a draft of a call",
    responses=refusals({404: "The organisation is not published, or the caller is not one of its editors"}),
)
async def create_call(
    body: CallBody, runtime: CurrentRuntime, caller: CurrentCaller, response: Response, key: IdempotencyKey = None
) -> CallView:
    """Create a draft, which only editors of its organisation see until it is published."""
    name = await publisher(runtime.db, body.organisation_id, caller)
    owner = body.organisation_id or PLATFORM
    drafts = {"organisation_id": body.organisation_id, "stage": Stage.DRAFT}
    work = DRAFTS.within(owner, drafts, usecases.create_call)
    call = await idempotent(runtime.db, key, caller.id, Call, work, new_id(), body, name)
    created(response, call_path(call.id), call.version)
    return CallView.of(call, runtime.db.now())


@router.get(
    "/calls",
    operation_id="list_calls",
    summary="Search for calls",
    response_model=Page[CallView],
    responses=refusals(SEARCH_REFUSED),
)
async def search_calls(
    request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[CallFilter, Query()]
) -> Response:
    """Return public calls, the next deadline first; in a search with a text, the best match first."""
    now = runtime.db.now()
    query = q.query(now, await profile(runtime, q, caller))
    if q.text:
        page = ranked_page(await ranked(runtime.db, query, decode_score_cursor(q.cursor), q.limit + 1), q.limit, now)
    else:
        calls = await list_calls(runtime.db, query, decode_time_cursor(q.cursor), q.limit + 1)
        page = page_of(CallView, calls, q.limit, "deadline", lambda call: CallView.of(call, now))
    counted = await counts(runtime.db, q, query, now) if wants_html(request) else {}
    return page_or_json(request, "calls.html", page, q=q, facets=choices(request.query_params, counted))


@router.get(
    "/calls/facets",
    operation_id="count_calls",
    summary="Count calls by facet",
    responses=refusals(SEARCH_REFUSED),
)
async def count_calls(runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[CallFilter, Query()]) -> Facets:
    """Return how many calls pass the filters, by facet; limit and cursor have no effect."""
    now = runtime.db.now()
    return Facets.model_validate(await counts(runtime.db, q, q.query(now, await profile(runtime, q, caller)), now))


async def profile(runtime: Runtime, q: CallFilter, caller: Caller | None) -> Applicant | None:
    """Return the organisation that the search is for. Raise NotAuthenticated or NotFound if it is not the caller's."""
    if q.for_profile is None:
        return None
    if caller is None:
        raise NotAuthenticated("Log in to search for one of your profiles.")
    return applicant_of(await own_organisation(runtime.db, q.for_profile, caller, "for_profile"))


def ranked_page(matches: Sequence[tuple[float, Call]], limit: int, now: datetime) -> Page[CallView]:
    """Return a page of matches; there is one more than the limit if another page follows."""
    shown = matches[:limit]
    more = encode_cursor(repr(shown[-1][0]), shown[-1][1].id) if len(matches) > limit else None
    return Page[CallView](items=[CallView.of(call, now) for _, call in shown], next=more)


@router.get(
    "/calls/{id}",
    operation_id="read_call",
    summary="Read a call",
    response_model=CallView,
    responses=refusals({404: "Call not found, or a draft of another organisation"}),
)
async def read_call(id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Return a public call, or a draft of your organisation."""
    call = await visible_call(runtime.db, id, caller)
    response = page_or_json(request, "call.html", CallView.of(call, runtime.db.now()))
    etag(response, call.version)
    return response


@router.put(
    "/calls/{id}",
    operation_id="change_call",
    dependencies=NOTIFIES,
    summary="Change a call",
    responses=refusals(CHANGE_REFUSED),
)
async def change_call(
    id: CallId, body: CallBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    """Replace the content and the deadlines of a call; followers of a public call are notified."""
    async with runtime.resources.locks.hold(id):
        call = await runtime.db.transact(usecases.change_call, id, body, caller, version)
    return _view(call, runtime, response)


@router.post(
    "/calls/{id}/publish",
    operation_id="publish_call",
    dependencies=NOTIFIES,
    summary="Publish a call",
    responses=refusals(CHANGE_REFUSED),
)
async def publish_call(
    id: CallId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    """Publish a draft; its last deadline has to be in the future."""
    async with runtime.resources.locks.hold(id):
        call = await runtime.db.transact(usecases.publish_call, id, caller, version)
    return _view(call, runtime, response)


@router.post(
    "/calls/{id}/extend",
    operation_id="extend_call",
    dependencies=NOTIFIES,
    summary="Extend a deadline",
    responses=refusals(CHANGE_REFUSED),
)
async def extend_call(
    id: CallId, body: Extension, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    """Move a cut-off of a public call to a later time; the change is kept in the history, with its reason."""
    async with runtime.resources.locks.hold(id):
        call = await runtime.db.transact(usecases.extend_call, id, body, caller, version)
    return _view(call, runtime, response)


@router.post(
    "/calls/{id}/withdraw",
    operation_id="withdraw_call",
    dependencies=NOTIFIES,
    summary="Withdraw a call",
    responses=refusals(CHANGE_REFUSED),
)
async def withdraw_call(
    id: CallId, body: Withdrawal, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> CallView:
    """Withdraw a public call, with a reason; its applications are cancelled."""
    async with runtime.resources.locks.hold(id):
        call = await runtime.db.transact(usecases.withdraw_call, id, body.reason, caller, version)
    return _view(call, runtime, response)


def _view(call: Call, runtime: Runtime, response: Response) -> CallView:
    etag(response, call.version)
    return CallView.of(call, runtime.db.now())
