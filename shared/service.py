"""The parts of a service as data, and a running service."""

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
from shared.erased import ERASED
from shared.forms.declaration import Form
from shared.idempotency import ANSWERS
from shared.jobs import JOBS, JobHandler, JobRunner
from shared.mongo import OUTAGE, RECONCILE_SECONDS, Collection, Database
from shared.outbox import OUTBOX, Relay
from shared.parking import PARKED
from shared.personal import PersonalData
from shared.portability import export_jobs
from shared.pseudonyms import PSEUDONYM_KEYS
from shared.quota import CLAIMED
from shared.snapshot import SnapshotSource
from shared.throttle import Throttle

KERNEL: tuple[Collection[Any], ...] = (
    OUTBOX,
    INBOX,
    JOBS,
    PARKED,
    ANSWERS,
    CLAIMED,
    ERASED,
    PSEUDONYM_KEYS,
    auth.PUBLIC_KEYS,
    auth.REVOKED_TOKENS,
    auth.SIGNING_KEYS,
)


@dataclass(frozen=True)
class Loop:
    """Regular work: runs every `every` seconds, or at once when its name is notified."""

    name: str
    every: float
    work: "Callable[[Runtime], Awaitable[Any]]"


@dataclass(frozen=True)
class Service:
    """The parts of a service. `resources` is open while the service runs; routes and loops use what it yields."""

    name: str
    router: APIRouter
    handlers: Handlers
    prefixes: Sequence[str]
    collections: Sequence[Collection[Any]] = ()
    jobs: Mapping[str, JobHandler] = field(default_factory=dict)
    loops: Sequence[Loop] = ()
    resources: Callable[[Database], AbstractAsyncContextManager[Any]] = nullcontext
    gauges: Callable[[Database], Awaitable[Mapping[str, float]]] | None = None
    snapshot: Sequence[SnapshotSource[Any]] = ()  # current state for a new listener
    tags: Mapping[str, str] = field(default_factory=dict)  # the parts of its API, each with a description
    forms: Sequence[Form] = ()  # what people do on its pages
    examples: Mapping[str, Any] = field(default_factory=dict)  # values for the description of its API
    personal: PersonalData | None = None  # what it holds of members
    body_limits: Mapping[str, int] = field(default_factory=dict)  # bytes, by path: /calls/{id}/files

    @property
    def listens_to(self) -> list[str]:
        return sorted(contract.type for contract in self.handlers)


class Runtime:
    """A running service, as its routes and loops use it."""

    def __init__(self, service: Service, db: Database, bus: Bus) -> None:
        self.service = service
        self.db = db
        self.bus = bus
        self.consumer = Consumer(db, service.handlers)
        self.relay = Relay(db, bus)
        own_jobs = {**service.personal.jobs, **export_jobs(service.personal)} if service.personal else {}
        self.jobs = JobRunner(db, {RETRY: self.consumer.retry, **own_jobs, **service.jobs})
        self.keys = auth.KeyRing(db)
        self.throttle = Throttle(db)
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
        """Prepare the database, then run relay, consumer, jobs and loops until the context ends."""
        await self._prepare()
        async with self.service.resources(self.db) as self.resources:
            parts = [self.relay.run, self.consumer.run, self.jobs.run, self._reconcile_indexes]
            parts += [partial(self._repeat, loop) for loop in self.service.loops]
            tasks = [asyncio.create_task(self._keep_running(part)) for part in parts]
            self.ready = True
            try:
                yield
            finally:
                self.ready = False
                await self.jobs.stop()
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _prepare(self) -> None:
        await self.db.prepare([*KERNEL, *self.service.collections])

    async def _reconcile_indexes(self) -> None:
        while True:
            await self.db.wait_for("indexes", RECONCILE_SECONDS)
            try:
                await self._prepare()
            except OUTAGE as error:
                self._log.warning("indexes_not_reconciled", reason=repr(error))

    async def _keep_running(self, part: Callable[[], Awaitable[None]]) -> None:
        """Restart background work after an unexpected error, and log the error."""
        while True:
            try:
                await part()
            except asyncio.CancelledError:
                task = asyncio.current_task()
                if task and task.cancelling():
                    raise
                self._log.critical("background_work_cancelled", part=repr(part))  # by a library, not by this service
            except Exception as error:
                self._log.critical("background_work_died", reason=repr(error), exc_info=error)
            await asyncio.sleep(1)

    async def round(self, loop: Loop) -> None:
        """Run a loop once. A second call waits for the first: two rounds at once would share connections."""
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
