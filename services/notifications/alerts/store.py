"""Storage of the latest events about an organisation, for members who join it shortly afterwards."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import AliasChoices, BaseModel, Field

from services.notifications.preferences.store import add_organisation
from shared.clock import real_now
from shared.jobs import OCCURRED_AT
from shared.models import Document
from shared.mongo import Collection, Transaction

DEDUPLICATION_KEY = AliasChoices("deduplication_key", "seed")  # documents of version 0.1 have the second name
MOST_NEWS = 5
RECENT = timedelta(hours=1)


class News(BaseModel):
    """An event that the members of an organisation were alerted about."""

    deduplication_key: str = Field(validation_alias=DEDUPLICATION_KEY)
    type: str
    event: dict[str, Any]
    at: datetime  # business time of its arrival
    occurred_at: datetime = Field(default_factory=real_now, validation_alias=OCCURRED_AT)


class OrganisationNews(Document):
    """The latest news of an organisation. Each join raises `joins`, to force a write conflict with its news."""

    joins: int = 0
    news: tuple[News, ...] = ()


ORGANISATIONS = Collection("organisations", OrganisationNews)


async def join_organisation(tx: Transaction, member_id: str, organisation_id: str, *, administers: bool) -> list[News]:
    """Store that a member belongs to an organisation, and return its news of the last hour.

    The events are not ordered: the news may have arrived before the membership.
    """
    await add_organisation(tx, member_id, organisation_id, administers=administers)
    await ORGANISATIONS.update(tx, {"_id": organisation_id}, {"$inc": {"joins": 1}}, upsert=True)
    organisation = await ORGANISATIONS.get(tx, organisation_id)
    return [news for news in organisation.news if tx.now - news.at < RECENT] if organisation else []


async def add_news(tx: Transaction, organisation_id: str, news: News) -> None:
    """Append to the news of an organisation, and keep the latest five."""
    pushed = {"$push": {"news": {"$each": [news.model_dump()], "$slice": -MOST_NEWS}}}
    await ORGANISATIONS.update(tx, {"_id": organisation_id}, pushed, upsert=True)
