"""The whole system in a test: real MongoDB, real HTTP routes, a clock that can be moved, waits for conditions."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from fastapi import FastAPI

from shared.bus import Bus
from shared.clock import Clock, real_now
from shared.consumer import INBOX, RETRY
from shared.envelope import Envelope, open_envelope
from shared.host import build_app, travel
from shared.ids import new_id
from shared.interface import Interface
from shared.jobs import JOBS
from shared.mongo import Database
from shared.outbox import OUTBOX, pending
from shared.parking import PARKED
from shared.service import Runtime, Service
from shared.settings import Settings

TIMEOUT = 20.0  # seconds


async def until(condition: Callable[[], Awaitable[Any]], what: str = "the condition", timeout: float = TIMEOUT) -> Any:
    """Wait until the condition returns a true value, and return that value. Raises AssertionError after the timeout."""
    deadline = asyncio.get_running_loop().time() + timeout
    while not (result := await condition()):
        if asyncio.get_running_loop().time() > deadline:
            raise AssertionError(f"{what} was not met within {timeout:g} s")
        await asyncio.sleep(0.01)
    return result


@dataclass
class System:
    """The services of one test, which run in this process."""

    app: FastAPI
    clock: Clock
    http: httpx.AsyncClient
    quiet: Callable[["System"], Awaitable[bool]]

    @property
    def runtimes(self) -> dict[str, Runtime]:
        runtimes: dict[str, Runtime] = self.app.state.runtimes
        return runtimes

    def db(self, service: str) -> Database:
        return self.runtimes[service].db

    async def settle(self) -> None:
        """Wait until no event, job or e-mail is pending."""
        await until(self._settled, "the system to settle")

    async def _settled(self) -> bool:
        for _ in range(2):  # an event may pass from one service to the next during the check
            for runtime in self.runtimes.values():
                due = await JOBS.count(runtime.db, {"run_at": {"$lte": real_now() + timedelta(minutes=2)}})
                if await pending(runtime.db) or due or not await self._has_all(runtime):
                    return False
            if not await self.quiet(self):
                return False
        return True

    async def _has_all(self, runtime: Runtime) -> bool:
        """Return whether a service has handled or parked every event that it listens to."""
        wanted = {"type": {"$in": runtime.service.listens_to}}
        sent = sum([await OUTBOX.count(other.db, wanted) for other in self.runtimes.values()])
        waiting = await JOBS.count(runtime.db, {"kind": RETRY}) + await PARKED.count(runtime.db, {})
        return await INBOX.count(runtime.db, {}) + waiting >= sent

    async def travel(self, delta: timedelta) -> None:
        """Move business time forward, run the loops, and wait until the system is settled."""
        await travel(self.app, delta)
        await self.settle()

    async def published(self, service: str, event_type: str = "") -> list[Envelope]:
        """Return the events that a service published, oldest first."""
        query = {"type": event_type} if event_type else {}
        return [open_envelope(row.body) for row in await OUTBOX.find(self.db(service), query, limit=10_000)]


async def always_quiet(_: System) -> bool:
    return True


@asynccontextmanager
async def running_system(
    services: Sequence[Service],
    *,
    settings: Settings,
    mongo_url: str,
    bus: Bus,
    start: datetime | None = None,
    quiet: Callable[[System], Awaitable[bool]] = always_quiet,
    database_prefix: str | None = None,
    interface: Interface | None = None,
) -> AsyncIterator[System]:
    """Run services in databases of a prefix, or else in new ones that are dropped at the end."""
    clock = Clock(start)
    prefix = database_prefix or f"test_{new_id()[-12:]}_"
    app = build_app(
        services,
        settings=settings,
        mongo_url=mongo_url,
        bus=bus,
        clock=clock,
        database_prefix=prefix,
        interface=interface,
    )
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(app.router.lifespan_context(app))
        if database_prefix is None:
            stack.push_async_callback(_drop, [runtime.db for runtime in app.state.runtimes.values()])
        transport = httpx.ASGITransport(app)
        http = await stack.enter_async_context(httpx.AsyncClient(transport=transport, base_url="http://ccp.test"))
        yield System(app, clock, http, quiet)


async def _drop(databases: Sequence[Database]) -> None:
    await asyncio.gather(*(db.drop() for db in databases))
