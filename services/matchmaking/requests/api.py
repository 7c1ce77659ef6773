"""HTTP for partner requests."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from services.matchmaking.dependencies import CurrentCaller, CurrentRuntime
from services.matchmaking.organisations.usecases import own_organisation
from services.matchmaking.requests import usecases
from services.matchmaking.requests.domain import PartnerRequest, PartnerRequestBody, PartnerRequestView, Side
from services.matchmaking.requests.store import OPEN_REQUESTS, REQUESTS, list_live_requests
from shared.errors import NotFound
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.vocabulary import Country, Ecosystem

router = APIRouter(tags=["Partner search"])
RequestId = Annotated[Id, Path(description="Id of the partner request")]


class RequestFilter(Paging):
    """Filters for the list of partner requests."""

    side: Side | None = Field(None, description="Only offers, or only requests")
    ecosystem: Ecosystem | None = Field(None, description="Only those in this industrial ecosystem")
    country: Country | None = Field(None, description="Only organisations of this country (ISO 3166-1 alpha-2 code)")


@router.post(
    "/partner-requests",
    status_code=201,
    operation_id="publish_partner_request",
    summary="Publish a partner offer or request",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            404: "The organisation is not published, or the caller does not belong to it",
            422: "A field is not valid, or the time of expiry has passed",
        }
    ),
)
async def publish_partner_request(
    body: PartnerRequestBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> PartnerRequestView:
    """Publish an offer or a request for one of your organisations. It is proposed to members when a call fits."""
    organisation = await own_organisation(runtime.db, body.organisation_id, caller)
    work = OPEN_REQUESTS.within(caller.id, {"member_id": caller.id, "closed": False}, usecases.publish_request)
    request = await idempotent(runtime.db, key, caller.id, PartnerRequest, work, new_id(), body, organisation, caller)
    created(response, usecases.request_path(request.id), request.version)
    return request.view()


@router.get(
    "/partner-requests",
    response_model=Page[PartnerRequestView],
    operation_id="list_partner_requests",
    summary="List live partner requests",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def list_partner_requests(
    request: Request, runtime: CurrentRuntime, q: Annotated[RequestFilter, Query()]
) -> Response:
    """Return the offers and requests that are neither closed nor expired, the next to expire first."""
    wanted = {"side": q.side, "ecosystems": q.ecosystem, "organisation_country": q.country}
    filters = {field: value for field, value in wanted.items() if value}
    after = decode_time_cursor(q.cursor)
    requests = await list_live_requests(runtime.db, filters, after, runtime.db.now(), q.limit + 1)
    page = page_of(PartnerRequestView, requests, q.limit, "expires_at", PartnerRequest.view)
    return page_or_json(request, "partner_requests.html", page)


@router.get(
    "/partner-requests/{id}",
    response_model=PartnerRequestView,
    operation_id="read_partner_request",
    summary="Read a partner request",
    responses=refusals({404: "Partner request not found"}),
)
async def read_partner_request(id: RequestId, request: Request, runtime: CurrentRuntime) -> Response:
    """Return an offer or a request, also if it is closed or has expired."""
    partner_request = await REQUESTS.get(runtime.db, id)
    if partner_request is None:
        raise NotFound("Partner request not found.")
    response = page_or_json(request, "partner_request.html", partner_request.view())
    etag(response, partner_request.version)
    return response


@router.post(
    "/partner-requests/{id}/close",
    operation_id="close_partner_request",
    summary="Close a partner request",
    responses=refusals(
        {
            404: "Partner request not found, or published by another member",
            412: "The request has changed since you read it",
            428: "If-Match is missing",
        }
    ),
)
async def close_partner_request(
    id: RequestId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> PartnerRequestView:
    """Close an offer or a request that you published. It is then no longer listed or proposed."""
    request = await runtime.db.transact(usecases.close_request, id, caller, version)
    etag(response, request.version)
    return request.view()
