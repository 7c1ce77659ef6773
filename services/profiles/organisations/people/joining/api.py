"""HTTP for requests to join an organisation."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, LoggedInCaller, OrganisationId
from services.profiles.organisations.people.domain import MembershipView
from services.profiles.organisations.people.joining import usecases
from services.profiles.organisations.people.joining.domain import (
    AcceptanceBody,
    DeclineBody,
    JoinRequestBody,
    JoinRequestView,
)
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.http.security import means
from shared.http.throttling import TOO_MANY, ByMemberOnce
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.security import SecurityEvent

router = APIRouter(tags=["Organisations"])
RequestId = Annotated[Id, Path(description="Id of the request to join")]
NO_TOKEN = "The token is missing or not valid"  # noqa: S105
API_TOKEN = "The token is an API token"  # noqa: S105
NOT_YOURS = "Organisation or request not found, or the caller is not one of its administrators"


@router.post(
    "/organisations/{id}/join-requests",
    status_code=201,
    operation_id="ask_to_join",
    summary="Ask to join an organisation",
    responses=refusals(
        {
            401: NO_TOKEN,
            403: API_TOKEN,
            404: "Organisation not found, or not published",
            409: "You belong to it or have asked already, or too many requests are open",
            422: "The message is missing or not valid",
            **TOO_MANY,
        }
    ),
    dependencies=[Depends(ByMemberOnce("profiles", "publications_by_member"))],
)
async def ask_to_join(
    id: OrganisationId,
    body: JoinRequestBody,
    runtime: CurrentRuntime,
    caller: LoggedInCaller,
    key: IdempotencyKey = None,
) -> JoinRequestView:
    """Tell the administrators of a public organisation that you want to join it. They answer within 30 days."""
    return await idempotent(runtime.db, key, caller.id, JoinRequestView, usecases.ask, new_id(), id, body, caller)


@router.get(
    "/organisations/{id}/join-requests",
    operation_id="list_join_requests",
    summary="List the open requests to join an organisation",
    responses=refusals({401: NO_TOKEN, 404: NOT_YOURS}),
)
async def list_join_requests(
    id: OrganisationId, runtime: CurrentRuntime, caller: CurrentCaller
) -> list[JoinRequestView]:
    """Return the at most 50 requests that were not answered and have not expired, the oldest first."""
    return await usecases.requests_to(runtime.db, id, caller)


@router.get(
    "/me/join-requests",
    operation_id="list_own_join_requests",
    summary="List your requests to join organisations",
    responses=refusals({401: NO_TOKEN}),
)
async def list_own_join_requests(runtime: CurrentRuntime, caller: CurrentCaller) -> list[JoinRequestView]:
    """Return your requests, the newest first, with those that were declined or expired in the last 30 days."""
    return await usecases.requests_of(runtime.db, caller)


@router.delete(
    "/organisations/{id}/join-requests/{request_id}",
    status_code=204,
    operation_id="withdraw_join_request",
    summary="Withdraw your request to join",
    responses=refusals({401: NO_TOKEN, 403: API_TOKEN, 404: "Request not found among your open ones"}),
)
async def withdraw_join_request(
    id: OrganisationId, request_id: RequestId, runtime: CurrentRuntime, caller: LoggedInCaller
) -> None:
    """Withdraw a request that was not answered."""
    await runtime.db.transact(usecases.withdraw, id, request_id, caller)


@router.post(
    "/organisations/{id}/join-requests/{request_id}/accept",
    operation_id="accept_join_request",
    summary="Accept a request to join",
    responses=refusals(
        {401: NO_TOKEN, 403: API_TOKEN, 404: NOT_YOURS, 409: "The person or the organisation has too many memberships"}
    ),
    dependencies=[Depends(means(SecurityEvent.RIGHTS_CHANGED))],
)
async def accept_join_request(
    id: OrganisationId,
    request_id: RequestId,
    body: AcceptanceBody,
    runtime: CurrentRuntime,
    caller: LoggedInCaller,
) -> MembershipView:
    """Make the person who asked a member of the organisation, with a role. They and their colleagues are told."""
    return await runtime.db.transact(usecases.accept, id, request_id, body, caller)


@router.post(
    "/organisations/{id}/join-requests/{request_id}/decline",
    status_code=204,
    operation_id="decline_join_request",
    summary="Decline a request to join",
    responses=refusals({401: NO_TOKEN, 403: API_TOKEN, 404: NOT_YOURS, 422: "The reason is missing or not valid"}),
)
async def decline_join_request(
    id: OrganisationId,
    request_id: RequestId,
    body: DeclineBody,
    runtime: CurrentRuntime,
    caller: LoggedInCaller,
) -> None:
    """Decline a request with a reason, which the person who asked reads. They can ask again 30 days after asking."""
    await runtime.db.transact(usecases.decline, id, request_id, body, caller)
