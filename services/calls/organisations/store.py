"""Storage of the copies of organisations and memberships."""

from collections.abc import Collection as Many

from services.calls.organisations.domain import MembershipCopy, OrganisationCopy
from shared.mongo import Collection, Reader, index

ORGANISATIONS = Collection("organisation_copies", OrganisationCopy)
MEMBERSHIPS = Collection("membership_copies", MembershipCopy, [index("member_id")])
MOST_NAMED = 5  # organisations of one member


async def organisations_of_members(reader: Reader, members: Many[str]) -> dict[str, list[str]]:
    """Return the names of published organisations by member, in order of name, at most five for each."""
    most = max(1, len(members) * MOST_NAMED)
    memberships = await MEMBERSHIPS.find(reader, {"member_id": {"$in": [*members]}}, limit=most)
    pairs = [(membership.member_id, membership.id.partition(":")[0]) for membership in memberships]
    ids = {organisation_id for _, organisation_id in pairs}
    organisations = await ORGANISATIONS.find(reader, {"_id": {"$in": sorted(ids)}}, limit=most)
    names = {organisation.id: organisation.name for organisation in organisations}
    named: dict[str, list[str]] = {member: [] for member in members}
    for member, organisation_id in pairs:
        if organisation_id in names:
            named[member].append(names[organisation_id])
    return {member: sorted(found)[:MOST_NAMED] for member, found in named.items()}
