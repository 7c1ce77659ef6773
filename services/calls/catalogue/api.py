"""HTTP for calls: search, facets, and the steps from a draft to its withdrawal."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.calls.catalogue import usecases
from services.calls.catalogue.access import call_path, visible_call
from services.calls.catalogue.content import CallBody, Extension
from services.calls.catalogue.domain import Call
from services.calls.catalogue.facets import counts
from services.calls.catalogue.search import CallFilter, CallSearch
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import DRAFTS
from services.calls.catalogue.views import CallView, query_of, results
from services.calls.dependencies import NOTIFIES, CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.organisations.domain import PLATFORM
from services.calls.organisations.usecases import publisher
from shared.fields import Paragraphs
from shared.http.paging import Page
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
    responses=refusals(SEARCH_REFUSED),
)
async def search_calls(
    runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[CallSearch, Query()]
) -> Page[CallView]:
    """Return public calls, the next deadline first; in a search with a text, the best match first."""
    return await results(runtime, q, caller)


@router.get(
    "/calls/facets",
    operation_id="count_calls",
    summary="Count calls by facet",
    responses=refusals(SEARCH_REFUSED),
)
async def count_calls(runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[CallFilter, Query()]) -> Facets:
    """Return how many calls pass the filters, by facet; limit and cursor have no effect."""
    counted = await counts(runtime.db, q, await query_of(runtime, q, caller), runtime.db.now())
    return Facets.model_validate(counted)


@router.get(
    "/calls/{id}",
    operation_id="read_call",
    summary="Read a call",
    responses=refusals({404: "Call not found, or a draft of another organisation"}),
)
async def read_call(id: CallId, runtime: CurrentRuntime, caller: OptionalCaller, response: Response) -> CallView:
    """Return a public call, or a draft of your organisation."""
    return _view(await visible_call(runtime.db, id, caller), runtime, response)


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
