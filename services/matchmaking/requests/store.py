"""Storage and queries of partner requests."""

from collections.abc import Collection as Ids
from datetime import datetime

from services.matchmaking.requests.domain import PartnerRequest
from shared.contracts.calls import CallFacts
from shared.mongo import Collection, Query, Reader, behind, index
from shared.quota import Quota
from shared.sentences import _

REQUESTS = Collection(
    "partner_requests",
    PartnerRequest,
    [
        index("closed", "expires_at", "_id"),
        index("closed", "ecosystems", "_id"),
        index("organisation_id", "closed", "expires_at", "_id"),
        index("member_id", "_id"),
        index("remind_at", where={"remind_at": {"$type": "date"}}),
    ],
)
MOST_OWN = 50
AT_ONCE = 100  # reminders of one round of the loop
OPEN_REQUESTS = Quota(_("open partner requests"), REQUESTS, 100, _("Close some of them first."))


def live_requests_for(call: CallFacts, now: datetime) -> Query:
    """Return the query for live requests that share an ecosystem with the call."""
    return live({"ecosystems": {"$in": list(call.ecosystems)}}, now)


def live_matches(request: PartnerRequest, now: datetime) -> Query:
    """Return the query for live requests of the other side, of other organisations, that share an ecosystem."""
    others = {"side": request.side.other.value, "organisation_id": {"$ne": request.organisation_id}}
    return live({"ecosystems": {"$in": list(request.ecosystems)}, **others}, now)


async def closed_among(reader: Reader, ids: Ids[str]) -> set[str]:
    """Return those of the ids whose request is closed."""
    rows = await REQUESTS.rows(reader, {"_id": {"$in": list(ids)}, "closed": True}, ["_id"], limit=len(ids) or 1)
    return {row["_id"] for row in rows}


def live(filters: Query, now: datetime) -> Query:
    """Return the query for requests that are neither closed nor expired, of organisations that are public."""
    return {"closed": False, "suspended": {"$ne": True}, "expires_at": {"$gt": now}, **filters}


async def due_reminders(reader: Reader, now: datetime) -> list[PartnerRequest]:
    """Return requests whose organisations are to be reminded, the longest due first."""
    due = {"remind_at": {"$lte": now, "$type": "date"}}
    return await REQUESTS.find(reader, due, sort=[("remind_at", 1)], limit=AT_ONCE)


async def requests_of_member(reader: Reader, member_id: str) -> list[PartnerRequest]:
    """Return the requests that a member published and did not close, the newest first, at most fifty."""
    return await REQUESTS.find(reader, {"member_id": member_id, "closed": False}, sort=[("_id", -1)], limit=MOST_OWN)


async def list_live_requests(
    reader: Reader, filters: Query, after: tuple[datetime, str] | None, now: datetime, limit: int
) -> list[PartnerRequest]:
    """Return the requests that are neither closed nor expired, the next to expire first."""
    query = {"$and": [live(filters, now), behind("expires_at", after)]}
    return await REQUESTS.find(reader, query, sort=[("expires_at", 1), ("_id", 1)], limit=limit)
