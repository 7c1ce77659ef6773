"""Use cases of e-mail: write to the owner of a registered address, release e-mails that were held."""

from services.notifications.mailing.domain import Addressee, Kind, Occasion, State, new_mail, worth_mailing
from services.notifications.mailing.store import MAILS, add_addressee, add_mail
from shared import tracing
from shared.clock import real_now
from shared.contracts.profiles import MemberInvited, MemberReminded
from shared.mongo import Database, Transaction

MOST_RELEASED = 200  # in one round
MOST_IN_BUNDLE = 500


async def on_member_invited(tx: Transaction, event: MemberInvited) -> None:
    """Store one e-mail that asks the owner of an address to confirm it."""
    await _write_to_owner(tx, event, "confirm", "confirm")


async def on_member_reminded(tx: Transaction, event: MemberReminded) -> None:
    """Store an e-mail that tells a member that they have an account, at most one a day."""
    await _write_to_owner(tx, event, "reminder", f"reminder:{tx.occurred_at:%Y-%m-%d}")


async def _write_to_owner(tx: Transaction, event: MemberInvited | MemberReminded, kind: Kind, occasion: str) -> None:
    """Store an e-mail that a registration caused. A stranger may have sent it: nothing of it is in the e-mail."""
    if worth_mailing(tx.occurred_at):
        await add_addressee(tx, Addressee(id=event.member_id, email=event.email, at=tx.occurred_at))
        await add_mail(tx, new_mail(Occasion(event.member_id, occasion), kind, tx.now, tracing.cause()))


async def release_bundles(db: Database) -> None:
    """Bundle the held e-mails of each member whose window has ended."""
    due = {"state": State.HELD, "release_at": {"$lte": db.now()}}
    held = await MAILS.find(db, due, sort=[("release_at", 1), ("member_id", 1)], limit=MOST_RELEASED)
    for member_id in dict.fromkeys(mail.member_id for mail in held):
        await db.transact(_bundle, member_id)
        db.notify("mailer")


async def _bundle(tx: Transaction, member_id: str) -> None:
    """Move the alerts of all held e-mails of a member to the first of them, and make it pending."""
    held = await MAILS.find(tx, {"member_id": member_id, "state": State.HELD}, limit=MOST_IN_BUNDLE)
    if not held:
        return
    first, others = held[0], held[1:]
    occasions = [occasion for mail in held for occasion in mail.occasions]
    pending = {"state": State.PENDING, "occasions": occasions, "send_after": real_now()}
    await MAILS.update(tx, {"_id": first.id, "state": State.HELD}, {"$set": pending})
    bundled = {"state": State.BUNDLED, "note": f"Bundled into {first.id}."}
    await MAILS.update(tx, {"_id": {"$in": [mail.id for mail in others]}, "state": State.HELD}, {"$set": bundled})
