"""What an e-mail in the ledger is (pure)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from shared.clock import real_now
from shared.ids import stable_id
from shared.models import Document
from shared.tracing import Cause

NEWS = timedelta(days=1)  # real time


class State(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"  # ours for a while; nothing has left yet
    HANDING = "handing"  # may have left: never sent again by itself
    SENT = "sent"
    FAILED = "failed"
    AMBIGUOUS = "ambiguous"  # the process or the server died while handing it over
    HELD = "held"  # more than five within ten minutes: they become one
    BUNDLED = "bundled"  # its content went into another e-mail
    DROPPED = "dropped"  # the member takes no e-mail any more


class Mail(Document):
    """One e-mail to one member; what it says is composed from her alerts when it is sent."""

    member_id: str
    kind: Literal["alerts", "confirm"]
    occasions: list[str]
    state: State = State.PENDING
    lane: int = 0  # small mailings first
    created_at: datetime  # business time
    send_after: datetime  # real time
    release_at: datetime | None = None  # business time, when held
    attempts: int = 0
    token: str | None = None
    lease: datetime | None = None
    sent_at: datetime | None = None
    note: str = ""
    correlation: str | None = None
    trace: str | None = None


class MailWindow(Document):
    """The e-mails admitted to one member in the ten minutes since it was opened."""

    opened_at: datetime
    admitted: list[str]


def worth_mailing(occurred_at: datetime) -> bool:
    """Nobody is e-mailed facts older than a day, as a replay of the event log brings them."""
    return real_now() - occurred_at <= NEWS


@dataclass(frozen=True)
class Occasion:
    member_id: str
    name: str

    @property
    def mail_id(self) -> str:
        """One per member and occasion, whichever service's event came first."""
        return stable_id(self.member_id, self.name)


def new_mail(
    occasion: Occasion,
    kind: Literal["alerts", "confirm"],
    now: datetime,
    cause: Cause,
    lane: int = 0,
) -> Mail:
    return Mail(
        id=occasion.mail_id,
        member_id=occasion.member_id,
        kind=kind,
        occasions=[occasion.name],
        lane=lane,
        created_at=now,
        send_after=real_now(),
        **cause._asdict(),
    )
