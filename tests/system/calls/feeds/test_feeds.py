"""Feeds and exports over HTTP: other programs can read them."""

import codecs
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
from shared.settings import Settings
from tests.support.calendars import LISTS, publishes
from tests.support.feeds import JSON_FEED, require_atom, table_of
from tests.support.people import Platform, ok
from tests.support.platforms import running_platform


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


# --- feeds --------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", LISTS)
async def test_feeds_are_valid_and_begin_with_the_newest(ccp: Platform, what: str) -> None:
    for title in ("One & only", "Two <b>bold</b>", "Three"):
        await publishes(ccp, what, title=title, ecosystems=["textiles"], summary="Café; ]]> <br>")
        ccp.system.clock.travel(timedelta(minutes=1))
    old = {"summary": "Café;\x0b\x1f ]]> \ufffe <br>"}  # as an older version stored it
    await ccp.system.db("calls").raw(what).update_many({"ecosystems": "textiles"}, {"$set": old})
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
async def test_a_changed_entry_comes_first_under_the_same_id(ccp: Platform, what: str) -> None:
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
async def test_a_reader_with_the_current_feed_gets_304(ccp: Platform, path: str) -> None:
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
        assert (await ccp.http.get(link, headers={"Accept": "text/html,*/*;q=0.8"})).status_code == 200, link


# --- exports ------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", LISTS)
async def test_an_export_has_everything_that_passes_the_filters(ccp: Platform, what: str) -> None:
    for number in range(205):  # more than two batches
        await publishes(ccp, what, title=f"Number {number}", countries=["PT"])
    await publishes(ccp, what, title="Elsewhere", countries=["ES"])
    answer = await ccp.http.get(f"/{what}.csv", params={"country": "PT", "limit": 1})
    assert answer.headers["content-type"] == "text/csv; header=present; charset=utf-8"
    assert f'filename="{what}.csv"' in answer.headers["content-disposition"]
    rows = list(csv.DictReader(table_of(answer)))
    assert sorted(row["title"] for row in rows) == sorted(f"Number {number}" for number in range(205))
    assert {row["countries"] for row in rows} == {"PT"}
    listed = ok(await ccp.http.get(f"/{what}.json", params={"country": "PT"}))
    assert {one["id"] for one in listed} == {row["id"] for row in rows}
    shown = ok(await ccp.http.get(f"/{what}", params={"country": "PT", "limit": 100}))["items"]
    assert {json.dumps(one) for one in shown} <= {json.dumps(one) for one in listed}
    assert ok(await ccp.http.get(f"/{what}.json", params={"country": "AQ"})) == []


async def test_an_export_separates_the_countries_that_may_apply_from_those_that_a_call_is_about(ccp: Platform) -> None:
    await publishes(ccp, "calls", title="To Chile", countries=["SM"], about=["CL", "PE"])
    answer = await ccp.http.get("/calls.csv?country=SM")
    assert [(row["countries"], row["about"]) for row in csv.DictReader(table_of(answer))] == [("SM", "CL; PE")]


async def test_excel_reads_the_accents_of_an_export(ccp: Platform) -> None:
    await publishes(ccp, "gatherings", title="Łódź à la carte: Ωμέγα", countries=["PL"])
    answer = await ccp.http.get("/gatherings.csv?country=PL")
    assert answer.content.startswith(codecs.BOM_UTF8 + b'"id"'), "without the mark, Excel takes it for a code page"
    assert [row["title"] for row in csv.DictReader(table_of(answer))] == ["Łódź à la carte: Ωμέγα"]


async def test_no_spreadsheet_runs_a_text_as_a_formula(ccp: Platform) -> None:
    titles = ['=HYPERLINK("http://bad.example")', "+1", "-1", "@SUM(A1)", 'A "quoted", one; 2', "Plain"]
    for title in titles:
        await publishes(ccp, "gatherings", title=title, summary="two\n=lines", countries=["MT"], keywords=["=1+1"])
    answer = await ccp.http.get("/gatherings.csv?country=MT")
    rows = list(csv.DictReader(table_of(answer)))
    assert [row["title"] for row in rows] == [*(f"'{title}" for title in titles[:4]), *titles[4:]]
    assert {(row["summary"], row["keywords"]) for row in rows} == {("two\n'=lines", "'=1+1")}
    assert answer.content.count(b"\r\n") == len(rows) + 1


async def test_no_spreadsheet_of_another_country_runs_a_text_as_a_formula(ccp: Platform) -> None:
    """Where semicolons separate cells, quotation marks in the middle of a line protect nothing."""
    formula = 'HYPERLINK("http://bad.example")'
    await publishes(ccp, "gatherings", title=f"Seminar;={formula}", countries=["CY"], place=f"Here; +{formula}")
    text = table_of(await ccp.http.get("/gatherings.csv?country=CY")).read()
    assert all(line.startswith('"') and line.endswith('"') for line in text.removesuffix("\r\n").split("\r\n"))
    for separator in (",", ";", "\t"):
        cells = [cell.strip() for row in csv.reader(io.StringIO(text), delimiter=separator) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", '"=', '"+'))]


@pytest.fixture
async def in_2026(mongo_url: str, settings: Settings) -> AsyncIterator[Platform]:
    """Another platform, ten years later."""
    async with running_platform(mongo_url, settings, MemoryBus()) as platform:
        platform.system.clock.travel(datetime(2026, 8, 1, tzinfo=UTC) - platform.system.clock.now())
        yield platform


async def test_calendars_feeds_and_exports_of_real_calls_can_be_read(in_2026: Platform, real_data: Path) -> None:
    ccp = in_2026
    source = "EU Funding & Tenders portal"
    body = (real_data / "eu_calls_2026-08.jsonl").read_bytes()
    ok(await ccp.http.post("/calls/import", content=body, headers=ccp.operator.headers, timeout=60))
    [atom, feed, calendar, table] = [
        await ccp.http.get(f"/calls.{form}?ecosystem=digital") for form in ("atom", "feed.json", "ics", "csv")
    ]
    require_atom(atom.content)
    assert not feedparser.parse(atom.content).bozo
    jsonschema_rs.validate(JSON_FEED, ok(feed), validate_formats=True)
    real = [
        call for call in ok(await ccp.http.get("/calls.json?ecosystem=digital")) if call["organisation_name"] == source
    ]
    rows = {row["id"]: row for row in csv.DictReader(table_of(table))}
    assert len(real) > 20
    assert [rows[call["id"]]["title"].removeprefix("'") for call in real] == [call["title"] for call in real]
    shown = {str(event["UID"]): event for event in Calendar.from_ical(calendar.content).walk("VEVENT")}
    ahead = [call for call in real if call["status"] != "closed"]
    assert ahead
    for call in ahead:
        deadline = shown[f"call-{call['id']}-{len(call['cut_offs'])}@ccp"]["DTSTART"].dt
        assert deadline == datetime.fromisoformat(call["cut_offs"][-1]["deadline"])
        assert (deadline.hour, deadline.minute) == (17, 0)
