"""The consumer: opens each message, skips known events, runs the handler in a transaction, settles the message."""

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
from shared.erased import brings_back, erased_among
from shared.jobs import JOBS, Job, backoff
from shared.models import Document
from shared.mongo import OUTAGE, Collection, Database, Duplicate, Transaction, index
from shared.parking import park

Handler = Callable[[Transaction, Any], Awaitable[None]]
Handlers = Mapping[type[Event], Handler]


def merged(*tables: Handlers) -> Handlers:
    """Return one table of handlers; an event of several tables has its handlers run in turn, in one transaction."""
    types = dict.fromkeys(type for table in tables for type in table)
    return {type: _in_turn([table[type] for table in tables if type in table]) for type in types}


def _in_turn(handlers: Sequence[Handler]) -> Handler:
    async def all_of_them(tx: Transaction, event: Any) -> None:
        for handler in handlers:
            await handler(tx, event)

    return all_of_them if len(handlers) > 1 else handlers[0]


BATCH = 100
WORKERS = 2
LONGEST_WAIT = 0.1  # seconds for a batch to fill while another is under way
DELIVERIES = DELIVERY_LIMIT + 1
KEPT = 90 * 24 * 3600  # seconds; longer than the event log, so that a replay finds the events that were handled


class InboxRow(Document):
    """Id of an event that was handled and is not handled again."""

    at: datetime


INBOX = Collection("inbox", InboxRow, [index("at", ttl=KEPT)])
RETRY = "event"  # kind of the job that retries an event whose handler raised


class Received(NamedTuple):
    """A message that was opened and checked. Its body is kept as it came: written again, it could become too large."""

    body: bytes
    envelope: Envelope
    event: Event


class Waiting(NamedTuple):
    """An event in the queue of this process, since a time of the event loop's clock."""

    received: Received
    done: asyncio.Future[None]
    since: float


