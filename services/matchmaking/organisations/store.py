"""Storage of the copies of organisations and memberships."""

from services.matchmaking.organisations.domain import MembershipCopy, OrganisationCopy
from shared.mongo import Collection

ORGANISATIONS = Collection("organisation_copies", OrganisationCopy)
MEMBERSHIPS = Collection("membership_copies", MembershipCopy)


def membership_id(organisation_id: str, member_id: str) -> str:
    """Return the id of a membership."""
    return f"{organisation_id}:{member_id}"
