"""HTTP for partner requests."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.matchmaking.calls.usecases import check_call
from services.matchmaking.dependencies import NOTIFIES_ONCE, CurrentCaller, CurrentRuntime
from services.matchmaking.organisations.usecases import own_organisation
from services.matchmaking.requests import usecases
from services.matchmaking.requests.domain import PartnerRequest, PartnerRequestBody, PartnerRequestView
from services.matchmaking.requests.store import OPEN_REQUESTS, REQUESTS, list_live_requests
from services.matchmaking.requests.views import RequestFilter
from shared.errors import NotFound
from shared.http.paging import Page, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.sentences import _

router = APIRouter(tags=["Partner search"])
RequestId = Annotated[Id, Path(description="Id of the partner request")]


@router.post(
    "/partner-requests",
    status_code=201,
    operation_id="publish_partner_request",
    summary="Publish a partner offer or request",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            404: "The organisation or the call is not published, or the caller does not belong to the organisation",
            422: "A field is not valid, or the time of expiry has passed",
        }
    ),
    dependencies=NOTIFIES_ONCE,
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
    await check_call(runtime.db, body.call_id)
    work = OPEN_REQUESTS.within(caller.id, {"member_id": caller.id, "closed": False}, usecases.publish_request)
    request = await idempotent(runtime.db, key, caller.id, PartnerRequest, work, new_id(), body, organisation, caller)
    created(response, usecases.request_path(request.id), request.version)
    return request.view()


@router.get(
    "/partner-requests",
    operation_id="list_partner_requests",
    summary="List live partner requests",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def list_partner_requests(
    runtime: CurrentRuntime, q: Annotated[RequestFilter, Query()]
) -> Page[PartnerRequestView]:
    """Return the offers and requests that are neither closed nor expired, the next to expire first."""
    after = decode_time_cursor(q.cursor)
    requests = await list_live_requests(runtime.db, q.query(), after, runtime.db.now(), q.limit + 1)
    return page_of(PartnerRequestView, requests, q.limit, "expires_at", PartnerRequest.view)


@router.get(
    "/partner-requests/{id}",
    operation_id="read_partner_request",
    summary="Read a partner request",
    responses=refusals({404: "Partner request not found"}),
)
async def read_partner_request(id: RequestId, runtime: CurrentRuntime, response: Response) -> PartnerRequestView:
    """Return an offer or a request, also if it is closed or has expired."""
    partner_request = await REQUESTS.get(runtime.db, id)
    if partner_request is None:
        raise NotFound(_("Partner request not found."))
    etag(response, partner_request.version)
    return partner_request.view()


@router.post(
    "/partner-requests/{id}/renew",
    operation_id="renew_partner_request",
    summary="Renew a partner request",
    responses=refusals(
        {
            404: "Partner request not found, or published by another organisation",
            409: "The request is closed or valid for ninety days, or its organisation is not public",
            412: "The request has changed since you read it",
            428: "If-Match is missing",
        }
    ),
)
async def renew_partner_request(
    id: RequestId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> PartnerRequestView:
    """Keep an offer or a request of your organisation valid for ninety days from now, also if it has expired.

    A week before it expires, members of the organisation are asked to renew or close it.
    """
    request = await runtime.db.transact(usecases.renew_request, id, caller, version)
    etag(response, request.version)
    return request.view()


@router.post(
    "/partner-requests/{id}/close",
    operation_id="close_partner_request",
    summary="Close a partner request",
    responses=refusals(
        {
            404: "Partner request not found, or published by another organisation",
            412: "The request has changed since you read it",
            428: "If-Match is missing",
        }
    ),
)
async def close_partner_request(
    id: RequestId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> PartnerRequestView:
    """Close an offer or a request of your organisation. It is then no longer listed or proposed."""
    request = await runtime.db.transact(usecases.close_request, id, caller, version)
    etag(response, request.version)
    return request.view()
