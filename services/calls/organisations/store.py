"""Storage of the copies of organisations and memberships."""

import re
from collections.abc import Collection as Many

from services.calls.members.domain import folded_words
from services.calls.organisations.domain import EDITORS, MembershipCopy, MembershipVersion, OrganisationCopy
from shared.copies import keeps
from shared.mongo import Collection, Database, Query, Reader, Transaction, index, pages

ORGANISATIONS = Collection(
    "organisation_copies", OrganisationCopy, [index("words"), index("merged_into", where={"merged_into": {"$gt": ""}})]
)
MEMBERSHIPS = Collection("membership_copies", MembershipCopy, [index("member_id")])
MEMBERSHIP_VERSIONS = Collection("membership_versions", MembershipVersion)
MOST_NAMED = 5  # organisations of one member
MOST_OWN = 100  # organisations of one member whose copies are read
MOST_MERGED = 1000  # organisations that count as one, in one step
MOST_FOUND = 20  # organisations by name
PUBLIC: Query = {"public": {"$ne": False}}  # an earlier release stored public ones only
WITHOUT_WORDS: Query = {"words": {"$exists": False}}


async def public_copy(reader: Reader, id: str) -> OrganisationCopy | None:
    """Return the copy of an organisation that is public now."""
    return await ORGANISATIONS.first(reader, {"_id": id, **PUBLIC})


async def organisations_by_name(reader: Reader, name: str) -> list[OrganisationCopy]:
    """Return the first published organisations of whose name a word begins with each word of `name`."""
    beginnings = folded_words(name)
    if not beginnings:
        return []
    query = {"$and": [PUBLIC, *({"words": {"$regex": f"^{re.escape(beginning)}"}} for beginning in beginnings)]}
    return await ORGANISATIONS.find(reader, query, sort=[("name", 1), ("_id", 1)], limit=MOST_FOUND)


async def organisations_edited_by(reader: Reader, member_id: str) -> list[OrganisationCopy]:
    """Return the published organisations in which a member is an editor or administrator, in order of name."""
    return await _organisations(reader, {"member_id": member_id, "role": {"$in": sorted(EDITORS)}})


async def organisations_ever_edited_by(reader: Reader, member_id: str) -> list[OrganisationCopy]:
    """Return the same, with those whose profile is no longer public: what they published goes on."""
    return await _organisations(reader, {"member_id": member_id, "role": {"$in": sorted(EDITORS)}}, {})


async def organisations_of(reader: Reader, member_id: str) -> list[OrganisationCopy]:
    """Return the published organisations that a member belongs to, in order of name."""
    return await _organisations(reader, {"member_id": member_id})


async def _organisations(reader: Reader, memberships: Query, among: Query = PUBLIC) -> list[OrganisationCopy]:
    found = await MEMBERSHIPS.find(reader, memberships, limit=MOST_OWN)
    ids = [membership.id.partition(":")[0] for membership in found]
    organisations = await ORGANISATIONS.find(reader, {"_id": {"$in": ids}, **among}, limit=MOST_OWN)
    return sorted(organisations, key=lambda organisation: organisation.name.casefold())


async def organisation_names(reader: Reader, ids: Many[str]) -> dict[str, str]:
    """Return the names of organisations by id, also of those that are no longer public."""
    rows = await ORGANISATIONS.rows(reader, {"_id": {"$in": [*ids]}}, ["name"], limit=max(1, len(ids)))
    return {row["_id"]: row["name"] for row in rows}


async def store_words(db: Database) -> None:
    """Store the words by which organisations are found, if an earlier release stored a copy without them."""
    async for copies in pages(ORGANISATIONS, db, WITHOUT_WORDS, 500):
        changes = [({"_id": copy.id}, {"$set": {"words": copy.to_mongo()["words"]}}) for copy in copies]
        await ORGANISATIONS.update_each(db, changes, upsert=False)


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


async def is_newest(tx: Transaction, membership_id: str, version: int) -> bool:
    """Store the version of an event about a membership, and return whether none with a higher one has arrived."""
    return await keeps(tx, MEMBERSHIP_VERSIONS, MembershipVersion(id=membership_id, version=version))


async def merged_with(reader: Reader, ids: Many[str]) -> set[str]:
    """Return organisations with all that were merged into them, or that they were merged into, at any distance."""
    known, new = {*ids}, {*ids}
    while new:
        either = [{"_id": {"$in": [*new]}, "merged_into": {"$gt": ""}}, {"merged_into": {"$in": [*new], "$gt": ""}}]
        found = await ORGANISATIONS.rows(reader, {"$or": either}, ["merged_into"], limit=MOST_MERGED)
        new = {id for row in found for id in (row["_id"], row["merged_into"])} - known
        known |= new
    return known


async def members_among(reader: Reader, organisations: Many[str], members: Many[str]) -> set[str]:
    """Return those of the members who belong to one of the organisations, in any role; merged ones count as one."""
    kin = await merged_with(reader, organisations)
    pairs = {f"{organisation}:{member}": member for organisation in kin for member in members}
    memberships = await MEMBERSHIPS.find(reader, {"_id": {"$in": [*pairs]}}, limit=max(1, len(pairs)))
    return {pairs[membership.id] for membership in memberships}
