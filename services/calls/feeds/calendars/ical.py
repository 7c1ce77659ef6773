"""iCalendar (RFC 5545) with time zones included, so that every client shows the right local time (pure)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from itertools import groupby, pairwise
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vDDDLists

from shared.clock import whole_days

PRODUCT = "-//Cluster Collaboration Platform//Calendar//EN"
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
END = b"END:VCALENDAR\r\n"
HORIZON = 28  # years in which a rule must hold; then each date has had each weekday
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]


@dataclass(frozen=True)
class Appointment:
    """An item of a calendar. Its sequence number rises with each change; without an end it is a deadline."""

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
    part_of: str = ""  # uid of the appointment that contains it


def calendar(name: str, appointments: Sequence[Appointment]) -> bytes:
    """Return the file: its header, a VTIMEZONE for each time zone, and the appointments."""
    head = Calendar()
    for key, value in (("prodid", PRODUCT), ("version", "2.0"), ("calscale", "GREGORIAN"), ("method", "PUBLISH")):
        head.add(key, value)
    head.add("x-wr-calname", name)
    head.add("refresh-interval", timedelta(hours=1), parameters={"VALUE": "DURATION"})
    parts = [head.to_ical().removesuffix(END), *vtimezones(appointments), *map(vevent, appointments), END]
    return b"".join(parts)


@lru_cache(5_000)
def vevent(appointment: Appointment) -> bytes:
    """Return the VEVENT; cached, because clients poll every hour and most appointments have not changed."""
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("dtstamp", appointment.changed_at)
    event.add("last-modified", appointment.changed_at)
    for name, value in times(appointment).items():
        event.add(name, value)
    event.add("status", appointment.status)
    for key, text in (
        ("summary", appointment.title),
        ("description", appointment.text),
        ("location", appointment.where),
    ):
        if text:
            event.add(key, UNPRINTABLE.sub(" ", text.replace("\r\n", "\n")))
    event.add("url", appointment.url)
    if appointment.part_of:
        event.add("related-to", appointment.part_of)
    return bytes(event.to_ical())


def times(appointment: Appointment) -> Mapping[str, datetime | date | str]:
    """Return the start and the end: local times, or days if it lasts whole days. A deadline has no end."""
    starts_at, ends_at, zone = appointment.starts_at, appointment.ends_at, appointment.timezone
    if ends_at is None:
        return {"dtstart": wall_clock(starts_at, zone), "transp": "TRANSPARENT"}
    if days := whole_days(starts_at, ends_at, zone):
        return {"dtstart": days[0], "dtend": days[1] + timedelta(days=1)}
    return {"dtstart": wall_clock(starts_at, zone), "dtend": wall_clock(ends_at, zone)}


def wall_clock(when: datetime, zone: str) -> datetime:
    """Return the local time in the zone; in UTC if clocks show this local time for the second time that day."""
    local = when.astimezone(ZoneInfo(zone))
    return when.astimezone(UTC) if local.fold else local


def vtimezones(appointments: Sequence[Appointment]) -> list[bytes]:
    """Return each time zone, from a year before its first appointment to a year after its last."""
    years: dict[str, list[int]] = {}
    for appointment in appointments:
        for time in filter(None, (appointment.starts_at, appointment.ends_at)):
            years.setdefault(appointment.timezone, []).append(time.year)
    return [vtimezone(zone, min(years[zone]) - 1, max(years[zone]) + 2) for zone in sorted(years)]


@lru_cache(1_000)
def vtimezone(zone: str, first: int, last: int) -> bytes:
    """Return a VTIMEZONE that is right from the first change of clocks in a year to 1 January of the last year.

    A zone with one rule has the rule: old versions of Outlook ignore lists of dates. Another has each change, and the
    offset at the beginning. icalendar 7 writes each change to summer time an hour late: it uses the offset after the
    change, and RFC 5545, section 3.6.5, requires the offset before it.
    """
    component = Timezone()
    component.add("tzid", zone)
    since = datetime(first, 1, 1, tzinfo=UTC)
    years_ahead = by_kind([*onsets(ZoneInfo(zone), since, since.replace(year=first + HORIZON))][1:])
    rules = [yearly_rule(alike) for alike in years_ahead]
    if len(rules) == 2 and all(rules):
        parts = [observance(alike[:1], rule) for alike, rule in zip(years_ahead, rules, strict=True)]
    else:
        until = datetime(last, 1, 1, tzinfo=UTC)
        parts = [observance(alike, None) for alike in by_kind([*onsets(ZoneInfo(zone), since, until)])]
    for part in parts:
        component.add_component(part)
    return bytes(component.to_ical())


def by_kind(changes: Sequence["Onset"]) -> list[list["Onset"]]:
    """Return the changes grouped by what changes."""
    return [list(alike) for _, alike in groupby(sorted(changes, key=_kind), key=_kind)]


def yearly_rule(changes: Sequence["Onset"]) -> Mapping[str, object] | None:
    """Return the rule of changes that occur each year on the same weekday of the same week; None if there is none."""
    local = [change.local for change in changes]
    alike = {(each.month, each.weekday(), each.time()) for each in local}
    if len(local) != HORIZON or len({each.year for each in local}) != HORIZON or len(alike) != 1:
        return None
    weekday, days = WEEKDAYS[local[0].weekday()], [each.day for each in local]
    rule = {"freq": "yearly", "bymonth": local[0].month}
    if all((each + timedelta(days=7)).month != each.month for each in local):
        return {**rule, "byday": f"-1{weekday}"}
    if (week := (min(days) - 1) // 7) == (max(days) - 1) // 7:
        return {**rule, "byday": f"{week + 1}{weekday}"}
    week_of_days = [*range(min(days), min(days) + 7)]
    return {**rule, "byday": weekday, "bymonthday": week_of_days} if max(days) in week_of_days else None


def observance(changes: Sequence["Onset"], rule: Mapping[str, object] | None) -> TimezoneDaylight | TimezoneStandard:
    """Return the part of a VTIMEZONE for changes of one kind, or for the first of them and the rule of the others."""
    change = changes[0]
    part = TimezoneDaylight() if change.summer else TimezoneStandard()
    part.add("dtstart", change.local)
    if rule:
        part.add("rrule", rule)
    elif changes[1:]:
        part.add("rdate", vDDDLists([each.local for each in changes[1:]]))
    part.add("tzoffsetfrom", change.before)
    part.add("tzoffsetto", change.after)
    part.add("tzname", change.name)
    return part


@dataclass(frozen=True, order=True)
class Onset:
    """The moment at which clocks change to another offset."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def local(self) -> datetime:
        """The local time that clocks would show without the change."""
        return self.at.astimezone(UTC).replace(tzinfo=None) + self.before


