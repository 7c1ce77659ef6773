"""What a gathering is and may do (pure): its content, its programme, its stages, its changes in words."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from itertools import groupby, pairwise
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from services.calls.catalogue.deadlines.domain import BRUSSELS, Zone, in_zone
from services.calls.terms import Keyword, Line
from shared.clock import moment
from shared.errors import Invalid, Refusal
from shared.ids import Id, stable_id
from shared.models import Body, Link, Moment, Versioned
from shared.vocabulary import Country, Ecosystem

Words = Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")]
MOST_SESSIONS = 200


class Mode(StrEnum):
    """How one takes part."""

    ON_SITE = "on_site"
    ONLINE = "online"
    HYBRID = "hybrid"

    @property
    def label(self) -> str:
        return {"on_site": "on site", "online": "online", "hybrid": "on site and online"}[self]


class Stage(StrEnum):
    """What people did with it; whether it is over, the clock says."""

    DRAFT = "draft"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class Speaker(Body):
    name: Line
    role: Words = ""
    organisation: Words = ""


class Session(Body):
    """A part of the programme. Times without an offset are those of the gathering's zone."""

    title: Line
    starts_at: Moment
    ends_at: Moment
    room: Words = Field("", description="Two sessions in one room never overlap")
    summary: str = Field("", max_length=1000)
    speakers: list[Speaker] = Field(default=[], max_length=20)


class Admission(Body):
    """Who comes registers here: how many, and from when until when."""

    capacity: int | None = Field(None, ge=1, le=100_000, description="None: as many as come")
    opens_at: Moment | None = Field(None, description="None: at once")
    closes_at: Moment | None = Field(None, description="None: when the gathering starts")


class GatheringContent(Body):
    """What an organiser says of a gathering."""

    organisation_id: Id | None = Field(None, description="None: the platform itself, for operators")
    title: Line
    summary: str = Field("", max_length=1000)
    mode: Mode = Mode.ON_SITE
    place: Words = Field("", max_length=300, validate_default=True, description="Needed on site; empty: online alone")
    countries: list[Country] = Field(default=[], max_length=250, description="Where it is, and whom it is about")
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    keywords: list[Keyword] = Field(default=[], max_length=50)
    timezone: Zone = BRUSSELS
    starts_at: Moment = Field(description="With its offset, or a local time of the zone: 2016-06-01T09:00")
    ends_at: Moment
    link: Link = Field("", description="Where the organiser says more")
    join_link: Link = Field("", description="https; shown to those alone who have a place")
    admission: Admission | None = Field(None, description="None: nobody registers here")
    programme: list[Session] = Field(default=[], max_length=MOST_SESSIONS, description="Kept in order of time")

    @field_validator("place")
    @classmethod
    def _somewhere(cls, place: str, seen: ValidationInfo) -> str:
        if not place and seen.data.get("mode", Mode.ONLINE) is not Mode.ONLINE:
            raise ValueError("say where it is, or that its mode is online")
        return place

    @field_validator("join_link")
    @classmethod
    def _secure(cls, join_link: str) -> str:
        if join_link and not join_link.startswith("https://"):
            raise ValueError("a link to join begins with https://")
        return join_link

    @field_validator("starts_at", "ends_at", mode="before")
    @classmethod
    def _local(cls, value: Any, seen: ValidationInfo) -> Any:
        return in_zone(value, seen.data["timezone"]) if "timezone" in seen.data else value

    @field_validator("admission", mode="before")
    @classmethod
    def _local_admission(cls, value: Any, seen: ValidationInfo) -> Any:
        return _local_times(value, seen)

    @field_validator("programme", mode="before")
    @classmethod
    def _local_programme(cls, value: Any, seen: ValidationInfo) -> Any:
        return [_local_times(one, seen) for one in value] if isinstance(value, list) else value

    @field_validator("ends_at")
    @classmethod
    def _in_order(cls, ends_at: datetime, seen: ValidationInfo) -> datetime:
        if "starts_at" in seen.data and ends_at <= seen.data["starts_at"]:
            raise ValueError("the end must be after the start")
        return ends_at

    @field_validator("admission")
    @classmethod
    def _while_it_matters(cls, admission: Admission | None, seen: ValidationInfo) -> Admission | None:
        if admission is None or "ends_at" not in seen.data:
            return admission
        until = admission.closes_at or seen.data["ends_at"]
        if until > seen.data["ends_at"] or (admission.opens_at and admission.opens_at >= until):
            raise ValueError("registration opens before it closes, and closes before the gathering's end")
        return admission

    @field_validator("programme")
    @classmethod
    def _fits(cls, programme: list[Session], seen: ValidationInfo) -> list[Session]:
        if {"starts_at", "ends_at"} <= seen.data.keys():
            check_programme(programme, seen.data["starts_at"], seen.data["ends_at"])
        return sorted(programme, key=lambda session: (session.starts_at, session.room))


