"""The call (pure): its content, its changes of state, and what may be done with it at which time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from services.calls.catalogue.deadlines.domain import (
    BRUSSELS,
    CutOff,
    DeadlineModel,
    Zone,
    at_closing_hour,
    check_order,
    current_cut_off,
    next_milestone_at,
)
from services.calls.catalogue.deadlines.numbers import Dropped, dropped_after, numbers_after
from services.calls.catalogue.eligibility.domain import Eligibility
from services.calls.catalogue.status import Stage, Status, status
from services.calls.terms import (
    MOST_CUT_OFFS,
    Budget,
    CallFile,
    Countries,
    Description,
    Ecosystems,
    Keywords,
    Line,
    Mission,
    Programme,
    Summary,
    TitledLink,
)
from shared.errors import Refusal
from shared.fields import Distinct, Paragraphs
from shared.ids import Id
from shared.models import Body, Link, Model, Moment, Versioned
from shared.vocabulary import CallKind, Country
from shared.words import FOLDING, identifier, identifiers, spaced, words

OPENING_FIRST = "The deadline must be after the opening. Send a later deadline or an earlier opening."


class CallContent(Body):
    """Content of a call, as the publisher writes it; its deadlines are separate."""

    organisation_id: Id | None = Field(None, description="The publisher; null: the platform itself, for operators")
    title: Line
    summary: Summary = Field("", description="Plain text, shown in lists and feeds")
    description: Description = Field("", description="Plain text, shown on the page of the call")
    kind: CallKind = CallKind.FUNDING
    programme: Programme = Field("", description="Funding programme, for example LIFE")
    countries: Countries = Field(default=[], description="Countries to which it is open; empty: every country")
    about: Countries = Field(
        default=[], description="Countries that it is about; a mission's destinations are found and notified as well"
    )
    ecosystems: Ecosystems = Field(default=[])
    keywords: Keywords = Field(default=[])
    opens_at: Moment | None = Field(None, description="Opening; null: at publication, unless `forthcoming`")
    forthcoming: bool = Field(False, description="Published before the date of the opening is known")
    link: Link = Field("", description="Page of the publisher about the call")
    model: DeadlineModel = Field(DeadlineModel.SINGLE, description="Number and meaning of the cut-offs")
    eligibility: Eligibility = Eligibility()
    budget: Budget | None = None
    mission: Mission | None = Field(None, description="Only for calls of the kind `mission`")
    documents: Annotated[list[TitledLink], Distinct(30)] = Field(default=[])

    @field_validator("mission")
    @classmethod
    def _only_missions(cls, mission: Mission | None, seen: ValidationInfo) -> Mission | None:
        if mission and seen.data.get("kind", CallKind.MISSION) is not CallKind.MISSION:
            raise ValueError("Only a call of the kind mission has this field. Leave it out or change the kind.")
        return mission


class CallBody(CallContent):
    """A call as its publisher sends it: with one `deadline` in a `timezone`, or with the `cut_offs` of its model."""

    timezone: Zone = Field(BRUSSELS, description="Time zone in which the deadline is shown")
    deadline: Moment | None = Field(
        None, description="With an offset: 2016-06-30T17:00:00+02:00; a day closes at 17:00 in the time zone"
    )
    cut_offs: list[CutOff] = Field([], max_length=MOST_CUT_OFFS, validate_default=True, description="Earliest first")
    reason: Annotated[str, Paragraphs(500)] = Field("", description="Why the deadlines change; kept in the history")

    @field_validator("deadline", mode="before")
    @classmethod
    def _at_closing_hour(cls, value: Any, seen: ValidationInfo) -> Any:
        return at_closing_hour(value, seen.data["timezone"]) if "timezone" in seen.data else value

    @field_validator("deadline")
    @classmethod
    def _opens_first(cls, deadline: datetime | None, seen: ValidationInfo) -> datetime | None:
        if deadline and (opens_at := seen.data.get("opens_at")) and deadline <= opens_at:
            raise ValueError(OPENING_FIRST)
        return deadline

    @field_validator("cut_offs")
    @classmethod
    def _by_the_model(cls, cut_offs: list[CutOff], seen: ValidationInfo) -> list[CutOff]:
        if not {"deadline", "timezone", "model"} <= seen.data.keys():
            return cut_offs  # the field errors of these are reported already
        if bool(seen.data["deadline"]) == bool(cut_offs):
            raise ValueError("Send either a deadline or cut-offs, not both.")
        if not cut_offs:
            cut_offs = [CutOff(deadline=seen.data["deadline"], timezone=seen.data["timezone"])]
        check_order(seen.data["model"], cut_offs)
        if (opens_at := seen.data.get("opens_at")) and cut_offs[0].deadline <= opens_at:
            raise ValueError(OPENING_FIRST)
        return cut_offs


class Extension(Body):
    """A later deadline and the reason for it."""

    deadline: Moment
    cut_off: int | None = Field(None, ge=1, le=MOST_CUT_OFFS, description="Its number, from 1; null: the next one")
    reason: Annotated[str, Paragraphs(500, fewest=3)]


class Source(Model):
    """Origin of an imported call; a later import recognises the call by it."""

    name: str
    id: str


class Conflict(Model):
    """Two sources that disagree on a field, and the value that was kept."""

    field: str
    kept: str
    source: str
    other: str
    other_source: str


class FoundBy(Model):
    """What searches find a call by; it follows from the call and is stored with it."""

    folding: int = Field(description="Version of the folding of words")
    title: str
    keywords: str
    programme: str
    summary: str
    identifiers: str
    about: list[Country]


class Call(Versioned, CallContent):
    """A call as it is stored. `deadline` and `timezone` are those of the next cut-off, or of the last one."""

    model_config = Versioned.model_config

    cut_offs: list[CutOff]
    cut_off_numbers: list[int] = Field(default=[])  # of each cut-off; it stays when others are added or dropped
    dropped: list[Dropped] = Field(default=[])
    deadline: datetime
    timezone: str
    closes_at: datetime
    organisation_name: str
    stage: Stage = Stage.DRAFT
    published_at: datetime | None = None
    updated_at: datetime | None = None  # last change that readers care about; feeds are sorted by it
    opened_at: datetime | None = None  # when followers were notified that it is open; None: it has not opened
    closed_at: datetime | None = None
    withdrawn_because: str = ""
    milestone_at: datetime | None = None  # when the next milestone is due
    history: str = ""  # hash of the newest entry in the history of its deadlines
    source: Source | None = None
    provenance: dict[str, str] = Field(default={})
    conflicts: list[Conflict] = Field(default=[])
    files: list[CallFile] = Field(default=[])

    @model_validator(mode="before")
    @classmethod
    def _upgrade(cls, row: Any) -> Any:
        """Complete a call that was stored before there were cut-offs, their numbers, or the time of its opening."""
        if not isinstance(row, dict):
            return row
        if "opened_at" not in row and (published_at := row.get("published_at")):
            opens_at = row.get("opens_at")
            opened = opens_at <= published_at if opens_at else not row.get("forthcoming")
            row = {**row, "opened_at": published_at if opened else None}
        if "cut_offs" not in row:
            zone = row.get("timezone", BRUSSELS)
            cut_off = CutOff(deadline=row["deadline"], timezone=zone)
            row = {**row, "timezone": zone, "cut_offs": [cut_off], "closes_at": cut_off.deadline}
        if len(row.get("cut_off_numbers", [])) != len(row["cut_offs"]):
            row = {**row, "cut_off_numbers": [*range(1, len(row["cut_offs"]) + 1)]}
        return row

    @property
    def destinations(self) -> list[Country]:
        """The countries that the call is about, with the destinations of the mission."""
        return [*dict.fromkeys([*self.about, *(self.mission.destinations if self.mission else ())])]

    @property
    def found_by(self) -> FoundBy:
        """What searches find the call by: its words, folded; its identifiers; the countries that it is about."""
        source_id = self.source.id if self.source else ""
        keys = [*identifier(self.id), *identifier(source_id), *identifiers(" ".join([self.title, *self.keywords]))]
        return FoundBy(
            folding=FOLDING,
            title=spaced(words(self.title)),
            keywords=spaced([word for text in (*self.keywords, source_id) for word in (*words(text), "|")]),
            programme=spaced(words(self.programme)),
            summary=spaced(words(self.summary)),
            identifiers=" ".join(keys),
            about=self.destinations,
        )

    def to_mongo(self) -> dict[str, Any]:
        """Return the row that is stored."""
        return {**super().to_mongo(), "found_by": self.found_by.model_dump()}

    @classmethod
    def draft(
        cls, id: str, content: CallContent, cut_offs: Sequence[CutOff], now: datetime, organisation_name: str
    ) -> Self:
        """Return a new draft."""
        shown = current_cut_off(cut_offs, now)
        call = cls(
            id=id,
            title=content.title,
            organisation_name=organisation_name,
            cut_offs=[*cut_offs],
            deadline=shown.deadline,
            timezone=shown.timezone,
            closes_at=cut_offs[-1].deadline,
        )
        return call.with_content(content)

    def with_content(self, content: CallContent) -> Self:
        """Return the call with other content; its cut-offs stay."""
        return self.model_copy(update={name: getattr(content, name) for name in CallContent.model_fields})

    def with_cut_offs(self, cut_offs: Sequence[CutOff], now: datetime) -> Self:
        """Return the call with other cut-offs; its deadline is that of the next one, or of the last one."""
        shown = current_cut_off(cut_offs, now)
        before = self.numbered
        numbers = numbers_after(before, self.dropped, cut_offs)
        return self.replace(
            cut_offs=[*cut_offs],
            cut_off_numbers=numbers,
            dropped=dropped_after(before, self.dropped, numbers, now),
            deadline=shown.deadline,
            timezone=shown.timezone,
            closes_at=cut_offs[-1].deadline,
        )

    @property
    def numbered(self) -> dict[int, CutOff]:
        """The cut-offs by their numbers."""
        return dict(zip(self.cut_off_numbers, self.cut_offs, strict=True))

    def opened(self, when: datetime) -> Self:
        """Return the call with its opening at a time, unless the opening is set or not yet known."""
        return self if self.opens_at or self.forthcoming else self.replace(opens_at=when)

    def scheduled(self, now: datetime) -> Self:
        """Return the call with the deadline and the milestone that come next, the opening included."""
        at = next_milestone_at(self.cut_offs, now, self.opens_at)
        return self.with_cut_offs(self.cut_offs, now).replace(milestone_at=at)

    def with_opening(self, now: datetime) -> Self:
        """Return the call with the time at which it opened; without it, if its opening was moved to the future."""
        match status(self, now):
            case Status.OPEN | Status.CLOSING_SOON:
                return self.replace(opened_at=self.opened_at or now)
            case Status.FORTHCOMING:
                return self.replace(opened_at=None)
            case _:
                return self

    def opens_since(self, before: Self) -> bool:
        """Return whether the call opened since it was as before, so that its followers are to be notified."""
        return before.opened_at is None and self.opened_at is not None

    def published(self, now: datetime, history: str) -> Self:
        """Return the call published now, with the hash of the first entry in the history of its deadlines."""
        call = self.opened(now).scheduled(now)
        numbers = [*range(1, len(call.cut_offs) + 1)]  # no calendar knows those of the draft
        call = call.replace(cut_off_numbers=numbers, dropped=[], history=history)
        call = call.replace(stage=Stage.PUBLISHED, published_at=now, updated_at=now)
        return call.with_opening(now)

    def advanced(self, now: datetime) -> Self:
        """Return the call after its milestones until now: opened, and closed if its last cut-off has passed."""
        call = self.scheduled(now).with_opening(now)
        if self.closes_at <= now:
            return call.replace(closed_at=now, updated_at=now)
        return call.replace(updated_at=now) if call.opens_since(self) else call

    def withdrawn(self, now: datetime, reason: str) -> Self:
        """Return the call withdrawn now; no milestone follows."""
        return self.replace(stage=Stage.WITHDRAWN, withdrawn_because=reason, updated_at=now, milestone_at=None)

    def with_files(self, files: list[CallFile], now: datetime) -> Self:
        """Return the call with other uploaded documents; a published call counts as updated."""
        return self.replace(files=files, updated_at=self.updated_at if self.published_at is None else now)


class CallAlreadyPublished(Refusal):
    """A published call is published again."""


class CallNotPublic(Refusal):
    """Something is asked of a call that only a published call allows."""


class CallAlreadyClosed(Refusal):
    """A call is changed after its last cut-off, or a mission is withdrawn after its start."""


class CallAlreadyWithdrawn(Refusal):
    """A withdrawn call is changed."""


def check_editable(call: Call, now: datetime) -> None:
    """Raise CallAlreadyClosed or CallAlreadyWithdrawn if the call can no longer be changed."""
    check_not_withdrawn(call)
    if status(call, now) is Status.CLOSED:
        raise CallAlreadyClosed("The call has closed; it can no longer be changed.", field="status")


def check_not_withdrawn(call: Call) -> None:
    """Raise CallAlreadyWithdrawn if the call was withdrawn."""
    if call.stage is Stage.WITHDRAWN:
        raise CallAlreadyWithdrawn("The call was withdrawn; it can no longer be changed.", field="status")


def check_public(call: Call, instruction: str) -> None:
    """Raise CallNotPublic with an instruction if the call is not published."""
    if call.stage is not Stage.PUBLISHED:
        raise CallNotPublic(f"The call is not public. {instruction}", field="status")