def _kind(change: Onset) -> tuple[timedelta, timedelta, str, bool]:
    return change.before, change.after, change.name, change.summer


def onsets(zone: tzinfo, since: datetime, until: datetime) -> Iterator[Onset]:
    """Yield the offset at the beginning and every change after it, to the second."""
    yield _onset(zone, since, _offset(zone, since))
    for year in range(since.year, until.year + 1):
        yield from (change for change in changes_in(zone, year) if since < change.at < until)


@lru_cache(100_000)
def changes_in(zone: tzinfo, year: int) -> tuple[Onset, ...]:
    """Return the changes of a year in UTC; cached for all years of all zones, because a search takes a while."""
    edges = weeks(year)
    if len({zone.utcoffset(edge) for edge in edges}) == 1:  # ten times as fast as the offset of a moment in UTC
        return ()
    moments = [edge.replace(tzinfo=UTC) for edge in edges[1:-1]]
    offsets = [_offset(zone, moment) for moment in moments]
    return tuple(
        _onset(zone, _change_between(zone, moment, following), before)
        for (moment, before), (following, after) in pairwise(zip(moments, offsets, strict=True))
        if before != after
    )


@lru_cache(200)
def weeks(year: int) -> list[datetime]:
    """Return the beginnings of weeks from 1 January to the next, and a day before and after them for other offsets."""
    first, end = datetime(year, 1, 1), datetime(year + 1, 1, 1)  # noqa: DTZ001
    days = [first + timedelta(days=day) for day in range(0, 365, 7)]
    return [first - timedelta(days=1), *days, end, end + timedelta(days=1)]


def _change_between(zone: tzinfo, before: datetime, after: datetime) -> datetime:
    """Return the first second of the new offset, by binary search in seconds."""
    old, low, high = _offset(zone, before), int(before.timestamp()), int(after.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if datetime.fromtimestamp(middle, zone).utcoffset() == old else (low, middle)
    return datetime.fromtimestamp(high, UTC)


def _offset(zone: tzinfo, when: datetime) -> timedelta:
    return when.astimezone(zone).utcoffset() or timedelta()


def _onset(zone: tzinfo, when: datetime, before: timedelta) -> Onset:
    local = when.astimezone(zone)
    return Onset(when, before, _offset(zone, when), local.tzname() or "", bool(local.dst()))
