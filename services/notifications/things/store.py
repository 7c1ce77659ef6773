"""Storage and queries of the copies of things."""

from collections.abc import Sequence
from datetime import datetime

from services.notifications.things.domain import CallThing, Thing, ThingKind
from shared.mongo import Collection, Reader, index

MOST_OPEN = 2000  # calls that are compared with interests; the platform has some hundreds
INDEXES = [index("kind", "over", "deadline", "_id"), index("organisation_id")]
THINGS = Collection("things", Thing, INDEXES)
CALLS = Collection("things", CallThing, INDEXES)


async def things_by_id(reader: Reader, ids: Sequence[str]) -> dict[str, Thing]:
    """Return the copies with these ids; some may not have arrived yet."""
    return {thing.id: thing for thing in await THINGS.find(reader, {"_id": {"$in": [*ids]}}, limit=max(len(ids), 1))}


async def open_calls(reader: Reader, now: datetime) -> list[CallThing]:
    """Return the calls that accept applications now, the next deadline first."""
    has_opened = {"forthcoming": {"$ne": True}, "opens_at": {"$not": {"$gt": now}}}
    query = {"kind": ThingKind.CALL, "over": False, "deadline": {"$gt": now}, **has_opened}
    return await CALLS.find(reader, query, sort=[("deadline", 1), ("_id", 1)], limit=MOST_OPEN)
