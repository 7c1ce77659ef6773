"""Use cases of claims: applicants make and correct them; publishers check, pay or reject them."""

from typing import Literal

from services.calls.audit.store import change_audited, insert_audited
from services.calls.catalogue.store import CALLS
from services.calls.ledger import store as ledgers
from services.calls.selection.applications import states
from services.calls.selection.applications.access import call_of, own_application
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.events import application_facts
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.claims import domain, lines
from services.calls.selection.claims.access import claim_of_applicant, claim_to_check
from services.calls.selection.claims.domain import Claim, ClaimBody, ClaimStep
from services.calls.selection.claims.store import CLAIMS
from services.calls.terms import Mission
from shared.auth import Caller
from shared.contracts import calls as contract
from shared.errors import NotFound
from shared.files.domain import StoredFile
from shared.files.store import drop
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _


def claim_path(id: str) -> str:
    """Return the path of a claim."""
    return f"/claims/{id}"


async def make_claim(tx: Transaction, id: str, application_id: str, body: ClaimBody, caller: Caller) -> Claim:
    """Store the claim of a selected applicant. Raises NothingToClaim, MissionNotOver, ClaimAlreadyMade, LineInvalid."""
    application = await own_application(tx, application_id, caller)
    states.next_state(application.state, states.Step.CLAIM)
    if application.claim_id:
        path = claim_path(application.claim_id)
        raise domain.ClaimAlreadyMade(
            _("This application has a claim already, at {path}. Correct it after it is returned.", path=path)
        )
    mission = await mission_of(tx, application)
    domain.check_over(mission, tx.now)
    domain.check_body(mission, body, tx.now)
    evidence = await named_evidence(tx, application, body)
    body = body.replace(lines=lines.with_files(body.lines, evidence))
    await change_audited(tx, APPLICATIONS, application, application.claimed(id, evidence), "claimed", caller.id)
    claim = Claim(
        id=id,
        application_id=application.id,
        call_id=application.call_id,
        call_title=application.call_title,
        organisation_id=application.organisation_id,
        organisation_name=application.organisation_name,
        claimants=[caller.id],
        made_at=tx.now,
        lines=body.lines,
        days=body.days,
        commitment=application.commitment,
        due=domain.due_for(mission, body, application.commitment),
    )
    claim = await insert_audited(tx, CLAIMS, claim, "submitted", caller.id)
    await publish_forwarded(tx, claim, "validate")
    return claim


async def named_evidence(tx: Transaction, application: Application, body: ClaimBody) -> list[StoredFile]:
    """Return the files that the lines name, and delete the other files. Raises LineInvalid."""
    named = lines.evidence_of(body.lines, application.evidence)
    await drop(tx, [file for file in application.evidence if file not in named])
    return named


async def mission_of(tx: Transaction, application: Application) -> Mission:
    """Return the mission whose costs an application may claim. Raises NothingToClaim."""
    call = await call_of(tx, application)
    await CALLS.touch(tx, call)
    if call.mission is None or not application.commitment:
        raise domain.NothingToClaim(
            _("No money was set aside for this application, so it cannot claim costs."), field="commitment"
        )
    return call.mission


async def application_of(reader: Reader, claim: Claim) -> Application:
    """Return the application that a claim is for. Raises NotFound."""
    application = await APPLICATIONS.get(reader, claim.application_id)
    if application is None:
        raise NotFound(_("Application not found."))
    return application


async def correct(tx: Transaction, id: str, body: ClaimBody, caller: Caller, version: ExpectedVersion) -> Claim:
    """Store corrected lines of a returned claim. Raises ClaimStepNotAllowed, LineInvalid, Stale."""
    claim = await claim_of_applicant(tx, id, caller)
    version.check(claim.version)
    domain.next_state(claim.state, ClaimStep.CORRECT)
    application = await application_of(tx, claim)
    mission = await mission_of(tx, application)
    domain.check_body(mission, body, tx.now)
    evidence = await named_evidence(tx, application, body)
    body = body.replace(lines=lines.with_files(body.lines, evidence))
    corrected = claim.corrected(body, domain.due_for(mission, body, claim.commitment), caller.id)
    await APPLICATIONS.change(tx, application, application.replace(evidence=evidence))
    after = await change_audited(tx, CLAIMS, claim, corrected, "corrected", caller.id)
    await publish_forwarded(tx, after, "validate")
    return after


