"""MongoDB: connect, transact, typed collections. The only module that imports motor or pymongo."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Concatenate, Generic, ParamSpec, Protocol, TypeVar, cast

os.environ.setdefault("MOTOR_MAX_WORKERS", "32")  # read at import; the default is 10 threads on 2 cores

from motor.motor_asyncio import (
    AsyncIOMotorClient,
    AsyncIOMotorClientSession,
    AsyncIOMotorCollection,
    AsyncIOMotorDatabase,
)
from opentelemetry.trace import SpanKind
from pymongo import IndexModel, ReturnDocument, UpdateOne
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
from shared.errors import Stale
from shared.models import Document, Versioned

Client = AsyncIOMotorClient[Any]
Query = Mapping[str, Any]
Sort = Sequence[tuple[str, int]]
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


D = TypeVar("D", bound=Document)
V = TypeVar("V", bound=Versioned)


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
        self._woken: dict[str, asyncio.Event] = {}

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
        for name in tx.wakes:
            self.wake(name)
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

    def wake(self, name: str) -> None:
        """Tell whoever waits for `name` that there is work."""
        self._woken.setdefault(name, asyncio.Event()).set()

    async def woken(self, name: str, timeout: float) -> None:
        """Wait for a wake, at most `timeout` seconds."""
        event = self._woken.setdefault(name, asyncio.Event())
        try:
            async with asyncio.timeout(timeout):
                await event.wait()
        except TimeoutError:
            return
        event.clear()

    async def prepare(self, collections: "Sequence[Collection[Any]]") -> None:
        """Make collections and indexes: a transaction must never meet a newborn collection."""
        present = set(await self._raw.list_collection_names())
        async with asyncio.TaskGroup() as group:
            for collection in collections:
                group.create_task(self._prepare(collection, collection.name not in present))

    async def _prepare(self, collection: "Collection[Any]", is_new: bool) -> None:
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

    def __init__(self, database: Database, session: AsyncIOMotorClientSession) -> None:
        self.database = database
        self.session = session
        self.now = database.now()
        self.told_at = real_now()  # when the fact came about that is handled here; a replay brings old ones
        self.wakes: set[str] = set()
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

    def publish(self, event: Event, *, told_at: datetime | None = None) -> None:
        """Announce a fact: its outbox row is committed with the state, or neither is.

        `told_at`: when the older fact came about that it follows from; else it came about now.
        """
        with tracing.span(f"create {event.type}", SpanKind.PRODUCER):
            envelope = wrap(event, self.database.service)
        if told_at:
            envelope = envelope.model_copy(update={"time": told_at})
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
        self.wakes.add("outbox")

    async def flush(self) -> None:
        """Insert all that has not been. Raises Duplicate."""
        for name in list(self._new):
            await self.open(name)


def _as_duplicate(error: BulkWriteError) -> PyMongoError:
    """What one document's insertion would raise."""
    first = cast(dict[str, Any], error.details)["writeErrors"][0]
    return DuplicateKeyError(first["errmsg"], first["code"], first) if first["code"] == DUPLICATE_KEY else error


