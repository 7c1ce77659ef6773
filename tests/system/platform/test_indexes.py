"""Indexes match their definitions: changed ones are recreated, orphaned ones are dropped after a day."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from shared import log
from shared.clock import Clock, real_now
from shared.ids import new_id
from shared.models import Document
from shared.mongo import Collection, Database, connect, index
from shared.mongo.indexes import ORPHANS, ORPHANS_KEPT

OLD = Collection("notes", Document, [index("colour"), index("-size", "_id")])
NEW = Collection("notes", Document, [index("-size", "_id"), index("shape", ttl=60)])
LONG_AGO = ORPHANS_KEPT + timedelta(minutes=1)


@pytest.fixture
async def db(mongo_url: str) -> AsyncIterator[Database]:
    db = Database(connect(mongo_url), f"test_{new_id()[-12:]}", "listener", Clock())
    yield db
    await db.drop()
    db.client.close()


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """Capture the lines that are logged at level info or above."""
    log.configure(level="info")
    with capture_logs() as captured:
        yield captured
    log.configure(level="error")


async def indexes(db: Database, collection: str = "notes") -> dict[str, Any]:
    found = await db.raw(collection).index_information()
    return {name: options for name, options in found.items() if name != "_id_"}


async def pass_a_day(db: Database) -> None:
    """Make the marks of orphaned indexes older."""
    await db.raw(ORPHANS).update_many({}, {"$set": {"orphaned_at": real_now() - LONG_AGO}})


async def test_an_index_without_a_definition_is_dropped_after_a_day(db: Database, lines: list[Any]) -> None:
    await db.prepare([OLD])
    await db.prepare([NEW])
    assert (await indexes(db)).keys() == {"colour_1", "size_-1__id_1", "shape_1"}
    await db.prepare([NEW])
    assert "colour_1" in await indexes(db)
    await pass_a_day(db)
    await db.prepare([NEW])
    assert (await indexes(db)).keys() == {"size_-1__id_1", "shape_1"}
    assert [(line["event"], line["index"]) for line in lines] == [
        ("index_orphaned", "colour_1"),
        ("index_dropped", "colour_1"),
    ]
    assert await db.raw(ORPHANS).count_documents({}) == 0


async def test_during_an_upgrade_neither_version_loses_an_index(db: Database) -> None:
    await db.prepare([OLD])
    for version in (NEW, OLD, NEW, OLD):  # replicas of both versions start and reconcile
        await db.prepare([version])
        await pass_a_day(db)
        other = OLD if version is NEW else NEW
        await db.prepare([other])
        assert (await indexes(db)).keys() == {"colour_1", "size_-1__id_1", "shape_1"}


async def test_an_index_made_by_an_earlier_release_is_dropped_too(db: Database) -> None:
    await db.prepare([NEW])
    await db.raw("notes").create_index([("forgotten", 1)], name="by_hand")
    await db.raw("elsewhere").create_index("other")
    await db.prepare([NEW])
    await pass_a_day(db)
    await db.prepare([NEW])
    assert (await indexes(db)).keys() == {"size_-1__id_1", "shape_1"}
    assert (await indexes(db, "elsewhere")).keys() == {"other_1"}  # not a collection of the service


@pytest.mark.parametrize(
    ("before", "after", "options"),
    [
        (index("key"), index("key", unique=True), {"unique": True}),
        (index("key", ttl=60), index("key", ttl=3600), {"expireAfterSeconds": 3600}),
        (index("key"), index("key", where={"state": "open"}), {"partialFilterExpression": {"state": "open"}}),
        (index("text:title"), index("text:title", "text:body"), {"weights": {"title": 1, "body": 1}}),
    ],
)
async def test_an_index_with_other_options_is_recreated_at_once(
    db: Database, lines: list[Any], before: Any, after: Any, options: dict[str, Any]
) -> None:
    await db.prepare([Collection("notes", Document, [before])])
    await db.prepare([Collection("notes", Document, [after, index("other")])])
    information = await indexes(db)
    assert information.keys() == {after.document["name"], "other_1"}
    current = information[after.document["name"]]
    assert {name: dict(current[name]) if name == "weights" else current[name] for name in options} == options
    assert [line["event"] for line in lines] == ["index_replaced"]


async def test_an_index_with_the_same_keys_and_another_name_is_replaced(db: Database) -> None:
    await db.prepare([Collection("notes", Document)])
    await db.raw("notes").create_index([("key", 1)], name="old_name")
    await db.prepare([Collection("notes", Document, [index("key")])])
    assert (await indexes(db)).keys() == {"key_1"}


async def test_replicas_that_start_together_replace_a_changed_index_once(mongo_url: str) -> None:
    name = f"test_{new_id()[-12:]}"
    replicas = [Database(connect(mongo_url), name, "listener", Clock()) for _ in range(6)]
    try:
        await replicas[0].prepare([OLD])
        await replicas[0].raw("notes").insert_many([{"colour": n, "size": n} for n in range(2000)])
        changed = Collection("notes", Document, [index("colour", unique=True), index("-size", "_id", ttl=None)])
        await asyncio.gather(*(replica.prepare([changed]) for replica in replicas))
        information = await indexes(replicas[0])
        assert information.keys() == {"colour_1", "size_-1__id_1"}
        assert information["colour_1"]["unique"] is True
        await pass_a_day(replicas[0])
        await asyncio.gather(*(replica.prepare([Collection("notes", Document)]) for replica in replicas))
        await pass_a_day(replicas[0])
        await asyncio.gather(*(replica.prepare([Collection("notes", Document)]) for replica in replicas))
        assert await indexes(replicas[0]) == {}
    finally:
        await replicas[0].drop()
        for replica in replicas:
            replica.client.close()
