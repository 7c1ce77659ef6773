"""A service's database, and an open transaction: state and events are committed together, or neither is."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from opentelemetry.trace import SpanKind
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    PyMongoError,
    WriteConcernError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import log, tracing
from shared.clock import Clock, real_now
from shared.contracts import Event
from shared.envelope import wrap
from shared.mongo.indexes import Indexed, reconcile

Client = AsyncIOMotorClient[Any]
P = ParamSpec("P")
R = TypeVar("R")

TRANSACTION_TIMEOUT = 20.0  # seconds of retries, after which the transaction fails
DEFAULT_LEASE = timedelta(minutes=1)


class Unavailable(Exception):
    """Every retry of a transaction was interrupted."""


# The database cannot be reached or elects a new primary: wait and retry.
OUTAGE = (ConnectionFailure, ExecutionTimeout, WriteConcernError, Unavailable)
DUPLICATE_KEY = 11000
DURABLE = WriteConcern("majority", j=True)

Duplicate = DuplicateKeyError


class Reader(Protocol):
    """The database, or an open transaction: both can read, and both know how long a lease lasts."""

    @property
    def session(self) -> AsyncIOMotorClientSession | None: ...
    @property
    def lease(self) -> timedelta: ...

    async def open(self, name: str) -> AsyncIOMotorCollection[Any]: ...


class Database:
    """One service's database, the business clock of its transactions, and the length of its leases.

    A lease is the time after which another process may take over claimed work whose process gave no sign of life.
    """

    session = None

    def __init__(
        self,
        client: AsyncIOMotorClient[Any],
        name: str,
        service: str,
        clock: Clock,
        lease: timedelta = DEFAULT_LEASE,
    ) -> None:
        self.client = client
        self.service = service
        self.clock = clock
        self.lease = lease
        self._raw: AsyncIOMotorDatabase[Any] = client.get_database(name, write_concern=DURABLE)
        self._notified: dict[str, asyncio.Event] = {}

    def raw(self, name: str) -> AsyncIOMotorCollection[Any]:
        """Return the driver's collection, for queries that typed collections do not offer."""
        return self._raw[name]

    async def open(self, name: str) -> AsyncIOMotorCollection[Any]:
        return self._raw[name]

    def now(self) -> datetime:
        return self.clock.now()

    async def transact(
        self,
        work: "Callable[Concatenate[Transaction, P], Awaitable[R]]",
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run `work(tx, ...)`: commit everything that it stores and publishes, or nothing. Raises Unavailable.

        The work runs again after a conflict with another transaction, so it must have no other effect.
        """
        give_up = time.monotonic() + TRANSACTION_TIMEOUT
        async with await self.client.start_session() as session:
            while True:
                try:
                    return await self._attempt(session, work, *args, **kwargs)
                except PyMongoError as error:
                    if not error.has_error_label("TransientTransactionError"):
                        raise
                    if time.monotonic() > give_up:
                        raise Unavailable(str(error)) from error
                await asyncio.sleep(random.uniform(0.005, 0.1))  # noqa: S311

    async def _attempt(
        self,
        session: AsyncIOMotorClientSession,
        work: "Callable[Concatenate[Transaction, P], Awaitable[R]]",
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> R:
        """Run the work once. Motor's own with_transaction loses the error labels that allow a retry."""
        session.start_transaction(read_concern=ReadConcern("snapshot"), write_concern=DURABLE)
        try:
            tx = Transaction(self, session)
            result = await work(tx, *args, **kwargs)
            await tx.flush()
        except BaseException:
            await self._abort(session)
            raise
        await self._commit(session)
        for name in tx.notifies:
            self.notify(name)
        return result

    async def _abort(self, session: AsyncIOMotorClientSession) -> None:
        with suppress(PyMongoError):  # it has already ended, or the server will end it
            await session.abort_transaction()

    async def _commit(self, session: AsyncIOMotorClientSession) -> None:
        """Commit, and again if the result is unknown: a second commit has no effect."""
        give_up = time.monotonic() + TRANSACTION_TIMEOUT
        while True:
            try:
                return await session.commit_transaction()
            except PyMongoError as error:
                if not error.has_error_label("UnknownTransactionCommitResult") or time.monotonic() > give_up:
                    raise
            await asyncio.sleep(0.05)

    def notify(self, name: str) -> None:
        """Notify the tasks of this process that wait for `name`."""
        self._notified.setdefault(name, asyncio.Event()).set()

    async def wait_for(self, name: str, timeout: float) -> None:
        """Wait for a notification, at most `timeout` seconds."""
        event = self._notified.setdefault(name, asyncio.Event())
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            return
        event.clear()

    async def prepare(self, collections: Sequence[Indexed]) -> None:
        """Create missing collections and make their indexes match their definitions; transactions cannot do either."""
        await reconcile(self._raw, collections, log.get(service=self.service))

    async def retry_until_available(self, work: Callable[[], Awaitable[R]]) -> R:
        """Return the work's result; retry with growing pauses while the database is unavailable."""
        pause = 0.1
        while True:
            try:
                return await work()
            except OUTAGE as error:
                log.get(service=self.service).warning("database_unavailable", reason=repr(error))
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, 5)

    async def ping(self) -> None:
        await self._raw.command("ping")

    async def drop(self) -> None:
        await self.client.drop_database(self._raw.name)


