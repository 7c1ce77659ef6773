"""Durable jobs: claimed with a lease, retried with backoff and jitter, then parked."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Set
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from opentelemetry.trace import SpanKind
from pydantic import AliasChoices, Field

from shared import log, tracing
from shared.clock import real_now
from shared.ids import new_id
from shared.models import Document
from shared.mongo import OUTAGE, Collection, Database, Reader, Transaction, index
from shared.parking import park

ATTEMPTS = 12
CLAIMS = 20  # attempts of one job, after which it is parked: the last ones ended with the death of their process
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 900.0
WORKERS = 4
POLL = 0.5
SHUTDOWN = 15  # seconds

OCCURRED_AT = AliasChoices("occurred_at", "told_at")  # documents of version 0.1 have the second name


class Job(Document):
    """Work of one kind on some data. `cursor` is the position that a long job has reached.

    `attempts` counts the claims that ended with an error, or with the death of their process; an outage is no attempt.
    """

    kind: str
    data: dict[str, Any]
    body: bytes = b""  # the message that caused it, kept in case the job is parked
    cursor: str = ""
    attempts: int = 0
    run_at: datetime
    occurred_at: datetime = Field(default_factory=real_now, validation_alias=OCCURRED_AT)
    token: str | None = None
    correlation: str | None = None
    trace: str | None = None


JOBS = Collection("jobs", Job, [index("run_at", "_id")])

JobHandler = Callable[[Database, Job], Awaitable[None]]


async def enqueue(
    tx: Transaction, kind: str, data: dict[str, Any], *, id: str | None = None, occurred_at: datetime | None = None
) -> None:
    """Store a job in the transaction that causes it; it starts after the commit.

    `occurred_at`: when the fact of the job occurred, if that is not the fact being handled.
    """
    values = {"run_at": real_now(), "occurred_at": occurred_at or tx.occurred_at, **tracing.cause()._asdict()}
    await JOBS.insert(tx, Job(id=id or new_id(), kind=kind, data=data, **values))
    tx.notify("jobs")


async def advance(reader: Reader, job: Job, cursor: str) -> None:
    """Store the position of a long job and extend its lease. Raises LostLease."""
    fenced = {"_id": job.id, "token": job.token}
    if not await JOBS.update(reader, fenced, {"$set": {"cursor": cursor, "run_at": real_now() + reader.lease}}):
        raise LostLease(job.id)


class LostLease(Exception):
    """Another worker took over the job; this worker must stop without another effect."""


def backoff(attempts: int) -> timedelta:
    """Return a pause that grows exponentially with full jitter, from one second to fifteen minutes."""
    longest = min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempts)
    return timedelta(seconds=random.uniform(FIRST_PAUSE / 2, longest))  # noqa: S311


class JobRunner:
    """Runs the jobs of one service, a few at a time."""

    def __init__(self, db: Database, handlers: Mapping[str, JobHandler]) -> None:
        self.db = db
        self.handlers = handlers
        self.log = log.get(service=db.service)
        self.done = 0
        self._running: set[str] = set()  # tokens of claims
        self._interrupted: set[str] = set()  # tokens of claims that an outage interrupted, or whose success is unknown
        self._stopping = False

    async def stop(self) -> None:
        """Claim no further jobs, wait for the running ones, release those that do not finish in time."""
        self._stopping = True
        deadline = asyncio.get_running_loop().time() + SHUTDOWN
        while self._running and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        with suppress(*OUTAGE):
            await self._release(self._running)

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        while not self._stopping:
            try:
                await self._release_interrupted()
                if await self.run_one():
                    continue
            except OUTAGE as error:
                self.log.warning("jobs_paused", reason=repr(error))
            except Exception as error:  # a job that cannot even be read or parked: the other jobs go on
                self.log.exception("job_not_settled", reason=repr(error))
            await self.db.wait_for("jobs", POLL)

    async def run_one(self) -> bool:
        """Claim the next due job and run it. Return False if no job is due."""
        now, token = real_now(), new_id()
        claim = {"$set": {"token": token, "run_at": now + self.db.lease}, "$inc": {"attempts": 1}}
        self._running.add(token)
        try:
            job = await JOBS.take(self.db, {"run_at": {"$lte": now}}, claim, sort=[("run_at", 1)])
            if job is None:
                return False
            with tracing.caused(f"job {job.kind}", SpanKind.INTERNAL, tracing.Cause(job.correlation, job.trace)):
                await self._run_claimed(job)
        except OUTAGE:
            self._interrupted.add(token)
            raise
        finally:
            self._running.discard(token)
        return True

    async def _run_claimed(self, job: Job) -> None:
        if job.attempts > CLAIMS:
            return await self.db.transact(_park_job, job, RuntimeError("its process died at each attempt"))
        try:
            await self.handlers[job.kind](self.db, job)
        except LostLease:
            self.log.warning("job_lease_lost", job=job.id, kind=job.kind)
        except OUTAGE:
            raise
        except Exception as error:
            await self._failed(job, error)
        else:
            await JOBS.delete(self.db, {"_id": job.id, "token": job.token})
            self.done += 1

    async def _release_interrupted(self) -> None:
        """Release the jobs of interrupted claims, now that the database is back: do not wait until their leases end."""
        tokens = set(self._interrupted)
        await self._release(tokens)
        self._interrupted -= tokens  # if the outage goes on, they are released later

    async def _release(self, tokens: Set[str]) -> None:
        """Make claimed jobs due again. Neither an outage nor the end of this process counts as an attempt."""
        if tokens:
            released = {"$set": {"run_at": real_now(), "token": None}, "$inc": {"attempts": -1}}
            await JOBS.update(self.db, {"token": {"$in": list(tokens)}}, released)

    async def _failed(self, job: Job, error: Exception) -> None:
        fenced = {"_id": job.id, "token": job.token}
        if job.attempts < ATTEMPTS:
            self.log.warning("job_failed", job=job.id, kind=job.kind, attempt=job.attempts, reason=repr(error))
            later = {"$set": {"run_at": real_now() + backoff(job.attempts), "token": None}}
            await JOBS.update(self.db, fenced, later)
            return
        await self.db.transact(_park_job, job, error)


async def _park_job(tx: Transaction, job: Job, error: Exception) -> None:
    if await JOBS.delete(tx, {"_id": job.id, "token": job.token}):
        body = job.body or job.model_dump_json(include={"kind", "data", "occurred_at"}).encode()
        kind = str(job.data.get("type", job.kind))
        event_id = str(job.data.get("id", job.id))
        name = f"{tx.db.service}.{job.kind}s"
        await park(tx, name, body, error, event_type=kind, event_id=event_id, attempts=job.attempts)
