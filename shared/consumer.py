"""From the bus to a handler: open, deduplicate, one transaction, settle."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from opentelemetry.trace import SpanKind

from shared import failpoint, log, tracing
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

BATCH = 100
WORKERS = 2
LONGEST_WAIT = 0.1  # seconds for a batch to fill while another is under way
DELIVERIES = DELIVERY_LIMIT + 1
KEPT = 90 * 24 * 3600  # the inbox outlives the event log, so that a replay finds its traces


class InboxRow(Document):
    """A trace of an event that was handled: it is never handled again."""

    at: datetime


INBOX = Collection("inbox", InboxRow, [index("at", ttl=KEPT)])
RETRY = "event"  # the kind of job that an event becomes when its handler raised


class Received(NamedTuple):
    """An event as it came."""

    envelope: Envelope
    event: Event


class Waiting(NamedTuple):
    """An event in line, since a time of the event loop's clock."""

    received: Received
    done: asyncio.Future[None]
    since: float


class Consumer:
    """Hands each event to its handler exactly once in effect, however often the bus delivers it."""

    def __init__(self, db: Database, handlers: Handlers) -> None:
        self.database = db
        self.handlers = {contract.type: handler for contract, handler in handlers.items()}
        self.handled = 0
        self.lag = 0.0  # seconds from publication to effect, of the last event handled
        self._waiting: deque[Waiting] = deque()
        self._under_way = 0  # transactions
        self._changed = asyncio.Event()
        self._log = log.get(service=db.service)

    async def receive(self, message: Message) -> None:
        """Returns once the message's effect, or its retry, or its parking, is committed."""
        try:
            received = self._open(message)
        except Unreadable as reason:
            return await self._park(message, reason, attempts=1)
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(received, done, asyncio.get_running_loop().time()))
        self._changed.set()
        await done

    async def receive_dead(self, message: Message) -> None:
        """The broker gave up: whoever was handling it died each time, so that there is no traceback."""
        reason = Unreadable(f"its process died at each of {DELIVERIES} deliveries; the broker says: {message.fate}")
        reason.add_note("Which processes: the log has `delivered_again` with this id for each delivery but the first.")
        await self._park(message, reason, attempts=DELIVERIES)

    def _open(self, message: Message) -> Received:
        """Raises Unreadable for whatever no handler here could take."""
        envelope = open_envelope(message.body)
        event = envelope.event()
        if message.type and message.type != envelope.type:  # the broker lets each service announce its own types only
            raise Unreadable(f"routed as {message.type}, but says that it is {envelope.type}")
        if envelope.type not in self.handlers:
            raise Unreadable(f"{self.database.service} has no handler for {envelope.type}")
        return Received(envelope, event)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                while self._worth_beginning():
                    batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                    self._under_way += 1
                    task = group.create_task(self._work(batch))
                    task.add_done_callback(partial(self._ended, batch))
                self._changed.clear()
                with suppress(TimeoutError):  # what waits longer begins although its batch is not full
                    async with asyncio.timeout(LONGEST_WAIT if self._waiting else None):
                        await self._changed.wait()

    def _worth_beginning(self) -> bool:
        """At once when nothing is under way; then as soon as a batch is full: the busier, the fewer transactions."""
        if not self._waiting or self._under_way >= WORKERS:
            return False
        waited = asyncio.get_running_loop().time() - self._waiting[0].since
        return not self._under_way or len(self._waiting) >= BATCH or waited >= LONGEST_WAIT

    async def _work(self, batch: Sequence["Waiting"]) -> None:
        # Never settle because of an outage.
        await self.database.outlast(partial(self._handle, [one.received for one in batch]))
        self.handled += len(batch)
        self.lag = (real_now() - batch[-1].received.envelope.time).total_seconds()

    def _ended(self, batch: Sequence["Waiting"], task: asyncio.Task[None]) -> None:
        """However it ended, nobody waits for ever: what was not handled, the bus has still."""
        self._under_way -= 1
        self._changed.set()
        for one in batch:
            if one.done.done():
                continue
            if task.cancelled() or task.exception():
                one.done.set_exception(ConnectionError("handling broke off"))
            else:
                one.done.set_result(None)

    async def _handle(self, batch: Sequence[Received]) -> None:
        """Several events share one transaction where they can; each gets its own where one fails."""
        if len(batch) > 1:
            try:
                return await self.database.transact(self._apply, batch)
            except OUTAGE:
                raise
            except Exception as error:
                self._log.debug("batch_split", events=len(batch), reason=repr(error))
        for one in batch:
            await self._handle_one(one)

    async def _handle_one(self, one: Received) -> None:
        with log.correlated(one.envelope.correlationid):
            try:
                failpoint.hit("consumer.before")
                await self.database.transact(self._apply, [one])
                failpoint.hit("consumer.after")
            except Duplicate as error:
                if not await INBOX.get(self.database, one.envelope.id):  # the handler's own mistake
                    await self._retry_later(one.envelope, error)
            except OUTAGE:
                raise
            except Exception as error:
                await self._retry_later(one.envelope, error)

    async def _apply(self, tx: Transaction, batch: Sequence[Received]) -> None:
        new = {one.envelope.id: one for one in batch}
        for row in await INBOX.find(tx, {"_id": {"$in": list(new)}}, limit=len(new)):
            del new[row.id]
        now = real_now()
        tx.insert(INBOX.name, *({"_id": id, "at": now} for id in new))
        for envelope, event in new.values():
            with tracing.caused(f"process {envelope.type}", SpanKind.CONSUMER, envelope.cause):
                failpoint.hit("consumer.inside")
                tx.occurred_at = envelope.time
                await self.handlers[envelope.type](tx, event)

    async def _retry_later(self, envelope: Envelope, error: Exception) -> None:
        self._log.warning("event_failed", type=envelope.type, id=envelope.id, reason=repr(error))
        job = Job(
            id=f"{RETRY}:{envelope.id}",
            kind=RETRY,
            data={"id": envelope.id, "type": envelope.type},
            body=envelope.to_bytes(),
            attempts=1,
            run_at=real_now() + backoff(0),
            **envelope.cause._asdict(),
        )
        await JOBS.insert_new(self.database, [job])

    async def retry(self, db: Database, job: Job) -> None:
        """The job an event became when its handler raised."""
        await db.transact(self._apply, [self._open(Message("", "", job.body))])

    async def _park(self, message: Message, reason: Unreadable, *, attempts: int) -> None:
        async def work() -> None:
            listener = f"{self.database.service}.events"
            kind, id = message.type or "unknown", message.id or "unknown"
            await park(self.database, listener, message.body, reason, event_type=kind, event_id=id, attempts=attempts)

        await self.database.outlast(work)
        failpoint.hit("parker.before_ack")
