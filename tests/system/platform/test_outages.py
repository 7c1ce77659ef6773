"""An outage of the database is no attempt, and no event stops the others: not even one that cannot be stored again."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo.errors import AutoReconnect

from shared import jobs
from shared.bus import Message, memory
from shared.contracts.calls import CallClosed, CallPublished
from shared.envelope import LIMIT, open_envelope, wrap
from shared.jobs import JOBS, Job, JobRunner, enqueue
from shared.mongo import Collection, Transaction
from shared.parking import PARKED, park
from shared.settings import Settings
from shared.testing import System, running_system, until
from tests.support.calls import CALL
from tests.support.listeners import NOTES, Listener, Note, closed, deliver, message_of, notes
from tests.support.people import Platform, ok

OUTAGES = 30  # more than the claims after which a job is parked whose process died each time
assert jobs.CLAIMS < OUTAGES


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "backoff", lambda _: timedelta())
    monkeypatch.setattr("shared.consumer.backoff", lambda _: timedelta())
    monkeypatch.setattr(jobs, "POLL", 0.01)


@pytest.fixture
async def system(listener: Listener, mongo_url: str, settings: Settings) -> AsyncIterator[System]:
    bus = memory.MemoryBus()
    async with running_system([listener.service()], settings=settings, mongo_url=mongo_url, bus=bus) as system:
        yield system


def growing(body: bytes) -> bytes:
    """Return a message that another producer wrote in few bytes: written again, it is larger than the limit."""
    grown = json.loads(body)
    grown["data"]["later_field"] = [0] * 6_000
    text = json.dumps(grown, separators=(",", ":")).replace(",0", ",1e9")
    assert len(text) < LIMIT
    with pytest.raises(ValueError, match="the limit is"):
        open_envelope(text.encode()).to_bytes()
    return text.encode()


async def test_an_event_that_grows_when_it_is_written_again_is_retried_as_it_came(
    system: System, listener: Listener
) -> None:
    listener.failures = [RuntimeError("cannot handle it now")] * 2
    message = message_of(closed("a"))
    await deliver(system, Message(message.id, message.type, growing(message.body)))

    async def handled() -> bool:
        return await notes(system) == 1 and not await JOBS.count(system.db("listener"), {})

    await until(handled, "the retry")
    assert await PARKED.count(system.db("listener"), {}) == 0


async def test_such_an_event_is_parked_and_redriven_as_it_came(ccp: Platform) -> None:
    database, handled = ccp.system.db("matchmaking"), []
    envelope = wrap(CallPublished(call_id="call", call=CALL), "calls")
    body = growing(envelope.to_bytes())

    async def keep_body(_: Any, job: Job) -> None:
        handled.append(job.body)

    ccp.system.runtimes["matchmaking"].jobs.handlers["event"] = keep_body  # type: ignore[index]
    await park(database, "matchmaking.events", body, "boom", event_type=envelope.type, event_id="e", attempts=12)
    [row] = await PARKED.find(database, {}, limit=2)
    ok(await ccp.operator.post("/operations/matchmaking/parked/redrive", {"ids": [row.id]}))

    async def redriven() -> bool:
        return bool(handled)

    await until(redriven, "the event to be redriven")
    assert handled == [body]


async def test_an_event_that_cannot_even_be_stored_for_a_retry_does_not_stop_the_others(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    consumer = system.runtimes["listener"].consumer
    begun, failed = asyncio.Event(), asyncio.Event()

    async def handle(tx: Transaction, event: CallClosed) -> None:
        if event.call_id == "poison":
            raise RuntimeError("cannot handle it")
        begun.set()
        await failed.wait()
        await NOTES.insert(tx, Note(id=event.call_id))

    async def refuse(*_: object) -> None:
        raise ValueError("the retry job cannot be written")

    monkeypatch.setitem(consumer.handlers, CallClosed.type, handle)
    monkeypatch.setattr(consumer, "_retry_later", refuse)
    other = asyncio.create_task(deliver(system, message_of(closed("other"))))
    await begun.wait()
    with pytest.raises(ConnectionError):  # so that the bus delivers it again
        await deliver(system, message_of(closed("poison")))
    failed.set()
    await other
    assert await notes(system) == 1


async def test_a_message_whose_parser_fails_in_an_unknown_way_is_parked_at_once(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: bytes) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("shared.consumer.open_envelope", fail)
    await deliver(system, message_of(closed("a")))
    parked = await PARKED.first(system.db("listener"), {})
    assert parked
    assert (parked.reason, parked.attempts) == ("too deep", 1)


async def test_a_job_that_outages_interrupt_many_times_is_done_and_never_parked(
    system: System, listener: Listener
) -> None:
    database = system.db("listener")
    listener.failures = [AutoReconnect("the server is away")] * OUTAGES
    await database.transact(enqueue, "work", {}, id="job")

    async def done() -> bool:
        return not await JOBS.count(database, {})

    await until(done, "the job to be done")
    assert len(listener.jobs_run) == OUTAGES + 1
    assert await PARKED.count(database, {}) == 0


async def test_an_outage_that_goes_on_while_jobs_are_released_costs_no_attempt(
    system: System, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim's answer, the handler and the release meet the outage; then all of it is made good."""
    database = system.db("listener")
    runner = JobRunner(database, {"work": listener.work})
    update, take = Collection.update, Collection.take
    away = True

    async def claim(self: Collection[Any], *args: Any, **kwargs: Any) -> Any:
        taken = await take(self, *args, **kwargs)
        if self is JOBS and taken and away:
            raise AutoReconnect("the answer is lost")
        return taken

    async def release(self: Collection[Any], *args: Any, **kwargs: Any) -> int:
        if self is JOBS and away:
            raise AutoReconnect("the server is away")
        return await update(self, *args, **kwargs)

    await system.runtimes["listener"].jobs.stop()
    await database.transact(enqueue, "work", {}, id="job")
    monkeypatch.setattr(Collection, "take", claim)
    monkeypatch.setattr(Collection, "update", release)
    with pytest.raises(AutoReconnect):
        await runner.run_one()
    with pytest.raises(AutoReconnect):
        await runner._release_interrupted()
    away = False
    await runner._release_interrupted()
    job = await JOBS.get(database, "job")
    assert job
    assert (job.attempts, job.token) == (0, None)
    assert await runner.run_one()
    assert listener.jobs_run == ["job"]


async def test_a_job_that_is_released_at_the_shutdown_costs_no_attempt(
    system: System, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = system.db("listener")
    monkeypatch.setattr(jobs, "SHUTDOWN", 0)
    await database.transact(enqueue, "wait", {}, id="job")
    runner = system.runtimes["listener"].jobs

    async def wait(*_: object) -> None:
        await database.wait_for("the end of the test", 60)

    runner.handlers["wait"] = wait  # type: ignore[index]

    async def claimed() -> bool:
        return bool(await JOBS.count(database, {"token": {"$ne": None}}))

    await until(claimed, "the claim")
    await runner.stop()
    job = await JOBS.get(database, "job")
    assert job
    assert (job.attempts, job.token) == (0, None)
    database.notify("the end of the test")
