"""What a call is and may do (pure): its stages, its status by the clock, its milestones."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from shared.clock import moment
from shared.errors import Invalid, Refusal
from shared.ids import Id
from shared.models import Body, Link, Moment, Versioned
from shared.vocabulary import CallKind, Country, Ecosystem

Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
Keyword = Annotated[str, StringConstraints(min_length=2, max_length=80, pattern=r"^[^\x00-\x1f\x7f]*$")]
CLOSING_SOON = timedelta(days=7)


class Stage(StrEnum):
    """What people did with the call; the clock does the rest."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Status(StrEnum):
    DRAFT = "draft"
    FORTHCOMING = "forthcoming"
    OPEN = "open"
    CLOSING_SOON = "closing_soon"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


ZONES = frozenset(available_timezones())  # reading them takes 20 ms


def known_zone(name: str) -> str:
    if name not in ZONES:
        raise ValueError("not a time zone of the IANA database, like Europe/Brussels")
    return name


DEADLINE_FIRST = "the deadline must be after the opening"


class CallBody(Body):
    """What a publisher says of a call."""

    organisation_id: Id | None = Field(None, description="None: the platform itself, for operators")
    title: Line
    summary: str = Field("", max_length=1000)
    description: str = Field("", max_length=60_000)
    kind: CallKind = CallKind.FUNDING
    countries: list[Country] = Field(default=[], max_length=250, description="Empty: open to every country")
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    keywords: list[Keyword] = Field(default=[], max_length=50)
    opens_at: Moment | None = Field(None, description="None: at publication, unless forthcoming")
    forthcoming: bool = Field(False, description="Announced before its opening is known")
    deadline: Moment = Field(description="With its offset: 2016-06-30T17:00:00+02:00")
    timezone: str = Field("Europe/Brussels", max_length=60, description="Where the deadline is read")
    link: Link = Field("", description="Where the publisher says more")

    _zone = field_validator("timezone")(known_zone)

    @field_validator("deadline")
    @classmethod
    def _in_order(cls, deadline: datetime, seen: ValidationInfo) -> datetime:
        opens_at = seen.data.get("opens_at")
        if opens_at and deadline <= opens_at:
            raise ValueError(DEADLINE_FIRST)
        return deadline


class Source(Body):
    """Where an imported call came from; a second import finds it by this."""

    name: str
    id: str
    content: str = Field(description="Hash of the record, to see whether it changed")


class Call(Versioned, CallBody):
    model_config = Versioned.model_config

    organisation_name: str
    stage: Stage = Stage.DRAFT
    published_at: datetime | None = None
    closed_at: datetime | None = None
    withdrawn_because: str = ""
    milestone: str | None = None  # what the clock announces next, and when
    milestone_at: datetime | None = None
    source: Source | None = None


class DeadlinePassed(Invalid):
    """A call is published before its deadline, or not at all."""


class DeadlineBeforeOpening(Invalid):
    """A call would close before it opens."""


class CallAlreadyPublished(Refusal):
    """It is public already."""


class CallNotPublic(Refusal):
    """Only a published call can be withdrawn."""


class CallClosed(Refusal):
    """The deadline has passed; what applied then stays as it was."""


class CallWithdrawn(Refusal):
    """It was taken back."""


def status(call: Call, now: datetime) -> Status:
    """A table of one way: the first that holds."""
    if call.stage is not Stage.PUBLISHED:
        return Status(call.stage)
    if call.closed_at or call.deadline <= now:
        return Status.CLOSED
    if (call.opens_at is None and call.forthcoming) or (call.opens_at and call.opens_at > now):
        return Status.FORTHCOMING
    return Status.CLOSING_SOON if call.deadline - now <= CLOSING_SOON else Status.OPEN


MILESTONES: dict[str, timedelta] = {
    "closing_7": timedelta(days=7),
    "closing_1": timedelta(days=1),
    "closed": timedelta(),
}


def next_milestone(deadline: datetime, now: datetime) -> tuple[str | None, datetime | None]:
    """The next thing the clock will announce of a call with this deadline, and when."""
    for name, before in MILESTONES.items():
        if deadline - before > now:
            return name, deadline - before
    return None, None


def due_milestone(deadline: datetime, now: datetime) -> str | None:
    """The latest milestone that has come; earlier ones that were slept through are not news any more."""
    return next((name for name in reversed(MILESTONES) if deadline - MILESTONES[name] <= now), None)


def check_editable(call: Call, now: datetime) -> None:
    """Raises CallClosed, CallWithdrawn."""
    current = status(call, now)
    if current is Status.CLOSED:
        raise CallClosed("the deadline has passed: this call cannot be changed any more", field="status")
    if current is Status.WITHDRAWN:
        raise CallWithdrawn("this call was withdrawn", field="status")


def check_dates(opens_at: datetime | None, deadline: datetime, now: datetime) -> None:
    """Raises DeadlinePassed, DeadlineBeforeOpening."""
    if opens_at and deadline <= opens_at:
        raise DeadlineBeforeOpening(DEADLINE_FIRST, field="deadline")
    if deadline <= now:
        raise DeadlinePassed(f"the deadline {deadline.isoformat()} has passed already", field="deadline")


TOLD_CHANGES = {
    "title": "title",
    "summary": "summary",
    "description": "description",
    "kind": "kind of call",
    "countries": "countries",
    "ecosystems": "ecosystems",
    "keywords": "keywords",
    "link": "link",
}


def changes_in_words(before: CallBody, after: CallBody) -> list[str]:
    """What a reader of the call would want to be told; empty if nothing that concerns her changed."""
    told = []
    if before.deadline != after.deadline:
        verb = "extended" if after.deadline > before.deadline else "brought forward"
        old, new = moment(before.deadline, before.timezone), moment(after.deadline, after.timezone)
        told.append(f"deadline {verb} from {old} to {new}")
    if before.opens_at != after.opens_at and after.opens_at:
        told.append(f"opens on {moment(after.opens_at, after.timezone)}")
    if before.forthcoming and not after.forthcoming:
        told.append("open for applications")
    return told + [f"{words} changed" for f, words in TOLD_CHANGES.items() if getattr(before, f) != getattr(after, f)]
