"""HTTP for exports of all calls or gatherings that pass the filters."""

from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar

from fastapi import APIRouter, Response
from pydantic import BaseModel

from services.calls.catalogue.search import CallFilter
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.views import CallView, query_of
from services.calls.dependencies import CurrentCaller, CurrentRuntime, GatheringId, OptionalCaller
from services.calls.feeds.exports.columns import CALL_COLUMNS, GATHERING_COLUMNS, PARTICIPANT_COLUMNS
from services.calls.feeds.routes import INVALID_FILTER, Calls, Gatherings, Participants
from services.calls.gatherings.access import own_gathering
from services.calls.gatherings.registrations.store import list_registrations
from services.calls.gatherings.registrations.views import Participant, RegistrationFilter, participants
from services.calls.gatherings.store import GATHERINGS, public
from services.calls.gatherings.views import GatheringFilter, GatheringView
from shared.auth import Caller
from shared.exports import BATCH, as_csv, as_json
from shared.http.problems import produces
from shared.mongo import Collection, Query, pages
from shared.service import Runtime

M = TypeVar("M", bound=BaseModel)

router = APIRouter()
CSV, JSON = "text/csv", "application/json"


@router.get(
    "/calls.csv",
    operation_id="export_calls_csv",
    summary="Export calls as CSV",
    **produces(CSV, INVALID_FILTER, conditional=False),
)
async def calls_csv(runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """Return all public calls that pass the filters as CSV with a header.

    It is UTF-8 with a byte-order mark. Every cell is in quotes. What a spreadsheet would read as a formula has an
    apostrophe in front of it.
    """
    return as_csv("calls", await all_calls(runtime, caller, q), CALL_COLUMNS)


@router.get(
    "/calls.json",
    operation_id="export_calls_json",
    summary="Export calls as JSON",
    **produces(JSON, INVALID_FILTER, conditional=False),
)
async def calls_json(runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """Return all public calls that pass the filters as one JSON array."""
    return as_json("calls", await all_calls(runtime, caller, q))


@router.get(
    "/gatherings.csv",
    operation_id="export_gatherings_csv",
    summary="Export gatherings as CSV",
    **produces(CSV, INVALID_FILTER, conditional=False),
)
async def gatherings_csv(runtime: CurrentRuntime, q: Gatherings) -> Response:
    """Return all public gatherings that pass the filters, also past ones, as CSV with a header.

    It is UTF-8 with a byte-order mark. Every cell is in quotes. What a spreadsheet would read as a formula has an
    apostrophe in front of it.
    """
    return as_csv("gatherings", all_gatherings(runtime, q), GATHERING_COLUMNS)


@router.get(
    "/gatherings.json",
    operation_id="export_gatherings_json",
    summary="Export gatherings as JSON",
    **produces(JSON, INVALID_FILTER, conditional=False),
)
async def gatherings_json(runtime: CurrentRuntime, q: Gatherings) -> Response:
    """Return all public gatherings that pass the filters, also past ones, as one JSON array."""
    return as_json("gatherings", all_gatherings(runtime, q))


@router.get(
    "/gatherings/{id}/registrations.csv",
    operation_id="export_registrations_csv",
    summary="Export the registrations for a gathering as CSV",
    **produces(CSV, {404: "Gathering not found, or its organiser is another organisation"}, conditional=False),
)
async def registrations_csv(
    id: GatheringId, runtime: CurrentRuntime, caller: CurrentCaller, q: Participants
) -> Response:
    """Return all registrations for a gathering that you organise, with names, as CSV that spreadsheets open.

    By default, those who are registered or wait; `state` asks for others. `limit` and `cursor` have no effect.
    """
    await own_gathering(runtime.db, id, caller)
    return as_csv("registrations", all_participants(runtime, id, q), PARTICIPANT_COLUMNS)


async def all_participants(runtime: Runtime, id: str, q: RegistrationFilter) -> AsyncIterator[list[Participant]]:
    """Yield the registrations for a gathering in order of their arrival, in batches."""
    number = 0
    while page := await list_registrations(runtime.db, id, q.states, number, BATCH):
        yield await participants(runtime.db, page)
        number = page[-1].number


async def all_calls(runtime: Runtime, caller: Caller | None, q: CallFilter) -> AsyncIterator[list[CallView]]:
    """Return the views of all calls that pass the filters, in batches."""
    now = runtime.db.now()
    query = await query_of(runtime, q, caller)
    return views(runtime, CALLS, query, lambda call: CallView.of(call, now))


def all_gatherings(runtime: Runtime, q: GatheringFilter) -> AsyncIterator[list[GatheringView]]:
    """Return the views of all gatherings that pass the filters, in batches."""
    return views(runtime, GATHERINGS, public(q.query()), GatheringView.of)


async def views(
    runtime: Runtime, collection: Collection[Any], query: Query, view: Callable[[Any], M]
) -> AsyncIterator[list[M]]:
    """Yield the views of all matches, in batches."""
    async for page in pages(collection, runtime.db, query, BATCH):
        yield [view(document) for document in page]
