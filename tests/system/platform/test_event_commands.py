"""Operators read, follow and replay the event log and continue interrupted runs, by HTTP and with commands."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import typer

from ccp import client as clients
from ccp import events
from ccp.client import Client, Problem
from ccp.events import Walk
from ccp.options import moment, named
from services.__main__ import available
from shared.bus import Message, Outcome
from shared.bus.memory import MemoryBus
from shared.clock import real_now
from shared.envelope import Envelope
from shared.ids import created_at, first_id, new_id
from shared.outbox import OUTBOX, Period, in_log
from tests.support.eventlog import client
from tests.support.people import MISSION, OPERATOR_EMAIL, OPERATOR_PASSWORD, Member, Platform, ok, refused

LOG = "/operations/calls/events"


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    """Return a member; the log has three published calls and one change."""
    for title in ("First", "Second", "Third"):
        call = await ccp.operator.publishes(MISSION | {"title": title})
    ok(await ccp.operator.put(f"/calls/{call['id']}", MISSION | {"title": "Fourth"}, version=call["version"]))
    anna = await ccp.member("Anna")
    await ccp.system.settle()
    return anna


@pytest.fixture
def operator(ccp: Platform) -> Client:
    return client(ccp)


async def listed(ccp: Platform, **params: Any) -> list[dict[str, Any]]:
    return ok(await ccp.operator.get(LOG, params=params))["items"]


def replaying(services: list[str], after: str | None = None, **body: Any) -> Walk:
    since = (real_now() - timedelta(hours=1)).isoformat()
    wanted = {"to": "notifications.events.v1", "type": "*", "since": since, **body}
    return Walk("replay", wanted, services, after, "ccp events replay --again")


# --- by HTTP ------------------------------------------------------------------------------------


async def test_the_log_is_filtered_by_type_state_and_time(ccp: Platform, anna: Member) -> None:
    rows = await listed(ccp)
    assert [row["type"].split(".")[2] for row in rows] == ["published", "published", "published", "changed"]
    assert [row["state"] for row in rows] == ["sent"] * 4
    assert all(row["sent_at"] >= row["time"] for row in rows)
    assert len(await listed(ccp, type="calls.call.published.v1")) == 3
    assert len(await listed(ccp, type="calls.call.*")) == 4
    assert await listed(ccp, type="profiles.*") == await listed(ccp, state="pending") == []
    second, third = rows[1]["time"], rows[2]["time"]
    assert [row["id"] for row in await listed(ccp, since=second, until=third)] == [rows[1]["id"]]
    refused(await ccp.operator.get(LOG, params={"type": "calls.call.**"}), 422, "type")
    refused(await ccp.operator.get(LOG, params={"since": "yesterday"}), 422, "since")


async def test_the_log_is_read_page_by_page_and_event_by_event(ccp: Platform, anna: Member) -> None:
    rows = await listed(ccp)
    page = ok(await ccp.operator.get(LOG, params={"limit": 3}))
    assert page["items"] + await listed(ccp, cursor=page["next"]) == rows
    detail = ok(await ccp.operator.get(f"{LOG}/{rows[0]['id']}"))
    assert detail["body"]["data"]["call"]["title"] == "First"
    assert detail["subject"] == detail["body"]["data"]["call_id"]
    refused(await ccp.operator.get(f"{LOG}/missing"), 404)


async def test_only_operators_use_the_log(ccp: Platform, anna: Member) -> None:
    body = {"to": "notifications.events.v1", "since": "2026-01-01T00:00:00Z"}
    assert (await anna.get(LOG)).status_code == 403
    assert (await anna.post(f"{LOG}/replay", body)).status_code == 403
    assert (await anna.post(f"{LOG}/snapshot", {"to": "notifications.events.v1"})).status_code == 403
    assert (await ccp.http.get(LOG)).status_code == 401


async def test_a_replayed_page_has_the_cursor_of_the_next_page(ccp: Platform, anna: Member) -> None:
    body = {"to": "notifications.events.v1", "since": (real_now() - timedelta(hours=1)).isoformat(), "limit": 3}
    first = ok(await ccp.operator.post(f"{LOG}/replay", body))
    assert (first["sent"], first["looked_at"], first["total"]) == ({"calls.call.published.v1": 3}, 3, 4)
    rest = ok(await ccp.operator.post(f"{LOG}/replay", body | {"cursor": first["next"]}))
    assert (rest["sent"], rest["next"], rest["total"]) == ({"calls.call.changed.v1": 1}, None, None)
    elsewhere = ok(await ccp.operator.post(f"{LOG}/replay", body | {"to": "calls.events.v1", "limit": 9}))
    assert elsewhere["sent"] == {}
    assert elsewhere["unrouted"] == {"calls.call.published.v1": 3, "calls.call.changed.v1": 1}
    for bad in ({"to": "every queue"}, {"limit": 1001}, {"since": None}, {"unknown": 1}):
        refused(await ccp.operator.post(f"{LOG}/replay", body | bad), 422)
    refused(await ccp.operator.post(f"{LOG}/snapshot", {"to": "x", "cursor": "elsewhere:1"}), 422, "cursor")


async def test_a_page_without_confirmation_is_refused_and_can_be_repeated(
    ccp: Platform, anna: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silent(self: MemoryBus, messages: list[Message], to: str | None = None) -> list[Outcome]:
        return [Outcome.UNKNOWN] * len(messages)

    monkeypatch.setattr(MemoryBus, "publish", silent)
    body = {"to": "notifications.events.v1", "since": (real_now() - timedelta(hours=1)).isoformat()}
    answer = await ccp.operator.post(f"{LOG}/replay", body)
    refused(answer, 503, code="busy")
    assert answer.headers["retry-after"]


@pytest.mark.parametrize("types", ["*", "calls.call.published.v1", "calls.call.*"])
async def test_the_log_is_read_by_index_and_never_sorted(ccp: Platform, anna: Member, types: str) -> None:
    period = Period(real_now() - timedelta(hours=1), real_now() + timedelta(hours=1))
    query = in_log("calls", types, period, "sent", new_id()[:13])
    plan = str(await ccp.system.db("calls").raw("outbox").find(query).sort("_id").limit(10).explain())
    assert "IXSCAN" in plan
    assert "'SORT'" not in plan
    assert "COLLSCAN" not in plan


def test_ids_begin_with_their_time() -> None:
    before = real_now()
    id = new_id()
    assert before <= created_at(id) <= real_now()
    assert first_id(created_at(id)) < id < first_id(created_at(id) + timedelta(milliseconds=1))


# --- following ----------------------------------------------------------------------------------


async def test_tail_prints_a_line_for_each_event_of_every_service_in_order(
    ccp: Platform, anna: Member, operator: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    await events.tail(operator, available(), "*", real_now() - timedelta(hours=1), follow=False)
    lines = capsys.readouterr().out.splitlines()
    rows = [row for name in available() for row in await OUTBOX.find(ccp.system.db(name), {}, limit=100)]
    assert [line.split()[4] for line in lines if "key" not in line] == sorted(
        row.id for row in rows if "key" not in row.type
    )
    assert any("calls.call.changed.v1" in line and "sent" in line for line in lines)


async def test_an_event_that_commits_late_with_an_older_id_is_not_missed(
    ccp: Platform, anna: Member, operator: Client
) -> None:
    late = new_id()
    watched = events.Watched("calls", real_now() - timedelta(hours=1))
    assert len(await watched.fresh(operator, "*")) == 4
    await ccp.operator.publishes(MISSION | {"title": "Fifth"})
    assert len(await watched.fresh(operator, "*")) == 1
    assert await watched.fresh(operator, "*") == []
    [row, *_] = await OUTBOX.find(ccp.system.db("calls"), {}, limit=1)
    await OUTBOX.insert_new(ccp.system.db("calls"), [row.model_copy(update={"id": late})])
    assert [row["id"] for row in await watched.fresh(operator, "*")] == [late]


# --- replaying ----------------------------------------------------------------------------------


async def test_a_replay_covers_every_service_and_reports_types_without_listener(
    ccp: Platform, anna: Member, operator: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    walk = replaying(available())
    await walk.through(operator)
    assert walk.sent["calls", "calls.call.published.v1"] == 3
    assert walk.sent["profiles", "profiles.member.registered.v1"] == 2
    assert walk.unrouted["notifications", "notifications.key.published.v1"] == 1
    assert "calls.call.changed.v1" in capsys.readouterr().out
    nowhere = replaying(["calls"], to="missing.events.v1")
    with pytest.raises(ValueError, match="received nothing"):
        await nowhere.through(operator)
    assert nowhere.unrouted.total() == 4


@pytest.mark.parametrize("end", [httpx.ConnectError("the platform went away"), asyncio.CancelledError()])
async def test_an_interrupted_replay_prints_how_to_continue_and_can_be_continued(
    end: BaseException,
    ccp: Platform,
    anna: Member,
    operator: Client,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(events, "PAGE", 2)
    monkeypatch.setattr(clients, "ATTEMPTS", 1)
    asked = 0
    post = operator.post

    async def once(*args: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise end
        return await post(*args)

    monkeypatch.setattr(operator, "post", once)
    walk = replaying(["calls", "profiles"])
    with pytest.raises(type(end)):
        await walk.through(operator)
    assert walk.sent.total() == 2
    go_on = capsys.readouterr().out.splitlines()[-1]
    assert go_on.startswith("ccp events replay --again --after calls:")
    rest = replaying(["calls", "profiles"], after=go_on.split()[-1])
    await rest.through(operator)
    whole = replaying(["calls", "profiles"])
    await whole.through(operator)
    assert walk.sent + rest.sent == whole.sent
    with pytest.raises(Problem, match="422"):
        await replaying(["calls"], to="no queue").through(operator)
    assert "continue with" not in capsys.readouterr().out
    with pytest.raises(ValueError, match="--after names matchmaking"):
        await replaying(["calls"], after="matchmaking:x").through(operator)


async def test_a_request_to_a_busy_platform_is_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "FIRST_PAUSE", 0)
    answers = [503, 502, "gone", 200]

    async def ask() -> int:
        answer = answers.pop(0)
        if answer == "gone":
            raise httpx.ConnectError("gone")
        if answer != 200:
            raise Problem(httpx.Response(answer, request=httpx.Request("POST", "http://ccp.test")))
        return answer

    assert await clients.persistently(ask) == 200
    answers[:] = [422]
    with pytest.raises(Problem, match="422"):
        await clients.persistently(ask)


async def test_an_expired_token_is_replaced(ccp: Platform) -> None:
    operator = await Client(ccp.http).log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    operator.headers = {"Authorization": "Bearer run-out"}
    assert (await operator.get("/me"))["email"] == OPERATOR_EMAIL


async def test_a_snapshot_of_many_pages_sends_each_event_once(
    ccp: Platform, anna: Member, operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str]] = []

    async def note(self: MemoryBus, messages: list[Message], to: str | None = None) -> list[Outcome]:
        if to:
            sent.extend((message.type, Envelope.model_validate_json(message.body).id) for message in messages)
        return [Outcome.CONFIRMED] * len(messages)

    monkeypatch.setattr(MemoryBus, "publish", note)
    whole = Walk("snapshot", {"to": "atlas.events.v1"}, available(), None, "")
    await whole.through(operator)
    at_once, sent = sent.copy(), []
    monkeypatch.setattr(events, "PAGE", 1)
    paged = Walk("snapshot", {"to": "atlas.events.v1"}, available(), None, "")
    await paged.through(operator)
    assert sent == at_once
    assert len({id for _, id in sent}) == len(sent)
    assert paged.sent == whole.sent
    assert paged.sent["profiles", "profiles.member.confirmed.v1"] == 2


# --- words --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ago"),
    [
        ("90s", timedelta(seconds=90)),
        ("10m", timedelta(minutes=10)),
        ("2h", timedelta(hours=2)),
        ("1h30m", timedelta(minutes=90)),
        ("30d", timedelta(days=30)),
        ("2w", timedelta(weeks=2)),
    ],
)
def test_a_time_can_be_an_age(text: str, ago: timedelta) -> None:
    assert abs(real_now() - ago - moment(text, "--since")) < timedelta(seconds=5)


def test_a_time_can_be_iso_8601() -> None:
    assert moment("2026-05-09T09:00Z", "--since") == datetime(2026, 5, 9, 9, tzinfo=UTC)
    assert moment("2026-05-09T09:00+02:00", "--since") == datetime(2026, 5, 9, 7, tzinfo=UTC)
    assert moment("2026-05-09", "--since") == datetime(2026, 5, 9).astimezone()


@pytest.mark.parametrize("text", ["", "soon", "10", "10:30", "-5m", "99999999999d", "2026-13-01", "30.5.2026"])
def test_a_text_that_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a time; give an age like 10m") as error:
        moment(text, "--until")
    assert error.value.param_hint == "--until"


def test_an_unknown_name_is_refused_with_the_known_names() -> None:
    with pytest.raises(ValueError, match="unknown service: atlas; choose from calls, matchmaking"):
        named(["calls", "atlas"])
    assert events.publishing(available(), "calls.*") == ["calls"]
    with pytest.raises(ValueError, match=r"no event type calls.sung.v1 .* calls.call.changed.v1"):
        events.publishing(available(), "calls.sung.v1")
    assert events.command(["snapshot", "a b"], ["calls"], "http://x") == (
        "ccp events snapshot 'a b' --service calls --url http://x"
    )
