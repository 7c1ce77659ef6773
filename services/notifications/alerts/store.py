"""Where an organisation's latest news is kept."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, Field

from services.notifications.preferences.store import MEMBERS
from shared.clock import real_now
from shared.jobs import OCCURRED_AT
from shared.models import Document
from shared.mongo import Collection, Transaction


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
