"""The kernel with a small service: each event has its effect once, is retried, is parked, and is never half done."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from datetime import timedelta

import pytest
from fastapi import APIRouter

from shared import jobs, parking
from shared.bus import Bus, Message, memory
from shared.clock import Clock
from shared.consumer import INBOX
from shared.contracts.calls import CallClosed
from shared.envelope import open_envelope, wrap
from shared.idempotency import KeyedRequest, idempotent
from shared.ids import new_id
from shared.jobs import JOBS, Job, advance, enqueue
from shared.mongo import Database, Transaction, connect
from shared.outbox import OUTBOX, Claim
from shared.parking import PARKED
from shared.service import KERNEL, Loop, Runtime, Service
from shared.settings import Settings
from shared.testing import System, running_system, until
from tests.support.listeners import NOTES, Listener, Note, closed, deliver, message_of, notes


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture(autouse=True)
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry without pauses."""
    monkeypatch.setattr(jobs, "backoff", lambda _: timedelta())
    monkeypatch.setattr("shared.consumer.backoff", lambda _: timedelta())


@pytest.fixture
async def system(
    listener: Listener, mongo_url: str, settings: Settings, request: pytest.FixtureRequest
) -> AsyncIterator[System]:
    bus: Bus = memory.MemoryBus()
    service = listener.service()
    async with running_system([service], settings=settings, mongo_url=mongo_url, bus=bus) as system:
        yield system


async def test_an_event_delivered_many_times_has_its_effect_once(system: System) -> None:
    message = message_of(closed("a"))
    await asyncio.gather(*(deliver(system, message) for _ in range(20)))
    await deliver(system, message)
    assert await notes(system) == 1
    assert await INBOX.count(system.db("listener"), {}) == 1


async def test_many_events_share_transactions_and_each_has_its_effect(system: System) -> None:
    await asyncio.gather(*(deliver(system, message_of(closed(f"c{n}"))) for n in range(300)))
    assert await notes(system) == 300


async def test_a_handler_that_raises_is_retried_and_leaves_nothing_half_done(
    system: System, listener: Listener
) -> None:
    listener.failures = [RuntimeError("cannot handle it now")] * 3
    await deliver(system, message_of(closed("a")))
    await system.settle()
    await until(lambda: count_is(notes(system), 1), "the retry")
    assert await PARKED.count(system.db("listener"), {}) == 0


async def test_one_failing_event_in_a_batch_does_not_affect_the_others(system: System, listener: Listener) -> None:
    async def handle(tx: Transaction, event: CallClosed) -> None:
        if event.call_id == "poison":
            raise RuntimeError("poison")
        await NOTES.insert(tx, Note(id=event.call_id))

    system.runtimes["listener"].consumer.handlers[CallClosed.type] = handle
    ids = [f"c{n}" for n in range(20)] + ["poison"]
    await asyncio.gather(*(deliver(system, message_of(closed(id))) for id in ids))
    assert await notes(system) == 20
    parked = await until(lambda: PARKED.first(system.db("listener"), {}), "the poison to be parked")
    assert parked.reason == "poison"
    assert "RuntimeError" in parked.traceback
    assert parked.event_type == CallClosed.type
    assert open_envelope(parked.body).data["call_id"] == "poison"
    assert await JOBS.count(system.db("listener"), {}) == 0


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not a CloudEvents"),
        (json.dumps({**json.loads(wrap(closed("x"), "test").to_bytes()), "data": {}}).encode(), "call_id"),
        (json.dumps({**json.loads(wrap(closed("x"), "t").to_bytes()), "type": "a.b.c.v1"}).encode(), "no contract"),
    ],
    ids=["no JSON", "a missing field", "an unknown type"],
)
async def test_an_unreadable_message_is_parked_with_its_reason_and_the_next_one_is_handled(
    system: System, body: bytes, reason: str
) -> None:
    await deliver(system, Message("broken", "calls.call.closed.v1", body))
    await deliver(system, message_of(closed("next")))
    assert await notes(system) == 1
    [parked] = await PARKED.find(system.db("listener"), {}, limit=5)
    assert reason in parked.reason
    assert parked.body == body


async def test_state_and_event_are_committed_together_or_not_at_all(system: System) -> None:
    database = system.db("listener")

    async def half(tx: Transaction) -> None:
        await NOTES.insert(tx, Note(id="half"))
        tx.publish(closed("half"))
        await enqueue(tx, "work", {})
        raise RuntimeError("before the commit")

    with pytest.raises(RuntimeError, match="before the commit"):
        await database.transact(half)
    assert await notes(system) == 0
    assert await OUTBOX.count(database, {}) == 0
    assert await JOBS.count(database, {}) == 0


async def test_a_job_that_fails_is_tried_again_and_parked_in_the_end(system: System, listener: Listener) -> None:
    database = system.db("listener")
    listener.failures = [RuntimeError("cannot work now")] * (jobs.ATTEMPTS + 5)
    await database.transact(enqueue, "work", {"what": "for ever"}, id="job")
    parked = await until(lambda: PARKED.first(database, {}), "the job to be parked")
    assert parked.attempts == jobs.ATTEMPTS == len(listener.jobs_run)
    assert b"for ever" in parked.body
    assert await JOBS.count(database, {}) == 0