class Consumer:
    """Passes events to their handlers. Each has its effect exactly once, even if the bus delivers it more than once."""

    def __init__(self, db: Database, handlers: Handlers) -> None:
        self.db = db
        self.handlers = {contract.type: handler for contract, handler in handlers.items()}
        self.handled = 0
        self.lag = 0.0  # seconds from publication to effect of the last event
        self._waiting: deque[Waiting] = deque()
        self._running = 0  # transactions
        self._changed = asyncio.Event()
        self._log = log.get(service=db.service)

    async def receive(self, message: Message) -> None:
        """Return after the effect of the message, or its retry job, or its parking was committed."""
        try:
            received = self._open(message)
        except Exception as reason:  # Unreadable, or what a parser raises unexpectedly: no later attempt can open it
            return await self._park(message, reason, attempts=1)
        done = asyncio.get_running_loop().create_future()
        self._waiting.append(Waiting(received, done, asyncio.get_running_loop().time()))
        self._changed.set()
        await done

    async def receive_dead(self, message: Message) -> None:
        """Park a message that the broker gave up on. The process ended at each attempt, so there is no traceback."""
        reason = Unreadable(
            f"its process died at each of {DELIVERIES} deliveries; the broker says: {message.dead_letter_reason}"
        )
        reason.add_note(
            "The log names the processes: `delivered_again` with this id for each delivery except the first."
        )
        await self._park(message, reason, attempts=DELIVERIES)

    def _open(self, message: Message) -> Received:
        """Open a message. Raises Unreadable if no handler of this service can handle it."""
        envelope = open_envelope(message.body)
        event = envelope.event()
        if message.type and message.type != envelope.type:  # the broker allows each service only its own types
            raise Unreadable(f"its routing key names {message.type}, its envelope {envelope.type}")
        if envelope.type not in self.handlers:
            raise Unreadable(f"{self.db.service} has no handler for {envelope.type}")
        return Received(message.body, envelope, event)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                while self._should_start():
                    batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
                    self._running += 1
                    task = group.create_task(self._work(batch))
                    task.add_done_callback(partial(self._resolve, batch))
                self._changed.clear()
                with suppress(TimeoutError):  # a batch that waits longer starts before it is full
                    async with asyncio.timeout(LONGEST_WAIT if self._waiting else None):
                        await self._changed.wait()

    def _should_start(self) -> bool:
        """Return whether to start a batch: at once if none is running, otherwise when it is full or has waited enough.

        Under load, events therefore share fewer transactions.
        """
        if not self._waiting or self._running >= WORKERS:
            return False
        waited = asyncio.get_running_loop().time() - self._waiting[0].since
        return not self._running or len(self._waiting) >= BATCH or waited >= LONGEST_WAIT

    async def _work(self, batch: Sequence[Waiting]) -> bool:
        """Return whether each event has its effect or its retry job. An error here must not end the other batches."""
        try:
            # An outage settles no message: retry until the database is back.
            await self.db.retry_until_available(partial(self._handle, [waiting.received for waiting in batch]))
        except Exception as error:
            ids = [waiting.received.envelope.id for waiting in batch]
            self._log.exception("events_not_settled", ids=ids, reason=repr(error))
            return False
        self.handled += len(batch)
        self.lag = (real_now() - batch[-1].received.envelope.time).total_seconds()
        return True

    def _resolve(self, batch: Sequence[Waiting], task: asyncio.Task[bool]) -> None:
        """Resolve every waiting future. Messages that were not handled are not settled, so the bus redelivers them."""
        self._running -= 1
        self._changed.set()
        for waiting in batch:
            if waiting.done.done():
                continue
            if task.cancelled() or task.exception() or not task.result():
                waiting.done.set_exception(ConnectionError("handling was interrupted"))
            else:
                waiting.done.set_result(None)

    async def _handle(self, batch: Sequence[Received]) -> None:
        """Handle a batch in one transaction; if that fails, handle each event in a transaction of its own."""
        if len(batch) > 1:
            try:
                return await self.db.transact(self._apply, batch)
            except OUTAGE:
                raise
            except Exception as error:
                self._log.debug("batch_split", events=len(batch), reason=repr(error))
        for received in batch:
            await self._handle_alone(received)

    async def _handle_alone(self, received: Received) -> None:
        with log.correlated(received.envelope.correlationid):
            try:
                failpoint.hit("consumer.before")
                await self.db.transact(self._apply, [received])
                failpoint.hit("consumer.after")
            except Duplicate as error:
                if not await INBOX.get(self.db, received.envelope.id):  # the handler inserted the duplicate
                    await self._retry_later(received, error)
            except OUTAGE:
                raise
            except Exception as error:
                await self._retry_later(received, error)

    async def _apply(self, tx: Transaction, batch: Sequence[Received]) -> None:
        new = {received.envelope.id: received for received in batch}
        for row in await INBOX.find(tx, {"_id": {"$in": list(new)}}, limit=len(new)):
            del new[row.id]
        now = real_now()
        tx.insert(INBOX.name, *({"_id": id, "at": now} for id in new))
        erased = await erased_among(tx, {id for each in new.values() if (id := brings_back(each.event))})
        for _, envelope, event in new.values():
            if brings_back(event) in erased:
                continue
            with tracing.caused(f"process {envelope.type}", SpanKind.CONSUMER, envelope.cause):
                failpoint.hit("consumer.inside")
                tx.occurred_at = envelope.time
                await self.handlers[envelope.type](tx, event)

    async def _retry_later(self, received: Received, error: Exception) -> None:
        envelope = received.envelope
        self._log.warning("event_failed", type=envelope.type, id=envelope.id, reason=repr(error))
        job = Job(
            id=f"{RETRY}:{envelope.id}",
            kind=RETRY,
            data={"id": envelope.id, "type": envelope.type},
            body=received.body,
            attempts=1,
            run_at=real_now() + backoff(0),
            **envelope.cause._asdict(),
        )
        await JOBS.insert_new(self.db, [job])

    async def retry(self, db: Database, job: Job) -> None:
        """Handle an event whose handler raised before: the work of the retry job."""
        await db.transact(self._apply, [self._open(Message("", "", job.body))])

    async def _park(self, message: Message, reason: Exception, *, attempts: int) -> None:
        async def work() -> None:
            listener = f"{self.db.service}.events"
            kind, id = message.type or "unknown", message.id or "unknown"
            await park(self.db, listener, message.body, reason, event_type=kind, event_id=id, attempts=attempts)

        await self.db.retry_until_available(work)
        failpoint.hit("parker.before_ack")
