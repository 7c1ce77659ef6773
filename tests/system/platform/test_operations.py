"""Operators list, redrive and drop parked messages, by HTTP and with commands."""

import json
from datetime import timedelta
from typing import Any

import pytest

from ccp import parked
from ccp.client import Client
from shared.bus import Message
from shared.clock import real_now
from shared.consumer import INBOX
from shared.contracts.calls import CallPublished
from shared.envelope import wrap
from shared.jobs import JOBS
from shared.parking import park
from shared.testing import until
from tests.support.browsing import Browser, browser_of
from tests.support.calls import CALL
from tests.support.people import MISSION, OPERATOR_PASSWORD, Platform, ok


async def all_parked(ccp: Platform, **params: Any) -> list[dict[str, Any]]:
    return ok(await ccp.operator.get("/operations/matchmaking/parked", params=params))["items"]


async def deliver(ccp: Platform, body: bytes, id: str = "m") -> None:
    await ccp.system.runtimes["matchmaking"].consumer.receive(Message(id, CallPublished.type, body))


async def test_a_redriven_event_is_handled(ccp: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    envelope = wrap(CallPublished(call_id="call", call=CALL), "calls")
    database = ccp.system.db("matchmaking")
    await park(
        database, "matchmaking.events", envelope.to_bytes(), "boom", event_type=envelope.type, event_id="e", attempts=12
    )
    [row] = await all_parked(ccp)
    assert (row["reason"], row["attempts"]) == ("boom", 12)
    answer = ok(await ccp.operator.post("/operations/matchmaking/parked/redrive", {"ids": [row["id"], "missing"]}))
    assert answer == {
        "done": [row["id"]],
        "refused": [
            {"id": "missing", "reason": "Parked message missing not found. It may have been redriven or dropped."}
        ],
    }

    async def handled() -> bool:
        return bool(await INBOX.get(database, envelope.id)) and not await JOBS.count(database, {})

    await until(handled, "the event to be handled")
    assert await all_parked(ccp) == []


async def test_a_redriven_job_starts_again(ccp: Platform) -> None:
    database, ran = ccp.system.db("matchmaking"), []

    async def work(_: Any, job: Any) -> None:
        ran.append(job.data)

    ccp.system.runtimes["matchmaking"].jobs.handlers["propose"] = work  # type: ignore[index]
    body = json.dumps({"kind": "propose", "data": {"call": "x"}}).encode()
    await park(database, "matchmaking.proposes", body, "boom", event_type="propose", event_id="job", attempts=12)
    [row] = await all_parked(ccp)
    ok(await ccp.operator.post("/operations/matchmaking/parked/redrive", {"ids": [row["id"]]}))

    async def done() -> bool:
        return ran == [{"call": "x"}]

    await until(done, "the job to run")


async def test_an_unreadable_message_stays_parked_and_can_be_dropped(ccp: Platform) -> None:
    await deliver(ccp, b"{\xff")
    [row] = await all_parked(ccp)
    answer = ok(await ccp.operator.post("/operations/matchmaking/parked/redrive", {"ids": [row["id"]]}))
    assert "The message cannot be read" in answer["refused"][0]["reason"]
    detail = ok(await ccp.operator.get(f"/operations/matchmaking/parked/{row['id']}"))
    assert detail["body"] == "{\ufffd"
    assert "Unreadable" in detail["traceback"]
    ok(await ccp.operator.post("/operations/matchmaking/parked/drop", {"ids": [row["id"]]}))
    assert await all_parked(ccp) == []


async def test_parked_messages_are_filtered_by_type_reason_and_age(ccp: Platform) -> None:
    for number in range(5):
        await deliver(ccp, b"{" * (number + 1), f"m{number}")
    assert len(await all_parked(ccp)) == 5
    assert len(await all_parked(ccp, event_type=CallPublished.type)) == 5
    assert await all_parked(ccp, event_type="other") == []
    assert len(await all_parked(ccp, reason="not a cloudEvents")) == 5
    assert await all_parked(ccp, reason=".*") == []
    assert await all_parked(ccp, before=(real_now() - timedelta(hours=1)).isoformat()) == []
    first = ok(await ccp.operator.get("/operations/matchmaking/parked", params={"limit": 3}))
    rest = await all_parked(ccp, cursor=first["next"])
    assert len({row["id"] for row in first["items"] + rest}) == 5


async def test_only_operators_see_parked_messages(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    assert (await anna.get("/operations/matchmaking/parked")).status_code == 403
    assert (await anna.post("/operations/matchmaking/parked/drop", {"ids": ["x"]})).status_code == 403
    assert (await ccp.http.get("/operations/matchmaking/parked")).status_code == 401


async def test_the_commands_act_on_many_messages_at_once(ccp: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    client = Client(ccp.http, ccp.operator.headers["Authorization"].removeprefix("Bearer "))
    for number in range(230):
        await deliver(ccp, b"{" * (number + 1), f"m{number}")
    broken = parked.filters(None, "not a CloudEvents", None)
    assert not await parked.act(client, "redrive", [], ["matchmaking"], broken)
    assert "redrive: 0 done, 230 refused" in capsys.readouterr().out
    with pytest.raises(ValueError, match="nothing is parked as missing"):
        await parked.act(client, "drop", ["missing"], None, {})
    one = (await all_parked(ccp))[0]["id"]
    assert await parked.act(client, "drop", [one], None, {})
    assert await parked.act(client, "drop", [], None, broken)
    assert "drop: 229 done, 0 refused" in capsys.readouterr().out
    await parked.show_table(client, None, {})
    assert "nothing is parked" in capsys.readouterr().out


async def test_an_operator_sends_past_events_page_by_page_in_the_browser(ccp: Platform) -> None:
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    browser = Browser(ccp.http)
    await browser.log_in(ccp.operator.email, OPERATOR_PASSWORD)
    page = await (await browser.open("/operations/profiles")).follow("Send past events to a queue")
    page = await page.submit("Send", to="matchmaking.events.v1", type="profiles.key.*", since="2000-01-01", limit="1")
    assert "profiles.key.published.v1" in page.text
    if "Send" in page.buttons:
        page = await page.submit("Send")
    assert "everything was sent" in page.text
    page = await (await browser.open("/operations/calls")).follow("Send the current state to a queue")
    page = await page.submit("Send", to="matchmaking.events.v1")
    assert "calls.call.published.v1" in page.text
    stranger = await ccp.member("Sven")
    refused = await (await browser_of(stranger)).open("/operations/calls/replay")
    assert refused.status == 403
