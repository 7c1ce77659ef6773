"""Calendars, feeds and exports over HTTP: what other programs are given, and that they can read it."""

import csv
import io
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import jsonschema_rs
import pytest
from bs4 import BeautifulSoup
from icalendar import Calendar

from shared.bus.memory import MemoryBus
from shared.ids import new_id
from shared.settings import Settings
from tests.support.calendars import LISTS, appointments, publishes
from tests.support.feeds import JSON_FEED, require_atom
from tests.support.gatherings import SEMINAR, organised, registers, somebody
from tests.support.people import Member, Platform, ok, refused
from tests.support.platforms import Inbox, running_platform


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


# --- calendars ----------------------------------------------------------------------------------


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


async def test_drafts_and_other_peoples_countries_are_in_no_calendar(ccp: Platform) -> None:
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


async def address(member: Member) -> str:
    """Where the member's calendar is, from now on."""
    return ok(await member.post("/calendar"))["url"].removeprefix("http://ccp.test")


@pytest.fixture
def anna(ccp: Platform) -> Member:
    return somebody(ccp, f"anna-{new_id()[-6:]}")


@pytest.fixture
def bert(ccp: Platform) -> Member:
    return somebody(ccp, f"bert-{new_id()[-6:]}")


LINK = "https://meet.example/mine"


@pytest.fixture
async def going(ccp: Platform, anna: Member, bert: Member) -> str:
    """Where a gathering is with one place: Anna has it, and Bert waits."""
    more = {"title": "Going", "mode": "hybrid", "join_link": LINK, "admission": {"capacity": 1}}
    path = await organised(ccp, SEMINAR, **more)
    await registers(anna, path)
    await registers(bert, path)
    return path


async def test_a_members_calendar_has_what_they_go_to_and_the_link_to_join(
    ccp: Platform, anna: Member, bert: Member, going: str
) -> None:
    hers = (await appointments(ccp, await address(anna)))["Going"]
    his = (await appointments(ccp, await address(bert)))["Going"]
    assert (hers["STATUS"], his["STATUS"]) == ("CONFIRMED", "TENTATIVE")
    assert LINK in hers["DESCRIPTION"]
    assert LINK not in his.to_ical().decode()
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


