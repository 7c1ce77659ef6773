"""iCalendar (RFC 5545): appointments that keep their hour in every client, whatever zones it knows itself (pure)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDDDLists

PRODUCT = "-//Cluster Collaboration Platform//Calendar//EN"
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
END = b"END:VCALENDAR\r\n"


@dataclass(frozen=True)
class Appointment:
    """What a calendar shows. Its sequence rises with each change; without an end it is a moment, like a deadline."""

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime | None
    timezone: str
    title: str
    text: str
    where: str
    url: str
    status: str = "CONFIRMED"
    part_of: str = ""  # the uid of another


def calendar(name: str, appointments: Sequence[Appointment]) -> bytes:
    """The file: its head, a VTIMEZONE for each zone, the appointments."""
    head = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        head.add(key, value)
    head.add("x-wr-calname", name)
    head.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    parts = [head.to_ical().removesuffix(END), *vtimezones(appointments), *map(vevent, appointments), END]
    return b"".join(parts)


@lru_cache(5_000)
def vevent(it: Appointment) -> bytes:
    """Kept: subscribers ask every hour, and most appointments are as they were."""
    event = Event()
    event.add("uid", it.uid)
    event.add("sequence", it.sequence)
    event.add("dtstamp", it.changed_at)
    event.add("last-modified", it.changed_at)
    event.add("dtstart", wall_clock(it.starts_at, it.timezone))
    if it.ends_at:
        event.add("dtend", wall_clock(it.ends_at, it.timezone))
    else:
        event.add("transp", "TRANSPARENT")
    event.add("status", it.status)
    for key, text in (("summary", it.title), ("description", it.text), ("location", it.where)):
        if text:
            event.add(key, UNPRINTABLE.sub(" ", text.replace("\r\n", "\n")))
    event.add("url", it.url)
    if it.part_of:
        event.add("related-to", it.part_of)
    return bytes(event.to_ical())


def wall_clock(when: datetime, zone: str) -> datetime:
    """The hour that clocks in the zone show; in UTC where they show it for the second time."""
    local = when.astimezone(ZoneInfo(zone))
    return when.astimezone(UTC) if local.fold else local


def vtimezones(appointments: Sequence[Appointment]) -> list[bytes]:
    """The zones as the database of this machine has them, from a year before the first appointment to one after."""
    times = [at for it in appointments for at in (it.starts_at, it.ends_at) if at]
    if not times:
        return []
    years = min(times).year - 1, max(times).year + 2
    return [vtimezone(zone, *years) for zone in sorted({it.timezone for it in appointments})]


@lru_cache(1_000)
def vtimezone(zone: str, first: int, last: int) -> bytes:
    """Every change of its clocks from the first of January of one year to that of another.

    Made here: icalendar 7 writes each change to summer time an hour late, by the offset after it, while RFC 5545,
    section 3.6.5, counts by the offset before.
    """
    component = Timezone()
    component.add("tzid", zone)
    changes = onsets(ZoneInfo(zone), datetime(first, 1, 1, tzinfo=UTC), datetime(last, 1, 1, tzinfo=UTC))
    for (before, after, name, summer), same in groupby(sorted(changes, key=_kind), key=_kind):
        local = [change.at.astimezone(UTC).replace(tzinfo=None) + before for change in same]
        part = TimezoneDaylight() if summer else TimezoneStandard()
        part.add("dtstart", local[0])
        if local[1:]:
            part.add("rdate", vDDDLists(local[1:]))
        part.add("tzoffsetfrom", before)
        part.add("tzoffsetto", after)
        part.add("tzname", name)
        component.add_component(part)
    return bytes(component.to_ical())


@dataclass(frozen=True, order=True)
class Onset:
    """From this moment on clocks show another offset."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool


def _kind(change: Onset) -> tuple[timedelta, timedelta, str, bool]:
    return change.before, change.after, change.name, change.summer


def onsets(zone: tzinfo, since: datetime, until: datetime) -> Iterator[Onset]:
    """What holds at the beginning, and every change after it, found to the second by halving."""
    yield _onset(zone, since, _offset(zone, since))
    at = since
    while at < until:
        following = at + timedelta(days=7)
        if _offset(zone, at) != _offset(zone, following):
            yield _onset(zone, _change_between(zone, at, following), _offset(zone, at))
        at = following


def _change_between(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """The first second at which clocks show what they show afterwards."""
    old = _offset(zone, before)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: tzinfo, when: datetime) -> timedelta:
    return when.astimezone(zone).utcoffset() or timedelta()


def _onset(zone: tzinfo, when: datetime, before: timedelta) -> Onset:
    local = when.astimezone(zone)
    return Onset(when, before, _offset(zone, when), local.tzname() or "", bool(local.dst()))
