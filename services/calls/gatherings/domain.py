"""Gatherings (pure): their content, their stages, and their changes in words."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import Field, ValidationInfo, field_validator

from services.calls.catalogue.deadlines.domain import BRUSSELS, Zone, at_end, at_start
from services.calls.gatherings.programme import MOST_SESSIONS, Session, ShortText, by_key, check_programme
from services.calls.gatherings.report import GatheringReport
from services.calls.terms import Countries, Ecosystems, Keywords, Line, Summary
from shared.clock import period
from shared.errors import Invalid, Refusal
from shared.ids import Id
from shared.models import Body, Link, Moment, Versioned
from shared.sentences import _


class Mode(StrEnum):
    """Mode of participation in a gathering."""

    ON_SITE = "on_site"
    ONLINE = "online"
    HYBRID = "hybrid"

    @property
    def label(self) -> str:
        """Return the mode as people read it."""
        return {"on_site": "on site", "online": "online", "hybrid": "on site and online"}[self]


class GatheringStage(StrEnum):
    """Stage that the organiser gave a gathering; the clock alone decides whether it is over."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Admission(Body):
    """Registration on the platform: the number of places, and the period in which members can register."""

    capacity: int | None = Field(None, ge=1, le=100_000, description="Number of places; null: no limit")
    opens_at: Moment | None = Field(None, description="Opening of registration; null: at once")
    closes_at: Moment | None = Field(None, description="End of registration; null: when the gathering starts")
    moves_after_closing: bool = Field(
        True, description="Whether free places still go to the waiting list after registration closed, until the start"
    )


class GatheringContent(Body):
    """Content of a gathering, as its organiser writes it."""

    organisation_id: Id | None = Field(None, description="Organiser; null: the platform itself (only for operators)")
    title: Line
    summary: Summary = ""
    mode: Mode = Field(Mode.ON_SITE, description="Mode of participation")
    place: ShortText = Field("", validate_default=True, description="May be empty only if the mode is `online`")
    countries: Countries = Field(default=[], description="Countries where it takes place or that it is about")
    ecosystems: Ecosystems = Field(default=[])
    keywords: Keywords = Field(default=[])
    timezone: Zone = Field(BRUSSELS, description="Time zone of the gathering (IANA name)")
    starts_at: Moment = Field(
        description="With an offset, or as a local time of the time zone, for example 2016-06-01T09:00, or a day"
    )
    ends_at: Moment = Field(description="Like the start; a day is included")
    link: Link = Field("", description="Page with more information")
    join_link: Link = Field("", description="https link to join online; shown only to registered participants")
    admission: Admission | None = Field(None, description="Null: members do not register on the platform")
    programme: list[Session] = Field(default=[], max_length=MOST_SESSIONS, description="Stored in order of time")

    @field_validator("place")
    @classmethod
    def _require_place(cls, place: str, seen: ValidationInfo) -> str:
        if not place and seen.data.get("mode", Mode.ONLINE) is not Mode.ONLINE:
            raise ValueError(_("Enter the place, or set the mode to online."))
        return place

    @field_validator("join_link")
    @classmethod
    def _require_https(cls, join_link: str) -> str:
        if join_link and not join_link.startswith("https://"):
            raise ValueError(_("The link to join must begin with https://."))
        return join_link

    @field_validator("starts_at", "ends_at", mode="before")
    @classmethod
    def _read_local_time(cls, value: Any, seen: ValidationInfo) -> Any:
        read = TIMES[str(seen.field_name)]
        return read(value, seen.data["timezone"]) if "timezone" in seen.data else value

    @field_validator("admission", mode="before")
    @classmethod
    def _read_local_admission(cls, value: Any, seen: ValidationInfo) -> Any:
        return _with_offsets(value, seen)

    @field_validator("programme", mode="before")
    @classmethod
    def _read_local_programme(cls, value: Any, seen: ValidationInfo) -> Any:
        return [_with_offsets(session, seen) for session in value] if isinstance(value, list) else value

    @field_validator("ends_at")
    @classmethod
    def _require_order(cls, ends_at: datetime, seen: ValidationInfo) -> datetime:
        if "starts_at" in seen.data and ends_at <= seen.data["starts_at"]:
            raise ValueError(_("The end must be after the start."))
        return ends_at

    @field_validator("admission")
    @classmethod
    def _require_period(cls, admission: Admission | None, seen: ValidationInfo) -> Admission | None:
        if admission is None or "ends_at" not in seen.data:
            return admission
        closes_at = admission.closes_at or seen.data["ends_at"]
        if closes_at > seen.data["ends_at"] or (admission.opens_at and admission.opens_at >= closes_at):
            raise ValueError(_("Registration must open before it closes, and close before the gathering ends."))
        return admission

    @field_validator("programme")
    @classmethod
    def _require_programme(cls, programme: list[Session], seen: ValidationInfo) -> list[Session]:
        if {"starts_at", "ends_at"} <= seen.data.keys():
            check_programme(programme, seen.data["starts_at"], seen.data["ends_at"])
        return sorted(programme, key=lambda session: (session.starts_at, session.room))


TIMES = {"starts_at": at_start, "ends_at": at_end, "opens_at": at_start, "closes_at": at_end}


