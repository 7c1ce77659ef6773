"""Collection of gatherings; every query by name."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from services.calls.gatherings.domain import Gathering, GatheringStage
from shared.mongo import Collection, Query, Reader, behind, index
from shared.quota import Quota
from shared.sentences import _

BY_DRAFTER = index("organisation_id", where={"stage": "draft"})
GATHERINGS = Collection(
    "gatherings",
    Gathering,
    [
        index("ends_at", "_id"),
        index("-ends_at", "_id"),
        index("organisation_id", "_id"),
        index("countries", "ends_at"),
        index("ecosystems", "ends_at"),
        index("organisation_id", "ends_at"),
        index("-updated_at", "_id"),
        BY_DRAFTER,
    ],
)
DRAFTS = Quota(
    _("drafts of gatherings in this organisation"), GATHERINGS, 100, _("Publish some of them first."), BY_DRAFTER
)
KEPT_IN_CALENDARS = timedelta(days=30)  # after the end or the cancellation


def public(filters: dict[str, Any]) -> dict[str, Any]:
    """Return the query for gatherings that anyone may see, including cancelled ones."""
    return {"stage": {"$ne": GatheringStage.DRAFT}, **filters}


def coming(filters: dict[str, Any], now: datetime) -> Query:
    """Return the query for gatherings that are not over, including cancelled ones."""
    return {"$and": [{"ends_at": {"$gt": now}}, public(filters)]}


def past(filters: dict[str, Any], now: datetime) -> Query:
    """Return the query for gatherings that are over and were not cancelled."""
    return {"stage": GatheringStage.PUBLISHED, "ends_at": {"$lte": now}, **filters}


async def list_gatherings(
    reader: Reader, filters: dict[str, Any], now: datetime, after: tuple[datetime, str] | None, limit: int
) -> list[Gathering]:
    """Return gatherings that are not over, in order of end; `after` is the end and id of the last one seen."""
    query = {"$and": [coming(filters, now), behind("ends_at", after)]}
    return await GATHERINGS.find(reader, query, sort=[("ends_at", 1), ("_id", 1)], limit=limit)


async def list_past_gatherings(
    reader: Reader, filters: dict[str, Any], now: datetime, after: tuple[datetime, str] | None, limit: int
) -> list[Gathering]:
    """Return gatherings that are over and were not cancelled, the last one first."""
    query = {"$and": [past(filters, now), behind("ends_at", after, newest_first=True)]}
    return await GATHERINGS.find(reader, query, sort=[("ends_at", -1), ("_id", 1)], limit=limit)


async def gatherings_of_organisations(
    reader: Reader,
    organisations: Sequence[str | None],
    stage: GatheringStage | None,
    before: str | None,
    limit: int,
) -> list[Gathering]:
    """Return organisers' gatherings, drafts included, newest first; `before` is the last id seen."""
    query: dict[str, Any] = {"organisation_id": {"$in": [*organisations]}}
    if stage:
        query["stage"] = stage
    if before:
        query["_id"] = {"$lt": before}
    return await GATHERINGS.find(reader, query, sort=[("_id", -1)], limit=limit)


async def in_calendar(reader: Reader, filters: dict[str, Any], now: datetime, limit: int) -> list[Gathering]:
    """Return the gatherings of a subscribed calendar in order of end, including those of the last 30 days."""
    since = now - KEPT_IN_CALENDARS
    not_long_cancelled = {"$or": [{"cancelled_at": None}, {"cancelled_at": {"$gt": since}}]}
    query = {"$and": [{"ends_at": {"$gt": since}}, public(filters), not_long_cancelled]}
    return await GATHERINGS.find(reader, query, sort=[("ends_at", 1), ("_id", 1)], limit=limit)


async def newest_gatherings(reader: Reader, filters: dict[str, Any], limit: int) -> list[Gathering]:
    """Return the gatherings that were last published, changed or cancelled, the newest first."""
    return await GATHERINGS.find(reader, public(filters), sort=[("updated_at", -1), ("_id", 1)], limit=limit)


async def gatherings_of_ids(reader: Reader, ids: Sequence[str], since: datetime) -> list[Gathering]:
    """Return the gatherings with these ids that end after a time."""
    query = {"_id": {"$in": [*ids]}, "ends_at": {"$gt": since}}
    return await GATHERINGS.find(reader, query, limit=len(ids) or 1)
