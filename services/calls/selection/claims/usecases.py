"""What can be done with claims: make, return, correct, validate, approve, pay, reject."""

from typing import Literal

from services.calls.audit.store import change_audited, insert_audited
from services.calls.catalogue.store import CALLS
from services.calls.files.domain import StoredFile
from services.calls.files.store import drop
from services.calls.ledger import store as ledgers
from services.calls.organisations.store import MEMBERSHIPS
from services.calls.organisations.usecases import may_publish
from services.calls.selection.applications.domain import Application, next_state
from services.calls.selection.applications.reserve import call_of, facts
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.applications.usecases import acts_for, mine
from services.calls.selection.claims import domain
from services.calls.selection.claims.domain import Claim, ClaimBody
from services.calls.selection.claims.store import CLAIMS
from services.calls.terms import Mission
from shared.auth import Caller
from shared.contracts import calls as contract
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction


def path(id: str) -> str:
    return f"/claims/{id}"


async def make_claim(tx: Transaction, id: str, application_id: str, body: ClaimBody, caller: Caller) -> Claim:
    """Of a selected applicant, once the mission is over. Raises NothingToClaim, MissionNotOver, ClaimAlreadyMade."""
    application = await mine(tx, application_id, caller)
    next_state(application.state, "claim")
    if application.claim_id:
        raise domain.ClaimAlreadyMade(f"it is at {path(application.claim_id)}")
    mission = await mission_of(tx, application)
    domain.check_over(mission, tx.now)
    domain.check_body(mission, body, tx.now)
    evidence = await keep_named(tx, application, body)
    await change_audited(
        tx, APPLICATIONS, application, application.replace(claim_id=id, evidence=evidence), "claimed", caller.id
    )
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
        due=domain.owed(mission, body, application.commitment),
    )
    return await insert_audited(tx, CLAIMS, claim, "submitted", caller.id)


async def keep_named(tx: Transaction, application: Application, body: ClaimBody) -> list[StoredFile]:
    """The files that lines name; the others are deleted, bytes and all. Raises LineInvalid."""
    named = domain.evidence_of(body.lines, application.evidence)
    await drop(tx, [file for file in application.evidence if file not in named])
    return named


async def mission_of(reader: Reader, application: Application) -> Mission:
    """Raises NothingToClaim."""
    call = await call_of(reader, application)
    if call.mission is None or not application.commitment:
        raise domain.NothingToClaim("no money was set aside for this application", field="commitment")
    return call.mission


async def claim_of_applicant(reader: Reader, id: str, caller: Caller) -> Claim:
    """Raises NotFound."""
    claim = await CLAIMS.get(reader, id)
    if claim is None or not await acts_for(reader, claim.organisation_id, caller):
        raise NotFound("there is no such claim of yours")
    return claim


async def may_check(reader: Reader, claim: Claim, caller: Caller) -> bool:
    call = await CALLS.get(reader, claim.call_id)
    return call is not None and await may_publish(reader, call.organisation_id, caller)


async def claim_to_check(reader: Reader, id: str, caller: Caller) -> Claim:
    """Raises NotFound."""
    claim = await CLAIMS.get(reader, id)
    if claim is None or not await may_check(reader, claim, caller):
        raise NotFound("there is no such claim for you to check")
    return claim


async def readable(reader: Reader, id: str, caller: Caller) -> Claim:
    """Raises NotFound."""
    try:
        return await claim_of_applicant(reader, id, caller)
    except NotFound:
        return await claim_to_check(reader, id, caller)


async def correct(tx: Transaction, id: str, body: ClaimBody, caller: Caller, version: ExpectedVersion) -> Claim:
    """What was returned, said better. Raises ClaimNotNow, LineInvalid."""
    claim = await claim_of_applicant(tx, id, caller)
    version.check(claim.version)
    state = domain.next_state(claim.state, "correct")
    if claim.corrections >= domain.MOST_CORRECTIONS:
        raise domain.ClaimNotNow(f"it was corrected {claim.corrections} times: speak with each other", field="state")
    application = await application_of(tx, claim)
    mission = await mission_of(tx, application)
    domain.check_body(mission, body, tx.now)
    await APPLICATIONS.change(tx, application, application.replace(evidence=await keep_named(tx, application, body)))
    values = {"lines": body.lines, "days": body.days, "due": domain.owed(mission, body, claim.commitment)}
    more = {"corrections": claim.corrections + 1, "claimants": domain.with_claimant(claim.claimants, caller.id)}
    return await change_audited(tx, CLAIMS, claim, claim.replace(state=state, **values, **more), "corrected", caller.id)


