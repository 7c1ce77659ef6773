"""Storage and queries of organisations and memberships."""

from datetime import datetime

from services.profiles.organisations.domain import ChangeStatus, Membership, Organisation, Roster, part_of
from services.profiles.organisations.review import ReviewDecision, Status
from services.profiles.pictures.store import drop_pictures
from shared.ids import created_at
from shared.models import Document
from shared.mongo import Collection, Database, Query, Reader, Transaction, index, pages
from shared.quota import Quota
from shared.sentences import _

ORGANISATIONS = Collection(
    "organisations",
    Organisation,
    [
        index("status", "name", "_id"),
        index("status", "country", "name", "_id"),
        index("status", "ecosystems", "name", "_id"),
        index("status", "kind", "name", "_id"),
        index("status", "region", "name", "_id"),
        index("status", "size", "name", "_id"),
        index("status", "services", "name", "_id"),
        index("status", "countries_of_interest", "name", "_id"),
        index("status", "technologies", "name", "_id"),
        index("status", "sectors", "name", "_id"),
        index("status", "labels", "name", "_id"),
        index("status", "found_by"),
        index("status", "-updated_at", "_id"),
        index("status", "remind_at"),
        index("status", "-_id"),
        index("change.status", "_id"),
        index("alike"),
        index("merged_into"),
        index("part", "status"),
    ],
)


class DirectoryPart(Document):
    """A part of the directory, and how often a public profile in it changed."""

    changes: int


DIRECTORY = Collection("directory_parts", DirectoryPart)
DECISIONS = Collection("decisions", ReviewDecision, [index("organisation_id", "_id"), index("decided_by")])
MOST_ALIKE = 20
MOST_MERGED = 50
MOST_DECISIONS = 50
EARLIER: Query = {"alike": None}  # stored by a release that kept less for searches
READ_AT_ONCE = 500
MEMBERSHIPS = Collection("memberships", Membership, [index("organisation_id", "_id"), index("member_id", "_id")])
ROSTERS = Collection("rosters", Roster)
MOST_MEMBERSHIPS = 100  # of one member
MOST_MEMBERS = 1000  # of one organisation
OWN_ORGANISATIONS = Quota(
    _("organisations"), MEMBERSHIPS, 20, _("Ask the operators of the platform if you really need another one.")
)


def membership_id(organisation_id: str, member_id: str) -> str:
    """Return the id of a membership."""
    return f"{organisation_id}:{member_id}"


async def role_in(reader: Reader, organisation_id: str, member_id: str) -> str | None:
    """Return the role of a member in an organisation, or None."""
    membership = await MEMBERSHIPS.get(reader, membership_id(organisation_id, member_id))
    return membership.role if membership else None


async def next_version(tx: Transaction, organisation_id: str) -> int:
    """Raise the version of an organisation's roster, and return it: decisions about its people wait for each other."""
    raised = {"version": {"$add": [{"$ifNull": ["$version", 1]}, 1]}}
    await ROSTERS.update(tx, {"_id": organisation_id}, [{"$set": raised}], upsert=True)
    roster = await ROSTERS.get(tx, organisation_id)
    return roster.version if roster else 1


async def change_profile(tx: Transaction, before: Organisation, after: Organisation) -> Organisation:
    """Store a changed organisation; the bytes of logos that it does not have any more are deleted. Raises Stale."""
    organisation = await ORGANISATIONS.change(tx, before, after)
    left = {picture.id for picture in organisation.logos}
    await drop_pictures(tx, [picture for picture in before.logos if picture.id not in left])
    return organisation


async def with_merged(reader: Reader, id: str) -> list[str]:
    """Return the id of an organisation and those of the organisations that were merged into it."""
    ids, newest = [id], [id]
    while newest and len(ids) < MOST_MERGED:
        query = {"merged_into": {"$in": newest}, "_id": {"$not": {"$in": ids}}}
        newest = [row["_id"] for row in await ORGANISATIONS.rows(reader, query, ["_id"], limit=MOST_MERGED)]
        ids += newest
    return ids


async def staying(reader: Reader, id: str) -> Organisation | None:
    """Return an organisation, or the one into which it was merged at last."""
    organisation, seen = await ORGANISATIONS.get(reader, id), {id}
    while organisation and organisation.merged_into and organisation.merged_into not in seen:
        seen.add(organisation.merged_into)
        organisation = await ORGANISATIONS.get(reader, organisation.merged_into) or organisation
    return organisation


