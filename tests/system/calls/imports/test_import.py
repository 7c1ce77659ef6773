"""Import of real files: past calls without alerts, no effect the second time, events for changes."""

import json
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from rich.console import Console

from ccp import importing
from ccp.client import Problem
from services.calls.catalogue.store import CALLS
from services.calls.imports.record import HORIZON, PORTAL
from shared.testing import until
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, Platform, ok, refused

Command = Callable[..., Awaitable[tuple[bool, str]]]
HARVESTED = datetime(2026, 8, 1, 9, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture(autouse=True)
def at_the_time_of_the_harvest(ccp: Platform) -> None:
    ccp.system.clock.travel(HARVESTED - ccp.system.clock.now())


async def send_file(ccp: Platform, body: bytes, **params: str) -> dict:
    headers = ccp.operator.headers
    report = ok(await ccp.http.post("/calls/import", content=body, params=params, headers=headers, timeout=60))
    assert sum(report["counts"].values()) == len(report["rows"])
    return report


async def send(ccp: Platform, lines: list[bytes]) -> list[dict]:
    return (await send_file(ccp, b"\n".join(lines)))["rows"]


async def send_list(ccp: Platform, text: bytes) -> list[dict]:
    return (await send_file(ccp, text))["rows"]


async def test_all_real_calls_are_imported_and_only_open_ones_are_published(ccp: Platform, real_data: Path) -> None:
    lines = (real_data / "eu_calls_2026-08.jsonl").read_bytes().splitlines()
    started = time.process_time()
    rows = await send(ccp, lines)
    assert (
        time.process_time() - started < 30
    )  # seconds of this process: work that grows with the square would take minutes
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


async def contents(ccp: Platform) -> dict[str, dict]:
    """Return the content of all calls, without the times and number of their changes."""
    apart = {"version", "published_at", "closed_at", "updated_at", "history", "milestone_at", "opened_at", "dropped"}
    found = await CALLS.find(ccp.system.db("calls"), {}, limit=2000)
    return {call.id: call.model_dump(exclude=apart) for call in found}


async def test_both_real_files_give_one_call_per_topic_and_a_second_run_publishes_nothing(
    ccp: Platform, real_data: Path
) -> None:
    lines = (real_data / "eu_calls_2026-08.jsonl").read_bytes().splitlines()
    text = (real_data / "horizon_calls_2026-05.csv").read_bytes()
    listed = await send_list(ccp, text)
    assert Counter(row["outcome"] for row in listed) == {"created": 532}
    rows = await send(ccp, lines)
    assert Counter(row["outcome"] for row in rows)["created"] == 500 - 322
    assert sum(len(row["conflicts"]) for row in rows) == 3
    announced = len(await ccp.system.published("calls"))

    assert {row["outcome"] for row in [*await send_list(ccp, text), *await send(ccp, lines)]} == {"unchanged"}
    assert len(await ccp.system.published("calls")) == announced

    at, one_way = ccp.system.db("calls"), await contents(ccp)
    assert len(one_way) == 532 + 500 - 322
    for name in ("calls", "source_records", "deadline_changes"):
        await at.raw(name).delete_many({})
    await send(ccp, lines)
    await send_list(ccp, text)
    other_way = await contents(ccp)
    assert other_way.keys() == one_way.keys()
    for id, call in one_way.items():
        left_out = {"cut_off_numbers"}  # numbers follow the order in which cut-offs became known
        left_out |= {"opens_at"} if call["provenance"].get("opens_at") != HORIZON else set()
        assert {k: v for k, v in other_way[id].items() if k not in left_out} == {
            k: v for k, v in call.items() if k not in left_out
        }


async def test_a_follower_of_funding_is_notified_of_every_published_real_call(ccp: Platform, real_data: Path) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(kinds=["funding"])
    lines = (real_data / "eu_calls_2026-08.jsonl").read_bytes().splitlines()
    await send(ccp, lines)
    wanted = len(await ccp.system.published("calls", "calls.call.published.v1"))
    alerts = ccp.system.db("notifications").raw("alerts")

    async def all_alerted() -> bool:
        return await alerts.count_documents({"member_id": anna.id}) == wanted

    await until(all_alerted, "every alert", timeout=60)
    assert wanted > 100


LIST = b"""code,name,open_date,close_date,budget_eur,link,section
HORIZON-CL5-2026-11-D3-06,Grids for islands,2026-05-05,2026-12-01,4000000.0,https://ec.europa.eu/topic,allCalls
HORIZON-CL5-2026-11-D3-07,Grids for mountains,2026-05-05,2026-12-01,,https://ec.europa.eu/other,allCalls
"""


async def test_a_list_is_reported_by_line_and_only_changes_are_published(ccp: Platform) -> None:
    bad = LIST + b"x y,Bad,2026-05-05,2026-12-01,,,\n" + LIST.splitlines()[1].replace(b"islands", b"coasts") + b"\n"
    rows = await send_list(ccp, bad)
    assert [(row["line"], row["outcome"]) for row in rows] == [
        (2, "created"),
        (3, "created"),
        (4, "refused"),
        (5, "refused"),
    ]
    assert rows[2]["reason"].startswith("code: ")
    assert rows[3]["reason"] == "Line 2 describes the same call differently. Keep only one of the two lines."
    rows = await send_list(ccp, LIST.replace(b"2026-12-01,4", b"2026-12-08,4"))
    assert [row["outcome"] for row in rows] == ["changed", "unchanged"]
    assert rows[0]["changes"] == ["deadline extended from 1 December 2026, 17:00 CET to 8 December 2026, 17:00 CET"]
    types = Counter(event.type for event in await ccp.system.published("calls"))
    assert types == {"calls.call.published.v1": 2, "calls.call.changed.v1": 1}
    history = ok(await ccp.http.get(f"/calls/{rows[0]['id']}/history"))
    assert history["intact"]
    assert len(history["items"]) == 2


async def test_a_second_source_confirms_completes_or_contradicts(ccp: Platform) -> None:
    await send_list(ccp, LIST)
    topic = {
        "topicId": "HORIZON-CL5-2026-11-D3-06",
        "title": "Grids for islands",
        "portalUrl": "https://ec.europa.eu/topic",
    }
    first = {**topic, "deadline": "2026-09-01", "deadlineModel": "two-stage"}
    [row] = await send(ccp, [line(**first)])
    assert row["outcome"] == "changed"
    view = ok(await ccp.http.get(f"/calls/{row['id']}"))
    assert [cut_off["name"] for cut_off in view["cut_offs"]] == ["Stage 1", "Stage 2"]
    assert view["provenance"]["opens_at"] == "Horizon Europe list"
    other = {**topic, "topicId": "HORIZON-CL5-2026-11-D3-07", "title": "Mountain grids", "deadline": "2026-12-03"}
    [row] = await send(ccp, [line(**other)])
    assert {one["field"]: one["kept"] for one in row["conflicts"]} == {
        "title": "Mountain grids",
        "link": "https://ec.europa.eu/topic",
        "deadline": "2026-12-03",
    }


async def test_another_header_is_refused_and_nothing_stored(ccp: Platform) -> None:
    headers = ccp.operator.headers | {"Content-Type": "text/csv"}
    refused(await ccp.http.post("/calls/import", content=b"a,b\n1,2\n", headers=headers), 422, "body")
    refused(await ccp.http.post("/calls/import", content=LIST.splitlines()[0], headers=headers), 422, "body")
    assert await ccp.system.db("calls").raw("calls").count_documents({}) == 0


ISLANDS, MOUNTAINS = LIST.splitlines(keepends=True)[1:]


def long_list(*last: bytes) -> bytes:
    """Return a list with so many rows that several requests are needed."""
    header, row = LIST.splitlines(keepends=True)[:2]
    rows = [row.replace(b"D3-06", f"D3-{1000 + number}".encode()) for number in range(1100)]
    return b"".join([header, ISLANDS, *rows, *last])


@pytest.fixture
def command(ccp: Platform, monkeypatch: pytest.MonkeyPatch) -> Command:
    """`ccp import calls`: returns whether no row was refused, and what it prints."""

    def connect(_: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(ccp.system.app), base_url="http://ccp.test")

    async def run(*given: Any, **options: Any) -> tuple[bool, str]:
        screen = Console(record=True, width=200)
        asked = importing.Import(*given, **options)
        done = await importing.import_calls(screen, asked, "", OPERATOR_EMAIL, OPERATOR_PASSWORD)
        return done, screen.export_text()

    monkeypatch.setattr(importing, "connect", connect)
    return run


async def test_the_first_mention_counts_in_a_long_list(ccp: Platform, tmp_path: Path, command: Command) -> None:
    file = tmp_path / "list.csv"
    file.write_bytes(long_list(ISLANDS.replace(b"2026-12-01", b"2026-12-08"), ISLANDS, MOUNTAINS))
    done, text = await command(file)
    assert not done
    assert re.search(r"│ 1103 +│ HORIZON-CL5-2026-11-D3-06 +│ Line 2 describes the same call differently", text)
    announced = await ccp.system.published("calls")
    assert Counter(event.type for event in announced) == {"calls.call.published.v1": 1102}

    done, text = await command(file)
    assert not done
    assert re.search(r"│ unchanged +│ 1103 ", text)
    assert re.search(r"│ refused +│ 1 ", text)
    assert len(await ccp.system.published("calls")) == len(announced)


async def test_a_refused_row_can_be_imported_later(ccp: Platform) -> None:
    first, other = [line()], [line(deadline="2026-10-07")]
    files = [first + other, first, other + first, first]
    outcomes = [[row["outcome"] for row in await send(ccp, lines)] for lines in files]
    assert outcomes == [["created", "refused"], ["unchanged"], ["changed", "refused"], ["changed"]]


RECORD = {
    "topicId": "LIFE-2026-CET",
    "title": "Clean energy transition",
    "programme": "LIFE",
    "deadline": "2026-09-23",
    "callStatus": "open",
}


def line(**more: object) -> bytes:
    return json.dumps(RECORD | more).encode()


async def test_a_changed_record_publishes_the_changes(ccp: Platform) -> None:
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


async def test_a_closed_record_gives_a_closed_call_without_an_event(ccp: Platform) -> None:
    [row] = await send(ccp, [line(callStatus="closed")])
    assert row["status"] == "closed"
    assert await ccp.system.published("calls") == []
    await ccp.system.travel(timedelta(days=90))
    assert await ccp.system.published("calls") == []


async def test_bad_rows_are_reported_by_line_and_the_rest_goes_on(ccp: Platform) -> None:
    lines = [line(), b"", b"{broken", line(topicId="X-1", deadline="someday"), line(topicId="X-2"), line(topicId="X-2")]
    rows = await send(ccp, lines)
    assert [(row["line"], row["outcome"]) for row in rows] == [
        (1, "created"),
        (3, "refused"),
        (4, "refused"),
        (5, "created"),
        (6, "unchanged"),
    ]
    assert rows[2]["reason"].startswith("deadline: ")


async def test_only_operators_import_and_empty_or_huge_files_are_refused(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    refused(await ccp.http.post("/calls/import", content=line(), headers=anna.headers), 403)
    refused(await ccp.http.post("/calls/import", content=b"\n\n", headers=ccp.operator.headers), 422, "body")
    many = b"\n".join([line()] * 5001)
    refused(await ccp.http.post("/calls/import", content=many, headers=ccp.operator.headers), 422, "body")


async def test_a_call_closed_by_the_portal_is_published_as_closed_once(ccp: Platform) -> None:
    await send(ccp, [line()])
    [row] = await send(ccp, [line(callStatus="closed")])
    assert row["status"] == "closed"
    await ccp.system.travel(timedelta(days=90))
    types = [event.type for event in await ccp.system.published("calls")]
    assert types == ["calls.call.published.v1", "calls.call.closed.v1"]


async def test_a_call_withdrawn_by_an_operator_stays_withdrawn(ccp: Platform) -> None:
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


async def test_a_dry_run_shows_every_row_and_stores_nothing(ccp: Platform, tmp_path: Path, command: Command) -> None:
    await send(ccp, [line(), line(topicId="LIFE-GONE")])
    published = len(await ccp.system.published("calls"))
    file = tmp_path / "calls.jsonl"
    lines = [line(deadline="2026-10-07"), line(topicId="LIFE-NEW"), line(topicId="LIFE-BAD", deadline="soon")]
    file.write_bytes(b"\n".join([*lines, line(topicId="life-new")]))
    report = await send_file(ccp, file.read_bytes(), dry_run="true")
    assert [row["outcome"] for row in report["rows"]] == ["changed", "created", "refused", "unchanged"]
    assert [gone["topic"] for gone in report["missing"]] == ["LIFE-GONE"]
    done, text = await command(file, dry_run=True)
    assert not done
    for number, said in enumerate(["changed", "created", "refused", "unchanged"], 1):
        assert re.search(rf"│ {number} +│ {said} +│", text)
    assert len(await ccp.system.published("calls")) == published
    assert ok(await ccp.operator.get("/calls/import/missing")) == []
    assert [row["outcome"] for row in await send(ccp, lines[:2])] == ["changed", "created"]


async def test_a_call_that_vanishes_from_its_source_is_shown_until_it_returns(
    ccp: Platform, tmp_path: Path, command: Command
) -> None:
    both = [line(), line(topicId="LIFE-GONE", title="Wetlands of the delta")]
    await send(ccp, [*both, line(topicId="LIFE-OVER", callStatus="closed")])
    await send_list(ccp, LIST)
    file = tmp_path / "calls.jsonl"
    file.write_bytes(b"\n".join([both[0], line(topicId="LIFE-BAD", deadline="soon")]))
    _, text = await command(file)
    assert re.search(r"│ LIFE-GONE +│ Wetlands of the delta +│ open", text)
    [gone] = ok(await ccp.operator.get("/calls/import/missing"))
    assert (gone["topic"], gone["source"]) == ("LIFE-GONE", PORTAL)
    assert ok(await ccp.http.get(f"/calls/{gone['id']}"))["status"] == "open"
    assert (await send_file(ccp, b"\n".join(both)))["missing"] == []
    assert ok(await ccp.operator.get("/calls/import/missing")) == []
    anna = await ccp.member("Anna")
    refused(await ccp.http.get("/calls/import/missing", headers=anna.headers), 403)


async def test_a_refused_row_does_not_make_its_call_missing(ccp: Platform) -> None:
    await send(ccp, [line(), line(topicId="LIFE-OTHER")])
    report = await send_file(ccp, b"\n".join([line(), line(topicId="life-other", deadline="soon")]))
    assert [row["outcome"] for row in report["rows"]] == ["unchanged", "refused"]
    assert report["rows"][1]["topic"] == "life-other"
    assert report["missing"] == []


async def test_ids_are_compared_without_case_in_one_file_and_in_the_next(ccp: Platform) -> None:
    lower = line(topicId=str(RECORD["topicId"]).lower())
    rows = await send(ccp, [line(), lower])
    assert [row["outcome"] for row in rows] == ["created", "unchanged"]
    assert len({row["id"] for row in rows}) == 1
    assert [row["outcome"] for row in await send(ccp, [lower])] == ["unchanged"]


async def test_another_kind_of_file_is_refused_once_by_the_command(tmp_path: Path, command: Command) -> None:
    file = tmp_path / "calls.csv"
    file.write_bytes(b"%PDF-1.7\n" + b"...\n" * 500)
    with pytest.raises(Problem, match="seems to be a PDF file"):
        await command(file)


async def test_a_mapping_file_names_foreign_columns(ccp: Platform, tmp_path: Path, command: Command) -> None:
    file, mapping = tmp_path / "appels.csv", tmp_path / "columns.toml"
    file.write_bytes("Numéro;Intitulé;Clôture\nRIVER-1;Rivières;15/12/2026\n".encode("cp1252"))
    mapping.write_text('"Numéro" = "code"\n"Intitulé" = "title"\n"Clôture" = "deadline"\n', "utf-16", newline="\r\n")
    done, text = await command(file, mapping, "windows-1252")
    assert done
    assert re.search(r"created +│ 1 ", text)
    [call] = ok(await ccp.http.get("/calls"))["items"]
    assert call["title"] == "Rivières"


async def test_a_file_with_records_of_both_sources_gives_one_call(ccp: Platform) -> None:
    listed = {"code": "life-2026-cet", "name": "Clean energy transition", "open_date": "2026-05-05"}
    rows = await send(ccp, [json.dumps(listed | {"close_date": "2026-09-23"}).encode(), line()])
    assert [row["outcome"] for row in rows] == ["created", "changed"]
    [call] = ok(await ccp.http.get("/calls"))["items"]
    assert call["provenance"]["opens_at"] == HORIZON
    assert call["provenance"]["title"] == PORTAL
