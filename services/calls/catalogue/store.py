"""Storage of calls: the collection, its indexes, and every query by name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage, running
from shared.mongo import Collection, Database, Query, Reader, Sort, behind, index, pages
from shared.quota import Quota
from shared.sentences import _
from shared.words import FOLDING

# Fields of full-text search, with the weight of a match. Descriptions are left out: half of the words in real titles
# occur in more than an eighth of the descriptions, so that ranking by them would read much of the collection. A call is
# found by its description with `found_by.words`, without a rank, after all others.
TEXT = {
    "found_by.identifiers": 10_000,  # before any number of words
    "found_by.title": 10,
    "found_by.keywords": 5,
    "found_by.programme": 5,
    "found_by.summary": 3,
}


def text_index() -> Any:
    """Return the text index of the collection. Its words are folded and stemmed already, so it has no language."""
    model = index(*[f"text:{name}" for name in TEXT])
    model.document.update(weights=TEXT, default_language="none", language_override="-", name="found_by_text")
    return model


BY_CUT_OFF = index("stage", "cut_offs.deadline")
BY_PROGRAMME = index("stage", "programme", "deadline", "_id")
BY_STATUS = index("stage", "closed_at", "deadline", "_id", "closes_at")
BY_DRAFTER = index("organisation_id", where={"stage": "draft"})
CALLS = Collection(
    "calls",
    Call,
    [
        index("stage", "deadline", "_id"),
        index("stage", "kind", "deadline", "_id"),
        index("countries", "stage", "deadline", "_id"),  # countries first: facets read the distinct countries from it
        index("found_by.about", "stage", "deadline", "_id"),
        index("stage", "ecosystems", "deadline", "_id"),
        BY_PROGRAMME,
        BY_CUT_OFF,
        index("stage", "-updated_at", "_id"),
        index("stage", "-published_at", "_id"),
        BY_STATUS,
        BY_DRAFTER,
        index("stage", "opens_at", "forthcoming", "closed_at", "closes_at"),
        text_index(),
        index("found_by.words"),
        index("found_by.folding", "_id"),
        index("organisation_id", "_id"),
        index("milestone_at", where={"milestone_at": {"$type": "date"}}),
        index("source.name", "source.id", unique=True, where={"source.id": {"$exists": True}}),
    ],
)
DRAFTS = Quota(
    _("drafts of calls in this organisation"), CALLS, 100, _("Publish or delete some of them first."), BY_DRAFTER
)
EARLIER: Query = {"found_by.folding": {"$not": {"$gte": FOLDING}}}
FOLDED_AT_ONCE = 500
BY_DEADLINE: Sort = (("deadline", 1), ("_id", 1))
EVER_PUBLISHED = {"$in": [Stage.PUBLISHED, Stage.WITHDRAWN]}
WITHDRAWN_KEPT = timedelta(days=90)  # in calendars and feeds, so that subscribers learn of the withdrawal


async def list_calls(
    reader: Reader,
    filters: Query,
    after: tuple[datetime, str] | None,
    limit: int,
    *,
    by: str = "deadline",
    newest_first: bool = False,
) -> list[Call]:
    """Return public calls in order of a time; `after` is the time and id of the last one seen."""
    query = {"$and": [{"stage": Stage.PUBLISHED, **filters}, behind(by, after, newest_first=newest_first)]}
    return await CALLS.find(reader, query, sort=[(by, -1 if newest_first else 1), ("_id", 1)], limit=limit)


async def distinct_words(db: Database) -> list[str]:
    """Return the words of all public calls."""
    return await CALLS.values(db, "found_by.words")


async def calls_of_organisation(
    reader: Reader, organisation_id: str | None, stage: Stage | None, before: str | None, limit: int
) -> list[Call]:
    """Return a publisher's calls, drafts included, newest first; `before` is the last id seen."""
    query: dict[str, Any] = {"organisation_id": organisation_id}
    if stage:
        query["stage"] = stage
    if before:
        query["_id"] = {"$lt": before}
    return await CALLS.find(reader, query, sort=[("_id", -1)], limit=limit)


async def calls_of_publishers(
    reader: Reader, organisations: Sequence[str | None], stage: Stage | None, before: str | None, limit: int
) -> list[Call]:
    """Return the calls of organisations, newest first, without imported ones; None is the platform."""
    query: dict[str, Any] = {"organisation_id": {"$in": [*organisations]}, "source": None}
    if stage:
        query["stage"] = stage
    if before:
        query["_id"] = {"$lt": before}
    return await CALLS.find(reader, query, sort=[("_id", -1)], limit=limit)


def public_or_lately_withdrawn(now: datetime) -> Query:
    """Return the query for public calls and calls that were withdrawn lately; withdrawal is the last update."""
    return {"$or": [{"stage": Stage.PUBLISHED}, {"updated_at": {"$gt": now - WITHDRAWN_KEPT}}]}


async def calls_in_calendar(reader: Reader, filters: Query, now: datetime, limit: int) -> list[Call]:
    """Return the calls of a subscribed calendar: those that have not closed, also if they were lately withdrawn."""
    query = {"$and": [running(now), public_or_lately_withdrawn(now), filters]}
    return await CALLS.find(reader, query, sort=BY_DEADLINE, limit=limit)


async def newest_calls(reader: Reader, filters: Query, now: datetime, limit: int) -> list[Call]:
    """Return the calls that were updated last; a withdrawal is an update too."""
    query = {"$and": [filters, public_or_lately_withdrawn(now)]}
    return await CALLS.find(reader, query, sort=[("updated_at", -1), ("_id", 1)], limit=limit)


async def due_calls(reader: Reader, now: datetime, limit: int) -> list[Call]:
    """Return calls with a milestone that is due."""
    due = {"milestone_at": {"$lte": now, "$type": "date"}}
    return await CALLS.find(reader, due, sort=[("milestone_at", 1)], limit=limit)


async def fold_again(db: Database) -> None:
    """Store again what searches find each call by, if an earlier release stored it in another way or not at all."""
    async for calls in pages(CALLS, db, EARLIER, FOLDED_AT_ONCE):
        changes = [
            ({"_id": call.id, "version": call.version}, {"$set": {"found_by": call.found_by.model_dump()}})
            for call in calls
        ]
        await CALLS.update_each(db, changes, upsert=False)
