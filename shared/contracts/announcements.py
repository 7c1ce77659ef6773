"""What events announce: things with a title, a page and countries, whichever service publishes them (pure).

A contract announces the entity that it is about, if it describes it with a title, `url` and countries: in a part that
is named like the entity (`call` beside `call_id`), or in the event itself. Its past tense says whether the thing is
there from now on, or over. So a new service is on the pages of countries as soon as its contracts have these words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.contracts.base import Event, EventType, Part

SHOWN = frozenset({"published", "opened", "changed", "passed", "formed", "renewed"})
OVER = frozenset({"withdrawn", "cancelled", "closed", "ended"})
TITLES = ("title", "name")
UNTIL = ("deadline", "ends_at", "expires_at")


@dataclass(frozen=True)
class Announcement:
    """A thing as an event announces it; one that is over may have nothing but its id."""

    kind: str  # the entity in the names of the events, such as `call`
    id: str
    service: str
    over: bool
    version: int | None  # None if the events of the entity do not number its versions
    title: str = ""
    url: str = ""
    countries: Sequence[str] = ()  # in which it is, for which it is, or which it is about
    organisation_id: str | None = None
    organisation_name: str = ""
    starts_at: datetime | None = None
    until: datetime | None = None  # the time from which it is no longer of interest
    timezone: str = "UTC"


def announcing() -> Sequence[EventType]:
    """Return the events that announce something, or say that it is over."""
    contracts = [*Event.registry.values()]
    shown = [each for each in contracts if _verb(each) in SHOWN and _is_described(each)]
    entities = {(_service(each), _entity(each)) for each in shown}
    over = [each for each in contracts if _verb(each) in OVER and (_service(each), _entity(each)) in entities]
    return (*shown, *over)


def kinds() -> Sequence[str]:
    """Return the kinds of things that events announce, each once."""
    return [*dict.fromkeys(_entity(each) for each in announcing())]


def announcement_of(event: Event) -> Announcement:
    """Return what an event announces; it is one of `announcing`."""
    type_ = type(event)
    facts = getattr(event, _entity(type_), event)
    version = getattr(facts, "version", None)
    countries = [*getattr(facts, "countries", ()), *getattr(facts, "about", ()), *_one(getattr(facts, "country", None))]
    return Announcement(
        kind=_entity(type_),
        id=event.subject,
        service=_service(type_),
        over=_verb(type_) in OVER,
        version=version,
        title=_first(facts, TITLES) or "",
        url=getattr(facts, "url", ""),
        countries=[*dict.fromkeys(map(str, countries))],
        organisation_id=getattr(facts, "organisation_id", None),
        organisation_name=getattr(facts, "organisation_name", ""),
        starts_at=getattr(facts, "starts_at", None),
        until=_first(facts, UNTIL),
        timezone=getattr(facts, "timezone", "UTC"),
    )


def _one(value: Any) -> Sequence[Any]:
    return () if value is None else (value,)


def _first(facts: Any, names: Sequence[str]) -> Any:
    return next((value for name in names if (value := getattr(facts, name, None)) is not None), None)


def _service(type_: EventType) -> str:
    return type_.type.split(".")[0]


def _verb(type_: EventType) -> str:
    return type_.type.split(".")[2]


def _entity(type_: EventType) -> str:
    """Return the entity that the events are about: `call` of `call_id`."""
    return type_.subject_field.removesuffix("_id")


def _is_described(type_: EventType) -> bool:
    """Return whether an event describes its entity with a title, a page and countries."""
    field = type_.model_fields.get(_entity(type_))
    part = field.annotation if field else None
    described = part if isinstance(part, type) and issubclass(part, Part) else type_
    names = {*described.model_fields}
    return "url" in names and not names.isdisjoint({*TITLES}) and not names.isdisjoint({"countries", "country"})
