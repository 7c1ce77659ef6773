"""Typed collections: documents are validated by their model when they are read and stored."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from pymongo import IndexModel, ReturnDocument, UpdateOne
from pymongo.errors import BulkWriteError

from shared.errors import Stale
from shared.fields import STORED
from shared.ids import new_id
from shared.models import Document, Versioned
from shared.mongo.database import DUPLICATE_KEY, Database, Reader, Transaction
from shared.sentences import _

Query = Mapping[str, Any]
Sort = Sequence[tuple[str, int]]
D = TypeVar("D", bound=Document)
V = TypeVar("V", bound=Versioned)
MISSING = object()
TOUCHED = "touched"  # field outside the models
CHANGED = _("It was changed at the same moment. Read it again and repeat your change.")


@dataclass(frozen=True)
class Collection(Generic[D]):
    """A typed collection: its name, its documents' model, its indexes."""

    name: str
    model: type[D]
    indexes: Sequence[IndexModel] = field(default=())

    def read(self, row: Mapping[str, Any]) -> D:
        """Return a row as a document; fields of a newer version are ignored, and texts of an older one are mended."""
        return self.model.model_validate(row, extra="ignore", context=STORED)

    async def get(self, reader: Reader, id: str) -> D | None:
        return await self.first(reader, {"_id": id})

    async def first(self, reader: Reader, query: Query) -> D | None:
        row = await (await reader.open(self.name)).find_one(query, session=reader.session)
        return self.read(row) if row else None

    async def find(
        self, reader: Reader, query: Query, *, sort: Sort = (("_id", 1),), limit: int, using: str | None = None
    ) -> list[D]:
        """Return the matches. `using`: the name of the index to use, if the server would choose a slower one."""
        found = (await reader.open(self.name)).find(query, session=reader.session, hint=using)
        cursor = found.sort(list(sort)).limit(limit)
        return [self.read(row) for row in await cursor.to_list(limit)]

    async def rows(self, reader: Reader, query: Query, fields: Sequence[str], *, limit: int) -> list[dict[str, Any]]:
        """Return some fields of the matches in order of id, without validation: fast for many documents."""
        cursor = (await reader.open(self.name)).find(query, dict.fromkeys(fields, 1), session=reader.session)
        return await cursor.sort("_id", 1).limit(limit).to_list(limit)

    async def count(self, reader: Reader, query: Query, *, using: IndexModel | None = None) -> int:
        """Return the number of matches. `using`: the index to use, if the server would choose a slower one."""
        hint = {"hint": using.document["name"]} if using else {}
        return int(await (await reader.open(self.name)).count_documents(query, session=reader.session, **hint))

    async def values(self, reader: Reader, field: str) -> list[Any]:
        """Return the distinct values of a field, from an index that begins with it."""
        values = await (await reader.open(self.name)).distinct(field, session=reader.session)
        return [value for value in values if value is not None]

    async def insert(self, tx: Transaction, *documents: D) -> None:
        """Insert documents. Raises Duplicate, at the latest when the transaction commits."""
        rows = [document.to_mongo() for document in documents]
        for row in rows:
            self.read(row)  # never store what cannot be read again
        tx.insert(self.name, *rows)

    async def change(self, tx: Transaction, before: V, after: V) -> V:
        """Store `after` as the next version of `before` and return it. Raises Stale if another change came first.

        Only fields that differ are written, so that a field which this version does not know survives.
        """
        row = after.to_mongo() | {"version": before.version + 1}
        stored = cast(V, self.read(row))  # never store what cannot be read again
        fenced = {"_id": before.id, "version": before.version}
        difference = differing(before.to_mongo(), stored.to_mongo())
        result = await (await tx.open(self.name)).update_one(fenced, difference, session=tx.session)
        if result.matched_count != 1:
            raise Stale(CHANGED)
        return stored

    async def touch(self, tx: Transaction, document: V) -> None:
        """Conflict with every other transaction that changes or touches this document. Raises Stale if one came first.

        A use case touches what it decides by and does not change: a snapshot alone would let it commit together with
        a change of the document. The version, and so the ETag, stays.
        """
        fenced = {"_id": document.id, "version": document.version}
        value = {TOUCHED: new_id()}  # a new one each time: the server does not write an update that changes nothing
        if not await self.update(tx, fenced, {"$set": value}):
            raise Stale(CHANGED)

    async def keep_newest(self, tx: Transaction, document: V) -> None:
        """Store a copy fed by events; an older version never overwrites a newer one. Unknown fields survive."""
        row = document.to_mongo()
        newer = {"$gt": [document.version, {"$ifNull": ["$version", 0]}]}
        merged = {"$mergeObjects": ["$$ROOT", {"$literal": row}]}
        pipeline = [{"$replaceWith": {"$cond": [newer, merged, "$$ROOT"]}}]
        await (await tx.open(self.name)).update_one({"_id": document.id}, pipeline, upsert=True, session=tx.session)

    async def update(self, tx: Reader, query: Query, change: Any, *, upsert: bool = False) -> int:
        """Change every matching document and return how many matched."""
        result = await (await tx.open(self.name)).update_many(query, change, upsert=upsert, session=tx.session)
        return int(result.matched_count)

    async def insert_new(self, db: Database, documents: Sequence[D]) -> int:
        """Insert the documents with new ids in one batch, outside transactions. Return the number of inserts."""
        return await self.insert_new_rows(db, [document.to_mongo() for document in documents])

    async def insert_new_rows(self, db: Database, rows: Sequence[dict[str, Any]]) -> int:
        """Insert the rows with new ids in one batch, outside transactions. Return the number of inserts."""
        if not rows:
            return 0
        try:
            return len((await (await db.open(self.name)).insert_many(rows, ordered=False)).inserted_ids)
        except BulkWriteError as error:
            details = cast(dict[str, Any], error.details)
            if details.get("writeConcernErrors") or any(e["code"] != DUPLICATE_KEY for e in details["writeErrors"]):
                raise
            return int(details["nInserted"])

    async def update_each(self, reader: Reader, changes: Sequence[tuple[Query, Any]], *, upsert: bool) -> None:
        """Apply many changes in one round trip, each independent of the others."""
        operations = [UpdateOne(query, change, upsert=upsert) for query, change in changes]
        if operations:
            await (await reader.open(self.name)).bulk_write(operations, ordered=False, session=reader.session)

    async def take(self, reader: Reader, query: Query, change: Any, *, sort: Sort) -> D | None:
        """Change the first match and return the changed document: claims the next item of a queue."""
        row = await (await reader.open(self.name)).find_one_and_update(
            query, change, sort=list(sort), return_document=ReturnDocument.AFTER, session=reader.session
        )
        return self.read(row) if row else None

    async def remove(self, tx: Transaction, document: V) -> None:
        """Delete a document. Raises Stale if another change came first."""
        if not await self.delete(tx, {"_id": document.id, "version": document.version}):
            raise Stale(CHANGED)

    async def delete(self, reader: Reader, query: Query) -> int:
        return int((await (await reader.open(self.name)).delete_many(query, session=reader.session)).deleted_count)

    async def aggregate(
        self, reader: Reader, pipeline: Sequence[Query], limit: int, *, using: IndexModel | None = None
    ) -> list[dict[str, Any]]:
        hint = {"hint": using.document["name"]} if using else {}
        cursor = (await reader.open(self.name)).aggregate(list(pipeline), session=reader.session, **hint)
        return cast(list[dict[str, Any]], await cursor.to_list(limit))


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the update from `before` to `after`: `$set` and `$unset`, by path within embedded documents."""
    assigned: dict[str, Any] = {}
    removed: dict[str, Any] = {}
    _compare(before, after, "", assigned, removed)
    return {operator: paths for operator, paths in (("$set", assigned), ("$unset", removed)) if paths}


def _compare(
    before: Mapping[str, Any], after: Mapping[str, Any], prefix: str, assigned: dict[str, Any], removed: dict[str, Any]
) -> None:
    for name, value in after.items():
        old = before.get(name, MISSING)
        if isinstance(old, Mapping) and isinstance(value, Mapping) and all(map(_is_plain, {**old, **value})):
            _compare(old, value, f"{prefix}{name}.", assigned, removed)
        elif old != value:
            assigned[prefix + name] = value
    removed.update({prefix + name: "" for name in before.keys() - after.keys()})


def _is_plain(name: object) -> bool:
    """Return whether a key can be part of a path."""
    return isinstance(name, str) and name.replace("_", "a").isalnum()


def index(*keys: str, unique: bool = False, ttl: int | None = None, where: Query | None = None) -> IndexModel:
    """Return an index over keys, `-key` for descending order; `ttl` in seconds; `where` makes it partial."""
    options: dict[str, Any] = {"unique": unique}
    if ttl is not None:
        options["expireAfterSeconds"] = ttl
    if where is not None:
        options["partialFilterExpression"] = where
    if any(key.startswith("text:") for key in keys):
        return IndexModel([(key.removeprefix("text:"), "text") for key in keys], **options)
    return IndexModel([(key.lstrip("-"), -1 if key.startswith("-") else 1) for key in keys], **options)


def behind(field: str, last: tuple[Any, str] | None, *, newest_first: bool = False) -> dict[str, Any]:
    """Return the query for the items after the last one of the previous page, in order of a field, then of id."""
    if last is None:
        return {}
    value, id = last
    beyond = {field: {"$lt" if newest_first else "$gt": value}}
    return {"$or": [beyond, {field: value, "_id": {"$gt": id}}]}


async def pages(
    collection: Collection[D], db: Database, query: Query, size: int, after: str = ""
) -> AsyncIterator[list[D]]:
    """Yield all matches in order of id, page by page."""
    while page := await collection.find(db, {"$and": [query, {"_id": {"$gt": after}}]}, limit=size):
        yield page
        after = page[-1].id
