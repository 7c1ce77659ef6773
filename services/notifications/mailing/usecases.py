"""Use cases of e-mail: write to owners of addresses, release held e-mails, stop for dead addresses, send again."""

from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import Addressee, Kind, Mail, Occasion, State, new_mail, worth_mailing
from services.notifications.mailing.store import MAILS, add_addressee, add_mail
from services.notifications.preferences.store import set_deliverable, set_undeliverable
from shared import tracing
from shared.clock import real_now
from shared.contracts.profiles import MemberInvited, MemberReminded
from shared.errors import NotFound, Refusal
from shared.ids import stable_id
from shared.mongo import Database, Transaction

MOST_RELEASED = 200  # in one round
MOST_IN_BUNDLE = 500
RESENDABLE = {State.FAILED, State.AMBIGUOUS}


class NotResendable(Refusal):
    """The state of the e-mail does not allow to send it again."""


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


async def stop_undeliverable(tx: Transaction, mail: Mail, *, address: str, reply: str) -> None:
    """Send no more e-mails to an address that the server refused for good, and say so in the inbox."""
    if not await set_undeliverable(tx, mail.member_id, address, reply):
        return
    text = (
        f"The mail server refused your address: {reply} You get no more e-mails, and alerts arrive here. "
        "When the address works again, choose “Send me e-mails again” in your inbox."
    )
    alert = Alert(
        id=stable_id(mail.id, "undeliverable"),
        member_id=mail.member_id,
        event_type="",
        occasion=f"undeliverable:{mail.id}",
        title="Your e-mail address does not work",
        text=text,
        url="/inbox",
        reason="An e-mail to you came back",
        at=tx.now,
    )
    values = alert.to_mongo()
    await ALERTS.update(tx, {"_id": values.pop("_id")}, {"$setOnInsert": values}, upsert=True)


async def resend(tx: Transaction, id: str) -> None:
    """Make an e-mail pending again that failed or whose outcome is unknown. Raises NotFound, NotResendable.

    The operator decides that it may be tried, so the address of the member counts as working again.
    """
    mail = await MAILS.get(tx, id)
    if mail is None:
        raise NotFound(f"E-mail {id} not found. `ccp mail list` shows those that failed.")
    if mail.state not in RESENDABLE:
        raise NotResendable(f"The e-mail {id} is {mail.state}. Only one that failed or is ambiguous can be sent again.")
    pending = {"state": State.PENDING, "attempts": 0, "token": None, "note": "", "send_after": real_now()}
    await MAILS.update(tx, {"_id": id, "state": mail.state}, {"$set": pending})
    await set_deliverable(tx, [mail.member_id])
    tx.notify("mailer")


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
