"""Where the copies are kept."""

from services.matchmaking.organisations.domain import MembershipCopy, OrganisationCopy
from shared.mongo import Collection

ORGANISATIONS = Collection("organisation_copies", OrganisationCopy)


MEMBERSHIPS = Collection("membership_copies", MembershipCopy)
