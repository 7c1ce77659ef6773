"""Gatherings: conferences, seminars and matchmaking events in the calendar."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field, ValidationInfo, field_validator

from services.calls.deadlines.domain import Zone
from services.calls.domain import Keyword, Line
from services.calls.publishers import publisher
from shared.auth import Caller
from shared.contracts.calls import GatheringFacts, GatheringPublished
from shared.errors import Invalid, NotFound
from shared.http import (
    IdempotencyKey,
    Page,
    Paging,
    caller,
    created,
    decode_time_cursor,
    etag,
    here,
    page_of,
    page_or_json,
)
from shared.idempotency import once
from shared.ids import Id, new_id
from shared.models import Body, Link, Moment, Versioned
from shared.mongo import Collection, Transaction, behind, index
from shared.service import Runtime
from shared.vocabulary import Country, Ecosystem

router = APIRouter()
Here = Annotated[Runtime, Depends(here("calls"))]
By = Annotated[Caller, Depends(caller("calls"))]


class GatheringBody(Body):
    organisation_id: Id | None = Field(None, description="None: the platform itself, for operators")
    title: Line
    summary: str = Field("", max_length=1000)
    place: Line
    countries: list[Country] = Field(default=[], max_length=250, description="Where it is, and whom it is about")
    ecosystems: list[Ecosystem] = Field(default=[], max_length=14)
    keywords: list[Keyword] = Field(default=[], max_length=50)
    starts_at: Moment
    ends_at: Moment
    timezone: Zone = "Europe/Brussels"
    link: Link = ""

    @field_validator("ends_at")
    @classmethod
    def _in_order(cls, ends_at: datetime, seen: ValidationInfo) -> datetime:
        if "starts_at" in seen.data and ends_at <= seen.data["starts_at"]:
            raise ValueError("the end must be after the start")
        return ends_at


class Gathering(Versioned, GatheringBody):
    model_config = Versioned.model_config

    organisation_name: str


class AlreadyOver(Invalid):
    """The calendar takes what is still to come."""


GATHERINGS = Collection(
    "gatherings",
    Gathering,
    [index("ends_at", "_id"), index("countries", "ends_at"), index("ecosystems", "ends_at")],
)


async def publish_gathering(tx: Transaction, id: str, body: GatheringBody, organisation_name: str) -> Gathering:
    """Into the calendar, and announced. Raises AlreadyOver."""
    if body.ends_at <= tx.now:
        raise AlreadyOver("this gathering is over already", field="ends_at")
    gathering = Gathering(id=id, organisation_name=organisation_name, **body.model_dump())
    await GATHERINGS.insert(tx, gathering)
    tx.publish(gathering_published(gathering))
    return gathering


def gathering_published(gathering: Gathering) -> GatheringPublished:
    fields = set(GatheringFacts.model_fields.keys() & Gathering.model_fields.keys())
    facts = GatheringFacts(url=f"/gatherings/{gathering.id}", **gathering.model_dump(include=fields))
    return GatheringPublished(gathering_id=gathering.id, gathering=facts)


class GatheringFilter(Paging):
    country: Country | None = None
    ecosystem: Ecosystem | None = None


@router.post("/gatherings", status_code=201)
async def create(body: GatheringBody, at: Here, by: By, response: Response, key: IdempotencyKey = None) -> Gathering:
    name = await publisher(at.db, body.organisation_id, by)
    request = "gathering" + body.model_dump_json()
    made = await once(at.db, key, by.id, request, Gathering, publish_gathering, new_id(), body, name)
    created(response, f"/gatherings/{made.id}", made.version)
    return made


@router.get("/gatherings", response_model=Page[Gathering])
async def gatherings(request: Request, at: Here, q: Annotated[GatheringFilter, Query()]) -> Response:
    """Those that are not over, the next to end first."""
    wanted = {k: v for k, v in {"countries": q.country, "ecosystems": q.ecosystem}.items() if v}
    query = {"$and": [{"ends_at": {"$gt": at.db.now()}, **wanted}, behind("ends_at", decode_time_cursor(q.cursor))]}
    found = await GATHERINGS.find(at.db, query, sort=[("ends_at", 1), ("_id", 1)], limit=q.limit + 1)
    return page_or_json(request, "gatherings.html", page_of(Gathering, found, q.limit, "ends_at"))


@router.get("/gatherings/{id}", response_model=Gathering)
async def read(id: Id, request: Request, at: Here) -> Response:
    gathering = await GATHERINGS.get(at.db, id)
    if gathering is None:
        raise NotFound("there is no such gathering")
    response = page_or_json(request, "gathering.html", gathering)
    etag(response, gathering.version)
    return response
