"""Storage of the copies of organisations and memberships."""

import re

from services.matchmaking.organisations.domain import MembershipCopy, MembershipVersion, OrganisationCopy
from shared.copies import keeps
from shared.mongo import Collection, Query, Reader, Transaction, index

ORGANISATIONS = Collection("organisation_copies", OrganisationCopy)
MEMBERSHIPS = Collection("membership_copies", MembershipCopy, [index("member_id")])
MEMBERSHIP_VERSIONS = Collection("membership_versions", MembershipVersion)
PUBLIC: Query = {"public": {"$ne": False}}  # an earlier release stored public ones only
MOST_OWN = 100  # organisations of one member whose copies are read


def membership_id(organisation_id: str, member_id: str) -> str:
    """Return the id of a membership."""
    return f"{organisation_id}:{member_id}"


async def organisations_of(reader: Reader, member_id: str) -> list[OrganisationCopy]:
    """Return the published organisations that a member belongs to, in order of name."""
    memberships = await MEMBERSHIPS.find(reader, {"member_id": member_id}, limit=MOST_OWN)
    ids = [membership.id.partition(":")[0] for membership in memberships]
    organisations = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}, **PUBLIC}, limit=MOST_OWN)
    return sorted(organisations, key=lambda organisation: organisation.name.casefold())


async def member_beside(reader: Reader, organisation_id: str, member_id: str) -> str | None:
    """Return the first member of an organisation who is not this one."""
    of_organisation = {
        "_id": {"$regex": f"^{re.escape(organisation_id)}:"},
        "member_id": {"$not": {"$in": ["", member_id]}},
    }
    found = await MEMBERSHIPS.first(reader, of_organisation)
    return found.member_id if found else None


async def is_newest(tx: Transaction, membership_id: str, version: int) -> bool:
    """Store the version of an event about a membership, and return whether none with a higher one has arrived."""
    return await keeps(tx, MEMBERSHIP_VERSIONS, MembershipVersion(id=membership_id, version=version))