async def count_published(reader: Reader) -> int:
    """Return the number of published organisations."""
    return await ORGANISATIONS.count(reader, {"status": Status.PUBLISHED})


async def newest_organisations(reader: Reader, limit: int) -> list[Organisation]:
    """Return the public organisations that came last."""
    return await ORGANISATIONS.find(reader, {"status": Status.PUBLISHED}, sort=[("_id", -1)], limit=limit)


async def published_ids(reader: Reader, limit: int) -> list[str]:
    """Return the ids of public organisations, the oldest first."""
    return [row["_id"] for row in await ORGANISATIONS.rows(reader, {"status": Status.PUBLISHED}, ["_id"], limit=limit)]


async def awaiting_review(reader: Reader, after: str, limit: int) -> list[Organisation]:
    """Return the organisations whose profile or change awaits a review, the oldest first; `after`: the last id seen."""
    awaiting = {"$or": [{"status": Status.NEEDS_REVIEW}, {"change.status": ChangeStatus.NEEDS_REVIEW}]}
    query = {"$and": [awaiting, {"_id": {"$gt": after}}]}
    return await ORGANISATIONS.find(reader, query, sort=[("_id", 1)], limit=limit)


async def alike_to(reader: Reader, organisation: Organisation, query: Query) -> list[Organisation]:
    """Return other organisations that have a name, a website or words in their city in common with this one."""
    keys = organisation.to_mongo()["alike"]
    found = {
        "$and": [{"alike": {"$in": keys}, "_id": {"$ne": organisation.id}, "status": {"$ne": Status.MERGED}}, query]
    }
    return await ORGANISATIONS.find(reader, found, limit=MOST_ALIKE)


async def decisions_on(reader: Reader, organisation_id: str) -> list[ReviewDecision]:
    """Return the last decisions on a profile, the newest first."""
    query = {"organisation_id": organisation_id}
    return await DECISIONS.find(reader, query, sort=[("_id", -1)], limit=MOST_DECISIONS)


async def stale_ids(reader: Reader, now: datetime, limit: int) -> list[str]:
    """Return the ids of public organisations whose editors should look at their profile again."""
    due: Query = {"status": Status.PUBLISHED, "remind_at": {"$lte": now}}
    return [row["_id"] for row in await ORGANISATIONS.rows(reader, due, ["_id"], limit=limit)]


async def mark_directory(tx: Transaction, organisation_id: str) -> None:
    """Note that a public profile changes, so that its part of the directory is counted again."""
    part = str(part_of(organisation_id))
    await DIRECTORY.update(tx, {"_id": part}, {"$inc": {"changes": 1}}, upsert=True)


async def members_of(reader: Reader, organisation_id: str) -> list[Membership]:
    """Return the memberships of an organisation."""
    return await MEMBERSHIPS.find(reader, {"organisation_id": organisation_id}, limit=MOST_MEMBERS)


async def organisations_of(reader: Reader, member_id: str) -> list[Organisation]:
    """Return the organisations that a member belongs to."""
    memberships = await MEMBERSHIPS.find(reader, {"member_id": member_id}, limit=MOST_MEMBERSHIPS)
    ids = [membership.organisation_id for membership in memberships]
    return await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, limit=MOST_MEMBERSHIPS)


async def keep_words(db: Database) -> None:
    """Store what searches, facets and reminders ask for, of each organisation that an earlier release stored."""
    async for organisations in pages(ORGANISATIONS, db, EARLIER, READ_AT_ONCE):
        changes = []
        for each in organisations:
            known = each if each.updated_at else each.confirmed(created_at(each.id)).spread(db.now())
            row = known.to_mongo()
            kept = {name: row[name] for name in ("found_by", "alike", "size", "part", "updated_at", "remind_at")}
            changes.append(({"_id": each.id, "version": each.version}, {"$set": kept}))
        await ORGANISATIONS.update_each(db, changes, upsert=False)
        parts = {str(part_of(each.id)) for each in organisations}
        marked = [({"_id": part}, {"$inc": {"changes": 1}}) for part in sorted(parts)]
        await DIRECTORY.update_each(db, marked, upsert=True)
