"""Who may read, correct and check a claim."""

from services.calls.catalogue.store import CALLS
from services.calls.organisations.store import members_among
from services.calls.organisations.usecases import may_publish
from services.calls.selection.applications.access import acts_for
from services.calls.selection.claims.domain import Claim, ClaimStep, check_four_eyes, next_state
from services.calls.selection.claims.store import CLAIMS
from shared.auth import Caller
from shared.errors import NotFound, Refusal, not_found
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _


async def may_check(reader: Reader, claim: Claim, caller: Caller) -> bool:
    """Return whether the caller publishes the call of a claim."""
    call = await CALLS.get(reader, claim.call_id)
    return call is not None and await may_publish(reader, call.organisation_id, caller)


async def claim_of_applicant(reader: Reader, id: str, caller: Caller) -> Claim:
    """Return a claim of an organisation that the caller may act for. Raises NotFound."""
    claim = await CLAIMS.get(reader, id)
    if claim is None or not await acts_for(reader, claim.organisation_id, caller):
        raise not_found(claim, _("Claim not found."))
    return claim


async def claim_of_publisher(reader: Reader, id: str, caller: Caller) -> Claim:
    """Return a claim for the costs of a call that the caller publishes. Raises NotFound."""
    claim = await CLAIMS.get(reader, id)
    if claim is None or not await may_check(reader, claim, caller):
        raise not_found(claim, _("Claim not found."))
    return claim


async def readable_claim(reader: Reader, id: str, caller: Caller) -> Claim:
    """Return a claim for its applicant or the publisher of its call. Raises NotFound."""
    try:
        return await claim_of_applicant(reader, id, caller)
    except NotFound:
        return await claim_of_publisher(reader, id, caller)


async def refusal_of(reader: Reader, claim: Claim, step: ClaimStep, caller: Caller) -> Refusal | None:
    """Return why a publisher may not take a step themselves, though the state of the claim allows it."""
    belongs = bool(await members_among(reader, [claim.organisation_id], [caller.id]))
    try:
        check_four_eyes(claim, step, caller.id, belongs)
    except Refusal as refusal:
        return refusal
    return None


async def claim_to_check(tx: Transaction, id: str, step: ClaimStep, caller: Caller, version: ExpectedVersion) -> Claim:
    """Return a claim if the caller may take a step with it now.

    Raises NotFound, Stale, ClaimStepNotAllowed, OwnClaim, FourEyesNeeded.
    """
    claim = await claim_of_publisher(tx, id, caller)
    version.check(claim.version)
    next_state(claim.state, step)
    belongs = bool(await members_among(tx, [claim.organisation_id], [caller.id]))
    check_four_eyes(claim, step, caller.id, belongs)
    return claim