async def test_a_worker_that_lost_its_lease_stops_without_effect(system: System) -> None:
    database = system.db("listener")
    job = Job(id="job", kind="unknown", data={}, run_at=system.clock.now() + timedelta(days=1), token="theirs")
    await JOBS.insert_new(database, [job])
    with pytest.raises(jobs.LostLease):
        await advance(database, job.model_copy(update={"token": "mine"}), "cursor")
    assert (await JOBS.get(database, "job")).cursor == ""


async def test_replicas_that_start_together_on_an_empty_database_all_come_up(mongo_url: str) -> None:
    name = f"test_{new_id()[-12:]}"
    replicas = [Database(connect(mongo_url), name, "listener", Clock()) for _ in range(4)]
    try:
        await asyncio.gather(*(replica.prepare([*KERNEL, NOTES]) for replica in replicas))
        assert await NOTES.count(replicas[0], {}) == 0
    finally:
        await replicas[0].drop()
        for replica in replicas:
            replica.client.close()


async def test_an_older_copy_never_overwrites_a_newer_one(system: System) -> None:
    database = system.db("listener")
    for version in (2, 1, 3, 2):
        await database.transact(keep_note, Note(id="copy", version=version, text=f"v{version} $$ROOT $text"))
    note = await NOTES.get(database, "copy")
    assert (note.version, note.text) == (3, "v3 $$ROOT $text")


async def keep_note(tx: Transaction, note: Note) -> None:
    await NOTES.keep_newest(tx, note)


async def test_concurrent_requests_with_the_same_key_are_executed_once(system: System) -> None:
    database = system.db("listener")
    made: list[str] = []

    async def make(tx: Transaction, id: str) -> Note:
        made.append(id)
        await NOTES.insert(tx, Note(id=id))
        return Note(id=id)

    same = KeyedRequest.of("key", ["POST", "/notes"], b"same body")
    answers = await asyncio.gather(
        *(idempotent(database, same, "anna", Note, make, f"n{number}") for number in range(10))
    )
    assert len({answer.id for answer in answers}) == 1
    assert await notes(system) == 1


async def test_parking_the_same_message_twice_keeps_one(system: System) -> None:
    database = system.db("listener")
    for _ in range(2):
        await parking.park(database, "listener", b"x", "reason", event_type="t", event_id="e", attempts=1)
    assert await PARKED.count(database, {}) == 1


async def test_the_host_reports_its_health_and_counts_its_backlogs(system: System) -> None:
    assert (await system.http.get("/livez")).text == "alive\n"
    assert (await system.http.get("/readyz")).json()["ready"] is True
    await parking.park(system.db("listener"), "listener", b"x", "r", event_type="t", event_id="e", attempts=1)
    metrics = (await system.http.get("/metrics")).text
    assert 'ccp_parked{service="listener"} 1.0' in metrics
    assert 'ccp_outbox_pending{service="listener"} 0.0' in metrics
    system.runtimes["listener"].ready = False
    assert (await system.http.get("/readyz")).status_code == 503


@pytest.mark.parametrize("error", [ValueError("unexpected"), asyncio.CancelledError()])
async def test_background_work_is_restarted_after_an_error(
    system: System, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    relay = system.runtimes["listener"].relay
    relay_batch, died = relay.relay_batch, asyncio.Event()

    async def die_once(claim: Claim) -> int:
        if not died.is_set():
            died.set()
            raise error
        return await relay_batch(claim)

    monkeypatch.setattr(relay, "relay_batch", die_once)
    await system.db("listener").transact(publish, closed("a"))
    await died.wait()
    await system.db("listener").raw("outbox").update_many({}, {"$set": {"lease": None}})  # do not wait until it ends
    await until(lambda: count_is(notes(system), 1), "the event to pass")


async def publish(tx: Transaction, event: CallClosed) -> None:
    tx.publish(event)


async def test_a_loop_never_runs_twice_at_once_when_business_time_is_moved(mongo_url: str, settings: Settings) -> None:
    """Two rounds of the mailer at once would use one connection."""
    under_way, most, rounds = 0, 0, 0

    async def work(at: Runtime) -> None:
        nonlocal under_way, most, rounds
        under_way += 1
        most, rounds = max(most, under_way), rounds + 1
        await at.db.ping()
        under_way -= 1

    service = Service("clockwork", APIRouter(), {}, [], loops=[Loop("tick", every=0, work=work)])
    async with running_system([service], settings=settings, mongo_url=mongo_url, bus=memory.MemoryBus()) as system:
        await asyncio.gather(*(system.travel(timedelta(days=1)) for _ in range(10)))
        assert rounds >= 10
    assert most == 1


async def test_conflicting_transactions_are_retried_and_none_is_lost(system: System) -> None:
    database = system.db("listener")
    await database.transact(insert_note, Note(id="counter"))

    async def increment(tx: Transaction) -> None:
        note = await NOTES.get(tx, "counter")
        await NOTES.change(tx, note, note.replace(text=f"{int(note.text or 0) + 1}"))

    await asyncio.gather(*(database.transact(increment) for _ in range(30)))
    note = await NOTES.get(database, "counter")
    assert (note.text, note.version) == ("30", 31)


async def insert_note(tx: Transaction, note: Note) -> None:
    await NOTES.insert(tx, note)


async def count_is(number: Awaitable[int], wanted: int) -> bool:
    return await number == wanted
