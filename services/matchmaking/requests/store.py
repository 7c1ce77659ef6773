"""Where offers, requests and proposals are kept, and copies of organisations; every query by name."""

from datetime import datetime

from services.matchmaking.requests.domain import PartnerRequest
from shared.contracts.calls import CallFacts
from shared.mongo import Collection, Query, Reader, behind, index

REQUESTS = Collection(
    "partner_requests",
    PartnerRequest,
    [index("closed", "expires_at", "_id"), index("closed", "ecosystems", "_id"), index("member_id", "_id")],
)


def about(call: CallFacts, now: datetime) -> Query:
    """Live wishes in the call's ecosystems; the domain decides the rest."""
    return {"closed": False, "ecosystems": {"$in": list(call.ecosystems)}, "expires_at": {"$gt": now}}


async def live_requests(
    reader: Reader, filters: Query, after: tuple[datetime, str] | None, now: datetime, limit: int
) -> list[PartnerRequest]:
    """Those not expired, the next to expire first."""
    query = {"$and": [{"closed": False, "expires_at": {"$gt": now}, **filters}, behind("expires_at", after)]}
    return await REQUESTS.find(reader, query, sort=[("expires_at", 1), ("_id", 1)], limit=limit)
