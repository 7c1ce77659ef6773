"""Importing the real file: all in, the past without alerts, a second time nothing, a change announced."""

import json
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.people import Platform, ok, refused

HARVESTED = datetime(2026, 8, 1, 9, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture(autouse=True)
def at_the_time_of_the_harvest(ccp: Platform) -> None:
    ccp.system.clock.travel(HARVESTED - ccp.system.clock.now())


async def send(ccp: Platform, lines: list[bytes], first_line: int = 1) -> list[dict]:
    rows: list[dict] = []
    for start in range(0, len(lines), 100):
        body, number = b"\n".join(lines[start : start + 100]), first_line + start
        params, headers = {"first_line": number}, ccp.operator.headers
        rows += ok(await ccp.http.post("/calls/import", content=body, params=params, headers=headers))["rows"]
    return rows


async def test_all_real_calls_get_in_and_only_what_is_open_is_news(ccp: Platform, real_data: Path) -> None:
    lines = (real_data / "eu_calls_2026-08.jsonl").read_bytes().splitlines()
    rows = await send(ccp, lines)
    await ccp.system.settle()

    assert Counter(row["outcome"] for row in rows) == {"created": 500}
    assert [row["line"] for row in rows] == list(range(1, 501))
    past = sum(json.loads(line)["deadline"] < "2026-08-01" for line in lines)
    statuses = Counter(row["status"] for row in rows)
    assert statuses["closed"] == past > 0
    published = await ccp.system.published("calls", "calls.call.published.v1")
    assert len(published) == 500 - past

    again = await send(ccp, lines)
    assert Counter(row["outcome"] for row in again) == {"unchanged": 500}
    assert len(await ccp.system.published("calls")) == len(published)


RECORD = {
    "topicId": "LIFE-2026-CET",
    "title": "Clean energy transition",
    "programme": "LIFE",
    "deadline": "2026-09-23",
    "callStatus": "open",
}


def line(**more: object) -> bytes:
    return json.dumps(RECORD | more).encode()


async def test_a_changed_record_announces_what_changed(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(ecosystems=["energy_renewables"])
    await send(ccp, [line()])
    [row] = await send(ccp, [line(deadline="2026-10-07")])
    await ccp.system.settle()
    assert row["outcome"] == "changed"
    titles = sorted(alert["title"] for alert in await anna.alerts())
    assert titles == ["Apply: Clean energy transition", "Changed: Clean energy transition"]
    text = next(alert["text"] for alert in await anna.alerts() if alert["title"].startswith("Changed"))
    assert "deadline extended from 23 September 2026, 17:00 CEST to 7 October 2026, 17:00 CEST" in text


async def test_a_record_that_says_closed_is_closed_and_no_news(ccp: Platform) -> None:
    [row] = await send(ccp, [line(callStatus="closed")])
    assert row["status"] == "closed"
    assert await ccp.system.published("calls") == []
    await ccp.system.travel(timedelta(days=90))
    assert await ccp.system.published("calls") == []


async def test_bad_rows_are_reported_by_line_and_the_rest_goes_on(ccp: Platform) -> None:
    lines = [line(), b"", b"{broken", line(topicId="X-1", deadline="someday"), line(topicId="X-2"), line(topicId="X-2")]
    rows = await send(ccp, lines, first_line=10)
    assert [(row["line"], row["outcome"]) for row in rows] == [
        (10, "created"),
        (12, "refused"),
        (13, "refused"),
        (14, "created"),
        (15, "unchanged"),
    ]
    assert rows[2]["reason"].startswith("deadline: ")


async def test_only_operators_import_and_never_nothing_or_too_much(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    refused(await ccp.http.post("/calls/import", content=line(), headers=anna.headers), 403)
    refused(await ccp.http.post("/calls/import", content=b"\n\n", headers=ccp.operator.headers), 422, "body")
    many = b"\n".join([line()] * 201)
    refused(await ccp.http.post("/calls/import", content=many, headers=ccp.operator.headers), 422, "body")


async def test_a_call_that_the_portal_closes_is_said_to_be_closed_once_and_then_silent(ccp: Platform) -> None:
    await send(ccp, [line()])
    [row] = await send(ccp, [line(callStatus="closed")])
    assert row["status"] == "closed"
    await ccp.system.travel(timedelta(days=90))
    types = [event.type for event in await ccp.system.published("calls")]
    assert types == ["calls.call.published.v1", "calls.call.closed.v1"]


async def test_what_an_operator_withdrew_stays_withdrawn(ccp: Platform) -> None:
    [row] = await send(ccp, [line()])
    ok(await ccp.operator.post(f"/calls/{row['id']}/withdraw", {"reason": "a mistake"}, version=1))
    await send(ccp, [line(deadline="2026-10-07")])
    assert ok(await ccp.http.get(f"/calls/{row['id']}"))["status"] == "withdrawn"
    types = [event.type for event in await ccp.system.published("calls")]
    assert types == ["calls.call.published.v1", "calls.call.withdrawn.v1"]


async def test_a_deadline_beyond_reason_is_one_refused_row(ccp: Platform) -> None:
    rows = await send(
        ccp, [line(deadline="0001-01-01"), line(topicId="X-3", deadline="9999-12-31"), line(topicId="X-4")]
    )
    assert [row["outcome"] for row in rows] == ["refused", "refused", "created"]
