"""What events become: a fan-out each."""

from datetime import datetime
from typing import Any

from services.notifications.alerts.rules import RULES
from services.notifications.alerts.store import News, join_organisation, keep_news
from shared.contracts import Event
from shared.contracts.profiles import (
    MemberJoined,
    OrganisationPublished,
    OrganisationReturned,
)
from shared.jobs import enqueue
from shared.mongo import Transaction


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    for news in await join_organisation(tx, event.member_id, event.organisation_id):
        await enqueue_fan_out(
            tx, news.type, news.event, seed=news.seed, only=event.member_id, occurred_at=news.occurred_at
        )


async def on_organisation_news(tx: Transaction, event: OrganisationPublished | OrganisationReturned) -> None:
    """Its people are told; those whose joining comes later are told then."""
    seed = RULES[type(event)].say(event).occasion
    news = News(seed=seed, type=event.type, event=event.model_dump(mode="json"), at=tx.now, occurred_at=tx.occurred_at)
    await keep_news(tx, event.organisation_id, news)
    await enqueue_fan_out(tx, news.type, news.event, seed=news.seed)


async def on_event(tx: Transaction, event: Event) -> None:
    """Every fact with a rule becomes one durable job."""
    seed = f"{event.type} {RULES[type(event)].say(event).occasion}"
    await enqueue_fan_out(tx, event.type, event.model_dump(mode="json"), seed=seed)


async def enqueue_fan_out(
    tx: Transaction,
    kind: str,
    event: dict[str, Any],
    *,
    seed: str,
    only: str = "",
    occurred_at: datetime | None = None,
) -> None:
    """`seed` names the alerts: fanning the same one out again tells nobody twice. `only`: just this member."""
    await enqueue(tx, "fan_out", {"type": kind, "event": event, "seed": seed, "only": only}, occurred_at=occurred_at)
