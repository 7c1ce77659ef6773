"""E-mails in the ledger (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from services.notifications.preferences.domain import Scope
from shared.clock import real_now
from shared.ids import stable_id
from shared.models import Document
from shared.tracing import Cause

OLDEST_MAILED = timedelta(days=1)  # real time
OWN, PROMPT, BULK = -1, 0, 1  # priorities: the own business of members first, bulk mailings last
PRIORITY = "lane"  # stored name of the priority since version 0.1


class State(StrEnum):
    """State of an e-mail: pending, claimed, handing, then sent, failed or ambiguous; or held, bundled, dropped."""

    PENDING = "pending"
    CLAIMED = "claimed"  # leased by a worker; nothing was handed over yet
    HANDING = "handing"  # may have been handed over, so it is never sent again automatically
    SENT = "sent"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"  # the process or the server failed during the handover
    HELD = "held"  # over the limit of five in ten minutes; all held e-mails to a member are sent as one
    BUNDLED = "bundled"  # its alerts were moved to another e-mail
    DROPPED = "dropped"  # the member no longer takes e-mail, or there is nothing to send


Kind = Literal[
    "alerts",
    "confirm",
    "reminder",
    "invitation",
    "reset",
    "password",
    "factor_on",
    "factor_off",
    "recovery_used",
    "recovery_replaced",
    "farewell",
    "operator_given",
    "operator_taken",
    "address",
    "address_asked",
]
# To an address that others named.
TO_ADDRESSEES: frozenset[Kind] = frozenset({"confirm", "reminder", "invitation", "address", "farewell"})
SUBJECTS: Mapping[Kind, str] = {
    "confirm": "Confirm your address and choose a password",
    "reminder": "You have an account already",
    "invitation": "You are invited to an organisation",
    "reset": "Set a new password",
    "farewell": "Your account was erased",
    "address": "Confirm your new address",
}


class Mail(Document):
    """An e-mail to one member. Its text is composed when it is sent, for alerts from the member's alerts."""

    member_id: str
    kind: Kind
    scope: Scope = Scope.CALLS
    occasions: list[str]
    organisation: str = Field("", description="Name of the organisation that invites")
    password_number: int = 0  # of the password that its link resets
    state: State = State.PENDING
    priority: int = Field(PROMPT, validation_alias=PRIORITY)
    created_at: datetime  # business time
    send_after: datetime  # real time
    release_at: datetime | None = None  # business time, if held
    attempts: int = 0
    token: str | None = None
    lease: datetime | None = None
    sent_at: datetime | None = None
    note: str = ""
    correlation: str | None = None
    trace: str | None = None

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored, with the priority under its stored name."""
        row = super().to_mongo()
        row[PRIORITY] = row.pop("priority")
        return row


class Addressee(Document):
    """An address that a registration named; its id is that of the member. It needs no consent to e-mail."""

    email: str
    at: datetime
    wanted_by: str = ""  # member whose account gets the address, if its owner opens the link


class MailWindow(Document):
    """The e-mails admitted to one member within the ten minutes after it was opened."""

    opened_at: datetime
    admitted: list[str]


@dataclass(frozen=True)
class Occasion:
    """The subject matter of an e-mail to a member. Events with the same occasion share one e-mail."""

    member_id: str
    name: str

    @property
    def mail_id(self) -> str:
        """The id of the e-mail, which is the same for every event of this occasion."""
        return stable_id(self.member_id, self.name)


def worth_mailing(occurred_at: datetime) -> bool:
    """Return whether an event is recent enough to be mailed. A replay of the event log brings older ones."""
    return real_now() - occurred_at <= OLDEST_MAILED


def new_mail(occasion: Occasion, kind: Kind, now: datetime, cause: Cause, password_number: int = 0) -> Mail:
    """Return a pending e-mail about the own business of a member."""
    return Mail(
        id=occasion.mail_id,
        member_id=occasion.member_id,
        kind=kind,
        scope=Scope.OWN,
        occasions=[occasion.name],
        password_number=password_number,
        priority=OWN,
        created_at=now,
        send_after=real_now(),
        correlation=cause.correlation,
        trace=cause.trace,
    )
