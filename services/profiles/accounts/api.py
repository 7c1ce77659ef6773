"""HTTP for accounts: register, confirm the address, log in."""

from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.profiles.accounts.attempts import attempt
from services.profiles.accounts.domain import Credentials, MemberView, Registration
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import confirm_member, hash_password, log_in, register_member
from services.profiles.dependencies import CurrentCaller, CurrentRuntime
from shared import pages
from shared.auth import PUBLIC_KEYS
from shared.errors import NotFound
from shared.http.caller import COOKIE, verified
from shared.http.negotiation import page_or_json
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.http.throttling import TOO_MANY, ByClient, count
from shared.idempotency import idempotent
from shared.ids import new_id

router = APIRouter(tags=["Accounts"])
ConfirmationToken = Annotated[
    str, Path(max_length=2000, description="Token from the link in the e-mail that asks for confirmation")
]
INVALID_LINK = "The link is not valid, or older than seven days"


class Token(BaseModel):
    """An access token."""

    token: str = Field(description="Value to send as `Authorization: Bearer <token>`")
    expires_in: int = Field(description="Lifetime in seconds")


class Confirmation(BaseModel):
    """Whether an address is confirmed."""

    confirmed: bool


class KeySet(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


async def limit_mails(body: Registration, request: Request) -> None:
    """Count a request that sends an e-mail to the address in its body. Raises TooManyRequests."""
    await count(request, "profiles", "mails_to_address", body.email)


@router.post(
    "/members",
    status_code=201,
    operation_id="register_member",
    summary="Register a member",
    responses=refusals({409: "The address is already registered", 422: "A field is missing or not valid"}),
    dependencies=[Depends(ByClient("profiles", "registrations_by_client")), Depends(limit_mails)],
)
async def register(body: Registration, runtime: CurrentRuntime, key: IdempotencyKey = None) -> MemberView:
    """Create an account and send an e-mail that asks the member to confirm their address."""
    password_hash = await hash_password(body.password)
    request = body.model_dump_json()  # masks the password, so that no fast hash of it is stored
    return await idempotent(
        runtime.db, key, body.email, request, MemberView, register_member, new_id(), body, password_hash
    )


@router.get(
    "/me",
    operation_id="read_own_account",
    summary="Read your account",
    responses=refusals({401: "The token is missing or not valid", 404: "The account no longer exists"}),
)
async def read_own_account(runtime: CurrentRuntime, caller: CurrentCaller) -> MemberView:
    """Return the account of the caller."""
    member = await MEMBERS.get(runtime.db, caller.id)
    if member is None:
        raise NotFound("This account no longer exists. Register again to use the platform.")
    return MemberView.of(member)


@router.get(
    "/confirm/{token}",
    response_model=Confirmation,
    operation_id="read_confirmation",
    summary="Check a confirmation link",
    responses=refusals({401: INVALID_LINK}),
)
async def read_confirmation(token: ConfirmationToken, request: Request, runtime: CurrentRuntime) -> Response:
    """Check the link and change nothing, because mail scanners follow links too. The page has a button that posts."""
    await verified(runtime, token, "confirm", "notifications")
    return page_or_json(request, "confirm.html", Confirmation(confirmed=False), done=False)


@router.post(
    "/confirm/{token}",
    response_model=Confirmation,
    operation_id="confirm_address",
    summary="Confirm an e-mail address",
    responses=refusals({401: INVALID_LINK, 404: "The address is not registered"}),
)
async def confirm_address(token: ConfirmationToken, request: Request, runtime: CurrentRuntime) -> Response:
    """Mark the address as confirmed. Alerts are then sent to it by e-mail."""
    claims = await verified(runtime, token, "confirm", "notifications")
    await runtime.db.transact(confirm_member, claims["sub"], claims["email"])
    return page_or_json(request, "confirm.html", Confirmation(confirmed=True), done=True)


@router.post(
    "/tokens",
    status_code=201,
    operation_id="create_token",
    summary="Create an access token",
    responses=refusals({401: "The address or the password is wrong", **TOO_MANY}),
)
async def create_token(body: Credentials, request: Request, runtime: CurrentRuntime) -> Token:
    """Check address and password and return a token for the `Authorization` header."""
    minutes = runtime.resources.settings.token_minutes
    async with attempt(request, runtime, body.email):
        token = await log_in(runtime.db, runtime.resources.signer, body.email, body.password, minutes)
    return Token(token=token, expires_in=minutes * 60)


@router.get("/login", include_in_schema=False)
async def show_login_page() -> Response:
    """Show the form to log in."""
    return pages.page("login.html")


@router.post("/login", include_in_schema=False)
async def log_in_with_form(form: Annotated[Credentials, Form()], request: Request, runtime: CurrentRuntime) -> Response:
    """Keep an access token in a cookie and redirect to the inbox."""
    minutes = runtime.resources.settings.token_minutes
    async with attempt(request, runtime, form.email):
        token = await log_in(runtime.db, runtime.resources.signer, form.email, form.password, minutes)
    response = RedirectResponse("/inbox", 303)
    secure = runtime.resources.public_url.startswith("https:")
    response.set_cookie(COOKIE, token, max_age=minutes * 60, httponly=True, samesite="lax", secure=secure)
    return response


@router.get("/.well-known/jwks.json", operation_id="list_public_keys", summary="List keys that verify tokens")
async def list_public_keys(runtime: CurrentRuntime) -> KeySet:
    """Return the public keys of access tokens (RFC 7517), for programs outside the platform."""
    public_keys = await PUBLIC_KEYS.find(runtime.db, {"issuer": "profiles"}, limit=10)
    return KeySet(
        keys=[{**key.jwk, "kid": key.id, "use": "sig", "alg": jwt.PyJWK(key.jwk).algorithm_name} for key in public_keys]
    )
