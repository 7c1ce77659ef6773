"""The relay: what a service committed, the bus gets. Sent rows stay 30 days and are the event log."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from opentelemetry.trace import SpanKind

from shared import failpoint, log, tracing
from shared.bus import Bus, Message, Outcome
from shared.clock import real_now
from shared.contracts import Event
from shared.ids import first_id, new_id
from shared.lease import LEASE
from shared.models import Document
from shared.mongo import OUTAGE, Collection, Database, index

BATCH = 250
WORKERS = 2
POLL, LONGEST_PAUSE = 0.1, 5.0  # seconds
AGAIN = timedelta(seconds=1)
KEPT = 30 * 24 * 3600


class OutboxRow(Document):
    type: str
    body: bytes
    trace: str | None = None
    at: datetime
    state: str
    lease: datetime | None
    token: str | None
    sent_at: datetime | None = None


OUTBOX = Collection(
    "outbox",
    OutboxRow,
    [
        index("state", "_id", where={"state": "pending"}),
        index("sent_at", ttl=KEPT),
        index("type", "_id"),
    ],
)


class Claim(NamedTuple):
    """Rows that nobody else publishes until the lease ends."""

    token: str
    rows: list[OutboxRow]


@dataclass(frozen=True)
class Period:
    """From a time on, until before another; either end may be open."""

    since: datetime | None = None
    until: datetime | None = None


def in_log(service: str, types: str, period: Period, state: str | None, after: str | None) -> dict[str, Any]:
    """The query for a part of the event log in order of id, which is that of time: ids begin with it.

    `types`: one, or how they begin and a `*`. `after`: the last id of the page before.
    """
    ids = {
        **({"$gte": first_id(period.since)} if period.since else {}),
        **({"$lt": first_id(period.until)} if period.until else {}),
        **({"$gt": after} if after else {}),
    }
    # By name, so that one index serves both the choice and the order.
    of_types = {} if types == "*" else {"type": {"$in": matching_types(service, types)}}
    return {**({"_id": ids} if ids else {}), **of_types, **({"state": state} if state else {})}


def matching_types(service: str, types: str) -> list[str]:
    """The types that this service announces, of one name or of a beginning and a `*`."""
    begins, any_end = types.removesuffix("*"), types.endswith("*")
    own = sorted(name for name in Event.registry if name.startswith(f"{service}."))
    return [name for name in own if name == types or (any_end and name.startswith(begins))]


class Relay:
    """Publishes committed events, at least once each, in batches that it claims with a lease."""

    def __init__(self, db: Database, bus: Bus) -> None:
        self.database = db
        self.bus = bus
        self.log = log.get(service=db.service)
        self.unrouted = 0
        self._claiming = asyncio.Lock()
        self._oldest: datetime | None = None

    def waiting_seconds(self) -> float:
        """How long the oldest event that the bus did not take has been waiting, as of the last attempt."""
        return (real_now() - self._oldest).total_seconds() if self._oldest else 0.0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        pause = POLL
        while True:
            async with self._claiming:  # one looks for work, or waits for it, while the other publishes
                claim = await self._next()
            pause = POLL if await self._relay(claim) else min(pause * 2, LONGEST_PAUSE)
            if pause > POLL:
                await asyncio.sleep(pause)

    async def _next(self) -> Claim:
        """A claimed batch, as soon as there is one."""
        pause = POLL
        while True:
            try:
                if claim := await self._claim():
                    return claim
                pause = POLL
            except OUTAGE as error:
                pause = min(pause * 2, LONGEST_PAUSE)
                self.log.warning("relay_paused", reason=repr(error))
            await self.database.wait_for("outbox", pause)

    async def _relay(self, claim: Claim) -> bool:
        """Whether the bus and the database took any of it; what they did not is claimed again soon."""
        try:
            return await self.relay_batch(claim) > 0
        except OUTAGE as error:
            self.log.warning("relay_paused", reason=repr(error))
            return False

    async def relay_batch(self, claim: Claim) -> int:
        """Publish what was claimed and mark it; returns how many events the bus confirmed."""
        token, rows = claim
        failpoint.hit("relay.after_claim")
        began = tracing.now()
        outcomes = await self.bus.publish([Message(row.id, row.type, row.body) for row in rows])
        failpoint.hit("relay.after_confirm")
        for row in rows:
            tracing.record(f"send {row.type}", SpanKind.PRODUCER, row.trace, began)
        answered = list(zip(rows, outcomes, strict=True))
        done = [row.id for row, outcome in answered if outcome is not Outcome.UNKNOWN]
        await self._mark(token, done, [row.id for row, outcome in answered if outcome is Outcome.UNKNOWN])
        self.unrouted += outcomes.count(Outcome.UNROUTED)
        left = await OUTBOX.find(self.database, {"state": "pending"}, limit=1) if len(done) < len(rows) else []
        self._oldest = left[0].at if left else None
        return len(done)

    async def _claim(self) -> Claim | None:
        """The oldest that nobody else has, under one fresh token."""
        now, token = real_now(), new_id()
        free = {"state": "pending", "$or": [{"lease": None}, {"lease": {"$lt": now}}]}
        rows = await OUTBOX.find(self.database, free, limit=BATCH)
        if not rows:
            return None
        ids = {"_id": {"$in": [row.id for row in rows]}}
        won = await OUTBOX.update(self.database, {**free, **ids}, {"$set": {"token": token, "lease": now + LEASE}})
        if won < len(rows):  # another replica looked at the same moment
            rows = await OUTBOX.find(self.database, {**ids, "token": token}, limit=BATCH)
        return Claim(token, rows) if rows else None

    async def _mark(self, token: str, done: list[str], unknown: list[str]) -> None:
        fenced = {"token": token, "state": "pending"}
        if done:
            sent = {"$set": {"state": "sent", "sent_at": real_now(), "lease": None}}
            await OUTBOX.update(self.database, {**fenced, "_id": {"$in": done}}, sent)
        if unknown:  # publish again soon: the listener's inbox absorbs a repetition
            again = {"$set": {"lease": real_now() + AGAIN}}
            await OUTBOX.update(self.database, {**fenced, "_id": {"$in": unknown}}, again)


async def oldest_unsent(db: Database) -> timedelta:
    """How long the oldest committed event has been waiting for the bus."""
    rows = await OUTBOX.find(db, {"state": "pending"}, limit=1)
    return real_now() - rows[0].at if rows else timedelta()


async def pending(db: Database) -> int:
    return await OUTBOX.count(db, {"state": "pending"})
