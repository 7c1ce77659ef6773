"""HTTP for the calls that an organisation publishes: drafts too, and how many applied."""

from collections.abc import Collection as Many
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import calls_of_organisation
from services.calls.catalogue.views import CallView
from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.organisations.usecases import check_publisher
from services.calls.selection.applications.states import NOT_APPLIED, State
from services.calls.selection.applications.store import numbers_by_state
from shared.http.paging import Page, Paging, decode_cursor, encode_cursor
from shared.http.problems import refusals
from shared.ids import Id
from shared.mongo import Database

router = APIRouter(tags=["Calls"])


class OwnCallView(CallView):
    """A call as its publisher sees it."""

    applied: int = Field(0, description="Number of applications that were submitted and not withdrawn")
    applications: dict[State, int] = Field(default={}, description="Number of applications by state, drafts included")


class OwnFilter(Paging):
    """Query parameters of a publisher's list of calls."""

    organisation_id: Id | None = Field(None, description="Organisation of yours; none: the platform (for operators)")
    stage: Stage | None = Field(None, description="Only calls at this stage, for example draft")


@router.get(
    "/calls/own",
    operation_id="list_own_calls",
    summary="List the calls that you publish",
    responses=refusals(
        {403: "You named no organisation, and you are not an operator", 404: "You do not publish for the organisation"}
    ),
)
async def list_own_calls(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[OwnFilter, Query()]
) -> Page[OwnCallView]:
    """Return the calls of an organisation that you publish for, drafts included, newest first.

    Until a round is open, its applications are sealed: only their number is shown.
    """
    await check_publisher(runtime.db, q.organisation_id, caller)
    before = decode_cursor(q.cursor, 1)[0] if q.cursor else None
    calls = await calls_of_organisation(runtime.db, q.organisation_id, q.stage, before, q.limit + 1)
    more = encode_cursor(calls[q.limit - 1].id) if len(calls) > q.limit else None
    return Page[OwnCallView](items=await with_numbers(runtime.db, calls[: q.limit]), next=more)


async def with_numbers(db: Database, calls: Many[Call]) -> list[OwnCallView]:
    """Return calls with the numbers of their applications."""
    numbers = await numbers_by_state(db, [call.id for call in calls])
    return [
        OwnCallView(
            **CallView.of(call, db.now()).model_dump(),
            applied=sum(number for state, number in numbers[call.id].items() if state not in NOT_APPLIED),
            applications=numbers[call.id],
        )
        for call in calls
    ]
