"""Storage of erasures, and the queries that tell whether a member can leave."""

from datetime import datetime

from services.profiles.accounts.domain import Member
from services.profiles.accounts.store import MEMBERS
from services.profiles.organisations.domain import Membership
from services.profiles.organisations.store import MEMBERSHIPS
from services.profiles.privacy.erasures.domain import Erasure
from shared.mongo import Collection, Reader, behind, index

ERASURES = Collection("erasures", Erasure, [index("-at", "_id")])


async def erasures_after(reader: Reader, after: tuple[datetime, str] | None, limit: int) -> list[Erasure]:
    """Return a page of the erasures, the newest first."""
    return await ERASURES.find(
        reader, behind("at", after, newest_first=True), sort=[("at", -1), ("_id", 1)], limit=limit
    )


async def other_operator(reader: Reader, member_id: str) -> Member | None:
    """Return an operator beside a member."""
    return await MEMBERS.first(reader, {"operator": True, "_id": {"$ne": member_id}})


async def is_alone(reader: Reader, membership: Membership) -> bool:
    """Return whether no other person belongs to the organisation."""
    others = {"organisation_id": membership.organisation_id, "_id": {"$ne": membership.id}}
    return await MEMBERSHIPS.first(reader, others) is None
