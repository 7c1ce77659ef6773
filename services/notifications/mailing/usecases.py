"""Asking a new member to confirm their address."""

from services.notifications.mailing.domain import Occasion, new_mail, worth_mailing
from services.notifications.mailing.store import add_mail
from services.notifications.preferences.store import set_member
from shared import tracing
from shared.contracts.profiles import (
    MemberRegistered,
)
from shared.mongo import Transaction


async def on_member_registered(tx: Transaction, event: MemberRegistered) -> None:
    """Keep a copy, and ask once whether the address is really hers."""
    await set_member(tx, event.member_id, email=event.email, name=event.name)
    if worth_mailing(tx.occurred_at):
        occasion = Occasion(event.member_id, "confirm")
        await add_mail(tx, new_mail(occasion, "confirm", tx.now, tracing.cause()))
