"""Parked messages, for operators: list them, hand them to a handler again, or drop them."""

import json
import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from shared.clock import real_now
from shared.consumer import RETRY
from shared.envelope import Unreadable, open_envelope
from shared.errors import NotFound, Refusal
from shared.fields import Distinct, OneLine
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.problems import refusals
from shared.ids import Id
from shared.jobs import JOBS, Job
from shared.models import Body, Moment
from shared.mongo import Transaction, behind
from shared.parking import PARKED, Parked
from shared.sentences import _
from shared.service import Runtime, Service

ParkedId = Annotated[Id, Path(description="Id of the parked message")]


class NotReadable(Refusal):
    """The message has no handler or no readable content, so that a redrive would park it again."""


class ParkedView(BaseModel):
    """A parked message without its content."""

    id: str
    listener: str = Field(description="The consumer or kind of job that could not handle it")
    event_type: str
    event_id: str
    reason: str
    attempts: int
    at: datetime = Field(description="When it was parked")

    @classmethod
    def of(cls, row: Parked) -> "ParkedView":
        return cls.model_validate(row.model_dump())


class ParkedDetail(ParkedView):
    """A parked message with its content and traceback."""

    traceback: str
    body: str = Field(description="As text; bytes that are not UTF-8 are shown as U+FFFD")

    @classmethod
    def of(cls, row: Parked) -> "ParkedDetail":
        return cls.model_validate({**row.model_dump(), "body": row.body.decode(errors="replace")})


class ParkedFilter(Paging):
    """Query parameters of the list of parked messages."""

    event_type: Annotated[str, OneLine(200)] | None = Field(None, description="Only messages of this type")
    reason: Annotated[str, OneLine(200)] | None = Field(
        None, description="Only messages whose reason contains this text"
    )
    before: Moment | None = Field(None, description="Only messages parked before this time")


class ParkedIds(Body):
    """The parked messages to act on."""

    ids: Annotated[list[Id], Distinct(100, fewest=1)]


class Failure(BaseModel):
    """A parked message that stays as it was, and the reason."""

    id: str
    reason: str


class ParkedResult(BaseModel):
    """Ids of the messages that were acted on, and of those that were not."""

    done: list[str]
    refused: list[Failure]


def add_read_routes(router: APIRouter, service: str, service_runtime: Any) -> None:
    @router.get("/parked", operation_id=f"list_{service}_parked", summary=f"List the parked messages of {service}")
    async def list_parked(q: Annotated[ParkedFilter, Query()], runtime: Runtime = service_runtime) -> Page[ParkedView]:
        """Return the messages and jobs that could not be handled, newest first."""
        last = behind("at", decode_time_cursor(q.cursor), newest_first=True)
        query = {"$and": [_query(q), last]}
        rows = await PARKED.find(runtime.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
        return page_of(ParkedView, rows, q.limit, "at", ParkedView.of)

    @router.get(
        "/parked/{id}",
        operation_id=f"read_{service}_parked",
        summary=f"Read a parked message of {service}",
        responses=refusals({404: "No parked message has this id"}),
    )
    async def read_parked(id: ParkedId, runtime: Runtime = service_runtime) -> ParkedDetail:
        """Return one parked message with its content and traceback."""
        if row := await PARKED.get(runtime.db, id):
            return ParkedDetail.of(row)
        raise _not_found(id)


def add_write_routes(router: APIRouter, service: str, service_runtime: Any) -> None:
    @router.post(
        "/parked/redrive",
        operation_id=f"redrive_{service}_parked",
        summary=f"Redrive parked messages of {service}",
    )
    async def redrive_parked(body: ParkedIds, runtime: Runtime = service_runtime) -> ParkedResult:
        """Hand parked messages to their handlers again. Each has as many attempts as a new message."""
        done, refused = [], []
        for id in body.ids:
            try:
                await runtime.db.transact(_redrive, runtime.service, id)
            except Refusal as error:
                refused.append(Failure(id=id, reason=error.detail))
            else:
                done.append(id)
        return ParkedResult(done=done, refused=refused)

    @router.post("/parked/drop", operation_id=f"drop_{service}_parked", summary=f"Drop parked messages of {service}")
    async def drop_parked(body: ParkedIds, runtime: Runtime = service_runtime) -> ParkedResult:
        """Delete parked messages for good."""
        known = {row.id for row in await PARKED.find(runtime.db, {"_id": {"$in": body.ids}}, limit=len(body.ids))}
        await PARKED.delete(runtime.db, {"_id": {"$in": list(known)}})
        unknown = [Failure(id=id, reason=_not_found(id).detail) for id in body.ids if id not in known]
        return ParkedResult(done=[id for id in body.ids if id in known], refused=unknown)


def _not_found(id: str) -> NotFound:
    return NotFound(_("Parked message {id} not found. It may have been redriven or dropped.", id=id))


def _query(q: ParkedFilter) -> dict[str, Any]:
    query: dict[str, Any] = {}
    if q.event_type:
        query["event_type"] = q.event_type
    if q.reason:
        query["reason"] = {"$regex": re.escape(q.reason), "$options": "i"}
    if q.before:
        query["at"] = {"$lt": q.before}
    return query


async def _redrive(tx: Transaction, service: Service, id: str) -> None:
    row = await PARKED.get(tx, id)
    if row is None:
        raise _not_found(id)
    await JOBS.insert(tx, _as_job(row, service))
    await PARKED.delete(tx, {"_id": id})
    tx.notify("jobs")


def _as_job(row: Parked, service: Service) -> Job:
    """Return the job that handles a parked message again. Raises NotReadable."""
    if row.listener == f"{service.name}.{RETRY}s":
        return _event_job(row, service)
    work = json.loads(row.body)
    occurred_at = work.get("occurred_at") or row.at  # version 0.1 parked jobs without this time
    return Job(id=row.event_id, kind=work["kind"], data=work["data"], run_at=real_now(), occurred_at=occurred_at)


def _event_job(row: Parked, service: Service) -> Job:
    try:
        envelope = open_envelope(row.body)
        envelope.event()
    except Unreadable as error:
        raise NotReadable(_("The message cannot be read: {error}. Drop it.", error=error)) from error
    if envelope.type not in service.listens_to:
        raise NotReadable(
            _("{name} has no handler for {type}. Drop the message.", name=service.name, type=envelope.type)
        )
    return Job(
        id=f"{RETRY}:{envelope.id}",
        kind=RETRY,
        data={"id": envelope.id, "type": envelope.type},
        body=row.body,
        run_at=real_now(),
        **envelope.cause._asdict(),
    )
