"""HTTP for rounds: assessors and criteria, scores, the ranking and decisions."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.calls.catalogue.access import own_call
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import (
    GIVES_RIGHTS,
    NOTIFIES,
    ApplicationId,
    CallId,
    CurrentCaller,
    CurrentRuntime,
    CutOffNumber,
)
from services.calls.selection.applications.access import call_id_of
from services.calls.selection.applications.domain import Submission
from services.calls.selection.applications.store import SUBMISSIONS, unsealed
from services.calls.selection.assessment import decisions, usecases
from services.calls.selection.assessment.access import (
    application_to_assess,
    readable_application,
    readable_round,
    round_view,
)
from services.calls.selection.assessment.domain import AssessmentBody, Decisions, RoundBody
from services.calls.selection.assessment.ranking import ranking_page
from services.calls.selection.assessment.results import result_of
from services.calls.selection.assessment.store import (
    ASSESSMENTS,
    assessments_of,
    derived_conflicts,
    rounds_of_assessor,
)
from services.calls.selection.assessment.views import (
    AssessmentView,
    ConflictBody,
    ListedApplication,
    RankedApplication,
    RoundView,
)
from shared.errors import NotAllowed, NotFound
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_cursor, decode_time_cursor, encode_cursor, page_of
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals

router = APIRouter(tags=["Assessment"])
ROUND_NOT_FOUND = "Round not found, or you neither publish the call nor assess in the round"
NOT_PUBLISHED = "Call or round not found, or you do not publish the call"
NOT_ASSESSED = "Application not found, you do not assess it, or a conflict of interest bars you"
NOT_READABLE = "Application not found or sealed, or you neither publish the call nor assess the application"


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
    response_model=RoundView,
    operation_id="read_round",
    summary="Read an assessment round",
    responses=refusals({404: ROUND_NOT_FOUND}),
)
async def read_round(
    id: CallId, number: CutOffNumber, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Return a round, for the publisher of the call and the assessors."""
    round = await readable_round(runtime.db, id, number, caller)
    view = await round_view(runtime.db, round, caller)
    response = page_or_json(request, "round.html", view, call=await CALLS.get(runtime.db, id))
    etag(response, round.version)
    return response


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
        raise NotAllowed("You assess in this round. Its ranking can be read by publishers who do not assess in it.")
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


@router.get(
    "/applications/{id}/submitted",
    operation_id="read_submission",
    summary="Read the submission that counts",
    responses=refusals({404: NOT_READABLE}),
)
async def read_submission(id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller) -> Submission:
    """Return the last submission of an application, for its assessors and the publisher of the call."""
    application = await readable_application(runtime.db, id, caller)
    submission = await SUBMISSIONS.get(runtime.db, f"{id}:{application.submissions:04}")
    if submission is None:
        raise NotFound("This application was never submitted.")
    return submission


@router.get(
    "/applications/{id}/assessments",
    operation_id="list_assessments",
    summary="List the assessments of an application",
    responses=refusals({404: NOT_READABLE}),
)
async def list_assessments(id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller) -> list[AssessmentView]:
    """Return all assessments to the publisher.

    Assessors, also if they are publishers, see only their own assessment until all assessors have scored.
    """
    application = await readable_application(runtime.db, id, caller)
    assessments = (await assessments_of(runtime.db, [id]))[id]
    round = await readable_round(runtime.db, application.call_id, application.cut_off, caller)
    if caller.id in round.assessors:
        conflicts = await derived_conflicts(runtime.db, application, round.scorers)
        if not result_of(round, assessments, conflicts).is_complete:
            assessments = [assessment for assessment in assessments if assessment.assessor_id == caller.id]
    return [AssessmentView.of(assessment) for assessment in assessments]


@router.get(
    "/applications/{id}/assessment",
    operation_id="read_own_assessment",
    summary="Read your assessment of an application",
    responses=refusals({404: NOT_ASSESSED}),
)
async def read_own_assessment(
    id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller, response: Response
) -> AssessmentView:
    """Return your assessment; version 0 has no scores."""
    await application_to_assess(runtime.db, id, caller)
    assessment = await ASSESSMENTS.get(runtime.db, f"{id}:{caller.id}")
    if assessment:
        view = AssessmentView.of(assessment)
    else:
        view = AssessmentView(version=0, application_id=id, assessor_id=caller.id, scores=[], conflict="")
    etag(response, view.version)
    return view


@router.put(
    "/applications/{id}/assessment",
    operation_id="assess_application",
    summary="Score an application",
    responses=refusals(
        {
            404: NOT_ASSESSED,
            409: "The application is not in assessment, or all assessors have scored",
            412: "Your assessment has changed since you read it",
            422: "The scores do not fit the criteria",
        }
    ),
)
async def assess_application(
    id: ApplicationId,
    body: AssessmentBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> AssessmentView:
    """Save your scores with their reasons. Send If-Match: "0" the first time. Scores are final once all have scored."""
    async with runtime.resources.locks.hold(await call_id_of(runtime.db, id)):
        assessment = await runtime.db.transact(usecases.assess, id, body, caller, version)
    etag(response, assessment.version)
    return AssessmentView.of(assessment)


@router.post(
    "/applications/{id}/conflict",
    operation_id="declare_conflict",
    summary="Declare a conflict of interest",
    responses=refusals({404: NOT_ASSESSED, 409: "The application is not in assessment"}),
)
async def declare_conflict(
    id: ApplicationId, body: ConflictBody, runtime: CurrentRuntime, caller: CurrentCaller
) -> AssessmentView:
    """Declare a conflict of interest. Your scores no longer count, and you can no longer read the application."""
    async with runtime.resources.locks.hold(await call_id_of(runtime.db, id)):
        return AssessmentView.of(await runtime.db.transact(usecases.declare_conflict, id, body.reason, caller))
