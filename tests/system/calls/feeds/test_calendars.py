"""Calendars over HTTP: of calls, of gatherings and of a member, and how they follow changes."""

from datetime import datetime

import pytest

from shared.ids import new_id
from tests.support.calendars import appointments, publishes
from tests.support.gatherings import SEMINAR, logged_in, organised, registers
from tests.support.people import Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def test_a_calendar_follows_a_gathering_through_change_and_cancellation(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, title="Moving")
    first = (await appointments(ccp, "/gatherings.ics"))["Moving"]
    assert (first["SEQUENCE"], first["STATUS"], first["LOCATION"]) == (0, "CONFIRMED", "Hannover")
    assert first["DTSTART"].dt == datetime.fromisoformat("2016-06-01T09:00+02:00")
    assert first["URL"] == f"http://ccp.test{path}"
    ok(await ccp.operator.put(path, SEMINAR | {"title": "Moving", "starts_at": "2016-06-01T11:00"}, version=1))
    later = (await appointments(ccp, f"{path}.ics"))["Moving"]
    assert (later["UID"], later["SEQUENCE"]) == (first["UID"], 1)
    assert later["DTSTART"].dt == datetime.fromisoformat("2016-06-01T11:00+02:00")
    ok(await ccp.operator.post(f"{path}/cancel", {"reason": "No hall"}, version=2))
    gone = (await appointments(ccp, "/gatherings.ics"))["Moving"]
    assert (gone["UID"], gone["SEQUENCE"], gone["STATUS"]) == (first["UID"], 2, "CANCELLED")


async def test_drafts_and_calls_for_other_countries_are_not_in_the_calendar(ccp: Platform) -> None:
    await publishes(ccp, "gatherings", title="In Italy", countries=["IT"])
    await publishes(ccp, "gatherings", title="A draft", countries=["IT"], draft=True)
    assert {*await appointments(ccp, "/gatherings.ics?country=IT")} == {"In Italy"}
    assert "In Italy" not in await appointments(ccp, "/gatherings.ics?country=FI")
    refused(await ccp.http.get("/gatherings.ics?colour=blue"), 422, "colour")


async def test_every_deadline_of_a_running_call_is_in_the_calendar(ccp: Platform) -> None:
    cut_offs = [{"name": "first", "deadline": "2016-06-30T17:00"}, {"name": "second", "deadline": "2016-12-30T17:00"}]
    await publishes(ccp, "calls", title="Twice", programme="Twice", model="cut_offs", deadline=None, cut_offs=cut_offs)
    shown = await appointments(ccp, "/calls.ics?programme=Twice")
    assert {title: event["DTSTART"].dt.isoformat() for title, event in shown.items()} == {
        "Deadline (first): Twice": "2016-06-30T17:00:00+02:00",
        "Deadline (second): Twice": "2016-12-30T17:00:00+01:00",
    }


async def test_the_text_of_a_publisher_cannot_look_like_a_line_of_the_platform(ccp: Platform) -> None:
    false = "Extended to 9 May\nThis deadline was dropped.\n\nJoin: https://bad.example"
    await publishes(ccp, "calls", title="False call", programme="False", summary=false)
    await publishes(ccp, "gatherings", title="False seminar", countries=["LI"], summary=false)
    for path, own in (("/calls.ics?programme=False", "Published by "), ("/gatherings.ics?country=LI", "Organised by ")):
        [event] = (await appointments(ccp, path)).values()
        first, *others = event["DESCRIPTION"].split("\n")
        assert first.startswith(own)
        assert others == [
            "  | Extended to 9 May",
            "  | This deadline was dropped.",
            "  |",
            "  | Join: https://bad.example",
        ]


async def address(member: Member) -> str:
    """Create the address of the member's calendar, and return its path."""
    return ok(await member.post("/calendar"))["url"].removeprefix("http://ccp.test")


@pytest.fixture
def anna(ccp: Platform) -> Member:
    return logged_in(ccp, f"anna-{new_id()[-6:]}")


@pytest.fixture
def bert(ccp: Platform) -> Member:
    return logged_in(ccp, f"bert-{new_id()[-6:]}")


LINK = "https://meet.example/mine"


@pytest.fixture
async def going(ccp: Platform, anna: Member, bert: Member) -> str:
    """Return the path of a gathering with one place: Anna has it, and Bert waits."""
    more = {"title": "Going", "mode": "hybrid", "join_link": LINK, "admission": {"capacity": 1}}
    path = await organised(ccp, SEMINAR, **more)
    await registers(anna, path)
    await registers(bert, path)
    return path


