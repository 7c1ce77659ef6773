"""Events: from outbox row to committed handler with all guarantees; compare with FastStream without guarantees.

python -m benchmarks.events [--events N] [--rounds N]
"""

import argparse
import asyncio
import time

from faststream.rabbit import ExchangeType, RabbitBroker, RabbitExchange, RabbitQueue
from faststream.rabbit.schemas import QueueType

from benchmarks.race import Race
from benchmarks.servers import Servers, database, runtime, servers
from services.__main__ import run
from shared import log
from shared.bus import rabbit
from shared.consumer import INBOX
from shared.contracts.calls import CallFacts, CallPublished
from shared.envelope import Envelope, wrap
from shared.models import Document
from shared.mongo import Collection, Database, Transaction
from shared.testing import until

WINDOW = 250


class Copy(Document):
    """The effect of the handler: one document for each event."""

    title: str


COPIES = Collection("copies", Copy)


async def on_call_published(tx: Transaction, event: CallPublished) -> None:
    await COPIES.insert(tx, Copy(id=event.call_id, title=event.call.title))


def some_call(number: int) -> CallPublished:
    call = {
        "version": 1,
        "title": f"Call {number}",
        "summary": "A call as long as most of them are. " * 8,
        "kind": "funding",
        "organisation_name": "The platform",
        "countries": ["FR", "BE", "DE"],
        "ecosystems": ["digital", "health"],
        "keywords": ["robotics", "photonics", "batteries"],
        "deadline": "2099-06-30T17:00:00+02:00",
        "timezone": "Europe/Brussels",
        "url": f"/calls/{number}",
    }
    return CallPublished(call_id=f"call-{number}", call=CallFacts.model_validate(call))


async def ours(at: Servers, events: int) -> float:
    """Return events per second from committed outbox rows to committed effects; relay and consumer share a process."""
    async with database(at, "listener", [COPIES]) as own:
        one = runtime(at, own, {CallPublished: on_call_published}, [COPIES])
        await rabbit.declare(at.broker_url, {"listener": [CallPublished.type]})
        await publish_all(own, events)
        async with one.running():
            started = time.perf_counter()
            await one.relay.bus.start([one.subscription])

            async def handled() -> bool:
                return one.consumer.handled >= events and await COPIES.count(own, {}) == events

            await until(handled, "every event to be handled", 300)
            seconds = time.perf_counter() - started
            assert await INBOX.count(own, {}) == events
        await one.relay.bus.close()
        await rabbit.remove(at.broker_url, ["listener"])
    return events / seconds


async def publish_all(own: Database, events: int) -> None:
    async def work(tx: Transaction, first: int) -> None:
        for number in range(first, min(first + 1000, events)):
            tx.publish(some_call(number))

    for first in range(0, events, 1000):
        await own.transact(work, first)


async def faststream(at: Servers, events: int) -> float:
    """Return events per second published with confirmations, consumed and validated in one process, not stored."""
    broker, done, seen = RabbitBroker(at.broker_url, logger=None), asyncio.Event(), 0
    exchange = RabbitExchange("peer", ExchangeType.TOPIC, durable=True)
    queue = RabbitQueue("peer", QueueType.QUORUM, durable=True, routing_key=CallPublished.type)

    @broker.subscriber(queue, exchange)
    async def handle(envelope: Envelope) -> None:
        nonlocal seen
        CallPublished.read(envelope.data)
        seen += 1
        if seen == events:
            done.set()

    bodies = [wrap(some_call(number), "peer").model_dump(mode="json", exclude_none=True) for number in range(events)]
    async with broker:
        await broker.start()
        started = time.perf_counter()
        for first in range(0, events, WINDOW):
            window = bodies[first : first + WINDOW]
            await asyncio.gather(
                *(broker.publish(b, exchange=exchange, routing_key=CallPublished.type, persist=True) for b in window)
            )
        await done.wait()
        return events / (time.perf_counter() - started)


RACE = Race("events", "events a second", "FastStream", goal=1)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    async with servers() as at:

        async def one_round() -> tuple[float, float]:
            return await ours(at, chosen.events), await faststream(at, chosen.events)

        await RACE.run(one_round, chosen.rounds)


if __name__ == "__main__":
    log.configure(level="warning")
    run(main())
