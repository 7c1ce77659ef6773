"""HTTP for API tokens. Only members who logged in may use it: an API token makes and revokes none."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.profiles.accounts.tokens import usecases
from services.profiles.accounts.tokens.domain import ApiTokenBody, ApiTokenView, NewApiToken
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.http.security import means
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.security import SecurityEvent

router = APIRouter(tags=["Accounts"])
ApiTokenId = Annotated[Id, Path(description="Id of the API token")]
REFUSED = {401: "The token is missing or not valid", 403: "The token is an API token"}


@router.post(
    "/me/tokens",
    status_code=201,
    operation_id="create_api_token",
    summary="Create an API token",
    responses=refusals({**REFUSED, 409: "You have 20 API tokens", 422: "A field is missing or not valid"}),
    dependencies=[Depends(means(SecurityEvent.API_TOKEN_CREATED))],
)
async def create_api_token(
    body: ApiTokenBody, runtime: CurrentRuntime, caller: LoggedInCaller, key: IdempotencyKey = None
) -> NewApiToken:
    """Create a token for a program of yours, and show it once. Other programs and people get the same rights by it.

    It does what you may do, within its scope, until it ends or you revoke it. It never operates the platform, changes
    your password or creates another token.
    """
    signer = await runtime.resources.signer.renewed(runtime.db)
    token = await idempotent(
        runtime.db, key, caller.id, ApiTokenView, usecases.create_api_token, signer, new_id(), caller.id, body
    )
    return NewApiToken(**token.model_dump(), token=usecases.signed(signer, caller.id, token))


@router.get(
    "/me/tokens",
    operation_id="list_api_tokens",
    summary="List your API tokens",
    responses=refusals(REFUSED),
)
async def list_api_tokens(runtime: CurrentRuntime, caller: LoggedInCaller) -> list[ApiTokenView]:
    """Return your API tokens that have not ended, newest first."""
    return await usecases.own_api_tokens(runtime.db, caller.id)


@router.delete(
    "/me/tokens/{id}",
    status_code=204,
    operation_id="revoke_api_token",
    summary="Revoke an API token",
    responses=refusals({**REFUSED, 404: "Token not found, or not yours"}),
    dependencies=[Depends(means(SecurityEvent.API_TOKEN_REVOKED))],
)
async def revoke_api_token(id: ApiTokenId, runtime: CurrentRuntime, caller: LoggedInCaller) -> None:
    """Refuse a token from now on. The other services learn it by an event, usually within a second."""
    await runtime.db.transact(usecases.revoke_api_token, id, caller.id)
