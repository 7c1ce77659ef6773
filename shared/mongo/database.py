"""A service's database, and an open transaction: what is stored and announced is kept together or not at all."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar, cast

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from opentelemetry.trace import SpanKind
from pymongo import IndexModel
from pymongo.errors import (
    BulkWriteError,
    CollectionInvalid,
    ConnectionFailure,
    DuplicateKeyError,
    ExecutionTimeout,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from shared import log, tracing
from shared.clock import Clock, real_now
from shared.contracts import Event
from shared.envelope import wrap

Client = AsyncIOMotorClient[Any]
P = ParamSpec("P")
R = TypeVar("R")

TRANSACTION_PATIENCE = 20.0  # seconds of trying again before an outage is admitted


class Unavailable(Exception):
    """Transactions keep being interrupted."""


# The database cannot be reached or is changing its primary: wait and try again, decide nothing.
OUTAGE = (ConnectionFailure, ExecutionTimeout, WriteConcernError, Unavailable)
DUPLICATE_KEY, NAMESPACE_EXISTS = 11000, 48
DURABLE = WriteConcern("majority", j=True)

Duplicate = DuplicateKeyError


class Prepared(Protocol):
    """A collection as it is made at start, with its indexes."""

    @property
    def name(self) -> str: ...
    @property
    def indexes(self) -> Sequence[IndexModel]: ...


class Reader(Protocol):
    """Where to read from: the database, or inside an open transaction."""

    @property
    def session(self) -> AsyncIOMotorClientSession | None: ...

    async def open(self, name: str) -> AsyncIOMotorCollection[Any]: ...


class Database:
    """One service's database, and the business clock that its transactions read."""

    session = None

    def __init__(self, client: AsyncIOMotorClient[Any], name: str, service: str, clock: Clock) -> None:
        self.client = client
        self.service = service
        self.clock = clock
        self._raw: AsyncIOMotorDatabase[Any] = client.get_database(name, write_concern=DURABLE)
        self._notified: dict[str, asyncio.Event] = {}

    def raw(self, name: str) -> AsyncIOMotorCollection[Any]:
        """The driver's collection, for what typed collections cannot say."""
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
        """Run `work(tx, ...)`: all it stores and publishes is kept together or not at all.

        The work may run twice when another transaction is in its way, so it must have no other effect.
        """
        give_up = time.monotonic() + TRANSACTION_PATIENCE
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
        """Motor's own with_transaction loses the labels that say whether to try again."""
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
        with suppress(PyMongoError):  # it has ended already, or the server ends it by itself
            await session.abort_transaction()

    async def _commit(self, session: AsyncIOMotorClientSession) -> None:
        """An unknown result is asked for again: committing twice is committing once."""
        give_up = time.monotonic() + TRANSACTION_PATIENCE
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

    async def prepare(self, collections: Sequence[Prepared]) -> None:
        """Make collections and indexes: a transaction must never meet a newborn collection."""
        present = set(await self._raw.list_collection_names())
        async with asyncio.TaskGroup() as group:
            for collection in collections:
                group.create_task(self._prepare(collection, collection.name not in present))

    async def _prepare(self, collection: Prepared, is_new: bool) -> None:
        if is_new:
            try:
                with suppress(CollectionInvalid):  # another replica made it before we asked
                    await self._raw.create_collection(collection.name)
            except OperationFailure as error:
                if error.code != NAMESPACE_EXISTS:  # or while we did
                    raise
        if collection.indexes:
            await self._raw[collection.name].create_indexes(list(collection.indexes))

    async def outlast(self, work: Callable[[], Awaitable[R]]) -> R:
        """The work's result, however long the database is away: what is known by then must be stored."""
        pause = 0.1
        while True:
            try:
                return await work()
            except OUTAGE as error:
                log.get(service=self.service).warning("database_away", reason=repr(error))
            await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
            pause = min(pause * 2, 5)

    async def ping(self) -> None:
        await self._raw.command("ping")

    async def drop(self) -> None:
        await self.client.drop_database(self._raw.name)


class Transaction:
    """An open transaction: the one thing that use cases and handlers change state through."""

    def __init__(self, db: Database, session: AsyncIOMotorClientSession) -> None:
        self.database = db
        self.session = session
        self.now = db.now()
        self.occurred_at = real_now()  # when the fact came about that is handled here; a replay brings old ones
        self.notifies: set[str] = set()
        self._new: dict[str, list[dict[str, Any]]] = {}

    async def open(self, name: str) -> AsyncIOMotorCollection[Any]:
        """The driver's collection, with all that this transaction has inserted so far. Raises Duplicate."""
        collection = self.database.raw(name)
        if rows := self._new.pop(name, None):
            try:
                await collection.insert_many(rows, session=self.session)
            except BulkWriteError as error:
                raise _as_duplicate(error) from error
        return collection

    def insert(self, name: str, *rows: dict[str, Any]) -> None:
        """Inserted when somebody opens the collection, or at the end: many handlers' rows take one round trip."""
        self._new.setdefault(name, []).extend(rows)

    def publish(self, event: Event, *, occurred_at: datetime | None = None) -> None:
        """Announce a fact: its outbox row is committed with the state, or neither is.

        `occurred_at`: when the older fact came about that it follows from; else it came about now.
        """
        with tracing.span(f"create {event.type}", SpanKind.PRODUCER):
            envelope = wrap(event, self.database.service)
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
        """Notify those who wait for `name`, once the transaction is committed."""
        self.notifies.add(name)

    async def flush(self) -> None:
        """Insert all that has not been. Raises Duplicate."""
        for name in list(self._new):
            await self.open(name)


def _as_duplicate(error: BulkWriteError) -> PyMongoError:
    """What one document's insertion would raise."""
    first = cast(dict[str, Any], error.details)["writeErrors"][0]
    return DuplicateKeyError(first["errmsg"], first["code"], first) if first["code"] == DUPLICATE_KEY else error
