"""Who may read, correct and check a claim."""

from services.calls.catalogue.store import CALLS
from services.calls.organisations.store import MEMBERSHIPS
from services.calls.organisations.usecases import may_publish
from services.calls.selection.applications.access import acts_for
from services.calls.selection.claims.domain import Claim, ClaimStep, check_four_eyes, next_state
from services.calls.selection.claims.store import CLAIMS
from shared.auth import Caller
from shared.errors import NotFound, not_found
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction


async def may_check(reader: Reader, claim: Claim, caller: Caller) -> bool:
    """Return whether the caller publishes the call of a claim."""
    call = await CALLS.get(reader, claim.call_id)
    return call is not None and await may_publish(reader, call.organisation_id, caller)


async def claim_of_applicant(reader: Reader, id: str, caller: Caller) -> Claim:
    """Return a claim of an organisation that the caller may act for. Raises NotFound."""
    claim = await CLAIMS.get(reader, id)
    if claim is None or not await acts_for(reader, claim.organisation_id, caller):
        raise not_found(claim, "Claim not found.")
    return claim


async def claim_of_publisher(reader: Reader, id: str, caller: Caller) -> Claim:
    """Return a claim for the costs of a call that the caller publishes. Raises NotFound."""
    claim = await CLAIMS.get(reader, id)
    if claim is None or not await may_check(reader, claim, caller):
        raise not_found(claim, "Claim not found.")
    return claim


async def readable_claim(reader: Reader, id: str, caller: Caller) -> Claim:
    """Return a claim for its applicant or the publisher of its call. Raises NotFound."""
    try:
        return await claim_of_applicant(reader, id, caller)
    except NotFound:
        return await claim_of_publisher(reader, id, caller)


async def claim_to_check(tx: Transaction, id: str, step: ClaimStep, caller: Caller, version: ExpectedVersion) -> Claim:
    """Return a claim if the caller may take a step with it now.

    Raises NotFound, Stale, ClaimStepNotAllowed, OwnClaim, FourEyesNeeded.
    """
    claim = await claim_of_publisher(tx, id, caller)
    version.check(claim.version)
    next_state(claim.state, step)
    belongs = await MEMBERSHIPS.get(tx, f"{claim.organisation_id}:{caller.id}") is not None
    check_four_eyes(claim, step, caller.id, belongs)
    return claim
