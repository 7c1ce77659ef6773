"""HTTP for rounds: assessors and criteria, the ranking and decisions."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.calls.catalogue.access import own_call
from services.calls.dependencies import (
    GIVES_RIGHTS,
    NOTIFIES,
    CallId,
    CurrentCaller,
    CurrentRuntime,
    CutOffNumber,
)
from services.calls.selection.applications.store import unsealed
from services.calls.selection.assessment import decisions, usecases
from services.calls.selection.assessment.access import (
    readable_round,
    round_view,
)
from services.calls.selection.assessment.domain import Decisions, RoundBody
from services.calls.selection.assessment.ranking import ranking_page
from services.calls.selection.assessment.store import (
    rounds_of_assessor,
)
from services.calls.selection.assessment.views import (
    ListedApplication,
    RankedApplication,
    RoundView,
)
from shared.errors import NotAllowed
from shared.http.paging import Page, Paging, decode_cursor, decode_time_cursor, encode_cursor, page_of
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals
from shared.sentences import _

router = APIRouter(tags=["Assessment"])
ROUND_NOT_FOUND = "Round not found, or you neither publish the call nor assess in the round"
NOT_PUBLISHED = "Call or round not found, or you do not publish the call"


@router.get("/rounds", operation_id="list_rounds", summary="List the rounds that you assess in")
async def list_rounds(
    runtime: CurrentRuntime, caller: CurrentCaller, paging: Annotated[Paging, Query()]
) -> Page[RoundView]:
    """Return the rounds in which you are an assessor."""
    after = decode_cursor(paging.cursor, 1)[0] if paging.cursor else ""
    rounds = await rounds_of_assessor(runtime.db, caller.id, after, paging.limit + 1)
    more = encode_cursor(rounds[paging.limit - 1].id) if len(rounds) > paging.limit else None
    return Page[RoundView](items=[RoundView.of(round) for round in rounds[: paging.limit]], next=more)


@router.get(
    "/calls/{id}/rounds/{number}",
    operation_id="read_round",
    summary="Read an assessment round",
    responses=refusals({404: ROUND_NOT_FOUND}),
)
async def read_round(
    id: CallId, number: CutOffNumber, runtime: CurrentRuntime, caller: CurrentCaller, response: Response
) -> RoundView:
    """Return a round, for the publisher of the call and the assessors."""
    round = await readable_round(runtime.db, id, number, caller)
    etag(response, round.version)
    return await round_view(runtime.db, round, caller)


@router.put(
    "/calls/{id}/rounds/{number}",
    operation_id="name_assessors",
    dependencies=[*NOTIFIES, *GIVES_RIGHTS],
    summary="Name assessors and criteria",
    responses=refusals(
        {
            404: "Call or cut-off not found, or you do not publish the call",
            409: "The round is open, so its criteria are fixed and its assessors stay",
            412: "The round has changed since you read it",
            422: "Assessors, criteria or times are not valid",
        }
    ),
)
async def name_assessors(
    id: CallId,
    number: CutOffNumber,
    body: RoundBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> RoundView:
    """Name the assessors and criteria of a cut-off; new assessors are notified. Send If-Match: "0" the first time."""
    async with runtime.resources.locks.hold(id):
        round = await runtime.db.transact(usecases.name_assessors, id, number, body, caller, version)
    etag(response, round.version)
    return await round_view(runtime.db, round, caller)


@router.post(
    "/calls/{id}/rounds/{number}/open",
    operation_id="open_round",
    summary="Open an assessment round",
    responses=refusals(
        {
            404: "Call or cut-off not found, or you do not publish the call",
            409: "The cut-off has not passed, the round has no assessors, or it is open already",
            412: "The round has changed since you read it",
        }
    ),
)
async def open_round(
    id: CallId,
    number: CutOffNumber,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> RoundView:
    """Open a round once its cut-off has passed: submitted applications can be read, and drafts lapse."""
    async with runtime.resources.locks.hold(id):
        round = await runtime.db.transact(usecases.open_round, id, number, caller, version)
    etag(response, round.version)
    return await round_view(runtime.db, round, caller)


@router.get(
    "/calls/{id}/rounds/{number}/applications",
    operation_id="list_round_applications",
    summary="List the applications of a round",
    responses=refusals({404: ROUND_NOT_FOUND}),
)
async def list_round_applications(
    id: CallId,
    number: CutOffNumber,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    paging: Annotated[Paging, Query()],
) -> Page[ListedApplication]:
    """Return the applications of a round, newest first. The list is empty until the round is open."""
    await readable_round(runtime.db, id, number, caller)
    applications = await unsealed(runtime.db, id, number, decode_time_cursor(paging.cursor), paging.limit + 1)
    return page_of(ListedApplication, applications, paging.limit, "made_at", ListedApplication.of)


@router.get(
    "/calls/{id}/rounds/{number}/ranking",
    operation_id="read_ranking",
    summary="Read the ranking of a round",
    responses=refusals({403: "You assess in this round", 404: NOT_PUBLISHED}),
)
async def read_ranking(
    id: CallId,
    number: CutOffNumber,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    paging: Annotated[Paging, Query()],
) -> Page[RankedApplication]:
    """Return the applications by weighted mean, best first; for publishers who do not assess in the round."""
    await own_call(runtime.db, id, caller)
    round = await readable_round(runtime.db, id, number, caller)
    if caller.id in round.assessors:
        raise NotAllowed(_("You assess in this round. Its ranking can be read by publishers who do not assess in it."))
    return await ranking_page(runtime.db, round, paging)


@router.post(
    "/calls/{id}/rounds/{number}/decisions",
    operation_id="decide_applications",
    summary="Decide on applications",
    responses=refusals(
        {
            404: "Call or application not found, or you do not publish the call",
            409: "Assessments are missing, a threshold is missed, the organisation has a place, or none is left",
            412: "An application has changed since you read it",
            422: "A decision is not valid",
        }
    ),
)
async def decide_applications(
    id: CallId, number: CutOffNumber, body: Decisions, runtime: CurrentRuntime, caller: CurrentCaller
) -> list[ListedApplication]:
    """Store all decisions or none. Each decision names the version of the application that you read."""
    async with runtime.resources.locks.hold(id):
        applications = await runtime.db.transact(decisions.decide, id, number, body, caller)
    return [ListedApplication.of(application) for application in applications]