async def test_a_members_calendar_has_their_gatherings_with_the_link_to_join(
    ccp: Platform, anna: Member, bert: Member, going: str
) -> None:
    annas = (await appointments(ccp, await address(anna)))["Going"]
    berts = (await appointments(ccp, await address(bert)))["Going"]
    assert (annas["STATUS"], berts["STATUS"]) == ("CONFIRMED", "TENTATIVE")
    assert LINK in annas["DESCRIPTION"]
    assert LINK not in berts.to_ical().decode()
    assert LINK not in (await ccp.http.get(f"{going}.ics")).text


async def test_a_members_calendar_follows_leaving_and_moving_up(
    ccp: Platform, anna: Member, bert: Member, going: str
) -> None:
    annas, berts = await address(anna), await address(bert)
    waiting = (await appointments(ccp, berts))["Going"]
    ok(await ccp.http.delete(f"{going}/registration", headers=anna.headers))
    assert await appointments(ccp, annas) == {}
    promoted = (await appointments(ccp, berts))["Going"]
    assert promoted["STATUS"] == "CONFIRMED"
    assert promoted["SEQUENCE"] > waiting["SEQUENCE"]


async def test_the_address_of_a_members_calendar_is_replaced_revoked_and_never_stored(
    ccp: Platform, bert: Member, going: str
) -> None:
    first = await address(bert)
    another = await address(bert)
    refused(await ccp.http.get(first), 404)
    assert "Going" in await appointments(ccp, another)
    stored = await ccp.system.db("calls").raw("calendar_tokens").find({}).to_list(100)
    assert stored
    assert not any(secret.removeprefix("/calendar/").removesuffix(".ics") in str(stored) for secret in (first, another))
    assert (await ccp.http.delete("/calendar", headers=bert.headers)).status_code == 204
    refused(await ccp.http.get(another), 404)
    refused(await ccp.http.get("/calendar/" + "x" * 43 + ".ics"), 404)


HOURS = {"starts_at": "2016-06-01T09:00", "ends_at": "2016-06-01T10:00"}

OPENING, COFFEE = {"title": "Opening", **HOURS}, {"title": "Coffee", **HOURS}

LATER = OPENING | {"starts_at": "2016-06-01T11:00", "ends_at": "2016-06-01T12:00", "room": "Hall"}

FULL = SEMINAR | {"title": "Full", "admission": {"capacity": 1}}

SESSIONS = {"Full", "Opening (Full)", "Coffee (Full)"}


@pytest.fixture
async def full(ccp: Platform, anna: Member, bert: Member) -> str:
    """Return the path of a gathering with a programme and one place: Anna has it, and Bert waits."""
    path = await organised(ccp, FULL, programme=[OPENING, COFFEE])
    await registers(anna, path)
    await registers(bert, path)
    return path


async def test_the_programme_is_in_the_calendars_of_members_with_a_place(
    ccp: Platform, anna: Member, bert: Member, full: str
) -> None:
    events = await appointments(ccp, await address(anna))
    assert {*events} == SESSIONS
    assert events["Opening (Full)"]["RELATED-TO"] == events["Full"]["UID"]
    assert {*await appointments(ccp, await address(bert))} == {"Full"}, "a waiting member sees no sessions"
    assert {*await appointments(ccp, f"{full}.ics")} == {"Full"}


async def test_calendars_follow_a_session_that_moves_goes_and_comes_back(
    ccp: Platform, anna: Member, full: str
) -> None:
    annas = await address(anna)
    before = await appointments(ccp, annas)
    ok(await ccp.operator.put(full, FULL | {"programme": [LATER]}, version=1))
    after = await appointments(ccp, annas)
    assert {title: str(event["STATUS"]) for title, event in after.items()} == {
        "Full": "CONFIRMED",
        "Opening (Full)": "CONFIRMED",
        "Coffee (Full)": "CANCELLED",
    }
    for title, event in after.items():
        assert event["UID"] == before[title]["UID"]
        assert event["SEQUENCE"] > before[title]["SEQUENCE"]
    assert after["Opening (Full)"]["DTSTART"].dt == datetime.fromisoformat("2016-06-01T11:00+02:00")
    assert "gone" not in ok(await ccp.operator.get(full))
    ok(await ccp.operator.put(full, FULL | {"programme": [LATER, COFFEE]}, version=2))
    assert (await appointments(ccp, annas))["Coffee (Full)"]["STATUS"] == "CONFIRMED", "it is back"


async def test_sessions_come_with_a_place_and_are_cancelled_with_the_gathering(
    ccp: Platform, anna: Member, bert: Member, full: str
) -> None:
    annas, berts = await address(anna), await address(bert)
    ok(await ccp.http.delete(f"{full}/registration", headers=anna.headers))
    assert await appointments(ccp, annas) == {}
    assert {*await appointments(ccp, berts)} == SESSIONS
    ok(await ccp.operator.post(f"{full}/cancel", {"reason": "No hall"}, version=1))
    await ccp.system.settle()
    assert {str(event["STATUS"]) for event in (await appointments(ccp, berts)).values()} == {"CANCELLED"}