def _with_offsets(value: Any, seen: ValidationInfo) -> Any:
    """Return what a client sent, with its times without an offset read as local times of the gathering."""
    if not isinstance(value, dict) or "timezone" not in seen.data:
        return value
    return {k: TIMES[k](v, seen.data["timezone"]) if k in TIMES else v for k, v in value.items()}


class GatheringBody(GatheringContent):
    """A new gathering, as its organiser sends it."""

    draft: bool = Field(False, description="True: only the organisation can see it until it is published")


class Gathering(Versioned, GatheringContent):
    """A gathering as it is stored. Its sequence number rises with each change that matters (RFC 5545)."""

    model_config = Versioned.model_config

    organisation_name: str
    stage: GatheringStage = GatheringStage.PUBLISHED
    sequence: int = 0
    published_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_because: str = ""
    cancelled_at: datetime | None = None
    report: GatheringReport | None = None
    gone: dict[str, Session] = Field(default={})  # sessions removed from the programme, by their key in calendars

    @property
    def where(self) -> str:
        """Return the place and mode as people read them."""
        if self.mode is Mode.HYBRID:
            return f"{self.place}, and online"
        return "Online" if self.mode is Mode.ONLINE and not self.place else self.place

    @property
    def when(self) -> str:
        """Return the period as people read it."""
        return period(self.starts_at, self.ends_at, self.timezone)

    @classmethod
    def draft(cls, id: str, body: GatheringBody, organisation_name: str) -> Self:
        """Return a new gathering that is not published yet."""
        content = body.model_dump(exclude={"draft"})
        return cls(id=id, organisation_name=organisation_name, stage=GatheringStage.DRAFT, **content)

    def published(self, now: datetime) -> Self:
        """Return the gathering as it is after its publication."""
        return self.replace(stage=GatheringStage.PUBLISHED, published_at=now, updated_at=now)

    def changed(self, content: GatheringContent, now: datetime) -> Self:
        """Return the gathering with new content; if it is published, a change raises its sequence number."""
        after = self.replace(**dict(content))
        if self.stage is not GatheringStage.PUBLISHED or not changes_in_words(self, after):
            return after
        removed = removed_sessions(self, content.programme)
        return after.replace(sequence=self.sequence + 1, updated_at=now, gone=removed)

    def reported(self, report: GatheringReport, now: datetime) -> Self:
        """Return the gathering, which is over, with a report. Raises GatheringNotOver."""
        if self.stage is not GatheringStage.PUBLISHED or self.ends_at > now:
            raise GatheringNotOver(
                _("Only a published gathering that is over has a report. Send it after the end."), field="ends_at"
            )
        return self.replace(report=report, updated_at=now)

    def cancelled(self, reason: str, now: datetime) -> Self:
        """Return the gathering as it is after its cancellation."""
        return self.replace(
            stage=GatheringStage.CANCELLED,
            sequence=self.sequence + 1,
            cancelled_because=reason,
            cancelled_at=now,
            updated_at=now,
        )


def removed_sessions(before: Gathering, programme: Sequence[Session]) -> dict[str, Session]:
    """Return the sessions that calendars may show and that are not in the programme; at most the latest 200."""
    shown, kept = before.gone | by_key(before.programme), by_key(programme)
    return dict([(key, session) for key, session in shown.items() if key not in kept][-MOST_SESSIONS:])


class AlreadyOver(Invalid):
    """Refusal of a gathering that ended in the past."""


class GatheringNotOver(Refusal):
    """Refusal of a report on a gathering that has not taken place."""


class GatheringOver(Refusal):
    """Refusal to change a gathering that is over."""


class GatheringAlreadyCancelled(Refusal):
    """Refusal to change a gathering that was cancelled."""


class GatheringNotPublic(Refusal):
    """Refusal to cancel a gathering that is not published."""


class GatheringAlreadyPublished(Refusal):
    """Refusal to publish a gathering a second time."""


def check_to_come(ends_at: datetime, now: datetime) -> None:
    """Raise AlreadyOver if the end is in the past."""
    if ends_at <= now:
        raise AlreadyOver(_("The gathering would already be over. Enter an end in the future."), field="ends_at")


def check_editable(gathering: Gathering, now: datetime) -> None:
    """Raise GatheringAlreadyCancelled or GatheringOver if the gathering can no longer change."""
    if gathering.stage is GatheringStage.CANCELLED:
        raise GatheringAlreadyCancelled(_("The gathering was cancelled and can no longer change."), field="stage")
    if gathering.stage is GatheringStage.PUBLISHED and gathering.ends_at <= now:
        raise GatheringOver(_("The gathering is over and can no longer change."), field="ends_at")


CHANGES_IN_WORDS = {
    "title": "title",
    "summary": "summary",
    "programme": "programme",
    "admission": "registration",
    "join_link": "link to join",
    "link": "link",
    "countries": "countries",
    "ecosystems": "ecosystems",
    "keywords": "keywords",
}


def changes_in_words(before: Gathering, after: Gathering) -> list[str]:
    """Return the changes that participants need to know; empty if there are none."""
    changes = []
    if before.when != after.when:
        changes.append(f"now {after.when}, instead of {before.when}")
    if before.where != after.where:
        changes.append(f"now {after.where}, instead of {before.where}")
    changed = [words for f, words in CHANGES_IN_WORDS.items() if getattr(before, f) != getattr(after, f)]
    return changes + [f"{words} changed" for words in changed]
