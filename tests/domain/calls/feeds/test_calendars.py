"""Calendars: a second parser that knows only the time zones in the file reads the right time."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
import vobject
from dateutil.tz import tzical
from hypothesis import example, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from icalendar import Calendar

from services.calls.feeds.calendars.ical import Appointment, calendar, vtimezone

# The last and the first hour on each side of a change of clocks, and what they are in UTC by the tables of the zones.
HOURS = [
    ("Europe/Brussels", "2026-03-28T09:00", "2026-03-28T08:00Z"),
    ("Europe/Brussels", "2026-03-29T01:59", "2026-03-29T00:59Z"),
    ("Europe/Brussels", "2026-03-29T03:00", "2026-03-29T01:00Z"),
    ("Europe/Brussels", "2026-03-29T03:30", "2026-03-29T01:30Z"),
    ("Europe/Brussels", "2026-03-30T09:00", "2026-03-30T07:00Z"),
    ("Europe/Brussels", "2026-10-24T09:00", "2026-10-24T07:00Z"),
    ("Europe/Brussels", "2026-10-25T02:30", "2026-10-25T00:30Z"),
    ("Europe/Brussels", "2026-10-25T03:00", "2026-10-25T02:00Z"),
    ("Europe/Brussels", "2026-10-26T09:00", "2026-10-26T08:00Z"),
    ("America/New_York", "2026-03-07T09:00", "2026-03-07T14:00Z"),
    ("America/New_York", "2026-03-08T03:00", "2026-03-08T07:00Z"),
    ("America/New_York", "2026-03-09T09:00", "2026-03-09T13:00Z"),
    ("America/New_York", "2026-10-31T09:00", "2026-10-31T13:00Z"),
    ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00Z"),
    ("America/New_York", "2026-11-02T09:00", "2026-11-02T14:00Z"),
    ("Asia/Tokyo", "2026-03-28T09:00", "2026-03-28T00:00Z"),
    ("Asia/Tokyo", "2026-03-30T09:00", "2026-03-30T00:00Z"),
    ("Asia/Tokyo", "2026-10-26T09:00", "2026-10-26T00:00Z"),
]
ZONES = sorted(
    {zone for zone, _, _ in HOURS} | {"Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca", "UTC"}
)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def appointment(at: datetime, zone: str, **more: object) -> Appointment:
    values = {
        "uid": "1@ccp",
        "sequence": 3,
        "changed_at": NOW,
        "title": "Seminar",
        "text": "",
        "where": "",
        "url": "http://ccp.test/gatherings/1",
    }
    return Appointment(**values | {"starts_at": at, "ends_at": at + timedelta(hours=2), "timezone": zone} | more)


def read_by_its_own_zones(file: bytes) -> list[tuple[str, datetime]]:
    """Return local times as written, and the moments that follow from the VTIMEZONE alone, under unknown names."""
    text = file.decode().replace("\r\n ", "")
    for zone in ZONES:
        text = text.replace(f"TZID:{zone}\r\n", f"TZID:x-{zone}\r\n").replace(f"TZID={zone}:", f"TZID=x-{zone}:")
    zones = "\r\n".join(re.findall(r"BEGIN:VTIMEZONE.*?END:VTIMEZONE", text, re.DOTALL))
    found = []
    for name, wall in re.findall(
        r"DTSTART(?:;TZID=([^:]+))?:(\d{8}T\d{6}Z?)",
        re.sub(r"BEGIN:VTIMEZONE.*END:VTIMEZONE", "", text, flags=re.DOTALL),
    ):
        local = datetime.strptime(wall.rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007
        zone = tzical(StringIO(zones)).get(name) if name else UTC
        found.append((wall, local.replace(tzinfo=zone).astimezone(UTC)))
    return found


@pytest.mark.parametrize(("zone", "local", "utc"), HOURS)
def test_the_hour_is_right_before_and_after_a_change_of_clocks(zone: str, local: str, utc: str) -> None:
    at = datetime.fromisoformat(utc)
    file = calendar("Gatherings", [appointment(at, zone)])
    [(wall, read)] = read_by_its_own_zones(file)
    assert wall == datetime.fromisoformat(local).strftime("%Y%m%dT%H%M%S")
    assert read == at


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/New_York", "Asia/Tokyo"])
def test_vobject_reads_the_same_moments(zone: str) -> None:
    times = [datetime.fromisoformat(utc) for name, _, utc in HOURS if name == zone]
    file = calendar("Gatherings", [appointment(at, zone, uid=f"{n}@ccp") for n, at in enumerate(times)])
    read = vobject.readOne(
        file.decode().replace(f"TZID:{zone}", f"TZID:x-{zone}").replace(f"TZID={zone}:", f"TZID=x-{zone}:")
    )
    assert [event.dtstart.value.astimezone(UTC) for event in read.vevent_list] == times
    assert {event.sequence.value for event in read.vevent_list} == {"3"}


@given(
    zone=st.sampled_from(ZONES),
    at=st.integers(0, 24 * 366 * 24 * 60).map(
        lambda minutes: datetime(2016, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
)
@examples(max_examples=150, deadline=None)
def test_any_moment_in_any_zone_is_read_as_that_moment(zone: str, at: datetime) -> None:
    [(_, read)] = read_by_its_own_zones(calendar("Gatherings", [appointment(at, zone)]))
    assert read == at


def test_the_hour_that_occurs_twice_is_written_without_ambiguity() -> None:
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    file = calendar("Gatherings", [appointment(first, "Europe/Brussels"), appointment(second, "Europe/Brussels")])
    assert [read for _, read in read_by_its_own_zones(file)] == [first, second]


@pytest.mark.parametrize("zone", ZONES)
def test_a_zone_is_right_in_every_hour_of_its_years(zone: str) -> None:
    read = tzical(StringIO(vtimezone(zone, 2020, 2024).decode().replace(f"TZID:{zone}", "TZID:x"))).get("x")
    local = [datetime(2021, 1, 1) + timedelta(hours=hour) for hour in range(24 * 1095)]  # noqa: DTZ001
    shown = [hour for hour in local if exists_once(hour, ZoneInfo(zone))]
    assert len(shown) > len(local) - 20
    assert [hour.replace(tzinfo=read).utcoffset() for hour in shown] == [
        hour.replace(tzinfo=ZoneInfo(zone)).utcoffset() for hour in shown
    ]


def exists_once(local: datetime, zone: ZoneInfo) -> bool:
    return len({local.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1)}) == 1


@pytest.mark.parametrize(
    ("zone", "first", "rules"),
    [
        ("Europe/Brussels", 2026, {"BYDAY=-1SU;BYMONTH=3", "BYDAY=-1SU;BYMONTH=10"}),
        ("America/New_York", 2026, {"BYDAY=2SU;BYMONTH=3", "BYDAY=1SU;BYMONTH=11"}),
        ("Australia/Lord_Howe", 2026, {"BYDAY=1SU;BYMONTH=10", "BYDAY=1SU;BYMONTH=4"}),
        ("Asia/Tokyo", 2026, set()),
        ("Africa/Casablanca", 2026, set()),  # by the moon
        ("America/New_York", 2005, set()),  # the rule changed in 2007
        ("America/Sao_Paulo", 2016, set()),  # it ended in 2019
    ],
)
def test_a_zone_with_one_rule_has_the_rule_because_old_outlook_ignores_dates(
    zone: str, first: int, rules: set[str]
) -> None:
    text = vtimezone(zone, first, first + 3).decode().replace("\r\n ", "")
    assert {line.removeprefix("RRULE:FREQ=YEARLY;") for line in text.split("\r\n") if "RRULE" in line} == rules
    assert not (rules and "RDATE" in text)


def test_a_gathering_by_days_is_days_and_the_last_one_is_included() -> None:
    starts_at, ends_at = datetime(2026, 5, 31, 22, tzinfo=UTC), datetime(2026, 6, 2, 22, tzinfo=UTC)
    file = calendar("Gatherings", [appointment(starts_at, "Europe/Brussels", ends_at=ends_at)])
    assert b"DTSTART;VALUE=DATE:20260601\r\nDTEND;VALUE=DATE:20260603" in file


NASTY = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)


@given(title=NASTY, text=NASTY, where=NASTY)
@example(title="a\r\nEND:VEVENT", text="one\r\ntwo\nEND:VCALENDAR; and, \\n so on", where="x" * 299 + "é")
@examples(max_examples=200, deadline=None)
def test_no_text_breaks_the_calendar_or_is_lost(title: str, text: str, where: str) -> None:
    file = calendar("Gatherings", [appointment(NOW, "Europe/Brussels", title=title, text=text, where=where)])
    lines = file.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert file.count(b"\r\n") == file.count(b"\n") == file.count(b"\r")
    [event] = Calendar.from_ical(file).walk("VEVENT")
    for name, written in (("SUMMARY", title), ("DESCRIPTION", text), ("LOCATION", where)):
        assert str(event.get(name, "")) == printable(written)
    unfolded = file.replace(b"\r\n ", b"").decode()
    assert {line.partition(":")[0].partition(";")[0] for line in unfolded.split("\r\n")} <= {
        "BEGIN",
        "END",
        "PRODID",
        "VERSION",
        "CALSCALE",
        "METHOD",
        "X-WR-CALNAME",
        "REFRESH-INTERVAL",
        "TZID",
        "TZNAME",
        "TZOFFSETFROM",
        "TZOFFSETTO",
        "RDATE",
        "RRULE",
        "DTSTART",
        "DTEND",
        "DTSTAMP",
        "LAST-MODIFIED",
        "UID",
        "SEQUENCE",
        "STATUS",
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "URL",
        "",
    }


def printable(text: str) -> str:
    """Return a text as a calendar can contain it: with line breaks and tabs as its only control characters."""
    return "".join(
        c if c in {"\t", "\n"} or not (ord(c) < 32 or ord(c) == 127) else " " for c in text.replace("\r\n", "\n")
    )


def test_a_deadline_is_a_moment_and_blocks_no_time() -> None:
    [event] = Calendar.from_ical(calendar("Calls", [appointment(NOW, "UTC", ends_at=None)])).walk("VEVENT")
    assert "DTEND" not in event
    assert event["TRANSP"] == "TRANSPARENT"


def test_an_empty_calendar_is_valid() -> None:
    assert Calendar.from_ical(calendar("Gatherings", [])).walk("VEVENT") == []
