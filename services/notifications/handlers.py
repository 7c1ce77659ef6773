"""What notifications does when others announce something."""

from services.notifications.alerts import RULES
from services.notifications.fanout import enqueue_fan_out, on_event
from services.notifications.mailing.ledger import Occasion, add_mail, new_mail, worth_mailing
from services.notifications.store import News, join_organisation, keep_news, set_member
from shared import tracing
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.profiles import (
    KeyPublished,
    MemberConfirmed,
    MemberJoined,
    MemberRegistered,
    OrganisationPublished,
    OrganisationReturned,
)
from shared.mongo import Transaction


async def on_member_registered(tx: Transaction, event: MemberRegistered) -> None:
    """Keep a copy, and ask once whether the address is really hers."""
    await set_member(tx, event.member_id, email=event.email, name=event.name)
    if worth_mailing(tx.occurred_at):
        occasion = Occasion(event.member_id, "confirm")
        await add_mail(tx, new_mail(occasion, "confirm", tx.now, tracing.cause()))


async def on_member_confirmed(tx: Transaction, event: MemberConfirmed) -> None:
    await set_member(tx, event.member_id, email=event.email, confirmed=True)


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


HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    MemberRegistered: on_member_registered,
    MemberConfirmed: on_member_confirmed,
    MemberJoined: on_member_joined,
    **dict.fromkeys(RULES, on_event),
    OrganisationPublished: on_organisation_news,
    OrganisationReturned: on_organisation_news,
}
