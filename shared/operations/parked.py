"""What a service parked, for operators: look at it, give it back to work, or drop it."""

import json
import re
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shared.clock import real_now
from shared.consumer import RETRY
from shared.envelope import Unreadable, open_envelope
from shared.errors import NotFound, Refusal
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.ids import Id
from shared.jobs import JOBS, Job
from shared.models import Body, Moment
from shared.mongo import Transaction, behind
from shared.parking import PARKED, Parked
from shared.service import Runtime, Service


class NotReadable(Refusal):
    """What was parked would only be parked again."""


class ParkedView(BaseModel):
    id: str
    listener: str
    event_type: str
    event_id: str
    reason: str
    attempts: int
    at: datetime

    @classmethod
    def of(cls, row: Parked) -> "ParkedView":
        return cls.model_validate(row.model_dump())


class ParkedDetail(ParkedView):
    traceback: str
    body: str = Field(description="As text; bytes that are none are shown as U+FFFD")

    @classmethod
    def of(cls, row: Parked) -> "ParkedDetail":
        return cls.model_validate({**row.model_dump(), "body": row.body.decode(errors="replace")})


class ParkedFilter(Paging):
    event_type: str | None = Field(None, max_length=200)
    reason: str | None = Field(None, max_length=200, description="A part of the reason")
    before: Moment | None = Field(None, description="Parked before this time")


class Chosen(Body):
    ids: list[Id] = Field(min_length=1, max_length=100)


class Failure(BaseModel):
    id: str
    reason: str


class Done(BaseModel):
    done: list[str]
    refused: list[Failure]


def add_reading(router: APIRouter, at_service: Any) -> None:
    @router.get("/parked")
    async def parked(q: Annotated[ParkedFilter, Query()], runtime: Runtime = at_service) -> Page[ParkedView]:
        """What could not be handled, the newest first."""
        last = behind("at", decode_time_cursor(q.cursor), newest_first=True)
        query = {"$and": [_query(q), last]}
        found = await PARKED.find(runtime.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
        return page_of(ParkedView, found, q.limit, "at", ParkedView.of)

    @router.get("/parked/{id}")
    async def show(id: Id, runtime: Runtime = at_service) -> ParkedDetail:
        """With its content and the traceback."""
        if row := await PARKED.get(runtime.db, id):
            return ParkedDetail.of(row)
        raise NotFound(f"nothing is parked as {id}")


def add_deeds(router: APIRouter, at_service: Any) -> None:
    @router.post("/parked/redrive")
    async def redrive(body: Chosen, runtime: Runtime = at_service) -> Done:
        """Give them back to work: each is tried as often as something new."""
        done, refused = [], []
        for id in body.ids:
            try:
                await runtime.db.transact(_redrive, runtime.service, id)
            except Refusal as error:
                refused.append(Failure(id=id, reason=error.detail))
            else:
                done.append(id)
        return Done(done=done, refused=refused)

    @router.post("/parked/drop")
    async def drop(body: Chosen, runtime: Runtime = at_service) -> Done:
        """Forget them."""
        known = {row.id for row in await PARKED.find(runtime.db, {"_id": {"$in": body.ids}}, limit=len(body.ids))}
        await PARKED.delete(runtime.db, {"_id": {"$in": list(known)}})
        unknown = [Failure(id=id, reason=f"nothing is parked as {id}") for id in body.ids if id not in known]
        return Done(done=[id for id in body.ids if id in known], refused=unknown)


def _query(q: ParkedFilter) -> dict[str, Any]:
    wanted: dict[str, Any] = {}
    if q.event_type:
        wanted["event_type"] = q.event_type
    if q.reason:
        wanted["reason"] = {"$regex": re.escape(q.reason), "$options": "i"}
    if q.before:
        wanted["at"] = {"$lt": q.before}
    return wanted


async def _redrive(tx: Transaction, service: Service, id: str) -> None:
    row = await PARKED.get(tx, id)
    if row is None:
        raise NotFound(f"nothing is parked as {id}")
    await JOBS.insert(tx, _as_job(row, service))
    await PARKED.delete(tx, {"_id": id})
    tx.notify("jobs")


def _as_job(row: Parked, service: Service) -> Job:
    """An event is handled as one whose handler raised; a job is what it was. Raises NotReadable."""
    if row.listener == f"{service.name}.{RETRY}s":
        return _as_event(row, service)
    work = json.loads(row.body)
    occurred_at = work.get("occurred_at") or row.at  # what was parked by an earlier version does not say it
    return Job(id=row.event_id, kind=work["kind"], data=work["data"], run_at=real_now(), occurred_at=occurred_at)


def _as_event(row: Parked, service: Service) -> Job:
    try:
        envelope = open_envelope(row.body)
        envelope.event()
    except Unreadable as error:
        raise NotReadable(f"it cannot be read: {error}") from error
    if envelope.type not in service.listens_to:
        raise NotReadable(f"{service.name} has no handler for {envelope.type}")
    return Job(
        id=f"{RETRY}:{envelope.id}",
        kind=RETRY,
        data={"id": envelope.id, "type": envelope.type},
        body=envelope.to_bytes(),
        run_at=real_now(),
        **envelope.cause._asdict(),
    )
