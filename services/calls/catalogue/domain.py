"""The call (pure): its changes of state, and what may be done with it at which time."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from pydantic import Field, model_validator

from services.calls.catalogue.content import CallContent
from services.calls.catalogue.deadlines.domain import BRUSSELS, CutOff, current_cut_off, next_milestone_at
from services.calls.catalogue.deadlines.numbers import Dropped, dropped_after, numbers_after
from services.calls.catalogue.status import Stage, Status, status
from services.calls.terms import CallFile
from shared.errors import NotFound, Refusal
from shared.models import Model, Versioned
from shared.sentences import Sentence, _
from shared.vocabulary import Country
from shared.words import FOLDING, identifier, identifiers, spaced, words


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
    words: list[str] = Field(description="Every word of a public call once, those of its description too")
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
        texts = [self.title, *self.keywords, self.programme, self.summary, self.description]
        public = texts if self.stage is Stage.PUBLISHED else []
        keys = [*identifier(self.id), *identifier(source_id), *identifiers(" ".join([self.title, *self.keywords]))]
        return FoundBy(
            folding=FOLDING,
            title=spaced(words(self.title)),
            keywords=spaced([word for text in (*self.keywords, source_id) for word in (*words(text), "|")]),
            programme=spaced(words(self.programme)),
            summary=spaced(words(self.summary)),
            identifiers=" ".join(keys),
            words=sorted({word for text in public for word in words(text)}),
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
        """Return the call with other cut-offs; its deadline is that of the next one, or of the last one.

        Those of a draft are numbered in their order; the numbers of a public call stay.
        """
        shown = current_cut_off(cut_offs, now)
        numbers: list[int] = [*range(1, len(cut_offs) + 1)]
        dropped: list[Dropped] = []
        if self.stage is not Stage.DRAFT:
            numbers = numbers_after(self.numbered, self.dropped, cut_offs)
            dropped = dropped_after(self.numbered, self.dropped, numbers, now)
        return self.replace(
            cut_offs=[*cut_offs],
            cut_off_numbers=numbers,
            dropped=dropped,
            deadline=shown.deadline,
            timezone=shown.timezone,
            closes_at=cut_offs[-1].deadline,
        )

    @property
    def numbered(self) -> dict[int, CutOff]:
        """The cut-offs by their numbers."""
        return dict(zip(self.cut_off_numbers, self.cut_offs, strict=True))

    @property
    def every_cut_off(self) -> dict[int, CutOff]:
        """The cut-offs by their numbers, in the order of time, with those that were dropped."""
        known = {**{each.number: each.cut_off for each in self.dropped}, **self.numbered}
        return dict(sorted(known.items(), key=lambda pair: pair[1].deadline))

    def cut_off(self, number: int) -> CutOff:
        """Return the cut-off of a number, also if it was dropped. Raises NotFound."""
        if cut_off := self.every_cut_off.get(number):
            return cut_off
        numbers = ", ".join(map(str, self.cut_off_numbers))
        raise NotFound(
            _("Cut-off {number} not found. Numbers of its cut-offs: {numbers}.", number=number, numbers=numbers),
            field="cut_off",
        )

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
        call = call.replace(stage=Stage.PUBLISHED, published_at=now, updated_at=now, history=history)
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
        raise CallAlreadyClosed(_("The call has closed; it can no longer be changed."), field="status")


def check_not_withdrawn(call: Call) -> None:
    """Raise CallAlreadyWithdrawn if the call was withdrawn."""
    if call.stage is Stage.WITHDRAWN:
        raise CallAlreadyWithdrawn(_("The call was withdrawn; it can no longer be changed."), field="status")


def check_public(call: Call, instruction: str) -> None:
    """Raise CallNotPublic with an instruction if the call is not published."""
    if call.stage is not Stage.PUBLISHED:
        raise CallNotPublic(
            _("The call is not public. {instruction}", instruction=Sentence(instruction)), field="status"
        )
