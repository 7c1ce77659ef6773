"""Where gatherings are kept; every query by name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.calls.gatherings.domain import Gathering, Stage
from shared.mongo import Collection, Reader, behind, index

GATHERINGS = Collection(
    "gatherings",
    Gathering,
    [
        index("ends_at", "_id"),
        index("countries", "ends_at"),
        index("ecosystems", "ends_at"),
        index("organisation_id", "ends_at"),
        index("-updated_at", "_id"),
    ],
)
KEPT_IN_CALENDARS = timedelta(days=30)  # what is over, and what was cancelled


def public(filters: dict[str, Any]) -> dict[str, Any]:
    """Also what was cancelled: who looks for it shall know."""
    return {"stage": {"$ne": Stage.DRAFT}, **filters}


async def list_gatherings(
    reader: Reader, filters: dict[str, Any], now: datetime, after: tuple[datetime, str] | None, limit: int
) -> list[Gathering]:
    """Those that are not over, the next to end first; `after` is the end and id of the last one seen."""
    query = {"$and": [{"ends_at": {"$gt": now}}, public(filters), behind("ends_at", after)]}
    return await GATHERINGS.find(reader, query, sort=[("ends_at", 1), ("_id", 1)], limit=limit)


async def in_calendar(reader: Reader, filters: dict[str, Any], now: datetime, limit: int) -> list[Gathering]:
    """What a subscriber's calendar shows: the next to end first, after those of the last days."""
    since = now - KEPT_IN_CALENDARS
    lately = {"$or": [{"cancelled_at": None}, {"cancelled_at": {"$gt": since}}]}
    query = {"$and": [{"ends_at": {"$gt": since}}, public(filters), lately]}
    return await GATHERINGS.find(reader, query, sort=[("ends_at", 1), ("_id", 1)], limit=limit)


async def newest_gatherings(reader: Reader, filters: dict[str, Any], limit: int) -> list[Gathering]:
    """The last that were published, changed or cancelled."""
    return await GATHERINGS.find(reader, public(filters), sort=[("updated_at", -1), ("_id", 1)], limit=limit)


async def of_ids(reader: Reader, ids: Sequence[str], since: datetime) -> list[Gathering]:
    """Those of these that end after a time."""
    return await GATHERINGS.find(reader, {"_id": {"$in": [*ids]}, "ends_at": {"$gt": since}}, limit=len(ids) or 1)
