"""Sessions in calendars: after any changes of a programme, a subscriber has exactly its newest version."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from icalendar import Calendar

from services.calls.feeds.calendars.appointments import own_appointments
from services.calls.feeds.calendars.ical import calendar
from services.calls.gatherings.domain import Gathering, GatheringStage, removed_sessions
from services.calls.gatherings.programme import MOST_SESSIONS, Session
from services.calls.gatherings.registrations.domain import Registration, RegistrationState

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)
DAYS = {"starts_at": "2016-06-01T09:00", "ends_at": "2016-06-02T17:00"}


def gathering(**more: Any) -> Gathering:
    facts = {"id": "g", "organisation_name": "DG GROW", "title": "Seminar", "place": "Brussels", **DAYS}
    return Gathering.model_validate({**facts, "updated_at": NOW, **more})


def registration(state: RegistrationState = RegistrationState.REGISTERED) -> Registration:
    return Registration(id="g:anna", gathering_id="g", member_id="anna", title="Seminar", state=state, number=1, at=NOW)


def file_of(it: Gathering, state: RegistrationState = RegistrationState.REGISTERED) -> bytes:
    return calendar("Mine", own_appointments([it], {"g": registration(state)}, "http://ccp.test", 1_000))


def read(file: bytes) -> dict[str, Any]:
    """Return the events of a file by uid, without the gathering itself."""
    found = {str(event["UID"]): event for event in Calendar.from_ical(file).walk("VEVENT")}
    assert found.pop("gathering-g@ccp")["SEQUENCE"] >= 0
    return found


def changed(it: Gathering, programme: list[dict[str, Any]]) -> Gathering:
    """Return the gathering after its organiser changed the programme."""
    after = gathering(programme=programme, sequence=it.sequence + 1)
    return after.model_copy(update={"gone": removed_sessions(it, after.programme)})


@st.composite
def programmes(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw up to six sessions with few titles, each in its own room or in none."""
    sessions = []
    for number in range(draw(st.integers(0, 6))):
        starts = datetime(2016, 6, 1, 7, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 600)))
        title = draw(st.sampled_from(["Opening", "Coffee", "Plenary"]))
        room = draw(st.sampled_from(["", f"Room {number}"]))
        sessions.append({"title": title, "room": room, "starts_at": starts, "ends_at": starts + timedelta(hours=1)})
    return sessions


@given(versions=st.lists(programmes(), min_size=1, max_size=6))
@examples(max_examples=100, deadline=None)
def test_a_subscriber_has_exactly_the_newest_programme(versions: list[list[dict[str, Any]]]) -> None:
    it, known = gathering(), dict[str, Any]()
    for programme in versions:
        it = changed(it, programme)
        events = read(file_of(it))
        for uid, event in events.items():
            assert uid not in known or event["SEQUENCE"] > known[uid]["SEQUENCE"]
            assert uid not in known or event["SUMMARY"] == known[uid]["SUMMARY"]
        assert {*known} <= {*events}, "a removed session stays as cancelled"
        known = events
        shown = [
            (str(one["SUMMARY"]), one["DTSTART"].dt, str(one["LOCATION"]))
            for one in known.values()
            if one["STATUS"] == "CONFIRMED"
        ]
        assert Counter(shown) == Counter(
            (f"{one.title} (Seminar)", one.starts_at, f"{one.room}, Brussels" if one.room else "Brussels")
            for one in it.programme
        )
        assert {one["RELATED-TO"] for one in known.values()} <= {"gathering-g@ccp"}


# 9:00 on the day before a change of clocks, on the day and after it, and what that is in UTC.
NINE = [
    ("Europe/Brussels", "2016-03-26", ["08:00", "07:00", "07:00"]),
    ("Europe/Brussels", "2016-10-29", ["07:00", "08:00", "08:00"]),
    ("America/New_York", "2016-03-12", ["14:00", "13:00", "13:00"]),
    ("America/New_York", "2016-11-05", ["13:00", "14:00", "14:00"]),
    ("Asia/Tokyo", "2016-10-29", ["00:00", "00:00", "00:00"]),
]


