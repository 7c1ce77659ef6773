"""HTTP for reports and their moderation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.profiles.dependencies import CaseId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.profiles.moderation import usecases
from services.profiles.moderation.domain import (
    CaseView,
    DecisionBody,
    ModerationCase,
    ModerationEntry,
    ObjectionBody,
    ReportBody,
    ReportReceipt,
)
from shared.http.paging import Page, Paging
from shared.http.preconditions import IdempotencyKey, IfMatch, etag
from shared.http.problems import refusals
from shared.http.throttling import TOO_MANY, ByClient
from shared.idempotency import idempotent
from shared.ids import new_id

router = APIRouter(tags=["Moderation"])
NO_TOKEN = "The token is missing or not valid"  # noqa: S105
NOT_AN_OPERATOR = "The caller is not an operator"
CHANGED_SINCE = "The case has changed since you read it"
VISITOR = "visitor"


@router.post(
    "/reports",
    status_code=202,
    operation_id="report_thing",
    summary="Report something that is wrong",
    responses=refusals(
        {
            404: "Nothing public has this path",
            409: "The member has reported it already",
            422: "A field is missing or not valid",
            **TOO_MANY,
        }
    ),
    dependencies=[Depends(ByClient("profiles", "reports_by_client"))],
)
async def report_thing(
    body: ReportBody, runtime: CurrentRuntime, caller: OptionalCaller, key: IdempotencyKey = None
) -> ReportReceipt:
    """Report a public organisation, post or partner request to the operators; visitors can, too.

    Only operators read the words, and only they see who reported. A member reports a thing once until it is decided
    on, and is told of the decision.
    """
    actor = caller.id if caller else VISITOR
    return await idempotent(runtime.db, key, actor, ReportReceipt, usecases.report_thing, new_id(), body, caller)


@router.get(
    "/moderation",
    operation_id="list_cases",
    summary="List the cases that wait for a decision",
    responses=refusals({401: NO_TOKEN, 403: NOT_AN_OPERATOR, 422: "The cursor is not valid"}),
)
async def list_cases(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[ModerationCase]:
    """Return what was reported, by thing, with the number of reports; the longest waiting first. For operators."""
    return await usecases.queue(runtime.db, caller, q)


@router.get(
    "/moderation/record",
    operation_id="list_moderation_record",
    summary="List who did what in moderation",
    responses=refusals({401: NO_TOKEN, 403: NOT_AN_OPERATOR, 422: "The cursor is not valid"}),
)
async def list_record(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[ModerationEntry]:
    """Return reports, decisions and objections, the newest first. Entries are never changed. For operators."""
    return await usecases.record(runtime.db, caller, q)


@router.get(
    "/moderation/{id}",
    operation_id="read_case",
    summary="Read a case",
    responses=refusals({401: NO_TOKEN, 404: "Case not found, or of another organisation, or not decided yet"}),
)
async def read_case(id: CaseId, runtime: CurrentRuntime, caller: CurrentCaller, response: Response) -> CaseView:
    """Return a case. Operators see its reports; the editors of the organisation see the decision, and no reporter."""
    case = await usecases.visible_case(runtime.db, id, caller)
    etag(response, case.version)
    return case


@router.post(
    "/moderation/{id}/decide",
    operation_id="decide_case",
    summary="Decide on what was reported",
    responses=refusals(
        {
            403: NOT_AN_OPERATOR,
            404: "Case not found",
            409: "The case is decided already",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
)
async def decide_case(
    id: CaseId, body: DecisionBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ModerationCase:
    """Store a decision with its reason: nothing is wrong, the organisation is warned, or the thing is taken down."""
    case = await runtime.db.transact(usecases.decide, id, body, caller, version)
    etag(response, case.version)
    return case


@router.post(
    "/moderation/{id}/object",
    operation_id="object_to_decision",
    summary="Object to a decision",
    responses=refusals(
        {
            404: "Case not found, or the caller is no editor of its organisation",
            409: "The organisation cannot object, or has done so",
            412: CHANGED_SINCE,
            428: "If-Match is missing",
        }
    ),
)
async def object_to_decision(
    id: CaseId,
    body: ObjectionBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> CaseView:
    """Object once to a warning or a removal; operators decide again, and that decision is final."""
    await runtime.db.transact(usecases.object_to, id, body, caller, version)
    case = await usecases.visible_case(runtime.db, id, caller)
    etag(response, case.version)
    return case
