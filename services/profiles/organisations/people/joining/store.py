"""Storage and queries of requests to join an organisation."""

from datetime import datetime

from services.profiles.organisations.people.joining.domain import JoinRequest, Outcome
from shared.mongo import Collection, Query, Reader, index
from shared.quota import Quota
from shared.sentences import _

DAYS_KEPT = 30  # after the answer, so that the member can read it
MOST_OPEN, MOST_OWN = 50, 10
EXPIRED_AT_ONCE = 100

JOIN_REQUESTS = Collection(
    "join_requests",
    JoinRequest,
    [
        index("organisation_id", "member_id", unique=True),
        index("organisation_id", "outcome", "_id"),
        index("member_id", "outcome", "_id"),
        index("outcome", "ends_at"),
        index("closed_at", ttl=DAYS_KEPT * 24 * 3600),
    ],
)
OF_ORGANISATION = Quota(
    _("open requests to join this organisation"),
    JOIN_REQUESTS,
    MOST_OPEN,
    _("Ask again when its administrators have answered some."),
)
OF_MEMBER = Quota(
    _("open requests of yours to join an organisation"),
    JOIN_REQUESTS,
    MOST_OWN,
    _("Withdraw one, or wait until one is answered."),
)


def open_at(now: datetime, **owner: str) -> Query:
    """Return the query for the open requests of a member, or to an organisation."""
    return {**owner, "outcome": Outcome.OPEN, "ends_at": {"$gt": now}}


async def open_requests(reader: Reader, organisation_id: str, now: datetime) -> list[JoinRequest]:
    """Return the open requests to an organisation, the oldest first."""
    query = open_at(now, organisation_id=organisation_id)
    return await JOIN_REQUESTS.find(reader, query, sort=[("_id", 1)], limit=MOST_OPEN)


async def own_requests(reader: Reader, member_id: str) -> list[JoinRequest]:
    """Return the requests of a member, the newest first, with those that were declined or expired lately."""
    return await JOIN_REQUESTS.find(reader, {"member_id": member_id}, sort=[("_id", -1)], limit=100)


async def request_of(reader: Reader, organisation_id: str, member_id: str) -> JoinRequest | None:
    """Return the request of a member to an organisation."""
    return await JOIN_REQUESTS.first(reader, {"organisation_id": organisation_id, "member_id": member_id})


async def due_ids(reader: Reader, now: datetime) -> list[str]:
    """Return the ids of open requests that were not answered in time."""
    due: Query = {"outcome": Outcome.OPEN, "ends_at": {"$lte": now}}
    return [row["_id"] for row in await JOIN_REQUESTS.rows(reader, due, ["_id"], limit=EXPIRED_AT_ONCE)]
