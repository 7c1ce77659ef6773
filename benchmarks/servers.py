"""Separate servers for the delivery benchmarks, and services that use them in this process."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter

from shared.bus.rabbit import RabbitBus
from shared.clock import Clock
from shared.consumer import Handlers
from shared.ids import new_id
from shared.mongo import Collection, Database, connect, initiate_replica_set
from shared.service import KERNEL, Runtime, Service
from tests.chaos.parts import until
from tests.chaos.processes import Broker, Mongod


@dataclass(frozen=True)
class Servers:
    mongo_url: str
    broker_url: str


@contextlib.asynccontextmanager
async def servers() -> AsyncIterator[Servers]:
    """Run a private MongoDB and RabbitMQ; both end with their data when the context ends."""
    with tempfile.TemporaryDirectory(prefix="ccp-bench-") as folder:
        mongod, broker = Mongod(Path(folder)), Broker(Path(folder))
        try:
            mongod.start()
            broker.start()
            until(lambda: mongod.answers, "mongod")
            await initiate_replica_set(f"mongodb://127.0.0.1:{mongod.port}/", f"127.0.0.1:{mongod.port}")
            until(lambda: broker.answers, "RabbitMQ")
            yield Servers(mongod.url, broker.url)
        finally:
            mongod.kill()
            broker.kill()


@contextlib.asynccontextmanager
async def database(at: Servers, service: str, collections: Sequence[Collection] = ()) -> AsyncIterator[Database]:
    """Yield a new, empty database of a service."""
    client = connect(at.mongo_url)
    one = Database(client, f"bench_{new_id()[-12:]}", service, Clock())
    await one.prepare([*KERNEL, *collections])
    try:
        yield one
    finally:
        await one.drop()
        client.close()


def runtime(
    at: Servers, own: Database, handlers: Handlers, collections: Sequence[Collection] = (), **more: object
) -> Runtime:
    """Return the runtime of a service with only these handlers, on its own bus, as the host would run it."""
    service = Service(own.service, APIRouter(), handlers, [], collections, **more)
    return Runtime(service, own, RabbitBus(at.broker_url, listeners(service)))


def listeners(service: Service) -> Mapping[str, Sequence[str]]:
    return {service.name: service.listens_to} if service.handlers else {}
