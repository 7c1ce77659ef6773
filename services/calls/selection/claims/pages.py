"""Pages of claims: receipts and costs for the applicant, the list and each claim for those who check it."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request, Response

from services.calls.audit.store import entries_of
from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import Call
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import ApplicationId, CallId, ClaimId, CurrentCaller, CurrentRuntime
from services.calls.members.store import names_of
from services.calls.selection.applications.access import acts_for, call_of, own_application
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.progress import may_claim
from services.calls.selection.claims.access import claim_of_applicant, may_check, readable_claim, refusal_of
from services.calls.selection.claims.domain import TRANSITIONS, Claim, ClaimState, ClaimStep
from services.calls.selection.claims.forms import CATEGORIES
from services.calls.selection.claims.remarks import remarks_for
from services.calls.selection.claims.store import CLAIMS, numbers_by_state, of_call
from services.calls.selection.claims.views import ClaimFilter, ClaimView
from services.calls.terms import ByDay, Mission, over
from shared.http.paging import decode_time_cursor, page_of
from shared.mongo import Database
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import _, translated
from shared.web.queries import read_query
from shared.web.routes import page_router

router = page_router()
WORDS: Mapping[ClaimState, tuple[str, str]] = {  # with the tone of the badge
    ClaimState.SUBMITTED: (_("Sent, not checked yet"), "warn"),
    ClaimState.RETURNED: (_("Returned for correction"), "warn"),
    ClaimState.VALIDATED: (_("Evidence checked, not approved yet"), ""),
    ClaimState.APPROVED: (_("Approved, not paid yet"), "good"),
    ClaimState.PAID: (_("Paid"), "good"),
    ClaimState.REJECTED: (_("Rejected"), "bad"),
}
FOR_APPLICANT: Mapping[ClaimState, str] = {
    ClaimState.SUBMITTED: _("Wait: the publisher compares each cost with its receipt."),
    ClaimState.RETURNED: _("Correct the claim and send it again."),
    ClaimState.VALIDATED: _("Wait: a second person approves the amount."),
    ClaimState.APPROVED: _("Wait: the amount due is paid."),
    ClaimState.PAID: _("Nothing. The amount due was paid."),
    ClaimState.REJECTED: _("Nothing is due. Read the reason."),
}
HAPPENED: Mapping[str, str] = {
    "submitted": _("The claim was sent"),
    "corrected": _("The claim was corrected and sent again"),
    "returned": _("Returned for correction"),
    "validated": _("The evidence was checked"),
    "approved": _("Approved"),
    "paid": _("Paid"),
    "rejected": _("Rejected"),
}
FORMS_OF_STEPS = {
    ClaimStep.VALIDATE: "validate_claim",
    ClaimStep.APPROVE: "approve_claim",
    ClaimStep.PAY: "pay_claim",
    ClaimStep.RETURN: "return_claim",
    ClaimStep.REJECT: "reject_claim",
}


@router.get("/applications/{id}/files")
async def show_receipts(
    id: ApplicationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the uploaded receipts of an application, and the form to upload one."""
    application = await own_application(runtime.db, id, caller)
    call = await call_of(runtime.db, application)
    claim = await _claim_of(runtime.db, application)
    is_open = claim is None or claim.state is ClaimState.RETURNED
    return pages.page(
        request,
        "receipts.html",
        resource=application,
        call=call,
        claim=claim,
        may_upload=application.state.has_place and application.commitment > 0 and is_open,
        may_claim=may_claim(application, call, runtime.db.now()),
        named={file.sha256 for file in application.evidence if claim and claim.names(file)},
    )


async def _claim_of(db: Database, application: Application) -> Claim | None:
    return await CLAIMS.get(db, application.claim_id) if application.claim_id else None


@router.get("/applications/{id}/claim")
async def show_new_claim(
    id: ApplicationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the form with the costs of a mission."""
    application = await own_application(runtime.db, id, caller)
    call = await call_of(runtime.db, application)
    possible = may_claim(application, call, runtime.db.now())
    view = await form_view(request, "make_claim", rows={"lines": max(1, len(application.evidence))})
    return pages.page(
        request,
        "claim_form.html",
        application=application,
        claim=None,
        call=call,
        view=view if possible else None,
        has_ended=call.mission is not None and over(call.mission, runtime.db.now()),
        scheme=scheme_of(call.mission),
    )


@router.get("/claims/{id}/correct")
async def show_correction(id: ClaimId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that corrects a returned claim."""
    claim = await claim_of_applicant(runtime.db, id, caller)
    application = await own_application(runtime.db, claim.application_id, caller)
    call = await call_of(runtime.db, application)
    values = claim.model_dump(mode="json", include={"lines", "days"})
    view = await form_view(request, "correct_claim", values=values, version=claim.version)
    is_open = claim.state is ClaimState.RETURNED
    return pages.page(
        request,
        "claim_form.html",
        application=application,
        claim=claim,
        call=call,
        view=view if is_open else None,
        has_ended=True,
        scheme=scheme_of(call.mission),
    )


def scheme_of(mission: Mission | None) -> dict[str, Any]:
    """Return the cost scheme of a mission for a page."""
    if mission is None or mission.costs is None:
        return {}
    return {**mission.costs.model_dump(), "by_day": isinstance(mission.costs, ByDay)}


@router.get("/claims/{id}")
async def show_claim(id: ClaimId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show a claim: its state and lines, and the next steps for its applicant or for those who check it."""
    db = runtime.db
    claim = await readable_claim(db, id, caller)
    checks = await may_check(db, claim, caller)
    steps, refusals = [], []
    for step, operation in FORMS_OF_STEPS.items() if checks else ():
        if claim.state not in TRANSITIONS[step]:
            continue
        if refusal := await refusal_of(db, claim, step, caller):
            refusals.append((operation, translated(refusal.detail)))
        else:
            steps.append(await form_view(request, operation, id=id, version=claim.version, next=f"/claims/{id}"))
    entries = await entries_of(db, id)
    return pages.page(
        request,
        "claim.html",
        resource=ClaimView.of(claim, await remarks_for(db, claim, caller)),
        words=WORDS[claim.state],
        applicant=await acts_for(db, claim.organisation_id, caller),
        next_step=FOR_APPLICANT[claim.state],
        checks=checks,
        steps=steps,
        refusals=refusals,
        categories=CATEGORIES,
        entries=entries,
        names=await names_of(db, {entry.by for entry in entries}) if checks else {},
        happened=HAPPENED,
        call=await CALLS.get(db, claim.call_id),
    )


@router.get("/calls/{id}/claims")
async def show_claims(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the claims of a call to its publishers, with their number by state."""
    db = runtime.db
    call: Call = await own_call(db, id, caller)
    query, errors = read_query(request, ClaimFilter)
    after = decode_time_cursor(query.cursor)
    claims = await of_call(db, id, query.state, after, query.limit + 1)
    return pages.page(
        request,
        "claims.html",
        call=call,
        resource=page_of(ClaimView, claims, query.limit, "made_at", ClaimView.of),
        state=query.state,
        errors=errors,
        numbers=await numbers_by_state(db, id),
        words=WORDS,
    )
