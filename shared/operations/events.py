"""The event log, for operators: read it, replay a period of it to one queue, send a snapshot to a new listener."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field, StringConstraints

from shared.bus import Message, Outcome
from shared.errors import Busy, NotFound
from shared.fields import OneLine
from shared.http.paging import Page, Paging
from shared.http.problems import refusals
from shared.ids import Id
from shared.models import Body, Moment
from shared.mongo import Query as DatabaseQuery
from shared.outbox import OUTBOX, OutboxRow, Period, in_log
from shared.sentences import _
from shared.service import Runtime
from shared.snapshot import snapshot_page

EventTypes = Annotated[
    str,
    StringConstraints(min_length=1, max_length=100, pattern=r"^[a-z0-9.]*\*?$"),
    Field(description="An event type, or the beginning of one followed by `*`: `calls.call.*`"),
]
Queue = Annotated[
    str,
    StringConstraints(pattern=r"^[a-zA-Z0-9._-]{1,100}$"),
    Field(description="Name of the queue that receives the events: `matchmaking.events.v1`"),
]
EventId = Annotated[Id, Path(description="Id of the event")]
PageSize = Annotated[int, Field(ge=1, le=1000, description="Most items on one page")]
UNCONFIRMED = "The broker did not confirm every event; request the same page again"


class EventView(BaseModel):
    """An event of the log, and whether the broker confirmed it."""

    id: str
    type: str
    subject: str | None = Field(description="Id of the entity that the event is about")
    time: datetime = Field(description="When the fact occurred")
    state: str = Field(description="`pending` until the broker confirmed it, then `sent`")
    sent_at: datetime | None

    @classmethod
    def of(cls, row: OutboxRow) -> "EventView":
        return cls.model_validate({**json.loads(row.body), **row.model_dump(include={"id", "state", "sent_at"})})


class EventDetail(EventView):
    """An event of the log with its content."""

    body: dict[str, Any] = Field(description="The whole CloudEvents envelope")

    @classmethod
    def of(cls, row: OutboxRow) -> "EventDetail":
        view = EventView.of(row)
        return cls(**view.model_dump(), body=json.loads(row.body))


class EventFilter(Paging):
    """Query parameters of the event log."""

    limit: PageSize = 100
    cursor: Id | None = Field(None, description="Id of the last event of the previous page")
    type: EventTypes = "*"
    state: Literal["pending", "sent"] | None = Field(None, description="Only events in this state")
    since: Moment | None = Field(None, description="Only events published at this time or later")
    until: Moment | None = Field(None, description="Only events published before this time")


class ReplayRequest(Body):
    """A period of the event log to send to one queue again, page by page. Repeating a page does no harm."""

    to: Queue
    type: EventTypes = "*"
    since: Moment = Field(description="Only events published at this time or later")
    until: Moment | None = Field(None, description="Only events published before this time")
    cursor: Id | None = Field(None, description="`next` of the previous page")
    limit: PageSize = 500


class SnapshotRequest(Body):
    """A page of current state to send to one queue. Repeating a page does no harm."""

    to: Queue
    cursor: Annotated[str, OneLine(200)] | None = Field(None, description="`next` of the previous page")
    limit: PageSize = 500


class SentPage(BaseModel):
    """Numbers of events on one page, by type."""

    sent: dict[str, int] = Field(description="Events that the queue received")
    unrouted: dict[str, int] = Field(description="Events that were not delivered: the queue is not bound to their type")
    looked_at: int = Field(description="Number of stored items that this page covers")
    total: int | None = Field(description="Number of stored items on all pages; only on the first page")
    next: str | None = Field(description="Cursor of the next page; null on the last page")


def add_read_routes(router: APIRouter, service: str, service_runtime: Any) -> None:
    @router.get("/events", operation_id=f"list_{service}_events", summary=f"List the events of {service}")
    async def list_events(q: Annotated[EventFilter, Query()], runtime: Runtime = service_runtime) -> Page[EventView]:
        """Return the events that the service published in the last 30 days, oldest first."""
        query = in_log(runtime.service.name, q.type, Period(q.since, q.until), q.state, q.cursor)
        rows = await OUTBOX.find(runtime.db, query, limit=q.limit + 1)
        shown = [EventView.of(row) for row in rows[: q.limit]]
        return Page[EventView](items=shown, next=shown[-1].id if len(rows) > q.limit else None)

    @router.get(
        "/events/{id}",
        operation_id=f"read_{service}_event",
        summary=f"Read an event of {service}",
        responses=refusals({404: "The log has no such event"}),
    )
    async def read_event(id: EventId, runtime: Runtime = service_runtime) -> EventDetail:
        """Return one event with its content."""
        if row := await OUTBOX.get(runtime.db, id):
            return EventDetail.of(row)
        raise NotFound(
            _(
                "Event {id} not found in the log of {name}. Events are kept for 30 days.",
                id=id,
                name=runtime.service.name,
            )
        )


def add_write_routes(router: APIRouter, service: str, service_runtime: Any) -> None:
    @router.post(
        "/events/replay",
        operation_id=f"replay_{service}_events",
        summary=f"Replay events of {service} to a queue",
        responses=refusals({503: UNCONFIRMED}),
    )
    async def replay_events(body: ReplayRequest, runtime: Runtime = service_runtime) -> SentPage:
        """Send a page of past events to one queue again. A service skips events that it has already handled."""

        def after(cursor: str | None) -> DatabaseQuery:
            return in_log(runtime.service.name, body.type, Period(body.since, body.until), "sent", cursor)

        rows = await OUTBOX.find(runtime.db, after(body.cursor), limit=body.limit)
        messages = [Message(row.id, row.type, row.body) for row in rows]
        total = None if body.cursor else await OUTBOX.count(runtime.db, after(None))
        next_cursor = rows[-1].id if len(rows) == body.limit else None
        return await _send(runtime, messages, body.to, looked_at=len(rows), total=total, next=next_cursor)

    @router.post(
        "/events/snapshot",
        operation_id=f"send_{service}_snapshot",
        summary=f"Send a snapshot of {service} to a queue",
        responses=refusals({503: UNCONFIRMED}),
    )
    async def send_snapshot(body: SnapshotRequest, runtime: Runtime = service_runtime) -> SentPage:
        """Send a page of current state to one queue, as the events from which a new listener builds its copies."""
        sources = runtime.service.snapshot
        page = await snapshot_page(runtime.db, sources, body.cursor, body.limit)
        messages = [Message(envelope.id, envelope.type, envelope.to_bytes()) for envelope in page.envelopes]
        total = None
        if not body.cursor:
            total = sum([await source.collection.count(runtime.db, {}) for source in sources])
        return await _send(runtime, messages, body.to, looked_at=page.looked_at, total=total, next=page.next)


async def _send(runtime: Runtime, messages: Sequence[Message], to: str, **page: Any) -> SentPage:
    """Publish the messages to one queue. Raises Busy if an outcome is unknown; the caller then repeats the page."""
    outcomes = await runtime.bus.publish(messages, to)
    if Outcome.UNKNOWN in outcomes:
        raise Busy(_("The broker did not confirm every event. Request the same page again."), retry_after=2)
    by_outcome: dict[Outcome, Counter[str]] = {outcome: Counter() for outcome in Outcome}
    for message, outcome in zip(messages, outcomes, strict=True):
        by_outcome[outcome][message.type] += 1
    return SentPage(sent=by_outcome[Outcome.CONFIRMED], unrouted=by_outcome[Outcome.UNROUTED], **page)
