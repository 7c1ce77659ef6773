"""From the bus to a handler: open, deduplicate, one transaction, settle."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from shared import crash, log
from shared.bus import Message
from shared.bus.topology import DELIVERY_LIMIT
from shared.clock import real_now
from shared.contracts import Event
from shared.envelope import Envelope, Unreadable, open_envelope
from shared.jobs import JOBS, Job, backoff
from shared.models import Document
from shared.mongo import OUTAGE, Collection, Database, Duplicate, Transaction, index
from shared.parking import park

Handler = Callable[[Transaction, Any], Awaitable[None]]
Handlers = Mapping[type[Event], Handler]

BATCH = 50
WORKERS = 4
DELIVERIES = DELIVERY_LIMIT + 1
KEPT = 90 * 24 * 3600  # the inbox outlives the event log, so that a replay finds its traces


class InboxRow(Document):
    """A trace of an event that was handled: it is never handled again."""

    at: datetime


INBOX = Collection("inbox", InboxRow, [index("at", ttl=KEPT)])
RETRY = "event"  # the kind of job that an event becomes when its handler raised


class Consumer:
    """Hands each event to its handler exactly once in effect, however often the bus delivers it."""

    def __init__(self, database: Database, handlers: Handlers) -> None:
        self.database = database
        self.handlers = {contract.type: handler for contract, handler in handlers.items()}
        self.handled = 0
        self.lag = 0.0  # seconds from publication to effect, of the last event handled
        self._queue: asyncio.Queue[tuple[Message, Envelope, asyncio.Future[None]]] = asyncio.Queue()
        self._log = log.get(service=database.service)

    async def receive(self, message: Message) -> None:
        """Returns once the message's effect, or its retry, or its parking, is committed."""
        try:
            envelope = self._open(message)
        except Unreadable as reason:
            return await self._park(message, reason, attempts=1)
        done = asyncio.get_running_loop().create_future()
        self._queue.put_nowait((message, envelope, done))
        await done

    async def receive_dead(self, message: Message) -> None:
        """The broker gave up: whoever was handling it died each time, so that there is no traceback."""
        reason = Unreadable(f"its process died at each of {DELIVERIES} deliveries; the broker says: {message.fate}")
        reason.add_note("Which processes: the log has `delivered_again` with this id for each delivery but the first.")
        await self._park(message, reason, attempts=DELIVERIES)

    def _open(self, message: Message) -> Envelope:
        """Raises Unreadable for whatever no handler here could take."""
        envelope = open_envelope(message.body)
        envelope.event()
        if message.type and message.type != envelope.type:  # the broker lets each service announce its own types only
            raise Unreadable(f"routed as {message.type}, but says that it is {envelope.type}")
        if envelope.type not in self.handlers:
            raise Unreadable(f"{self.database.service} has no handler for {envelope.type}")
        return envelope

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            batch = [await self._queue.get()]
            with suppress(asyncio.QueueEmpty):
                while len(batch) < BATCH:
                    batch.append(self._queue.get_nowait())
            await self._hold(lambda batch=batch: self._handle([envelope for _, envelope, _ in batch]))  # type: ignore[misc]
            self.handled += len(batch)
            self.lag = (real_now() - batch[-1][1].time).total_seconds()
            for _, _, done in batch:
                if not done.done():
                    done.set_result(None)

    async def _hold(self, work: Callable[[], Awaitable[None]]) -> None:
        """While the database is away, hold the messages and try again: never settle because of an outage."""
        attempts = 0
        while True:
            try:
                return await work()
            except OUTAGE as error:
                self._log.warning("consumer_holds", reason=repr(error))
                await asyncio.sleep(min(backoff(attempts).total_seconds(), 5))
                attempts += 1

    async def _handle(self, envelopes: Sequence[Envelope]) -> None:
        """Several events share one transaction where they can; each gets its own where one fails."""
        if len(envelopes) > 1:
            try:
                return await self.database.transact(self._apply, envelopes)
            except OUTAGE:
                raise
            except Exception as error:
                self._log.debug("batch_split", events=len(envelopes), reason=repr(error))
        for envelope in envelopes:
            await self._handle_one(envelope)

    async def _handle_one(self, envelope: Envelope) -> None:
        with log.correlated(envelope.correlationid):
            try:
                crash.point("consumer.before")
                await self.database.transact(self._apply, [envelope])
                crash.point("consumer.after")
            except Duplicate as error:
                if not await INBOX.get(self.database, envelope.id):  # the handler's own mistake
                    await self._retry_later(envelope, error)
            except OUTAGE:
                raise
            except Exception as error:
                await self._retry_later(envelope, error)

    async def _apply(self, tx: Transaction, envelopes: Sequence[Envelope]) -> None:
        ids = list(dict.fromkeys(envelope.id for envelope in envelopes))
        known = {row.id for row in await INBOX.find(tx, {"_id": {"$in": ids}}, limit=len(ids))}
        await INBOX.insert(tx, *(InboxRow(id=id, at=real_now()) for id in ids if id not in known))
        for envelope in envelopes:
            if envelope.id not in known:
                known.add(envelope.id)
                with log.correlated(envelope.correlationid):
                    crash.point("consumer.inside")
                    tx.told_at = envelope.time
                    await self.handlers[envelope.type](tx, envelope.event())

    async def _retry_later(self, envelope: Envelope, error: Exception) -> None:
        self._log.warning("event_failed", type=envelope.type, id=envelope.id, reason=repr(error))
        job = Job(
            id=f"{RETRY}:{envelope.id}",
            kind=RETRY,
            data={"id": envelope.id, "type": envelope.type},
            body=envelope.to_bytes(),
            attempts=1,
            run_at=real_now() + backoff(0),
            correlation=envelope.correlationid,
        )
        await JOBS.insert_new(self.database, [job])

    async def retry(self, database: Database, job: Job) -> None:
        """The job an event became when its handler raised."""
        await database.transact(self._apply, [open_envelope(job.body)])

    async def _park(self, message: Message, reason: Unreadable, *, attempts: int) -> None:
        async def work() -> None:
            listener = f"{self.database.service}.events"
            kind, id = message.type or "unknown", message.id or "unknown"
            await park(self.database, listener, message.body, reason, event_type=kind, event_id=id, attempts=attempts)

        await self._hold(work)
        crash.point("parker.before_ack")