class Transaction:
    """An open transaction. Use cases and handlers change state only through it."""

    def __init__(self, db: Database, session: AsyncIOMotorClientSession) -> None:
        self.db = db
        self.session = session
        self.now = db.now()
        self.occurred_at = real_now()  # when the fact occurred that is handled here; a replay delivers old ones
        self.notifies: set[str] = set()
        self._new: dict[str, list[dict[str, Any]]] = {}

    @property
    def lease(self) -> timedelta:
        return self.db.lease

    async def open(self, name: str) -> AsyncIOMotorCollection[Any]:
        """Return the driver's collection, after writing the pending inserts to it. Raises Duplicate."""
        collection = self.db.raw(name)
        if rows := self._new.pop(name, None):
            try:
                await collection.insert_many(rows, session=self.session)
            except BulkWriteError as error:
                raise _as_duplicate(error) from error
        return collection

    def insert(self, name: str, *rows: dict[str, Any]) -> None:
        """Insert rows when the collection is next opened, or at the commit: one round trip for many handlers."""
        self._new.setdefault(name, []).extend(rows)

    def publish(self, event: Event, *, occurred_at: datetime | None = None) -> None:
        """Publish an event: its outbox row is committed with the state, or neither is.

        `occurred_at`: when the fact occurred, if the event reports an older one; otherwise now.
        """
        with tracing.span(f"create {event.type}", SpanKind.PRODUCER):
            envelope = wrap(event, self.db.service)
        if occurred_at:
            envelope = envelope.model_copy(update={"time": occurred_at})
        row = {
            "_id": envelope.id,
            "type": envelope.type,
            "body": envelope.to_bytes(),
            "trace": envelope.traceparent,
            "at": real_now(),
            "state": "pending",
            "lease": None,
            "token": None,
        }
        self.insert("outbox", row)
        self.notify("outbox")

    def notify(self, name: str) -> None:
        """Notify the tasks that wait for `name`, after the commit."""
        self.notifies.add(name)

    async def flush(self) -> None:
        """Write all pending inserts. Raises Duplicate."""
        for name in list(self._new):
            await self.open(name)


def _as_duplicate(error: BulkWriteError) -> PyMongoError:
    """Return the error that the insertion of one document would raise."""
    first = cast(dict[str, Any], error.details)["writeErrors"][0]
    return DuplicateKeyError(first["errmsg"], first["code"], first) if first["code"] == DUPLICATE_KEY else error
