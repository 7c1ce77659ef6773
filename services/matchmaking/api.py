"""HTTP for partner search."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.matchmaking import usecases
from services.matchmaking.domain import PartnerRequest, PartnerRequestBody, Proposals, Side
from services.matchmaking.store import PROPOSALS, REQUESTS, live_requests
from shared.auth import Caller
from shared.errors import NotFound
from shared.http.caller import current_caller, runtime_of
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.mongo import behind
from shared.service import Runtime
from shared.vocabulary import Country, Ecosystem

router = APIRouter()
CurrentRuntime = Annotated[Runtime, Depends(runtime_of("matchmaking"))]
CurrentCaller = Annotated[Caller, Depends(current_caller("matchmaking"))]


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
    organisation = await usecases.own_organisation(runtime.db, body.organisation_id, caller)
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


@router.get("/partner-proposals", response_model=Page[Proposals])
async def proposals(
    request: Request, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Response:
    """The partners proposed to me, the newest first."""
    query = {"member_id": caller.id, **behind("at", decode_time_cursor(q.cursor), newest_first=True)}
    found = await PROPOSALS.find(runtime.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
    return page_or_json(request, "partner_proposals.html", page_of(Proposals, found, q.limit, "at"))
