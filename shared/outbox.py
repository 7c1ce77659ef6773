"""The outbox and its relay, which publishes committed events to the bus. Sent rows are the event log for 30 days."""

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
from shared.models import Document
from shared.mongo import OUTAGE, Collection, Database, index

BATCH = 250
WORKERS = 2
POLL, LONGEST_PAUSE = 0.1, 5.0  # seconds
RETRY_AFTER = timedelta(seconds=1)
KEPT = 30 * 24 * 3600  # seconds


class OutboxRow(Document):
    """An event that its service committed, and whether the bus has confirmed it."""

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
    """Rows that no other process publishes until the lease ends."""

    token: str
    rows: list[OutboxRow]


@dataclass(frozen=True)
class Period:
    """A span of time, including its start and excluding its end; None: open."""

    since: datetime | None = None
    until: datetime | None = None


def in_log(service: str, types: str, period: Period, state: str | None, after: str | None) -> dict[str, Any]:
    """Return the query for a part of the event log. Ids begin with their time, so order of id is order of time.

    `types`: an event type, or the beginning of one and `*`. `after`: the last id of the previous page.
    """
    ids = {
        **({"$gte": first_id(period.since)} if period.since else {}),
        **({"$lt": first_id(period.until)} if period.until else {}),
        **({"$gt": after} if after else {}),
    }
    # By full names, so that one index serves both the filter and the order.
    of_types = {} if types == "*" else {"type": {"$in": matching_types(service, types)}}
    return {**({"_id": ids} if ids else {}), **of_types, **({"state": state} if state else {})}


def matching_types(service: str, types: str) -> list[str]:
    """Return the types that this service publishes: the one of this name, or all that begin with it before a `*`."""
    begins, any_end = types.removesuffix("*"), types.endswith("*")
    own = sorted(name for name in Event.registry if name.startswith(f"{service}."))
    return [name for name in own if name == types or (any_end and name.startswith(begins))]


class Relay:
    """Publishes committed events at least once each, in batches that it claims with a lease."""

    def __init__(self, db: Database, bus: Bus) -> None:
        self.db = db
        self.bus = bus
        self.log = log.get(service=db.service)
        self.unrouted = 0
        self._claiming = asyncio.Lock()
        self._oldest: datetime | None = None

    def waiting_seconds(self) -> float:
        """Return the age of the oldest event that the bus had not confirmed at the last attempt."""
        return (real_now() - self._oldest).total_seconds() if self._oldest else 0.0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(WORKERS):
                group.create_task(self._work())

    async def _work(self) -> None:
        pause = POLL
        while True:
            async with self._claiming:  # one worker claims, or waits for rows, while the other publishes
                claim = await self._next()
            pause = POLL if await self._relay(claim) else min(pause * 2, LONGEST_PAUSE)
            if pause > POLL:
                await asyncio.sleep(pause)

    async def _next(self) -> Claim:
        """Wait until rows are pending, and return a claimed batch."""
        pause = POLL
        while True:
            try:
                if claim := await self._claim():
                    return claim
                pause = POLL
            except OUTAGE as error:
                pause = min(pause * 2, LONGEST_PAUSE)
                self.log.warning("relay_paused", reason=repr(error))
            await self.db.wait_for("outbox", pause)

    async def _relay(self, claim: Claim) -> bool:
        """Publish a batch and return whether any row was confirmed and marked; the others are claimed again soon."""
        try:
            return await self.relay_batch(claim) > 0
        except OUTAGE as error:
            self.log.warning("relay_paused", reason=repr(error))
            return False

    async def relay_batch(self, claim: Claim) -> int:
        """Publish the claimed rows and mark them; return the number of events that need no further attempt."""
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
        still_pending = await OUTBOX.find(self.db, {"state": "pending"}, limit=1) if len(done) < len(rows) else []
        self._oldest = still_pending[0].at if still_pending else None
        return len(done)

    async def _claim(self) -> Claim | None:
        """Claim the oldest rows without a valid lease under a new token; None if there are none."""
        now, token = real_now(), new_id()
        free = {"state": "pending", "$or": [{"lease": None}, {"lease": {"$lt": now}}]}
        rows = await OUTBOX.find(self.db, free, limit=BATCH)
        if not rows:
            return None
        ids = {"_id": {"$in": [row.id for row in rows]}}
        claimed = await OUTBOX.update(
            self.db, {**free, **ids}, {"$set": {"token": token, "lease": now + self.db.lease}}
        )
        if claimed < len(rows):  # another replica claimed some of them at the same moment
            rows = await OUTBOX.find(self.db, {**ids, "token": token}, limit=BATCH)
        return Claim(token, rows) if rows else None

    async def _mark(self, token: str, done: list[str], unknown: list[str]) -> None:
        fenced = {"token": token, "state": "pending"}
        if done:
            sent = {"$set": {"state": "sent", "sent_at": real_now(), "lease": None}}
            await OUTBOX.update(self.db, {**fenced, "_id": {"$in": done}}, sent)
        if unknown:  # publish again soon: listeners skip an event that they have handled
            soon = {"$set": {"lease": real_now() + RETRY_AFTER}}
            await OUTBOX.update(self.db, {**fenced, "_id": {"$in": unknown}}, soon)


async def oldest_unsent(db: Database) -> timedelta:
    """Return the age of the oldest event that the bus has not confirmed."""
    rows = await OUTBOX.find(db, {"state": "pending"}, limit=1)
    return real_now() - rows[0].at if rows else timedelta()


async def pending(db: Database) -> int:
    """Return the number of events that the bus has not confirmed."""
    return await OUTBOX.count(db, {"state": "pending"})
