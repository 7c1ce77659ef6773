"""Storage and queries of the copies of calls and gatherings."""

from datetime import datetime

from services.profiles.home.domain import CallCopy, GatheringCopy
from shared.mongo import Collection, Query, Reader, Transaction, index

CALLS = Collection(
    "call_copies",
    CallCopy,
    [index("over", "deadline"), index("over", "opens_at"), index("organisation_id", "withdrawn", "over", "deadline")],
)
GATHERINGS = Collection(
    "gathering_copies", GatheringCopy, [index("cancelled", "ends_at"), index("organisation_id", "cancelled", "ends_at")]
)
SHOWN_CALLS = 10
SHOWN_AHEAD = 5  # calls that will open, gatherings


async def keep_call(tx: Transaction, copy: CallCopy) -> None:
    """Store the newest copy of a call."""
    await CALLS.keep_newest(tx, copy)
    added = {"organisation_id": copy.organisation_id, "withdrawn": copy.withdrawn}
    await CALLS.update(tx, _of_an_earlier_release(copy), {"$set": added})


async def keep_gathering(tx: Transaction, copy: GatheringCopy) -> None:
    """Store the newest copy of a gathering."""
    await GATHERINGS.keep_newest(tx, copy)
    await GATHERINGS.update(tx, _of_an_earlier_release(copy), {"$set": {"organisation_id": copy.organisation_id}})


def _of_an_earlier_release(copy: CallCopy | GatheringCopy) -> Query:
    """Return the query for the same copy, if it was stored when copies had no organisation: a snapshot adds it."""
    return {"_id": copy.id, "version": copy.version, "organisation_id": {"$exists": False}}


async def next_deadlines(reader: Reader, now: datetime) -> list[CallCopy]:
    """Return the open calls that close next, the earliest deadline first."""
    has_opened = {"forthcoming": {"$ne": True}, "opens_at": {"$not": {"$gt": now}}}
    is_open = {"over": False, "deadline": {"$gt": now}, **has_opened}
    return await CALLS.find(reader, is_open, sort=[("deadline", 1)], limit=SHOWN_CALLS)


async def next_openings(reader: Reader, now: datetime) -> list[CallCopy]:
    """Return the calls that will open, the next one first; those without a date come last."""
    dated: Query = {"over": False, "opens_at": {"$gt": now}}
    found = await CALLS.find(reader, dated, sort=[("opens_at", 1)], limit=SHOWN_AHEAD)
    undated: Query = {"over": False, "opens_at": None, "forthcoming": True, "deadline": {"$gt": now}}
    return [*found, *await CALLS.find(reader, undated, sort=[("deadline", 1)], limit=SHOWN_AHEAD)][:SHOWN_AHEAD]


async def next_gatherings(reader: Reader, now: datetime) -> list[GatheringCopy]:
    """Return the gatherings that are not over, the next one first."""
    coming = {"cancelled": False, "ends_at": {"$gt": now}}
    found = await GATHERINGS.find(reader, coming, sort=[("ends_at", 1)], limit=SHOWN_AHEAD)
    return sorted(found, key=lambda each: each.starts_at)
