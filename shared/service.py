"""What a service consists of, as data; and one that is running."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from fastapi import APIRouter

from shared import auth, log
from shared.bus import Bus, Subscription
from shared.consumer import INBOX, RETRY, Consumer, Handlers
from shared.idempotency import ANSWERS
from shared.jobs import JOBS, JobHandler, JobRunner
from shared.mongo import OUTAGE, Collection, Database
from shared.outbox import OUTBOX, Relay
from shared.parking import PARKED
from shared.snapshot import Source

KERNEL: tuple[Collection[Any], ...] = (
    OUTBOX,
    INBOX,
    JOBS,
    PARKED,
    ANSWERS,
    auth.PUBLIC_KEYS,
    auth.SIGNING_KEYS,
)


@dataclass(frozen=True)
class Loop:
    """Time passing: `work` runs every so many seconds, or at once when it is woken by its name."""

    name: str
    every: float
    work: "Callable[[Runtime], Awaitable[Any]]"


@dataclass(frozen=True)
class Service:
    """A service in one glance. `resources` is open while it runs and gives routes and loops what they need."""

    name: str
    router: APIRouter
    handlers: Handlers
    prefixes: Sequence[str]
    collections: Sequence[Collection[Any]] = ()
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    loops: Sequence[Loop] = ()
    resources: Callable[[Database], AbstractAsyncContextManager[Any]] = nullcontext
    gauges: Callable[[Database], Awaitable[Mapping[str, float]]] | None = None
    current: Sequence[Source[Any]] = ()  # what a newcomer is told
    large_bodies: Mapping[str, int] = field(default_factory=dict)  # bytes, by path: /calls/{id}/files

    @property
    def listens_to(self) -> list[str]:
        return sorted(contract.type for contract in self.handlers)


class Runtime:
    """A running service: what its routes are given."""

    def __init__(self, service: Service, db: Database, bus: Bus) -> None:
        self.service = service
        self.db = db
        self.bus = bus
        self.consumer = Consumer(db, service.handlers)
        self.relay = Relay(db, bus)
        self.jobs = JobRunner(db, {RETRY: self.consumer.retry, **service.jobs})
        self.resources: Any = None
        self.ready = False
        self._rounds = {loop.name: asyncio.Lock() for loop in service.loops}
        self._log = log.get(service=service.name)

    @property
    def subscription(self) -> Subscription:
        return Subscription(
            self.service.name, self.service.listens_to, self.consumer.receive, self.consumer.receive_dead
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Collections made, then relay, consumer, jobs and loops under way until the context ends."""
        await self.db.prepare([*KERNEL, *self.service.collections])
        async with self.service.resources(self.db) as self.resources:
            parts = [self.relay.run, self.consumer.run, self.jobs.run]
            parts += [partial(self._repeat, loop) for loop in self.service.loops]
            tasks = [asyncio.create_task(self._keep(part)) for part in parts]
            self.ready = True
            try:
                yield
            finally:
                self.ready = False
                await self.jobs.stop()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, part: Callable[[], Awaitable[None]]) -> None:
        """Background work that ended by an error nobody foresaw begins again; nothing stands still in silence."""
        while True:
            try:
                await part()
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task and task.cancelling():
                    raise
                self._log.critical("background_work_cancelled", part=repr(part))  # by a library, not by us
            except Exception as error:
                self._log.critical("background_work_died", reason=repr(error), exc_info=error)
            await asyncio.sleep(1)

    async def round(self, loop: Loop) -> None:
        """One round of a loop; a traveller in time waits for the one under way, as two would share connections."""
        async with self._rounds[loop.name]:
            await loop.work(self)

    async def _repeat(self, loop: Loop) -> None:
        while True:
            try:
                await self.round(loop)
            except OUTAGE as error:
                self._log.warning("loop_paused", loop=loop.name, reason=repr(error))
            except Exception as error:
                self._log.exception("loop_failed", loop=loop.name, reason=repr(error))
            await self.db.wait_for(loop.name, loop.every)
