"""Copies of partner requests and partnerships, and what an organisation shows of each kind."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

from services.profiles.home.domain import CallCopy, GatheringCopy
from services.profiles.home.store import CALLS, GATHERINGS
from services.profiles.showcase.domain import PartnershipCopy, RequestCopy, Shelf
from shared.models import Versioned
from shared.mongo import Collection, Query, Reader, Sort, index

REQUESTS = Collection("request_copies", RequestCopy, [index("organisation_id", "closed", "expires_at")])
PARTNERSHIPS = Collection("partnership_copies", PartnershipCopy, [index("organisation_ids", "ended", "-formed_at")])
SHOWN = 3
V = TypeVar("V", bound=Versioned)


async def calls_of(reader: Reader, organisations: Sequence[str], now: datetime) -> Shelf[CallCopy]:
    """Return the calls of organisations: those that are open or will be, and those that are closed."""
    own = {"organisation_id": {"$in": [*organisations]}, "withdrawn": False}
    is_open: Query = {**own, "over": False, "deadline": {"$gt": now}}
    is_over: Query = {**own, "$or": [{"over": True}, {"over": False, "deadline": {"$lte": now}}]}
    return await _shelf(CALLS, reader, is_open, is_over, "deadline")


async def gatherings_of(reader: Reader, organisations: Sequence[str], now: datetime) -> Shelf[GatheringCopy]:
    """Return the gatherings of organisations: those that are not over, and those that are."""
    own = {"organisation_id": {"$in": [*organisations]}, "cancelled": False}
    ahead: Query = {**own, "ends_at": {"$gt": now}}
    return await _shelf(GATHERINGS, reader, ahead, {**own, "ends_at": {"$lte": now}}, "ends_at")


async def requests_of(reader: Reader, organisations: Sequence[str], now: datetime) -> Shelf[RequestCopy]:
    """Return the partner requests of organisations that are not closed: the valid ones, and those that expired."""
    own = {"organisation_id": {"$in": [*organisations]}, "closed": False}
    valid: Query = {**own, "expires_at": {"$gt": now}}
    return await _shelf(REQUESTS, reader, valid, {**own, "expires_at": {"$lte": now}}, "expires_at")


async def open_request(reader: Reader, id: str) -> RequestCopy | None:
    """Return a partner request that is not closed; None if there is none."""
    found = await REQUESTS.find(reader, {"_id": id, "closed": False}, limit=1)
    return found[0] if found else None


async def partnerships_of(reader: Reader, organisations: Sequence[str]) -> Shelf[PartnershipCopy]:
    """Return the partnerships that organisations take part in, the newest first."""
    query: Query = {"organisation_ids": {"$in": [*organisations]}, "ended": False}
    found = await PARTNERSHIPS.find(reader, query, sort=[("formed_at", -1), ("_id", 1)], limit=10 * SHOWN)
    number = len(found) if len(found) < 10 * SHOWN else await PARTNERSHIPS.count(reader, query)
    return Shelf[PartnershipCopy](open=found, past=[], number=number)


async def _shelf(collection: Collection[V], reader: Reader, is_open: Query, is_over: Query, by: str) -> Shelf[V]:
    """Return the first open ones by a time, the last ones that are over, and the number of both."""
    first: Sort = [(by, 1), ("_id", 1)]
    last: Sort = [(by, -1), ("_id", 1)]
    return Shelf(
        open=await collection.find(reader, is_open, sort=first, limit=SHOWN),
        past=await collection.find(reader, is_over, sort=last, limit=SHOWN),
        number=await collection.count(reader, is_open) + await collection.count(reader, is_over),
    )
