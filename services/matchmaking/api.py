"""HTTP for partner search."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.matchmaking import usecases
from services.matchmaking.domain import PartnerRequest, PartnerRequestBody, Proposals, Side
from services.matchmaking.store import PROPOSALS, REQUESTS, live_requests
from shared.auth import Caller
from shared.errors import NotFound
from shared.http import (
    IdempotencyKey,
    IfMatch,
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
from shared.mongo import behind
from shared.service import Runtime
from shared.vocabulary import Country, Ecosystem

router = APIRouter()
Here = Annotated[Runtime, Depends(here("matchmaking"))]
By = Annotated[Caller, Depends(caller("matchmaking"))]


class RequestFilter(Paging):
    side: Side | None = None
    ecosystem: Ecosystem | None = None
    country: Country | None = None


@router.post("/partner-requests", status_code=201)
async def publish(
    body: PartnerRequestBody, at: Here, by: By, response: Response, key: IdempotencyKey = None
) -> PartnerRequest:
    organisation = await usecases.own_organisation(at.db, body.organisation_id, by)
    content, id = "partner-request" + body.model_dump_json(), new_id()
    work = usecases.publish_request
    made = await once(at.db, key, by.id, content, PartnerRequest, work, id, body, organisation, by)
    created(response, usecases.path(made.id), made.version)
    return made


@router.get("/partner-requests", response_model=Page[PartnerRequest])
async def requests(request: Request, at: Here, q: Annotated[RequestFilter, Query()]) -> Response:
    wanted = {"side": q.side, "ecosystems": q.ecosystem, "organisation_country": q.country}
    filters = {field: value for field, value in wanted.items() if value}
    found = await live_requests(at.db, filters, decode_time_cursor(q.cursor), at.db.now(), q.limit + 1)
    return page_or_json(request, "partner_requests.html", page_of(PartnerRequest, found, q.limit, "expires_at"))


@router.get("/partner-requests/{id}", response_model=PartnerRequest)
async def read(id: Id, request: Request, at: Here) -> Response:
    found = await REQUESTS.get(at.db, id)
    if found is None:
        raise NotFound("there is no such offer or request")
    response = page_or_json(request, "partner_request.html", found)
    etag(response, found.version)
    return response


@router.post("/partner-requests/{id}/close")
async def close(id: Id, at: Here, by: By, version: IfMatch, response: Response) -> PartnerRequest:
    closed = await at.db.transact(usecases.close_request, id, by, version)
    etag(response, closed.version)
    return closed


@router.get("/partner-proposals", response_model=Page[Proposals])
async def proposals(request: Request, at: Here, by: By, q: Annotated[Paging, Query()]) -> Response:
    """The partners proposed to me, the newest first."""
    query = {"member_id": by.id, **behind("at", decode_time_cursor(q.cursor), newest_first=True)}
    found = await PROPOSALS.find(at.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
    return page_or_json(request, "partner_proposals.html", page_of(Proposals, found, q.limit, "at"))