async def return_claim(tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """Return a claim for correction; the applicant is notified and reads the reason."""
    claim = await claim_to_check(tx, id, ClaimStep.RETURN, caller, version)
    after = await change_audited(tx, CLAIMS, claim, claim.returned(reason), "returned", caller.id)
    await publish_reviewed(tx, after, "returned")
    return after


async def validate(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """Validate a claim: its evidence shows its costs."""
    claim = await claim_to_check(tx, id, ClaimStep.VALIDATE, caller, version)
    after = await change_audited(tx, CLAIMS, claim, claim.validated(caller.id), "validated", caller.id)
    await publish_forwarded(tx, after, "approve")
    return after


async def approve(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """Approve the amount due and free the rest of the commitment. Raises FourEyesNeeded."""
    claim = await claim_to_check(tx, id, ClaimStep.APPROVE, caller, version)
    await ledgers.approve(tx, claim.call_id, claim.commitment, claim.due)
    await change_commitment(tx, claim, claim.due, "claim approved", caller)
    after = await change_audited(tx, CLAIMS, claim, claim.approved(caller.id), "approved", caller.id)
    await publish_reviewed(tx, after, "approved")
    await publish_forwarded(tx, after, "pay")
    return after


async def pay(tx: Transaction, id: str, reference: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """Record the payment of an approved claim; `reference` identifies the payment in the publisher's accounts."""
    claim = await claim_to_check(tx, id, ClaimStep.PAY, caller, version)
    await ledgers.pay(tx, claim.call_id, claim.due)
    after = await change_audited(tx, CLAIMS, claim, claim.paid(reference), "paid", caller.id)
    facts = application_facts(await application_of(tx, claim))
    tx.publish(contract.ClaimPaid(claim_id=id, application=facts, cents=claim.due, currency="EUR", url=claim_path(id)))
    return after


async def reject(tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """Reject a claim that is not approved: nothing is due, and the commitment is free again."""
    claim = await claim_to_check(tx, id, ClaimStep.REJECT, caller, version)
    await ledgers.release(tx, claim.call_id, 0, claim.commitment)
    application = await change_commitment(tx, claim, 0, "claim rejected", caller)
    after = await change_audited(tx, CLAIMS, claim, claim.rejected(reason), "rejected", caller.id)
    tx.publish(contract.ClaimRejected(claim_id=id, application=application_facts(application), url=claim_path(id)))
    return after


async def change_commitment(tx: Transaction, claim: Claim, cents: int, what: str, caller: Caller) -> Application:
    """Store what is set aside for the application of a claim from now on."""
    application = await application_of(tx, claim)
    after = application.replace(commitment=cents)
    return await change_audited(tx, APPLICATIONS, application, after, what, caller.id)


async def publish_forwarded(tx: Transaction, claim: Claim, step: Literal["validate", "approve", "pay"]) -> None:
    """Publish that a claim awaits the publisher's next step."""
    application = await application_of(tx, claim)
    call = await call_of(tx, application)
    tx.publish(
        contract.ClaimForwarded(
            claim_id=claim.id,
            application=application_facts(application).model_copy(update={"trail": claim.head}),
            publisher_id=call.organisation_id,
            step=step,
            url=claim_path(claim.id),
        )
    )


async def publish_reviewed(tx: Transaction, claim: Claim, outcome: Literal["returned", "approved"]) -> None:
    """Publish the result of a check, with the newest hash of the claim's audit log."""
    facts = application_facts(await application_of(tx, claim)).model_copy(update={"trail": claim.head})
    tx.publish(contract.ClaimReviewed(claim_id=claim.id, application=facts, outcome=outcome, url=claim_path(claim.id)))
