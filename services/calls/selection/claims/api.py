"""HTTP for claims."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.calls.audit.view import AuditLog, read_audit_log
from services.calls.catalogue.access import own_call
from services.calls.dependencies import ApplicationId, CallId, ClaimId, CurrentCaller, CurrentRuntime
from services.calls.selection.applications.access import call_id_of
from services.calls.selection.claims import evidence, usecases
from services.calls.selection.claims.access import readable_claim
from services.calls.selection.claims.domain import Claim, ClaimBody
from services.calls.selection.claims.remarks import remarks_for
from services.calls.selection.claims.store import of_call
from services.calls.selection.claims.views import ClaimFilter, ClaimView, Payment, ReasonBody
from shared.auth import Caller
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.mongo import Transaction

router = APIRouter(tags=["Claims"])
NOT_FOUND = "Claim not found, or you neither act for the applicant nor publish the call"
NOT_PUBLISHED = "Claim not found, or you do not publish the call"
STALE = "The claim has changed since you read it"
CHECKED = {
    404: NOT_PUBLISHED,
    409: "The state of the claim does not allow it, or the claim is your organisation's",
    412: STALE,
}


@router.post(
    "/applications/{id}/claim",
    status_code=201,
    operation_id="make_claim",
    summary="Claim the costs of a mission",
    responses=refusals(
        {
            404: "Application not found, or of an organisation that you cannot act for",
            409: "The application is not selected, the mission has not ended, or the costs were claimed already",
            422: "A line, its evidence or the number of days is not valid",
        }
    ),
)
async def make_claim(
    id: ApplicationId,
    body: ClaimBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> ClaimView:
    """Claim the costs of a selected application after the mission. Uploaded files that no line names are deleted."""
    async with runtime.resources.locks.hold(await call_id_of(runtime.db, id)):
        claim = await idempotent(runtime.db, key, caller.id, Claim, usecases.make_claim, new_id(), id, body, caller)
    created(response, usecases.claim_path(claim.id), claim.version)
    return ClaimView.of(claim)


@router.get(
    "/calls/{id}/claims",
    operation_id="list_claims",
    summary="List the claims of a call",
    responses=refusals({404: "Call not found, or you do not publish it"}),
)
async def list_claims(
    id: CallId, runtime: CurrentRuntime, caller: CurrentCaller, filter: Annotated[ClaimFilter, Query()]
) -> Page[ClaimView]:
    """Return the claims of a call that you publish, newest first."""
    await own_call(runtime.db, id, caller)
    after = decode_time_cursor(filter.cursor)
    claims = await of_call(runtime.db, id, filter.state, after, filter.limit + 1)
    return page_of(ClaimView, claims, filter.limit, "made_at", ClaimView.of)


@router.get(
    "/claims/{id}",
    operation_id="read_claim",
    summary="Read a claim",
    responses=refusals({404: NOT_FOUND}),
)
async def read_claim(id: ClaimId, runtime: CurrentRuntime, caller: CurrentCaller, response: Response) -> ClaimView:
    """Return a claim, for its applicant and the publisher of the call.

    The publisher also reads remarks: receipts that other claims name too, and costs paid before the mission.
    """
    claim = await readable_claim(runtime.db, id, caller)
    etag(response, claim.version)
    return ClaimView.of(claim, await remarks_for(runtime.db, claim, caller))


@router.put(
    "/claims/{id}",
    operation_id="correct_claim",
    summary="Correct a returned claim",
    responses=refusals(
        {
            404: "Claim not found, or of an organisation that you cannot act for",
            409: "The claim was not returned for correction",
            412: STALE,
            422: "A line, its evidence or the number of days is not valid",
        }
    ),
)
async def correct_claim(
    id: ClaimId, body: ClaimBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """Replace the lines of a returned claim and submit it again."""
    return view(await runtime.db.transact(usecases.correct, id, body, caller, version), response)


@router.post(
    "/claims/{id}/return",
    operation_id="return_claim",
    summary="Return a claim for correction",
    responses=refusals(CHECKED),
)
async def return_claim(
    id: ClaimId, body: ReasonBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """Return a claim to its applicant, who reads the reason and can correct it."""
    return view(await runtime.db.transact(usecases.return_claim, id, body.reason, caller, version), response)


@router.post(
    "/claims/{id}/validate",
    operation_id="validate_claim",
    summary="Validate a claim",
    responses=refusals(CHECKED),
)
async def validate_claim(
    id: ClaimId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """Confirm that the evidence shows the costs."""
    return view(await runtime.db.transact(usecases.validate, id, caller, version), response)


@router.post(
    "/claims/{id}/approve",
    operation_id="approve_claim",
    summary="Approve a claim",
    responses=refusals(CHECKED),
)
async def approve_claim(
    id: ClaimId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """Approve the amount due. The member who validated the claim cannot approve it."""
    return view(await runtime.db.transact(usecases.approve, id, caller, version), response)


@router.post(
    "/claims/{id}/pay",
    operation_id="pay_claim",
    summary="Record the payment of a claim",
    responses=refusals(CHECKED),
)
async def pay_claim(
    id: ClaimId, body: Payment, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """Record that the amount due was paid. The platform itself transfers no money."""
    return view(await runtime.db.transact(usecases.pay, id, body.reference, caller, version), response)


@router.post(
    "/claims/{id}/reject",
    operation_id="reject_claim",
    summary="Reject a claim",
    responses=refusals(CHECKED),
)
async def reject_claim(
    id: ClaimId, body: ReasonBody, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> ClaimView:
    """Reject a claim for good, before it is approved. The money set aside for it is free again."""
    return view(await runtime.db.transact(usecases.reject, id, body.reason, caller, version), response)


@router.get(
    "/claims/{id}/trail",
    operation_id="read_claim_audit_log",
    summary="Read the audit log of a claim",
    responses=refusals({404: NOT_FOUND}),
)
async def read_claim_audit_log(
    id: ClaimId, runtime: CurrentRuntime, caller: CurrentCaller, paging: Annotated[Paging, Query()]
) -> AuditLog:
    """Return each step of a claim, oldest first, and whether the log is intact.

    The first page also verifies each uploaded file, so that a replaced or lost file is found.
    """
    log = await runtime.db.transact(audit_log_of, id, caller, paging)
    if paging.cursor or not log.intact:
        return log
    claim = await readable_claim(runtime.db, id, caller)
    defect = await evidence.first_defect(runtime.db, claim)
    if defect and (await readable_claim(runtime.db, id, caller)).version == claim.version:  # not corrected meanwhile
        return log.model_copy(update={"intact": False, "fault": defect})
    return log


async def audit_log_of(tx: Transaction, id: str, caller: Caller, paging: Paging) -> AuditLog:
    """Return a page of the audit log of a claim. Raises NotFound."""
    return await read_audit_log(tx, await readable_claim(tx, id, caller), paging)


def view(claim: Claim, response: Response) -> ClaimView:
    """Set the ETag of a response and return the view of a claim."""
    etag(response, claim.version)
    return ClaimView.of(claim)
