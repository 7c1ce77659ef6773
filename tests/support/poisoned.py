"""A fifth service in a process of its own in which some events raise errors and one kills the process.

Run as `python -m tests.support.poisoned MONGO BROKER`. It imports as little as it can, since its test starts it two
dozen times.
"""

import asyncio
import os
import sys
from datetime import timedelta

from shared import jobs, log
from shared.bus import Subscription
from shared.bus.rabbit import RabbitBus
from shared.clock import Clock
from shared.consumer import INBOX, RETRY, Consumer
from shared.contracts.calls import CallClosed
from shared.jobs import JOBS, JobRunner
from shared.models import Document
from shared.mongo import Collection, Database, Transaction, connect
from shared.parking import PARKED
from shared.settings import Settings

NAME = "poisoned"
LISTENERS = {NAME: [CallClosed.type]}
EXIT = 86
RAISES, KILLS = "it raises", "it kills"  # titles of calls


class Note(Document):
    """The effect of an event."""


NOTES = Collection("notes", Note)


async def on_call_closed(tx: Transaction, event: CallClosed) -> None:
    await NOTES.insert(tx, Note(id=event.call_id))
    if event.call.title == RAISES:
        raise RuntimeError("this handler always raises")
    if event.call.title == KILLS:
        os._exit(EXIT)


async def main(mongo_url: str, broker_url: str) -> None:
    log.configure(level="warning")
    jobs.FIRST_PAUSE, jobs.LONGEST_PAUSE = 0.02, 0.1  # its twelve attempts need not take an hour
    lease = timedelta(seconds=Settings().lease_seconds)
    database = Database(connect(mongo_url), f"ccp_{NAME}", NAME, Clock(), lease)
    await database.prepare([INBOX, JOBS, PARKED, NOTES])
    consumer = Consumer(database, {CallClosed: on_call_closed})
    bus = RabbitBus(broker_url, LISTENERS)
    await bus.start([Subscription(NAME, LISTENERS[NAME], consumer.receive, consumer.receive_dead)])
    await asyncio.gather(consumer.run(), JobRunner(database, {RETRY: consumer.retry}).run())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
