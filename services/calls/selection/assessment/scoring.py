"""HTTP for assessors: read what was submitted, score it, or declare a conflict of interest."""

from fastapi import APIRouter, Response

from services.calls.dependencies import (
    ApplicationId,
    CurrentCaller,
    CurrentRuntime,
)
from services.calls.selection.applications.access import call_id_of
from services.calls.selection.applications.domain import Submission
from services.calls.selection.applications.store import SUBMISSIONS
from services.calls.selection.assessment import usecases
from services.calls.selection.assessment.access import (
    application_to_assess,
    readable_application,
    readable_round,
)
from services.calls.selection.assessment.domain import AssessmentBody
from services.calls.selection.assessment.results import result_of
from services.calls.selection.assessment.store import (
    ASSESSMENTS,
    assessments_of,
    derived_conflicts,
)
from services.calls.selection.assessment.views import (
    AssessmentView,
    ConflictBody,
)
from shared.errors import NotFound
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals
from shared.sentences import _

router = APIRouter(tags=["Assessment"])
NOT_ASSESSED = "Application not found, you do not assess it, or a conflict of interest bars you"
NOT_READABLE = "Application not found or sealed, or you neither publish the call nor assess the application"


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
        raise NotFound(_("This application was never submitted."))
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