TIMES = {"starts_at", "ends_at", "opens_at", "closes_at"}


def _local_times(value: Any, seen: ValidationInfo) -> Any:
    """The times of what a client sent, where they have no offset, read in the gathering's zone."""
    if not isinstance(value, dict) or "timezone" not in seen.data:
        return value
    return {k: in_zone(v, seen.data["timezone"]) if k in TIMES else v for k, v in value.items()}


def check_programme(programme: Sequence[Session], starts_at: datetime, ends_at: datetime) -> None:
    """Raises ValueError: each session has a length and is within the gathering; none overlaps another in its room."""
    for session in programme:
        if session.ends_at <= session.starts_at:
            raise ValueError(f"“{session.title}” ends before it starts")
        if session.starts_at < starts_at or session.ends_at > ends_at:
            raise ValueError(f"“{session.title}” is outside the gathering's days")
    named = [session for session in programme if session.room]
    in_rooms = sorted(named, key=lambda session: (session.room.casefold(), session.starts_at))
    for room, sessions in groupby(in_rooms, key=lambda session: session.room.casefold()):
        for one, following in pairwise(sessions):
            if following.starts_at < one.ends_at:
                raise ValueError(f"“{one.title}” and “{following.title}” overlap in {room}")


def by_day(programme: Sequence[Session], zone: str) -> list[tuple[str, list[tuple[str, Session]]]]:
    """The programme as people read it: each day, and its sessions with their hours, in the gathering's zone."""
    days: dict[str, list[tuple[str, Session]]] = {}
    for session in programme:
        starts, ends = (at.astimezone(ZoneInfo(zone)) for at in (session.starts_at, session.ends_at))
        hours = f"{starts:%H:%M} to {ends:%H:%M}"
        days.setdefault(f"{starts.day} {starts:%B %Y}", []).append((hours, session))
    return [*days.items()]


def named(programme: Sequence[Session]) -> dict[str, Session]:
    """Each under a name that it keeps when it moves: its title, and which of that title it is in order of time."""
    titles: Counter[str] = Counter()
    names = {}
    for session in programme:
        titles[session.title] += 1
        names[stable_id(session.title, str(titles[session.title]))] = session
    return names


class GatheringBody(GatheringContent):
    """What an organiser sends first."""

    draft: bool = Field(False, description="true: nobody outside the organisation sees it yet")


class Gathering(Versioned, GatheringContent):
    """A gathering as it is kept. Its sequence rises with each change that its participants are told (RFC 5545)."""

    model_config = Versioned.model_config

    organisation_name: str
    stage: Stage = Stage.PUBLISHED
    sequence: int = 0
    published_at: datetime | None = None
    updated_at: datetime | None = None
    cancelled_because: str = ""
    cancelled_at: datetime | None = None
    gone: dict[str, Session] = Field(default={})  # what its programme had once, by its name in calendars

    @property
    def where(self) -> str:
        return {"on_site": self.place, "online": self.place or "Online", "hybrid": f"{self.place}, and online"}[
            self.mode
        ]

    @property
    def when(self) -> str:
        return f"from {moment(self.starts_at, self.timezone)} to {moment(self.ends_at, self.timezone)}"


def dropped(before: Gathering, programme: Sequence[Session]) -> dict[str, Session]:
    """What calendars have of it and the programme has no more; the latest, where it is very many."""
    known, kept = before.gone | named(before.programme), named(programme)
    return dict([(name, session) for name, session in known.items() if name not in kept][-MOST_SESSIONS:])


class AlreadyOver(Invalid):
    """The calendar takes what is still to come."""


class GatheringOver(Refusal):
    """What was, stays as it was."""


class GatheringCancelled(Refusal):
    """It will not take place."""


class GatheringNotPublic(Refusal):
    """Only a published gathering can be cancelled."""


class GatheringAlreadyPublished(Refusal):
    """It is public already."""


def check_to_come(ends_at: datetime, now: datetime) -> None:
    """Raises AlreadyOver."""
    if ends_at <= now:
        raise AlreadyOver("this gathering is over already", field="ends_at")


def check_editable(gathering: Gathering, now: datetime) -> None:
    """Raises GatheringOver, GatheringCancelled."""
    if gathering.stage is Stage.CANCELLED:
        raise GatheringCancelled("this gathering was cancelled", field="stage")
    if gathering.stage is Stage.PUBLISHED and gathering.ends_at <= now:
        raise GatheringOver("this gathering is over: it cannot be changed any more", field="ends_at")


TOLD_CHANGES = {
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
    """What who comes would want to be told; empty if nothing that concerns her changed."""
    told = []
    if before.when != after.when:
        told.append(f"now {after.when}, instead of {before.when}")
    if before.where != after.where:
        told.append(f"now {after.where}, instead of {before.where}")
    return told + [f"{words} changed" for f, words in TOLD_CHANGES.items() if getattr(before, f) != getattr(after, f)]
