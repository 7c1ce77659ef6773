"""Event handlers of alerts: each event with a rule becomes one fan-out job."""

from datetime import datetime

from services.notifications.alerts.audiences import OrganisationEvent
from services.notifications.alerts.fanout import FanOutData
from services.notifications.alerts.rules import RULES
from services.notifications.alerts.store import News, add_news, join_organisation
from services.notifications.preferences.store import is_newest, remove_organisation
from shared.contracts import Event
from shared.contracts.profiles import MemberJoined, MemberLeft
from shared.jobs import enqueue
from shared.mongo import Transaction


async def on_alerting_event(tx: Transaction, event: Event) -> None:
    """Store the fan-out of an event."""
    key = f"{event.type} {RULES[type(event)][0].render(event).occasion}"
    await _enqueue(tx, FanOutData(type=event.type, event=event.model_dump(mode="json"), deduplication_key=key))


async def on_organisation_event(tx: Transaction, event: OrganisationEvent) -> None:
    """Store the fan-out to the members of an organisation, and keep the event for members who join later."""
    news = News(
        deduplication_key=RULES[type(event)][0].render(event).occasion,
        type=event.type,
        event=event.model_dump(mode="json"),
        at=tx.now,
        occurred_at=tx.occurred_at,
    )
    await add_news(tx, event.organisation_id, news)
    await _enqueue(tx, FanOutData(type=news.type, event=news.event, deduplication_key=news.deduplication_key))


async def on_membership_event(tx: Transaction, event: MemberJoined | MemberLeft) -> None:
    """Store the fan-out of a change of a membership, if it says that people are to be told."""
    if event.organisation_name:
        await on_alerting_event(tx, event)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    """Store the membership, and fan the latest news of the organisation out to the member; ignore an old event."""
    if not await is_newest(tx, f"{event.organisation_id}:{event.member_id}", event.version):
        return
    administers = event.role == "administrator"
    for news in await join_organisation(tx, event.member_id, event.organisation_id, administers=administers):
        data = FanOutData(
            type=news.type, event=news.event, deduplication_key=news.deduplication_key, only=event.member_id
        )
        await _enqueue(tx, data, occurred_at=news.occurred_at)


async def on_member_left(tx: Transaction, event: MemberLeft) -> None:
    """Forget the membership, unless the member has joined again: news of the organisation is not for them any more."""
    if await is_newest(tx, f"{event.organisation_id}:{event.member_id}", event.version):
        await remove_organisation(tx, event.member_id, event.organisation_id)


async def _enqueue(tx: Transaction, data: FanOutData, occurred_at: datetime | None = None) -> None:
    await enqueue(tx, "fan_out", data.model_dump(), occurred_at=occurred_at)
