"""The operators' view of the ledger: e-mails with their address, subject and outcome, and their numbers."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.domain import Mail, State
from services.notifications.mailing.notices import SUBJECT_OF
from services.notifications.mailing.store import ADDRESSEES, count_by_state, list_mails
from services.notifications.preferences.store import MEMBERS
from shared.auth import Caller
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.mongo import Reader
from shared.sentences import _

ONLY_OPERATORS = _("Only operators of the platform read deliveries.")
MOST_ALERTS = 2000  # of the e-mails on one page


class Delivery(BaseModel):
    """An e-mail in the ledger, and its outcome."""

    id: str
    member_id: str
    address: str = Field(description="Address of the member now; empty if it is not known")
    subject: str = Field(
        description="Title of its first alert, or what it asks for; empty if its alerts no longer exist"
    )
    occasions: list[str] = Field(description="What the e-mail is about, as a key for each occasion")
    state: State
    created_at: datetime
    sent_at: datetime | None
    note: str = Field(description="Reason for the state, in words")


class DeliveryFilter(Paging):
    """Filters for the ledger."""

    state: State | None = Field(None, description="Only e-mails in this state")


class Summary(BaseModel):
    """Numbers of members, alerts and e-mails."""

    members: int
    alerts: int
    mails: dict[str, int] = Field(description="Number of e-mails in each state")


async def summary_of(reader: Reader, caller: Caller) -> Summary:
    """Return the numbers of members and alerts, and of e-mails in each state. Raises NotAllowed."""
    caller.require_operator(ONLY_OPERATORS)
    members, alerts = await MEMBERS.count(reader, {}), await ALERTS.count(reader, {})
    return Summary(members=members, alerts=alerts, mails=await count_by_state(reader))


async def deliveries(reader: Reader, caller: Caller, q: DeliveryFilter) -> Page[Delivery]:
    """Return a page of the ledger, the newest e-mails first. Raises NotAllowed."""
    caller.require_operator(ONLY_OPERATORS)
    mails = await list_mails(reader, q.state, decode_time_cursor(q.cursor), q.limit + 1)
    addresses, subjects = await _addresses(reader, mails), await _subjects(reader, mails)

    def view(mail: Mail) -> Delivery:
        return Delivery(
            id=mail.id,
            member_id=mail.member_id,
            address=addresses.get(mail.member_id, ""),
            subject=subjects.get(mail.id, ""),
            occasions=mail.occasions,
            state=mail.state,
            created_at=mail.created_at,
            sent_at=mail.sent_at,
            note=mail.note,
        )

    return page_of(Delivery, mails, q.limit, "created_at", view)


async def _addresses(reader: Reader, mails: Sequence[Mail]) -> dict[str, str]:
    """Return the address of each member, or the one that was registered."""
    query = {"_id": {"$in": [mail.member_id for mail in mails]}}
    registered = await ADDRESSEES.rows(reader, query, ["email"], limit=len(mails) + 1)
    members = await MEMBERS.rows(reader, query, ["email"], limit=len(mails) + 1)
    return {row["_id"]: row["email"] for row in [*registered, *members] if row.get("email")}


async def _subjects(reader: Reader, mails: Sequence[Mail]) -> dict[str, str]:
    """Return the subject of each e-mail: that of its kind, or the title of its first alert."""
    subjects = {mail.id: SUBJECT_OF[mail.kind] for mail in mails if mail.kind in SUBJECT_OF}
    about = [mail for mail in mails if mail.kind not in SUBJECT_OF]
    if about:
        wanted = [{"member_id": mail.member_id, "occasion": {"$in": mail.occasions}} for mail in about]
        alerts = await ALERTS.find(reader, {"$or": wanted}, sort=[("at", 1), ("_id", 1)], limit=MOST_ALERTS)
        first = {(alert.member_id, alert.occasion): alert.title for alert in reversed(alerts)}
        for mail in about:
            titles = [first[mail.member_id, each] for each in mail.occasions if (mail.member_id, each) in first]
            more = f" and {len(mail.occasions) - 1} more" if len(mail.occasions) > 1 else ""
            subjects[mail.id] = f"{titles[0]}{more}" if titles else ""
    return subjects