@pytest.mark.parametrize(("zone", "first", "hours"), NINE)
def test_each_session_is_at_nine_on_both_sides_of_a_change_of_clocks(zone: str, first: str, hours: list[str]) -> None:
    days = [(datetime.fromisoformat(first) + timedelta(days=n)).date().isoformat() for n in range(3)]
    it = gathering(
        timezone=zone,
        starts_at=f"{days[0]}T08:00",
        ends_at=f"{days[2]}T18:00",
        programme=[
            {"title": f"Day {n}", "starts_at": f"{day}T09:00", "ends_at": f"{day}T10:00"} for n, day in enumerate(days)
        ],
    )
    utc = [datetime.fromisoformat(f"{day}T{hour}+00:00") for day, hour in zip(days, hours, strict=True)]
    events = sorted(read(file_of(it)).values(), key=lambda event: event["DTSTART"].dt)
    assert [event["DTSTART"].dt for event in events] == utc
    assert [event["DTSTART"].dt.strftime("%H:%M") for event in events] == ["09:00"] * 3
    assert [event["DTEND"].dt - event["DTSTART"].dt for event in events] == [timedelta(hours=1)] * 3
    name = f"x-{first}-{zone}"  # vobject keeps the zones of every file it has read
    unknown = file_of(it).decode().replace(f"TZID:{zone}", f"TZID:{name}").replace(f"TZID={zone}:", f"TZID={name}:")
    by_the_file_alone = vobject.readOne(StringIO(unknown)).vevent_list
    assert [event.dtstart.value.astimezone(UTC) for event in by_the_file_alone if hasattr(event, "related_to")] == utc


def test_a_waiting_member_sees_no_sessions_and_a_cancelled_gathering_has_cancelled_sessions() -> None:
    opening = {"title": "Opening", "starts_at": "2016-06-01T09:00", "ends_at": "2016-06-01T10:00"}
    it = gathering(programme=[opening], join_link="https://meet.example/1")
    assert read(file_of(it, RegistrationState.WAITING)) == {}
    [seated] = read(file_of(it)).values()
    assert seated["DESCRIPTION"] == "Join: https://meet.example/1"
    off = it.model_copy(update={"stage": GatheringStage.CANCELLED, "sequence": 1})
    for state in (RegistrationState.REGISTERED, RegistrationState.CANCELLED):
        [one] = read(file_of(off, state)).values()
        assert (one["STATUS"], one["UID"]) == ("CANCELLED", seated["UID"])
        assert one["SEQUENCE"] > seated["SEQUENCE"]
    assert b"meet.example" not in file_of(off, RegistrationState.CANCELLED), "the member may only have waited"


def test_a_session_names_its_place_speakers_and_gathering() -> None:
    speakers = [{"name": "Eve Moreau", "role": "Director", "organisation": "DG GROW"}, {"name": "Bert Ek"}]
    opening = {"title": "Opening", "starts_at": "2016-06-01T09:00", "ends_at": "2016-06-01T10:00", "room": "Hall"}
    [event] = read(file_of(gathering(programme=[opening | {"summary": "Welcome.", "speakers": speakers}]))).values()
    assert (event["SUMMARY"], event["LOCATION"]) == ("Opening (Seminar)", "Hall, Brussels")
    assert event["DESCRIPTION"] == "  | Welcome.\n  | Eve Moreau, Director, DG GROW\n  | Bert Ek"


def test_removed_sessions_are_not_kept_without_limit() -> None:
    it = gathering()
    for number in range(3 * MOST_SESSIONS // 100):
        titles = [f"{number} {n}" for n in range(100)]
        sessions = [{"title": t, "starts_at": "2016-06-01T09:00", "ends_at": "2016-06-01T10:00"} for t in titles]
        it = changed(it, sessions)
    assert len(it.gone) == MOST_SESSIONS
    assert {session.title.split()[0] for session in it.gone.values()} == {"3", "4"}
    assert all(isinstance(session, Session) for session in it.gone.values())
