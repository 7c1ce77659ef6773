"""The relay: claim, publish, confirm and mark events; compare with aio-pika publishing with confirmations.

python -m benchmarks.relay [--events N] [--rounds N]
"""

import argparse
import asyncio
import time

import aio_pika

from benchmarks.events import publish_all, some_call
from benchmarks.race import Race
from benchmarks.servers import Servers, database, servers
from services.__main__ import run
from shared import log
from shared.bus.rabbit import WINDOW, RabbitBus, declare, remove
from shared.bus.topology import EXCHANGE
from shared.contracts.calls import CallPublished
from shared.envelope import wrap
from shared.outbox import Relay, pending
from shared.testing import until

LISTENERS = {"listener": [CallPublished.type]}


async def ours(at: Servers, events: int) -> float:
    """Return events per second from the outbox to a quorum queue."""
    await declare(at.broker_url, LISTENERS)
    async with database(at, "calls") as own:
        bus = RabbitBus(at.broker_url, LISTENERS)
        relay = Relay(own, bus)
        await publish_all(own, events)

        async def all_sent() -> bool:
            return await pending(own) == 0

        started = time.perf_counter()
        working = asyncio.create_task(relay.run())
        await until(all_sent, "an empty outbox", 120)
        seconds = time.perf_counter() - started
        working.cancel()
        await bus.close()
    await remove(at.broker_url, list(LISTENERS))
    return events / seconds


async def raw(at: Servers, events: int) -> float:
    """Return messages per second to the same queue, persistent and mandatory, one window at a time."""
    await declare(at.broker_url, LISTENERS)
    bodies = [wrap(some_call(number), "calls").to_bytes() for number in range(events)]
    async with await aio_pika.connect_robust(at.broker_url) as connection:
        exchange = await (await connection.channel(on_return_raises=True)).get_exchange(EXCHANGE)

        async def publish(number: int) -> None:
            message = aio_pika.Message(bodies[number], message_id=str(number), delivery_mode=2)
            await exchange.publish(message, CallPublished.type)

        started = time.perf_counter()
        for first in range(0, events, WINDOW):
            await asyncio.gather(*(publish(number) for number in range(first, min(first + WINDOW, events))))
        seconds = time.perf_counter() - started
    await remove(at.broker_url, list(LISTENERS))
    return events / seconds


RACE = Race("relay", "events a second", "aio-pika", goal=0.5)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    async with servers() as at:

        async def one_round() -> tuple[float, float]:
            return await ours(at, chosen.events), await raw(at, chosen.events)

        await RACE.run(one_round, chosen.rounds)


if __name__ == "__main__":
    log.configure(level="warning")
    run(main())
