"""The event log, for operators: read it, replay a period of it to one queue, announce current state to a newcomer."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, StringConstraints

from shared.bus import Message, Outcome
from shared.errors import Busy, NotFound
from shared.http.paging import Page, Paging
from shared.ids import Id
from shared.models import Body, Moment
from shared.mongo import Query as DatabaseQuery
from shared.outbox import OUTBOX, OutboxRow, Period, in_log
from shared.service import Runtime
from shared.snapshot import current_state

EventTypes = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z0-9.]*\*?$"),
    Field(description="A type, or how it begins: calls.call.*"),
]
Queue = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9._-]{1,100}$")]


class EventView(BaseModel):
    """An event as its service announced it, and whether the bus has it."""

    id: str
    type: str
    subject: str | None
    time: datetime
    state: str
    sent_at: datetime | None

    @classmethod
    def of(cls, row: OutboxRow) -> "EventView":
        return cls.model_validate({**json.loads(row.body), **row.model_dump(include={"id", "state", "sent_at"})})


class EventDetail(EventView):
    body: dict[str, Any] = Field(description="The whole CloudEvents envelope")

    @classmethod
    def of(cls, row: OutboxRow) -> "EventDetail":
        view = EventView.of(row)
        return cls(**view.model_dump(), body=json.loads(row.body))


class EventFilter(Paging):
    limit: int = Field(100, ge=1, le=1000)
    cursor: Id | None = Field(None, description="The id of the last one seen")
    type: EventTypes = "*"
    state: Literal["pending", "sent"] | None = None
    since: Moment | None = None
    until: Moment | None = None


class Replay(Body):
    """A page of what was sent, to one queue again. Ask with `cursor` for the next; asking twice does no harm."""

    to: Queue
    type: EventTypes = "*"
    since: Moment
    until: Moment | None = None
    cursor: Id | None = None
    limit: int = Field(500, ge=1, le=1000)


class Announce(Body):
    """A page of current state, to one queue."""

    to: Queue
    cursor: str | None = Field(None, max_length=200)
    limit: int = Field(500, ge=1, le=1000)


class Sent(BaseModel):
    """What became of a page, by type."""

    sent: dict[str, int]
    unrouted: dict[str, int] = Field(description="What the queue does not listen to; it was not delivered")
    looked_at: int
    total: int | None = Field(description="How many there are to look at; said on the first page")
    next: str | None = Field(description="Cursor of the next page; absent on the last")


def add_reading(router: APIRouter, at_service: Any) -> None:
    @router.get("/events")
    async def events(q: Annotated[EventFilter, Query()], runtime: Runtime = at_service) -> Page[EventView]:
        """What the service announced in the last 30 days, in the order in which it came about."""
        query = in_log(runtime.service.name, q.type, Period(q.since, q.until), q.state, q.cursor)
        found = await OUTBOX.find(runtime.db, query, limit=q.limit + 1)
        shown = [EventView.of(row) for row in found[: q.limit]]
        return Page[EventView](items=shown, next=shown[-1].id if len(found) > q.limit else None)

    @router.get("/events/{id}")
    async def show(id: Id, runtime: Runtime = at_service) -> EventDetail:
        """With all that it says."""
        if row := await OUTBOX.get(runtime.db, id):
            return EventDetail.of(row)
        raise NotFound(f"there is no event {id} in the log of {runtime.service.name}")


def add_deeds(router: APIRouter, at_service: Any) -> None:
    @router.post("/events/replay")
    async def replay(body: Replay, runtime: Runtime = at_service) -> Sent:
        """Put what was sent on one queue again. Whoever has handled it already does nothing."""

        def after(cursor: str | None) -> DatabaseQuery:
            return in_log(runtime.service.name, body.type, Period(body.since, body.until), "sent", cursor)

        rows = await OUTBOX.find(runtime.db, after(body.cursor), limit=body.limit)
        messages = [Message(row.id, row.type, row.body) for row in rows]
        total = None if body.cursor else await OUTBOX.count(runtime.db, after(None))
        further = rows[-1].id if len(rows) == body.limit else None
        return await _send(runtime, messages, body.to, looked_at=len(rows), total=total, next=further)

    @router.post("/events/announce")
    async def announce(body: Announce, runtime: Runtime = at_service) -> Sent:
        """Tell one queue what is the case now, as the events from which a newcomer builds its copies."""
        told = await current_state(runtime.db, runtime.service.current, body.cursor, body.limit)
        messages = [Message(envelope.id, envelope.type, envelope.to_bytes()) for envelope in told.envelopes]
        collections = [source.collection for source in runtime.service.current]
        total = None if body.cursor else sum([await one.count(runtime.db, {}) for one in collections])
        return await _send(runtime, messages, body.to, looked_at=told.looked_at, total=total, next=told.next)


async def _send(runtime: Runtime, messages: Sequence[Message], to: str, **page: Any) -> Sent:
    """Raises Busy if the bus did not answer for each: some may have arrived, and the same page can be asked again."""
    outcomes = await runtime.bus.publish(messages, to)
    if Outcome.UNKNOWN in outcomes:
        raise Busy("the broker did not confirm all of it; ask for the same page again", retry_after=2)
    by_outcome: dict[Outcome, Counter[str]] = {outcome: Counter() for outcome in Outcome}
    for message, outcome in zip(messages, outcomes, strict=True):
        by_outcome[outcome][message.type] += 1
    return Sent(sent=by_outcome[Outcome.CONFIRMED], unrouted=by_outcome[Outcome.UNROUTED], **page)
