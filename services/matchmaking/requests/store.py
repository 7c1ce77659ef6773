"""Storage and queries of partner requests."""

from collections.abc import Collection as Ids
from datetime import datetime

from services.matchmaking.requests.domain import PartnerRequest
from shared.contracts.calls import CallFacts
from shared.mongo import Collection, Query, Reader, behind, index
from shared.quota import Quota

REQUESTS = Collection(
    "partner_requests",
    PartnerRequest,
    [index("closed", "expires_at", "_id"), index("closed", "ecosystems", "_id"), index("member_id", "_id")],
)
OPEN_REQUESTS = Quota("open partner requests", REQUESTS, 100, "Close some of them first.")


def live_requests_for(call: CallFacts, now: datetime) -> Query:
    """Return the query for live requests that share an ecosystem with the call."""
    return {"closed": False, "ecosystems": {"$in": list(call.ecosystems)}, "expires_at": {"$gt": now}}


async def closed_among(reader: Reader, ids: Ids[str]) -> set[str]:
    """Return those of the ids whose request is closed."""
    rows = await REQUESTS.rows(reader, {"_id": {"$in": list(ids)}, "closed": True}, ["_id"], limit=len(ids) or 1)
    return {row["_id"] for row in rows}


async def list_live_requests(
    reader: Reader, filters: Query, after: tuple[datetime, str] | None, now: datetime, limit: int
) -> list[PartnerRequest]:
    """Return the requests that are neither closed nor expired, the next to expire first."""
    query = {"$and": [{"closed": False, "expires_at": {"$gt": now}, **filters}, behind("expires_at", after)]}
    return await REQUESTS.find(reader, query, sort=[("expires_at", 1), ("_id", 1)], limit=limit)
