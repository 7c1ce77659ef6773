"""Send the event log or current state and wait for the listener; read the content of a database."""

from datetime import timedelta
from typing import Any

from ccp.client import Client
from ccp.events import Walk
from services.__main__ import available
from shared.clock import real_now
from shared.mongo import Database
from shared.testing import System, until
from tests.support.people import Platform

WISH = {"ecosystems": ["digital"], "expires_at": "2016-12-31T00:00:00Z"}


def client(ccp: Platform) -> Client:
    return Client(ccp.http, ccp.operator.headers["Authorization"].removeprefix("Bearer "))


async def send_snapshot_to(ccp: Platform, listener: System, service: str) -> None:
    await walk(ccp, listener, service, Walk("snapshot", {"to": f"{service}.events.v1"}, available(), None, ""))


async def replay_to(ccp: Platform, listener: System, service: str, types: str = "*") -> None:
    since = (real_now() - timedelta(days=20)).isoformat()
    body = {"to": f"{service}.events.v1", "type": types, "since": since}
    await walk(ccp, listener, service, Walk("replay", body, available(), None, ""))


async def walk(ccp: Platform, listener: System, service: str, walk: Walk) -> None:
    """Wait until the listener has handled all events that were sent to it."""
    consumer = listener.runtimes[service].consumer
    before = consumer.handled
    await walk.through(client(ccp))
    sent = walk.sent.total()
    assert sent

    async def handled() -> bool:
        return consumer.handled >= before + sent

    await until(handled, f"{service} to deal with {sent} events")


async def dump(database: Database, *only: str) -> dict[str, list[dict[str, Any]]]:
    names = only or sorted(await database.raw("any").database.list_collection_names())
    return {name: await database.raw(name).find().sort("_id").to_list(100_000) for name in names}
