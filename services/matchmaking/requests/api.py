"""HTTP for partner search."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.matchmaking.dependencies import CurrentCaller, CurrentRuntime
from services.matchmaking.organisations.usecases import own_organisation
from services.matchmaking.requests import usecases
from services.matchmaking.requests.domain import PartnerRequest, PartnerRequestBody, Side
from services.matchmaking.requests.store import REQUESTS, live_requests
from shared.errors import NotFound
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.vocabulary import Country, Ecosystem

router = APIRouter()


class RequestFilter(Paging):
    side: Side | None = None
    ecosystem: Ecosystem | None = None
    country: Country | None = None


@router.post("/partner-requests", status_code=201)
async def publish(
    body: PartnerRequestBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> PartnerRequest:
    organisation = await own_organisation(runtime.db, body.organisation_id, caller)
    content, id = "partner-request" + body.model_dump_json(), new_id()
    work = usecases.publish_request
    made = await idempotent(runtime.db, key, caller.id, content, PartnerRequest, work, id, body, organisation, caller)
    created(response, usecases.path(made.id), made.version)
    return made


@router.get("/partner-requests", response_model=Page[PartnerRequest])
async def requests(request: Request, runtime: CurrentRuntime, q: Annotated[RequestFilter, Query()]) -> Response:
    wanted = {"side": q.side, "ecosystems": q.ecosystem, "organisation_country": q.country}
    filters = {field: value for field, value in wanted.items() if value}
    found = await live_requests(runtime.db, filters, decode_time_cursor(q.cursor), runtime.db.now(), q.limit + 1)
    return page_or_json(request, "partner_requests.html", page_of(PartnerRequest, found, q.limit, "expires_at"))


@router.get("/partner-requests/{id}", response_model=PartnerRequest)
async def read(id: Id, request: Request, runtime: CurrentRuntime) -> Response:
    found = await REQUESTS.get(runtime.db, id)
    if found is None:
        raise NotFound("there is no such offer or request")
    response = page_or_json(request, "partner_request.html", found)
    etag(response, found.version)
    return response


@router.post("/partner-requests/{id}/close")
async def close(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> PartnerRequest:
    closed = await runtime.db.transact(usecases.close_request, id, caller, version)
    etag(response, closed.version)
    return closed
