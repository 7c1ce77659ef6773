"""Storage and queries of the copies of calls."""

from datetime import datetime

from services.profiles.home.domain import CallCopy
from shared.mongo import Collection, Reader, index

CALLS = Collection("call_copies", CallCopy, [index("over", "deadline")])
SHOWN_CALLS = 10


async def next_deadlines(reader: Reader, now: datetime) -> list[CallCopy]:
    """Return the open calls that close next, the earliest deadline first."""
    has_opened = {"forthcoming": {"$ne": True}, "opens_at": {"$not": {"$gt": now}}}
    is_open = {"over": False, "deadline": {"$gt": now}, **has_opened}
    return await CALLS.find(reader, is_open, sort=[("deadline", 1)], limit=SHOWN_CALLS)
