"""Where calls are kept; every query by name."""

from datetime import datetime, timedelta
from typing import Any

from services.calls.catalogue.domain import CLOSING_SOON, Call, Stage, Status
from shared.ids import new_id
from shared.mongo import Collection, Reader, Sort, Transaction, behind, index

# What is searched, and what a hit in it weighs. Not descriptions: half of the words of real titles are in more than an
# eighth of them, so that ranking by them reads a good part of the collection.
TEXT = {"title": 10, "keywords": 5, "programme": 5, "summary": 3}


def text_index() -> Any:
    """The one text index of the collection. No field of a document chooses its language."""
    model = index(*[f"text:{name}" for name in TEXT])
    model.document.update(weights=TEXT, default_language="english", language_override="-")
    return model


BY_CUT_OFF = index("stage", "cut_offs.deadline")
BY_PROGRAMME = index("stage", "programme", "deadline", "_id")
BY_STATUS = index("stage", "closed_at", "deadline", "_id", "closes_at")
CALLS = Collection(
    "calls",
    Call,
    [
        index("stage", "deadline", "_id"),
        index("stage", "kind", "deadline", "_id"),
        index("countries", "stage", "deadline", "_id"),  # leads: facets read off it which countries there are
        index("stage", "ecosystems", "deadline", "_id"),
        BY_PROGRAMME,
        BY_CUT_OFF,
        index("stage", "-updated_at", "_id"),
        BY_STATUS,
        index("stage", "opens_at", "forthcoming", "closed_at", "closes_at"),
        text_index(),
        index("organisation_id", "_id"),
        index("milestone_at", where={"milestone_at": {"$type": "date"}}),
        index("source.name", "source.id", unique=True, where={"source.id": {"$exists": True}}),
    ],
)
BY_DEADLINE: Sort = (("deadline", 1), ("_id", 1))
EVER_PUBLISHED = {"$in": [Stage.PUBLISHED, Stage.WITHDRAWN]}
WITHDRAWN_KEPT = timedelta(days=90)  # in calendars and feeds, so that who subscribed to them learns of it


def running(now: datetime) -> dict[str, Any]:
    return {"closed_at": None, "closes_at": {"$gt": now}}


def not_begun(now: datetime) -> dict[str, Any]:
    return {"$or": [{"opens_at": {"$gt": now}}, {"opens_at": None, "forthcoming": True}]}


def in_status(status: Status, now: datetime) -> dict[str, Any]:
    """The query for a public status: the same rule as the domain's, in the database's words."""
    next_is_soon = {"cut_offs": {"$elemMatch": {"deadline": {"$gt": now, "$lte": now + CLOSING_SOON}}}}
    begun = {"$or": [{"opens_at": {"$lte": now}}, {"opens_at": None, "forthcoming": False}]}
    queries: dict[Status, dict[str, Any]] = {
        Status.FORTHCOMING: {**running(now), "$and": [not_begun(now)]},
        Status.OPEN: {**running(now), "$and": [begun], "$nor": [next_is_soon]},
        Status.CLOSING_SOON: {**running(now), "$and": [begun, next_is_soon]},
        Status.CLOSED: {"$and": [{"$or": [{"closed_at": {"$ne": None}}, {"closes_at": {"$lte": now}}]}]},
    }
    return queries[status]


async def list_calls(
    reader: Reader, filters: dict[str, Any], after: tuple[datetime, str] | None, limit: int
) -> list[Call]:
    """Public calls in order of deadline; `after` is the deadline and id of the last one seen."""
    query = {"$and": [{"stage": Stage.PUBLISHED, **filters}, behind("deadline", after)]}
    return await CALLS.find(reader, query, sort=BY_DEADLINE, limit=limit)


async def touch(tx: Transaction, id: str) -> None:
    """Force a write conflict with every other transaction that changes or withdraws the call at this moment."""
    await CALLS.update(tx, {"_id": id}, {"$set": {"held": new_id()}})


def not_long_withdrawn(now: datetime) -> dict[str, Any]:
    """To withdraw a call is the last that is said of it."""
    return {"$or": [{"stage": Stage.PUBLISHED}, {"updated_at": {"$gt": now - WITHDRAWN_KEPT}}]}


async def calls_in_calendar(reader: Reader, filters: dict[str, Any], now: datetime, limit: int) -> list[Call]:
    """What a subscriber's calendar shows: calls that run or would run, had they not lately been withdrawn."""
    query = {"$and": [running(now), not_long_withdrawn(now), filters]}
    return await CALLS.find(reader, query, sort=BY_DEADLINE, limit=limit)


async def newest_calls(reader: Reader, filters: dict[str, Any], now: datetime, limit: int) -> list[Call]:
    """Those that last said something new, be it that they were withdrawn."""
    query = {"$and": [filters, not_long_withdrawn(now)]}
    return await CALLS.find(reader, query, sort=[("updated_at", -1), ("_id", 1)], limit=limit)


async def due_calls(reader: Reader, now: datetime, limit: int) -> list[Call]:
    """Calls of which the clock has something to announce."""
    due = {"milestone_at": {"$lte": now, "$type": "date"}}
    return await CALLS.find(reader, due, sort=[("milestone_at", 1)], limit=limit)
