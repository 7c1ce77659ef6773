"""Storage of the copies of organisations and memberships."""

from services.calls.organisations.domain import MembershipCopy, OrganisationCopy
from shared.mongo import Collection

ORGANISATIONS = Collection("organisation_copies", OrganisationCopy)
MEMBERSHIPS = Collection("membership_copies", MembershipCopy)
