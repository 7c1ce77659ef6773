"""Where members' wishes and alerts are kept; every query by name."""

from datetime import datetime
from typing import Any

from services.notifications.domain import Interest, Member, all_anchors
from shared.ids import new_id
from shared.models import Document
from shared.mongo import Collection, Query, Reader, Transaction, index

MEMBERS = Collection("members", Member, [index("anchors", "_id"), index("organisations", "_id")])


class Alert(Document):
    """Something a member was told, and why."""

    member_id: str
    event_type: str
    occasion: str  # facts with the same occasion make one e-mail
    title: str
    text: str
    url: str
    reason: str
    at: datetime
    read_at: datetime | None = None


ALERTS = Collection(
    "alerts",
    Alert,
    [index("member_id", "-at", "_id"), index("member_id", "read_at"), index("member_id", "occasion")],
)


async def set_member(tx: Reader, id: str, **values: Any) -> None:
    """Fields of a member's copy, whichever event comes first."""
    await MEMBERS.update(tx, {"_id": id}, {"$set": values}, upsert=True)


async def join_organisation(tx: Reader, id: str, organisation_id: str) -> None:
    await MEMBERS.update(tx, {"_id": id}, {"$addToSet": {"organisations": organisation_id}}, upsert=True)


async def set_interests(tx: Transaction, id: str, interests: list[Interest]) -> None:
    values = {"interests": [i.model_dump() for i in interests], "anchors": all_anchors(interests)}
    await set_member(tx, id, **values)


async def members_page(at: Reader, audience: Query, after: str, limit: int) -> list[Member]:
    return await MEMBERS.find(at, {"$and": [audience, {"_id": {"$gt": after}}]}, limit=limit)


async def inbox(
    at: Reader, member_id: str, unread: bool, after: tuple[datetime, str] | None, limit: int
) -> list[Alert]:
    """A member's alerts, the newest first."""
    query: dict[str, Any] = {"member_id": member_id}
    if unread:
        query["read_at"] = None
    if after:
        moment, id = after
        query["$or"] = [{"at": {"$lt": moment}}, {"at": moment, "_id": {"$gt": id}}]
    return await ALERTS.find(at, query, sort=[("at", -1), ("_id", 1)], limit=limit)


def interest_id() -> str:
    return new_id()