async def test_the_address_of_a_members_calendar_is_replaced_taken_back_and_never_stored(
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
    """Where a gathering is with a programme and one place: Anna has it, and Bert waits."""
    path = await organised(ccp, FULL, programme=[OPENING, COFFEE])
    await registers(anna, path)
    await registers(bert, path)
    return path


async def test_the_programme_is_in_the_calendar_of_who_has_a_place(
    ccp: Platform, anna: Member, bert: Member, full: str
) -> None:
    hers = await appointments(ccp, await address(anna))
    assert {*hers} == SESSIONS
    assert hers["Opening (Full)"]["RELATED-TO"] == hers["Full"]["UID"]
    assert {*await appointments(ccp, await address(bert))} == {"Full"}, "who waits has no sessions to go to yet"
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


# --- feeds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", LISTS)
async def test_feeds_are_valid_and_say_the_newest_first(ccp: Platform, what: str) -> None:
    for title in ("One & only", "Two <b>bold</b>", "Three"):
        await publishes(ccp, what, title=title, ecosystems=["textiles"], summary="Café;\x0b\x1f ]]> \ufffe <br>")
        ccp.system.clock.travel(timedelta(minutes=1))
    answer = await ccp.http.get(f"/{what}.atom", params={"ecosystem": "textiles", "limit": 1})
    assert answer.headers["content-type"] == "application/atom+xml"
    require_atom(answer.content)
    parsed = feedparser.parse(answer.content)
    assert not parsed.bozo
    assert parsed.version == "atom10"
    assert [entry.title for entry in parsed.entries] == ["Three", "Two <b>bold</b>", "One & only"]
    assert {link.rel: link.href for link in parsed.feed.links} == {
        "self": f"http://ccp.test/{what}.atom?ecosystem=textiles",
        "alternate": f"http://ccp.test/{what}?ecosystem=textiles",
    }
    document = ok(await ccp.http.get(f"/{what}.feed.json", params={"ecosystem": "textiles"}))
    jsonschema_rs.validate(JSON_FEED, document, validate_formats=True)
    assert [item["id"] for item in document["items"]] == [entry.id for entry in parsed.entries]
    assert document["feed_url"] == f"http://ccp.test/{what}.feed.json?ecosystem=textiles"
    for item in document["items"]:
        assert ok(await ccp.http.get(item["url"].removeprefix("http://ccp.test")))["title"] == item["title"]


@pytest.mark.parametrize("what", LISTS)
async def test_what_says_something_new_comes_first_under_the_same_id(ccp: Platform, what: str) -> None:
    old = await publishes(ccp, what, title="Old", ecosystems=["health"])
    ccp.system.clock.travel(timedelta(minutes=1))
    await publishes(ccp, what, title="New", ecosystems=["health"])
    feed = f"/{what}.feed.json?ecosystem=health"
    before = {item["title"]: item for item in ok(await ccp.http.get(feed))["items"]}
    assert [*before] == ["New", "Old"]
    ccp.system.clock.travel(timedelta(minutes=1))
    body = LISTS[what] | {"title": "Old, changed", "ecosystems": ["health"]}
    ok(await ccp.operator.put(f"/{what}/{old['id']}", body, version=old["version"]))
    [changed, _] = ok(await ccp.http.get(feed))["items"]
    assert (changed["title"], changed["id"]) == ("Old, changed", before["Old"]["id"])
    assert changed["date_published"] == before["Old"]["date_published"] < changed["date_modified"]


@pytest.mark.parametrize("path", [f"/{what}.{form}" for what in LISTS for form in ("atom", "feed.json", "ics")])
async def test_who_has_it_already_gets_304_until_something_is_new(ccp: Platform, path: str) -> None:
    what = path[1:].partition(".")[0]
    await publishes(ccp, what)
    first = await ccp.http.get(path)
    for has_it in (
        {"If-None-Match": first.headers["etag"]},
        {"If-None-Match": f'"other", W/{first.headers["etag"]}'},
        {"If-Modified-Since": first.headers["last-modified"]},
    ):
        again = await ccp.http.get(path, headers=has_it)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
    for not_so in ({"If-None-Match": '"other"'} | has_it, {"If-Modified-Since": "yesterday"}):
        assert (await ccp.http.get(path, headers=not_so)).status_code == 200
    ccp.system.clock.travel(timedelta(minutes=1))
    await publishes(ccp, what, title="News")
    for had_it in ({"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}):
        assert (await ccp.http.get(path, headers=had_it)).status_code == 200


@pytest.mark.parametrize("what", LISTS)
async def test_an_empty_feed_is_valid(ccp: Platform, what: str) -> None:
    require_atom((await ccp.http.get(f"/{what}.atom?country=AQ")).content)
    document = ok(await ccp.http.get(f"/{what}.feed.json?country=AQ"))
    jsonschema_rs.validate(JSON_FEED, document, validate_formats=True)
    assert document["items"] == []


@pytest.mark.parametrize("what", LISTS)
async def test_a_list_page_names_its_feeds_for_programs_and_people(ccp: Platform, what: str) -> None:
    html = (await ccp.http.get(f"/{what}", headers={"Accept": "text/html"})).text
    page = BeautifulSoup(html, "html.parser")
    named = {link["type"]: link["href"] for link in page.head.find_all("link", rel="alternate")}
    assert named == {
        "application/atom+xml": f"/{what}.atom",
        "application/feed+json": f"/{what}.feed.json",
        "text/calendar": f"/{what}.ics",
    }
    for link in [*named.values(), *(a["href"] for a in page.main.find_all("a"))]:
        assert (await ccp.http.get(link)).status_code == 200, link


# --- exports ------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", LISTS)
async def test_an_export_has_everything_that_passes_the_filters(ccp: Platform, what: str) -> None:
    for number in range(205):  # more than two batches
        await publishes(ccp, what, title=f"Number {number}", countries=["PT"])
    await publishes(ccp, what, title="Elsewhere", countries=["ES"])
    answer = await ccp.http.get(f"/{what}.csv", params={"country": "PT", "limit": 1})
    assert answer.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    assert f'filename="{what}.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert sorted(row["title"] for row in rows) == sorted(f"Number {number}" for number in range(205))
    assert {row["countries"] for row in rows} == {"PT"}
    listed = ok(await ccp.http.get(f"/{what}.json", params={"country": "PT"}))
    assert {one["id"] for one in listed} == {row["id"] for row in rows}
    shown = ok(await ccp.http.get(f"/{what}", params={"country": "PT", "limit": 100}))["items"]
    assert {json.dumps(one) for one in shown} <= {json.dumps(one) for one in listed}
    assert ok(await ccp.http.get(f"/{what}.json", params={"country": "AQ"})) == []


async def test_no_spreadsheet_takes_a_text_for_a_formula(ccp: Platform) -> None:
    titles = ['=HYPERLINK("http://bad.example")', "+1", "-1", "@SUM(A1)", 'A "quoted", one; 2', "Plain"]
    for title in titles:
        await publishes(ccp, "gatherings", title=title, summary="two\nlines", countries=["MT"], keywords=["=1+1"])
    answer = await ccp.http.get("/gatherings.csv?country=MT")
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert [row["title"] for row in rows] == [*(f"'{title}" for title in titles[:4]), *titles[4:]]
    assert {(row["summary"], row["keywords"]) for row in rows} == {("two\nlines", "'=1+1")}
    assert answer.content.count(b"\r\n") == len(rows) + 1


@pytest.fixture
async def in_2026(mongo_url: str, smtp: Inbox, settings: Settings) -> AsyncIterator[Platform]:
    """Another platform, ten years on."""
    async with running_platform(mongo_url, settings, smtp, MemoryBus()) as platform:
        platform.system.clock.travel(datetime(2026, 8, 1, tzinfo=UTC) - platform.system.clock.now())
        yield platform


async def test_calendars_feeds_and_exports_of_real_calls_can_be_read(in_2026: Platform, real_data: Path) -> None:
    ccp = in_2026
    source = "EU Funding & Tenders portal"
    lines = (real_data / "eu_calls_2026-08.jsonl").read_bytes().splitlines()
    for start in range(0, len(lines), 50):
        body = b"\n".join(lines[start : start + 50])
        ok(await ccp.http.post("/calls/import", content=body, headers=ccp.operator.headers))
    [atom, feed, calendar, table] = [
        await ccp.http.get(f"/calls.{form}?ecosystem=digital") for form in ("atom", "feed.json", "ics", "csv")
    ]
    require_atom(atom.content)
    assert not feedparser.parse(atom.content).bozo
    jsonschema_rs.validate(JSON_FEED, ok(feed), validate_formats=True)
    real = [
        call for call in ok(await ccp.http.get("/calls.json?ecosystem=digital")) if call["organisation_name"] == source
    ]
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(table.text, newline=""))}
    assert len(real) > 20
    assert [rows[call["id"]]["title"].removeprefix("'") for call in real] == [call["title"] for call in real]
    shown = {str(event["UID"]): event for event in Calendar.from_ical(calendar.content).walk("VEVENT")}
    ahead = [call for call in real if call["status"] != "closed"]
    assert ahead
    for call in ahead:
        deadline = shown[f"call-{call['id']}-{len(call['cut_offs'])}@ccp"]["DTSTART"].dt
        assert deadline == datetime.fromisoformat(call["cut_offs"][-1]["deadline"])
        assert (deadline.hour, deadline.minute) == (17, 0)
