"""What a call is and may do (pure): its content, its stages, its status by the clock, its changes in words."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from services.calls.catalogue.deadlines.domain import (
    BRUSSELS,
    MOST_CUT_OFFS,
    CutOff,
    DeadlineModel,
    Zone,
    current,
    deadlines_in_words,
    in_order,
)
from services.calls.catalogue.eligibility.domain import Eligibility
from services.calls.terms import Budget, CallFile, Keyword, Line, Mission, TitledLink, begun
from shared.clock import moment
from shared.errors import Invalid, Refusal
from shared.ids import Id
from shared.models import Body, Link, Moment, Versioned
from shared.vocabulary import CallKind, Country, Ecosystem

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


DEADLINE_FIRST = "the deadline must be after the opening"


class CallContent(Body):
    """What a publisher says of a call, apart from its deadlines."""

    organisation_id: Id | None = Field(None, description="None: the platform itself, for operators")
    title: Line
    summary: str = Field("", max_length=1000)
    description: str = Field("", max_length=60_000)
    kind: CallKind = CallKind.FUNDING
    programme: str = Field("", max_length=80)
    countries: list[Country] = Field(default=[], max_length=250, description="Empty: open to every country")
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    keywords: list[Keyword] = Field(default=[], max_length=50)
    opens_at: Moment | None = Field(None, description="None: at publication, unless forthcoming")
    forthcoming: bool = Field(False, description="Announced before its opening is known")
    link: Link = Field("", description="Where the publisher says more")
    model: DeadlineModel = DeadlineModel.SINGLE
    eligibility: Eligibility = Eligibility()
    budget: Budget | None = None
    mission: Mission | None = Field(None, description="Only of a mission: when and where it goes, and who pays")
    documents: list[TitledLink] = Field(default=[], max_length=30)

    @field_validator("mission")
    @classmethod
    def _only_missions(cls, mission: Mission | None, seen: ValidationInfo) -> Mission | None:
        if mission and seen.data.get("kind", CallKind.MISSION) is not CallKind.MISSION:
            raise ValueError("only a call of the kind mission has one")
        return mission


class CallBody(CallContent):
    """What a publisher sends: one `deadline` in a `timezone`, or `cut_offs` as its model has them."""

    deadline: Moment | None = Field(None, description="With its offset: 2016-06-30T17:00:00+02:00")
    timezone: Zone = Field(BRUSSELS, description="Where the deadline is read")
    cut_offs: list[CutOff] = Field(default=[], max_length=MOST_CUT_OFFS, validate_default=True, description="In order")
    reason: str = Field("", max_length=500, description="Why the deadlines change; kept in their history")

    @field_validator("deadline")
    @classmethod
    def _opens_first(cls, deadline: datetime | None, seen: ValidationInfo) -> datetime | None:
        if deadline and (opens_at := seen.data.get("opens_at")) and deadline <= opens_at:
            raise ValueError(DEADLINE_FIRST)
        return deadline

    @field_validator("cut_offs")
    @classmethod
    def _by_the_model(cls, cut_offs: list[CutOff], seen: ValidationInfo) -> list[CutOff]:
        if not {"deadline", "timezone", "model"} <= seen.data.keys():
            return cut_offs  # those are said to be wrong already
        if bool(seen.data["deadline"]) == bool(cut_offs):
            raise ValueError("send either a deadline or cut_offs")
        if not cut_offs:
            cut_offs = [CutOff(deadline=seen.data["deadline"], timezone=seen.data["timezone"])]
        in_order(seen.data["model"], cut_offs)
        if (opens_at := seen.data.get("opens_at")) and cut_offs[0].deadline <= opens_at:
            raise ValueError(DEADLINE_FIRST)
        return cut_offs

    def content(self) -> dict[str, Any]:
        """The values that a call keeps of it, its deadlines apart."""
        return {name: getattr(self, name) for name in CallContent.model_fields}


class Extension(Body):
    """A later deadline, and why."""

    deadline: Moment
    cut_off: int | None = Field(None, ge=1, le=MOST_CUT_OFFS, description="Which one, from 1; None: the one ahead")
    reason: str = Field(min_length=3, max_length=500)


class Source(Body):
    """Where an imported call came from; a second import finds it by this."""

    name: str
    id: str


class Conflict(Body):
    """Two sources say different things of a field: which was kept."""

    field: str
    kept: str
    source: str
    other: str
    other_source: str


class Call(Versioned, CallContent):
    """A call as it is kept. `deadline` and `timezone` are those of the cut-off ahead, or of the last one."""

    model_config = Versioned.model_config

    cut_offs: list[CutOff]
    deadline: datetime
    timezone: str
    closes_at: datetime
    organisation_name: str
    stage: Stage = Stage.DRAFT
    published_at: datetime | None = None
    updated_at: datetime | None = None  # when it last said something new; feeds begin with the latest
    closed_at: datetime | None = None
    withdrawn_because: str = ""
    milestone_at: datetime | None = None  # when the clock has something to announce
    history: str = ""  # hash of the newest entry of its deadlines' history
    source: Source | None = None
    provenance: dict[str, str] = Field(default={})
    conflicts: list[Conflict] = Field(default=[])
    files: list[CallFile] = Field(default=[])

    @model_validator(mode="before")
    @classmethod
    def _of_before_cut_offs(cls, row: Any) -> Any:
        """A call that was stored with one deadline has one cut-off."""
        if isinstance(row, dict) and "cut_offs" not in row:
            zone = row.get("timezone", BRUSSELS)
            cut_off = CutOff(deadline=row["deadline"], timezone=zone)
            return {**row, "timezone": zone, "cut_offs": [cut_off], "closes_at": cut_off.deadline}
        return row

    @classmethod
    def draft(cls, id: str, body: CallBody, now: datetime, **more: Any) -> Self:
        return cls.model_validate({"id": id, **body.content(), **dates(body.cut_offs, now), **more})


def dates(cut_offs: Sequence[CutOff], now: datetime) -> dict[str, Any]:
    """What a call keeps of its cut-offs."""
    ahead = current(cut_offs, now)
    return {
        "cut_offs": [*cut_offs],
        "deadline": ahead.deadline,
        "timezone": ahead.timezone,
        "closes_at": cut_offs[-1].deadline,
    }


class DeadlinePassed(Invalid):
    """A call is published before its deadline, or not at all."""


class DeadlineBeforeOpening(Invalid):
    """A call would close before it opens."""


class CallAlreadyPublished(Refusal):
    """It is public already."""


class CallNotPublic(Refusal):
    """Only a published call can be withdrawn, extended, asked about or noticed."""


class CallClosed(Refusal):
    """The deadline has passed; what applied then stays as it was."""


class CallWithdrawn(Refusal):
    """It was taken back."""


def status(call: Call, now: datetime) -> Status:
    """A table of one way: the first that holds."""
    if call.stage is not Stage.PUBLISHED:
        return Status(call.stage)
    if call.closed_at or call.closes_at <= now:
        return Status.CLOSED
    if (call.opens_at is None and call.forthcoming) or (call.opens_at and call.opens_at > now):
        return Status.FORTHCOMING
    return Status.CLOSING_SOON if current(call.cut_offs, now).deadline - now <= CLOSING_SOON else Status.OPEN


def takes_new_applicants(call: Call, now: datetime) -> bool:
    """Whether one who did nothing yet may apply: of two stages, only the first is open to all."""
    if status(call, now) not in {Status.OPEN, Status.CLOSING_SOON}:
        return False
    return call.model is not DeadlineModel.TWO_STAGE or call.cut_offs[0].deadline > now


def check_editable(call: Call, now: datetime) -> None:
    """Raises CallClosed, CallWithdrawn."""
    current_status = status(call, now)
    if current_status is Status.CLOSED:
        raise CallClosed("the deadline has passed: this call cannot be changed any more", field="status")
    if current_status is Status.WITHDRAWN:
        raise CallWithdrawn("this call was withdrawn", field="status")


def check_withdrawable(call: Call, now: datetime) -> None:
    """A call until it closes, a mission until it begins. Raises CallNotPublic, CallClosed, CallWithdrawn."""
    if call.stage is Stage.WITHDRAWN:
        raise CallWithdrawn("this call was withdrawn", field="status")
    check_public(call, "there is nothing to withdraw")
    if call.mission is None:
        check_editable(call, now)
    elif begun(call.mission, now):
        raise CallClosed("the mission has begun: it cannot be withdrawn any more", field="status")


def check_public(call: Call, what: str) -> None:
    """Raises CallNotPublic."""
    if call.stage is not Stage.PUBLISHED:
        raise CallNotPublic(f"this call is not public: {what}", field="status")


def check_dates(opens_at: datetime | None, cut_offs: Sequence[CutOff], now: datetime) -> None:
    """Raises DeadlinePassed, DeadlineBeforeOpening."""
    if opens_at and cut_offs[0].deadline <= opens_at:
        raise DeadlineBeforeOpening(DEADLINE_FIRST, field="deadline")
    if (last := cut_offs[-1]).deadline <= now:
        raise DeadlinePassed(f"the deadline {last.words} has passed already", field="deadline")


TOLD_CHANGES = {
    "title": "title",
    "summary": "summary",
    "description": "description",
    "kind": "kind of call",
    "programme": "programme",
    "countries": "countries",
    "ecosystems": "ecosystems",
    "keywords": "keywords",
    "link": "link",
    "eligibility": "eligibility",
    "budget": "budget",
    "mission": "places, costs or dates of the mission",
    "documents": "documents",
}


def changes_in_words(before: CallBody | Call, after: CallBody | Call) -> list[str]:
    """What a reader of the call would want to be told; empty if nothing that concerns her changed."""
    told = deadlines_in_words(before.cut_offs, after.cut_offs)
    if before.opens_at != after.opens_at and after.opens_at:
        told.append(f"opens on {moment(after.opens_at, after.cut_offs[0].timezone)}")
    if before.forthcoming and not after.forthcoming:
        told.append("open for applications")
    if getattr(before, "closed_at", None) and not getattr(after, "closed_at", None):
        told.append("open again")
    return told + [f"{words} changed" for f, words in TOLD_CHANGES.items() if getattr(before, f) != getattr(after, f)]