async def application_of(reader: Reader, claim: Claim) -> Application:
    application = await APPLICATIONS.get(reader, claim.application_id)
    if application is None:
        raise NotFound("there is no such application")
    return application


async def checked(tx: Transaction, id: str, step: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """The claim, if the caller may take this step with it now. Raises NotFound, Stale, ClaimNotNow, OwnClaim."""
    claim = await claim_to_check(tx, id, caller)
    version.check(claim.version)
    domain.next_state(claim.state, step)
    belongs = await MEMBERSHIPS.get(tx, f"{claim.organisation_id}:{caller.id}") is not None
    domain.check_eyes(claim, step, caller.id, belongs)
    return claim


async def return_claim(tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """For correction; the claimant is told, and reads why. A validation is void."""
    claim = await checked(tx, id, "return", caller, version)
    state = domain.next_state(claim.state, "return")
    values = {"state": state, "reason": reason, "validated_by": ""}
    after = await change_audited(tx, CLAIMS, claim, claim.replace(**values), "returned", caller.id)
    await tell_reviewed(tx, after, "returned")
    return after


async def validate(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """The evidence shows what is claimed."""
    claim = await checked(tx, id, "validate", caller, version)
    state = domain.next_state(claim.state, "validate")
    return await change_audited(
        tx, CLAIMS, claim, claim.replace(state=state, validated_by=caller.id), "validated", caller.id
    )


async def approve(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """What is due will be paid; what it leaves of the commitment is free again. Raises FourEyesNeeded."""
    claim = await checked(tx, id, "approve", caller, version)
    await ledgers.approve(tx, claim.call_id, claim.commitment, claim.due)
    application = await application_of(tx, claim)
    await change_audited(
        tx, APPLICATIONS, application, application.replace(commitment=claim.due), "claim approved", caller.id
    )
    state = domain.next_state(claim.state, "approve")
    after = await change_audited(
        tx, CLAIMS, claim, claim.replace(state=state, approved_by=caller.id), "approved", caller.id
    )
    await tell_reviewed(tx, after, "approved")
    return after


async def pay(tx: Transaction, id: str, reference: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """Money has left; `reference` finds it in the books."""
    claim = await checked(tx, id, "pay", caller, version)
    await ledgers.pay(tx, claim.call_id, claim.due)
    state = domain.next_state(claim.state, "pay")
    after = await change_audited(tx, CLAIMS, claim, claim.replace(state=state, reference=reference), "paid", caller.id)
    application = facts(await application_of(tx, claim))
    tx.publish(
        contract.ClaimPaid(claim_id=id, application=application, cents=claim.due, currency="EUR", url=path(claim.id))
    )
    return after


async def reject(tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion) -> Claim:
    """For good, of what was not approved: nothing is due, and all that was set aside is free again."""
    claim = await checked(tx, id, "reject", caller, version)
    await ledgers.release(tx, claim.call_id, 0, claim.commitment)
    application = await application_of(tx, claim)
    await change_audited(tx, APPLICATIONS, application, application.replace(commitment=0), "claim rejected", caller.id)
    values = {"state": domain.next_state(claim.state, "reject"), "reason": reason, "due": 0}
    after = await change_audited(tx, CLAIMS, claim, claim.replace(**values), "rejected", caller.id)
    told = facts(await application_of(tx, claim))
    tx.publish(contract.ClaimRejected(claim_id=id, application=told, url=path(id)))
    return after


async def tell_reviewed(tx: Transaction, claim: Claim, outcome: Literal["returned", "approved"]) -> None:
    application = facts(await application_of(tx, claim)).model_copy(update={"trail": claim.head})
    tx.publish(contract.ClaimReviewed(claim_id=claim.id, application=application, outcome=outcome, url=path(claim.id)))
