"""Use cases of e-mail: write to owners of addresses, release held e-mails, stop for dead addresses, send again."""

from collections.abc import Mapping

from services.notifications.inbox.domain import Alert
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import Addressee, Kind, Mail, Occasion, State, new_mail, worth_mailing
from services.notifications.mailing.store import ADDRESSEES, MAILS, add_addressee, add_mail
from services.notifications.preferences.store import set_deliverable, set_undeliverable
from shared import tracing
from shared.clock import real_now
from shared.contracts.profiles import (
    AddressRequested,
    ErasureCompleted,
    FactorChanged,
    MemberChallenged,
    MemberInvited,
    MemberNominated,
    MemberReminded,
    OperatorAppointed,
    OperatorDismissed,
    PasswordChanged,
    PasswordForgotten,
)
from shared.errors import NotFound, Refusal
from shared.ids import stable_id
from shared.mongo import Database, Transaction
from shared.sentences import _

MOST_RELEASED = 200  # in one round
MOST_IN_BUNDLE = 500
FACTOR_NOTICES: Mapping[str, Kind] = {
    "switched_on": "factor_on",
    "switched_off": "factor_off",
    "recovery_code_used": "recovery_used",
    "recovery_codes_replaced": "recovery_replaced",
}
RESENDABLE = {State.FAILED, State.AMBIGUOUS}


class NotResendable(Refusal):
    """The state of the e-mail does not allow to send it again."""


async def on_member_invited(tx: Transaction, event: MemberInvited) -> None:
    """Store one e-mail that asks the owner of an address to confirm it."""
    await _write_to_owner(tx, event, "confirm", "confirm")


async def on_member_reminded(tx: Transaction, event: MemberReminded) -> None:
    """Store an e-mail that tells a member that they have an account, at most one a day."""
    await _write_to_owner(tx, event, "reminder", f"reminder:{tx.occurred_at:%Y-%m-%d}")


async def on_member_nominated(tx: Transaction, event: MemberNominated) -> None:
    """Store one e-mail that invites the owner of an address to an organisation, which is named if it was reviewed."""
    if worth_mailing(tx.occurred_at):
        await add_addressee(tx, Addressee(id=event.invitation_id, email=event.email, at=tx.occurred_at))
        mail = new_mail(Occasion(event.invitation_id, "invitation"), "invitation", tx.now, tracing.cause())
        await add_mail(tx, mail.replace(organisation=event.organisation_name))


async def _write_to_owner(tx: Transaction, event: MemberInvited | MemberReminded, kind: Kind, occasion: str) -> None:
    """Store an e-mail that a registration caused. A stranger may have sent it: nothing of it is in the e-mail."""
    if worth_mailing(tx.occurred_at):
        await add_addressee(tx, Addressee(id=event.member_id, email=event.email, at=tx.occurred_at))
        await add_mail(tx, new_mail(Occasion(event.member_id, occasion), kind, tx.now, tracing.cause()))


async def on_password_forgotten(tx: Transaction, event: PasswordForgotten) -> None:
    """Store an e-mail with a link that resets the password of a member."""
    if worth_mailing(tx.occurred_at):
        occasion = Occasion(event.member_id, f"reset:{tx.occurred_at.isoformat()}")
        await add_mail(tx, new_mail(occasion, "reset", tx.now, tracing.cause(), event.password_number))


async def on_password_changed(tx: Transaction, event: PasswordChanged) -> None:
    """Store an e-mail that tells a member that their password was changed."""
    await _tell(tx, event.member_id, "password")


async def on_factor_changed(tx: Transaction, event: FactorChanged) -> None:
    """Store an e-mail that tells a member what changed about their second factor."""
    await _tell(tx, event.member_id, FACTOR_NOTICES[event.change])


async def on_operator_appointed(tx: Transaction, event: OperatorAppointed) -> None:
    """Store an e-mail that tells a member that they operate the platform."""
    await _tell(tx, event.member_id, "operator_given")


async def on_operator_dismissed(tx: Transaction, event: OperatorDismissed) -> None:
    """Store an e-mail that tells a member that they no longer operate the platform."""
    await _tell(tx, event.member_id, "operator_taken")


async def on_member_challenged(tx: Transaction, event: MemberChallenged) -> None:
    """Store one e-mail with a link to the owner of the address that a member wants."""
    if worth_mailing(tx.occurred_at):
        addressee = Addressee(id=event.change_id, email=event.email, at=tx.occurred_at, wanted_by=event.member_id or "")
        await add_addressee(tx, addressee)
        await add_mail(tx, new_mail(Occasion(event.change_id, "address"), "address", tx.now, tracing.cause()))


async def on_address_requested(tx: Transaction, event: AddressRequested) -> None:
    """Store an e-mail that tells a member, at their present address, that another one was asked for."""
    await _tell(tx, event.member_id, "address_asked")


async def _tell(tx: Transaction, member_id: str, kind: Kind) -> None:
    """Store an e-mail that tells a member what happened to their account."""
    if worth_mailing(tx.occurred_at):
        occasion = Occasion(member_id, f"{kind}:{tx.occurred_at.isoformat()}")
        await add_mail(tx, new_mail(occasion, kind, tx.now, tracing.cause()))


async def on_erasure_completed(tx: Transaction, event: ErasureCompleted) -> None:
    """Store the last e-mail to a person whose account was erased, if their address is still kept for it."""
    if worth_mailing(tx.occurred_at) and await ADDRESSEES.get(tx, event.member_id):
        await add_mail(tx, new_mail(Occasion(event.member_id, "farewell"), "farewell", tx.now, tracing.cause()))


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
        raise NotFound(_("E-mail {id} not found. `ccp mail list` shows those that failed.", id=id))
    if mail.state not in RESENDABLE:
        raise NotResendable(
            _(
                "The e-mail {id} is {state}. Only one that failed or is ambiguous can be sent again.",
                id=id,
                state=mail.state,
            )
        )
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
