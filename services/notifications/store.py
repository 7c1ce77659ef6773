"""Where members' wishes and alerts are kept; every query by name."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from services.notifications.domain import Interest, Member, Recipient, Wish, all_anchors
from shared.clock import real_now
from shared.jobs import OCCURRED_AT
from shared.models import Document
from shared.mongo import Collection, Query, Reader, Transaction, behind, index

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


class News(BaseModel):
    """What an organisation's people were told: the fan-out of one event."""

    seed: str
    type: str
    event: dict[str, Any]
    at: datetime  # business time, when it was heard
    occurred_at: datetime = Field(default_factory=real_now, validation_alias=OCCURRED_AT)


class Organisation(Document):
    """Its latest news, for people whose joining is heard of only after it. `joins` makes the two collide."""

    joins: int = 0
    news: tuple[News, ...] = ()


ORGANISATIONS = Collection("organisations", Organisation)
NEWS_KEPT, NEWS_FRESH = 5, timedelta(hours=1)


async def join_organisation(tx: Transaction, id: str, organisation_id: str) -> list[News]:
    """Whoever joins is told the news of the last hour: the event about it may have been faster."""
    await MEMBERS.update(tx, {"_id": id}, {"$addToSet": {"organisations": organisation_id}}, upsert=True)
    here = {"_id": organisation_id}
    await ORGANISATIONS.update(tx, here, {"$inc": {"joins": 1}}, upsert=True)
    organisation = await ORGANISATIONS.first(tx, here)
    return [news for news in organisation.news if tx.now - news.at < NEWS_FRESH] if organisation else []


async def keep_news(tx: Transaction, organisation_id: str, news: News) -> None:
    latest = {"$push": {"news": {"$each": [news.model_dump()], "$slice": -NEWS_KEPT}}}
    await ORGANISATIONS.update(tx, {"_id": organisation_id}, latest, upsert=True)


async def set_interests(tx: Transaction, id: str, interests: list[Interest]) -> None:
    values = {"interests": [i.model_dump() for i in interests], "anchors": all_anchors(interests)}
    await set_member(tx, id, **values)


async def recipients(reader: Reader, audience: Query, after: str, limit: int) -> list[Recipient]:
    """A page of an audience, in order of id."""
    query = {"$and": [audience, {"_id": {"$gt": after}}]}
    rows = await MEMBERS.rows(reader, query, ["email", "confirmed", "mail", "interests"], limit=limit)
    return [_recipient(row) for row in rows]


def _recipient(row: dict[str, Any]) -> Recipient:
    takes_mail = bool(row.get("email")) and row.get("confirmed", False) and row.get("mail", True)
    wishes = [Wish(i["ecosystems"], i["countries"], i["kinds"], i["keywords"]) for i in row.get("interests", ())]
    return Recipient(row["_id"], takes_mail, wishes)


async def inbox(
    reader: Reader, member_id: str, unread: bool, after: tuple[datetime, str] | None, limit: int
) -> list[Alert]:
    """A member's alerts, the newest first."""
    unread_only = {"read_at": None} if unread else {}
    query = {"member_id": member_id, **unread_only, **behind("at", after, newest_first=True)}
    return await ALERTS.find(reader, query, sort=[("at", -1), ("_id", 1)], limit=limit)
