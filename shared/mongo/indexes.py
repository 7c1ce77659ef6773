"""Collections and indexes, made to match their definitions when a service starts and every few hours.

Definitions differ while an upgrade replaces one replica after another, so an index without a definition stays for a
day after it was first seen. Every running replica unmarks the indexes that it defines, so that an index is dropped
only if no replica that defines it has run for a day. The server allows one set of options for an index: if a
definition's options changed, the index is recreated at once, and the replica that reconciled last decides.
"""

import asyncio
import random
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any, Protocol

from motor.motor_asyncio import AsyncIOMotorCollection, AsyncIOMotorDatabase
from pymongo import IndexModel
from pymongo.errors import CollectionInvalid, OperationFailure

from shared.clock import real_now
from shared.log import Log

ORPHANS_KEPT = timedelta(days=1)
RECONCILE_SECONDS = 6 * 3600.0
ORPHANS = "orphaned_indexes"  # one document for each index without a definition
ATTEMPTS = 20  # replicas that recreate the same index at the same moment interrupt each other
NAMESPACE_NOT_FOUND, INDEX_NOT_FOUND, NAMESPACE_EXISTS = 26, 27, 48
CONFLICTS = {85, 86}  # an index with this name or these keys has other options
INTERRUPTED = {276, 11601, 12587}  # another replica dropped or builds it at this moment


class Indexed(Protocol):
    """A collection and the indexes that are defined for it."""

    @property
    def name(self) -> str: ...
    @property
    def indexes(self) -> Sequence[IndexModel]: ...


async def reconcile(db: AsyncIOMotorDatabase[Any], collections: Sequence[Indexed], log: Log) -> None:
    """Create missing collections and indexes, recreate changed indexes, drop those orphaned for a day."""
    present = set(await db.list_collection_names())
    marked = {row["_id"] async for row in db[ORPHANS].find({}, {"_id": 1})} if ORPHANS in present else set()
    async with asyncio.TaskGroup() as group:
        for collection in collections:
            group.create_task(_reconcile(db, collection, collection.name not in present, marked, log))


async def _reconcile(
    db: AsyncIOMotorDatabase[Any], collection: Indexed, is_new: bool, marked: set[str], log: Log
) -> None:
    if is_new:
        await _create_collection(db, collection.name)
    if collection.indexes:
        await _create_indexes(db[collection.name], list(collection.indexes), log)
    if not is_new:
        await _drop_orphans(db, collection, marked, log)


async def _create_collection(db: AsyncIOMotorDatabase[Any], name: str) -> None:
    try:
        with suppress(CollectionInvalid):  # another replica created it before the check
            await db.create_collection(name)
    except OperationFailure as error:
        if error.code != NAMESPACE_EXISTS:  # another replica created it after the check
            raise


async def _create_indexes(collection: AsyncIOMotorCollection[Any], indexes: list[IndexModel], log: Log) -> None:
    """Create indexes; the server ignores those that exist and refuses those that exist with other options."""
    try:
        await collection.create_indexes(indexes)
    except OperationFailure as error:
        if error.code not in CONFLICTS | INTERRUPTED:
            raise
        for index in indexes:
            await _recreate(collection, index, log)


async def _recreate(collection: AsyncIOMotorCollection[Any], index: IndexModel, log: Log) -> None:
    for attempt in range(ATTEMPTS):
        try:
            await collection.create_indexes([index])
        except OperationFailure as error:
            if error.code not in CONFLICTS | INTERRUPTED or attempt == ATTEMPTS - 1:
                raise
            if error.code in CONFLICTS:
                for name in await _conflicting(collection, index):
                    await _drop(collection, name)
                    log.info("index_replaced", collection=collection.name, index=name)
            else:
                await asyncio.sleep(random.uniform(0.05, 0.5))  # noqa: S311
        else:
            return


async def _conflicting(collection: AsyncIOMotorCollection[Any], index: IndexModel) -> list[str]:
    """Return the names of the indexes that prevent the creation of this one: same name, same keys, or both of text."""
    name, keys = index.document["name"], list(index.document["key"].items())
    is_text = "text" in dict(keys).values()
    return [
        existing["name"]
        async for existing in collection.list_indexes()
        if existing["name"] == name
        or list(existing["key"].items()) == keys
        or (is_text and "text" in existing["key"].values())
    ]


async def _drop_orphans(db: AsyncIOMotorDatabase[Any], collection: Indexed, marked: set[str], log: Log) -> None:
    """Mark indexes without a definition, drop those that were marked a day ago, unmark those with a definition."""
    existing = {index["name"] async for index in db[collection.name].list_indexes()}
    defined = {"_id_", *(index.document["name"] for index in collection.indexes)}
    orphans = {f"{collection.name}:{name}": name for name in existing - defined}
    now = real_now()
    for id, name in orphans.items():
        if id not in marked:
            mark = {"$setOnInsert": {"orphaned_at": now}}
            await db[ORPHANS].update_one({"_id": id}, mark, upsert=True)
            log.info("index_orphaned", collection=collection.name, index=name)
        elif await db[ORPHANS].find_one_and_delete({"_id": id, "orphaned_at": {"$lte": now - ORPHANS_KEPT}}):
            await _drop(db[collection.name], name)
            log.info("index_dropped", collection=collection.name, index=name)
    settled = {id for id in marked if id.startswith(f"{collection.name}:")} - orphans.keys()
    if settled:
        await db[ORPHANS].delete_many({"_id": {"$in": sorted(settled)}})


async def _drop(collection: AsyncIOMotorCollection[Any], name: str) -> None:
    try:
        await collection.drop_index(name)
    except OperationFailure as error:
        if error.code not in {INDEX_NOT_FOUND, NAMESPACE_NOT_FOUND, *INTERRUPTED}:  # another replica was faster
            raise
