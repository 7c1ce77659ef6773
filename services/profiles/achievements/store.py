"""Collection of achievements; every query by name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profiles.achievements.domain import Achievement
from services.profiles.organisations.review import Status
from services.profiles.pictures.store import drop_pictures
from shared.mongo import Collection, Query, Reader, Transaction, behind, index
from shared.quota import Quota
from shared.sentences import _

PUBLIC: Query = {"status": Status.PUBLISHED, "organisation_public": True}
AWAITING_REVIEW: Query = {"awaits_review": True, "organisation_public": True}
BY_STATUS = index("organisation_id", "status")
ACHIEVEMENTS = Collection(
    "achievements",
    Achievement,
    [
        index("status", "organisation_public", "-published_at", "_id"),
        index("status", "organisation_public", "organisation_id", "-published_at", "_id"),
        index("status", "organisation_public", "countries", "-published_at", "_id"),
        index("status", "organisation_public", "ecosystems", "-published_at", "_id"),
        index("status", "organisation_public", "cause", "-published_at", "_id"),
        index("status", "organisation_public", "year", "-published_at", "_id"),
        index("status", "organisation_public", "found_by"),
        index("status", "organisation_public", "_id"),
        index("status", "organisation_public", "-updated_at", "_id"),
        index("awaits_review", "organisation_public", "_id"),
        index("organisation_id", "_id"),
        BY_STATUS,
    ],
)
UNPUBLISHED = [*{Status.DRAFT, Status.NEEDS_REVIEW, Status.CHANGES_REQUESTED, Status.REJECTED}]
DRAFTS = Quota(
    _("achievements of this organisation that are not public"),
    ACHIEVEMENTS,
    50,
    _("Submit or delete some of them first."),
    BY_STATUS,
)


def drafts_of(organisation_id: str) -> Query:
    """Return the query for the achievements of an organisation that are not public."""
    return {"organisation_id": organisation_id, "status": {"$in": UNPUBLISHED}}


async def replace_achievement(tx: Transaction, before: Achievement, after: Achievement) -> Achievement:
    """Store a changed achievement; the bytes of pictures that it does not have any more are deleted. Raises Stale."""
    achievement = await ACHIEVEMENTS.change(tx, before, after)
    left = {picture.id for picture in achievement.pictures}
    await drop_pictures(tx, [picture for picture in before.pictures if picture.id not in left])
    return achievement


async def public_achievements(
    reader: Reader, filters: Query, after: tuple[datetime, str] | None, limit: int
) -> list[Achievement]:
    """Return public achievements, the last published first; `after` is the time and id of the last one seen."""
    query = {"$and": [{**PUBLIC, **filters}, behind("published_at", after, newest_first=True)]}
    return await ACHIEVEMENTS.find(reader, query, sort=[("published_at", -1), ("_id", 1)], limit=limit)


async def latest_achievements(reader: Reader, filters: Query, limit: int) -> list[Achievement]:
    """Return the public achievements that were published or changed last."""
    return await ACHIEVEMENTS.find(reader, {**PUBLIC, **filters}, sort=[("updated_at", -1), ("_id", 1)], limit=limit)


async def public_ids(reader: Reader, limit: int) -> list[str]:
    """Return the ids of public achievements, the oldest first."""
    return [row["_id"] for row in await ACHIEVEMENTS.rows(reader, PUBLIC, ["_id"], limit=limit)]


async def achievements_of(
    reader: Reader, organisations: Sequence[str], before: str | None, limit: int
) -> list[Achievement]:
    """Return the achievements of organisations in every status, the newest first; `before` is the last id seen."""
    query: dict[str, Any] = {"organisation_id": {"$in": [*organisations]}}
    if before:
        query["_id"] = {"$lt": before}
    return await ACHIEVEMENTS.find(reader, query, sort=[("_id", -1)], limit=limit)


async def awaiting_review(reader: Reader, after: str, limit: int) -> list[Achievement]:
    """Return the achievements that await a review, or whose change does, the oldest first."""
    return await ACHIEVEMENTS.find(reader, {**AWAITING_REVIEW, "_id": {"$gt": after}}, limit=limit)
