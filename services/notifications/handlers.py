"""What notifications does when others announce something."""

from services.notifications.alerts import RULES
from services.notifications.fanout import on_event
from services.notifications.mailing.ledger import MAILS, Occasion, new_mail
from services.notifications.store import join_organisation, set_member
from shared import log
from shared.auth import on_key_published
from shared.consumer import Handlers
from shared.contracts.profiles import KeyPublished, MemberConfirmed, MemberJoined, MemberRegistered
from shared.mongo import Transaction


async def on_member_registered(tx: Transaction, event: MemberRegistered) -> None:
    """Keep a copy, and ask whether the address is really hers."""
    await set_member(tx, event.member_id, email=event.email, name=event.name)
    occasion = Occasion(event.member_id, "confirm")
    await MAILS.insert(tx, new_mail(occasion, "confirm", tx.now, correlation=log.correlation()))
    tx.wakes.add("mailer")


async def on_member_confirmed(tx: Transaction, event: MemberConfirmed) -> None:
    await set_member(tx, event.member_id, email=event.email, confirmed=True)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    await join_organisation(tx, event.member_id, event.organisation_id)


HANDLERS: Handlers = {
    KeyPublished: on_key_published,
    MemberRegistered: on_member_registered,
    MemberConfirmed: on_member_confirmed,
    MemberJoined: on_member_joined,
    **dict.fromkeys(RULES, on_event),
}