@dataclass(frozen=True)
class Collection(Generic[D]):
    """A typed collection: its name, its documents' model, its indexes."""

    name: str
    model: type[D]
    indexes: Sequence[IndexModel] = field(default=())

    def _read(self, row: Mapping[str, Any]) -> D:
        return self.model.model_validate(row)

    async def get(self, at: Reader, id: str) -> D | None:
        return await self.first(at, {"_id": id})

    async def first(self, at: Reader, query: Query) -> D | None:
        row = await (await at.open(self.name)).find_one(query, session=at.session)
        return self._read(row) if row else None

    async def find(self, at: Reader, query: Query, *, sort: Sort = (("_id", 1),), limit: int) -> list[D]:
        cursor = (await at.open(self.name)).find(query, session=at.session).sort(list(sort)).limit(limit)
        return [self._read(row) for row in await cursor.to_list(limit)]

    async def count(self, at: Reader, query: Query) -> int:
        return int(await (await at.open(self.name)).count_documents(query, session=at.session))

    async def insert(self, tx: Transaction, *documents: D) -> None:
        """Raises Duplicate, at the latest when the transaction ends."""
        rows = [document.to_mongo() for document in documents]
        for row in rows:
            self._read(row)  # what could not be read again is not stored
        tx.insert(self.name, *rows)

    async def change(self, tx: Transaction, document: V, **values: Any) -> V:
        """Store new values as the next version. Raises Stale if the stored version is not the document's."""
        changed = document.model_copy(update={**values, "version": document.version + 1})
        after = cast(V, self._read(changed.to_mongo()))  # what could not be read again is not stored
        fenced = {"_id": document.id, "version": document.version}
        result = await (await tx.open(self.name)).replace_one(fenced, after.to_mongo(), session=tx.session)
        if result.matched_count != 1:
            raise Stale("it was changed at the same moment by somebody else; read it again")
        return after

    async def keep_newest(self, tx: Transaction, document: V) -> None:
        """Store a copy fed by events; an older version never overwrites a newer one."""
        row = document.to_mongo()
        newer = {"$gt": [document.version, {"$ifNull": ["$version", 0]}]}
        pipeline = [{"$replaceWith": {"$cond": [newer, {"$literal": row}, "$$ROOT"]}}]
        await (await tx.open(self.name)).update_one({"_id": document.id}, pipeline, upsert=True, session=tx.session)

    async def update(self, tx: Reader, query: Query, change: Any, *, upsert: bool = False) -> int:
        """Change every matching document; returns how many matched."""
        result = await (await tx.open(self.name)).update_many(query, change, upsert=upsert, session=tx.session)
        return int(result.matched_count)

    async def insert_new(self, at: Database, documents: Sequence[D]) -> int:
        """Insert those whose id is new, in one batch outside any transaction; returns how many were."""
        if not documents:
            return 0
        rows = [document.to_mongo() for document in documents]
        try:
            return len((await (await at.open(self.name)).insert_many(rows, ordered=False)).inserted_ids)
        except BulkWriteError as error:
            details = cast(dict[str, Any], error.details)
            if any(e["code"] != DUPLICATE_KEY for e in details["writeErrors"]):
                raise
            return int(details["nInserted"])

    async def update_each(self, at: Reader, changes: Sequence[tuple[Query, Any]], *, upsert: bool) -> None:
        """Many different changes in one round trip, each applied alone."""
        operations = [UpdateOne(query, change, upsert=upsert) for query, change in changes]
        if operations:
            await (await at.open(self.name)).bulk_write(operations, ordered=False, session=at.session)

    async def take(self, at: Reader, query: Query, change: Any, *, sort: Sort) -> D | None:
        """Change the first match and return it as it is afterwards: how a queue is claimed."""
        row = await (await at.open(self.name)).find_one_and_update(
            query, change, sort=list(sort), return_document=ReturnDocument.AFTER, session=at.session
        )
        return self._read(row) if row else None

    async def delete(self, at: Reader, query: Query) -> int:
        return int((await (await at.open(self.name)).delete_many(query, session=at.session)).deleted_count)

    async def aggregate(self, at: Reader, pipeline: Sequence[Query], limit: int) -> list[dict[str, Any]]:
        cursor = (await at.open(self.name)).aggregate(list(pipeline), session=at.session)
        return cast(list[dict[str, Any]], await cursor.to_list(limit))


def index(*keys: str, unique: bool = False, ttl: int | None = None, where: Query | None = None) -> IndexModel:
    """An index over keys, `-key` descending; `ttl` in seconds; `where` makes it partial."""
    options: dict[str, Any] = {"unique": unique}
    if ttl is not None:
        options["expireAfterSeconds"] = ttl
    if where is not None:
        options["partialFilterExpression"] = where
    if any(key.startswith("text:") for key in keys):
        return IndexModel([(key.removeprefix("text:"), "text") for key in keys], **options)
    return IndexModel([(key.lstrip("-"), -1 if key.startswith("-") else 1) for key in keys], **options)


def behind(field: str, last: tuple[Any, str] | None, *, newest_first: bool = False) -> dict[str, Any]:
    """The query for what comes behind the last item of the page before, in order of a field and then the id."""
    if last is None:
        return {}
    value, id = last
    beyond = {field: {"$lt" if newest_first else "$gt": value}}
    return {"$or": [beyond, {field: value, "_id": {"$gt": id}}]}


def connect(url: str) -> Client:
    """A client with every timeout set; writes wait for a majority and the journal."""
    return AsyncIOMotorClient(
        url,
        tz_aware=True,
        maxPoolSize=50,
        serverSelectionTimeoutMS=5_000,
        connectTimeoutMS=5_000,
        socketTimeoutMS=60_000,
        waitQueueTimeoutMS=10_000,
        retryWrites=True,
        uuidRepresentation="standard",
    )


async def initiate_replica_set(url: str, member: str) -> None:
    """Make a fresh mongod a one-member replica set and wait until it accepts writes."""
    client: AsyncIOMotorClient[Any] = AsyncIOMotorClient(url, directConnection=True, serverSelectionTimeoutMS=20_000)
    try:
        config = {"_id": "ccp", "members": [{"_id": 0, "host": member}]}
        try:
            await client.admin.command("replSetInitiate", config)
        except OperationFailure as error:
            if error.code != 23:  # AlreadyInitialized
                raise
        async with asyncio.timeout(20):
            while not (await client.admin.command("hello")).get("isWritablePrimary"):
                await asyncio.sleep(0.05)
    finally:
        client.close()


async def pages(
    collection: Collection[D], at: Database, query: Query, size: int, after: str = ""
) -> AsyncIterator[list[D]]:
    """Every match in order of id, a page at a time."""
    while page := await collection.find(at, {"$and": [query, {"_id": {"$gt": after}}]}, limit=size):
        yield page
        after = page[-1].id
