"""HTTP for accounts: register, confirm the address, log in."""

from collections.abc import Mapping
from typing import Annotated, Any

import jwt
from fastapi import APIRouter, Depends, Form, Path, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, Field

from services.profiles.accounts.attempts import attempt
from services.profiles.accounts.domain import (
    Credentials,
    MemberView,
    Registration,
    RegistrationReceived,
    RegistrationView,
    normal_email,
)
from services.profiles.accounts.forms import (
    CONFIRMATION_BODY,
    CONFIRMATION_REQUEST,
    SentConfirmation,
    confirmation_form,
    sent_confirmation,
    sent_request,
)
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import (
    confirm_member,
    hash_password,
    log_in,
    open_registration,
    register_member,
    send_confirmation,
)
from services.profiles.dependencies import CurrentCaller, CurrentRuntime
from shared import pages
from shared.addresses import mailbox
from shared.auth import PUBLIC_KEYS
from shared.errors import NotAuthenticated, NotFound, TooManyRequests
from shared.http.caller import cookie_name, verified
from shared.http.headers import is_https
from shared.http.negotiation import page_or_json
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.http.throttling import TOO_MANY, ByClient, count
from shared.idempotency import idempotent, is_answered
from shared.ids import new_id
from shared.service import Runtime

router = APIRouter(tags=["Accounts"])
ConfirmationToken = Annotated[
    str, Path(max_length=2000, description="Token from the link in the e-mail that asks for confirmation")
]
Sent = Annotated[SentConfirmation, Depends(sent_confirmation)]
INVALID_LINK = "The link is not valid, or older than seven days"
USED_LINK = "The link has expired, or the address was confirmed, with this link or another one"


class Token(BaseModel):
    """An access token."""

    token: str = Field(description="Value to send as `Authorization: Bearer <token>`")
    expires_in: int = Field(description="Lifetime in seconds")


class KeySet(BaseModel):
    """A JSON Web Key Set (RFC 7517)."""

    keys: list[dict[str, str]]


async def limit_mails(
    body: Registration, request: Request, runtime: CurrentRuntime, key: IdempotencyKey = None
) -> bool:
    """Count a request that sends an e-mail to the address in its body, once. Return whether it may send it."""
    return await is_answered(runtime.db, key, body.email) or await may_mail_to(request, body.email)


async def may_mail_to(request: Request, email: str) -> bool:
    """Count an e-mail to the mailbox of an address. Return whether it may be sent.

    The request is not refused: strangers would use up the limit of the owner, who then has their e-mails with valid
    links.
    """
    try:
        await count(request, "profiles", "mails_to_address", mailbox(email))
    except TooManyRequests as error:
        request.state.means = error.security_event
        return False
    return True


@router.post(
    "/members",
    status_code=202,
    operation_id="register_member",
    summary="Register a member",
    responses=refusals({422: "A field is missing or not valid"}),
    dependencies=[Depends(ByClient("profiles", "registrations_by_client"))],
)
async def register(
    body: Registration,
    runtime: CurrentRuntime,
    may_mail: Annotated[bool, Depends(limit_mails)],
    key: IdempotencyKey = None,
) -> RegistrationReceived:
    """Send an e-mail to the address, with a link that confirms it and sets a password. Then the account exists.

    Each registration of an address has its own link, which opens what was typed with it; the first link with which a
    password is set ends the others. The owner of an account that exists gets an e-mail that says so. An address that
    got many e-mails within the hour gets no more. The answer is the same.
    """
    if not may_mail:
        return RegistrationReceived(email=normal_email(body.email))
    return await idempotent(runtime.db, key, body.email, RegistrationReceived, register_member, new_id(), body)


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


async def confirmed_by(runtime: Runtime, token: str) -> Mapping[str, Any]:
    """Return the claims of a link. Raises NotAuthenticated, with the way to a new link."""
    try:
        return await verified(runtime, token, "confirm", "notifications")
    except NotAuthenticated as error:
        raise NotAuthenticated("This link is not valid, or has expired. Request a new one at /confirm.") from error


@router.get("/confirm", include_in_schema=False)
async def show_confirmation_request() -> Response:
    """Show the form that requests a new link to confirm an address."""
    return pages.page("confirm_again.html", sent=False)


@router.post(
    "/confirm",
    status_code=202,
    response_model=RegistrationReceived,
    operation_id="send_confirmation_again",
    summary="Send the link to confirm an address again",
    responses=refusals({422: "The address is missing or not valid"}),
    dependencies=[Depends(ByClient("profiles", "registrations_by_client"))],
    openapi_extra={"requestBody": CONFIRMATION_REQUEST},
)
async def send_again(request: Request, runtime: CurrentRuntime) -> Response:
    """Send a new link for a registration of the last 30 days; earlier links stay valid for their seven days.

    The owner of an account gets an e-mail that says so. An address that got many e-mails within the hour gets no more.
    The answer is the same for every address.
    """
    email = (await sent_request(request)).email
    received = RegistrationReceived(email=normal_email(email))
    if await may_mail_to(request, email):
        received = await runtime.db.transact(send_confirmation, new_id(), email)
    response = page_or_json(request, "confirm_again.html", received, sent=True)
    response.status_code = 202
    return response


@router.get(
    "/confirm/{token}",
    response_model=RegistrationView,
    operation_id="read_confirmation",
    summary="Read what was registered",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK}),
)
async def read_confirmation(token: ConfirmationToken, request: Request, runtime: CurrentRuntime) -> Response:
    """Return what was registered, and change nothing, because mail scanners follow links too. The page has a form."""
    claims = await confirmed_by(runtime, token)
    registration = await open_registration(runtime.db, claims["email"], claims["sub"])
    return page_or_json(
        request, "confirm.html", RegistrationView.of(registration), form=confirmation_form(registration)
    )


@router.post(
    "/confirm/{token}",
    response_model=MemberView,
    operation_id="confirm_address",
    summary="Confirm an address, set the password",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK, 422: "A field is missing or not valid"}),
    openapi_extra={"requestBody": CONFIRMATION_BODY},
)
async def confirm_address(token: ConfirmationToken, sent: Sent, request: Request, runtime: CurrentRuntime) -> Response:
    """Create the account with the password of its owner, who may correct name and country. Its links end."""
    claims = await confirmed_by(runtime, token)
    async with runtime.resources.locks.hold(f"confirm {claims['sub']}"):  # so that one request hashes its password
        registration = await open_registration(runtime.db, claims["email"], claims["sub"])
        if sent.body is None:
            view, form = RegistrationView.of(registration), confirmation_form(registration, sent)
            return pages.page("confirm.html", status=422, resource=view, form=form)
        password_hash = await hash_password(sent.body.password)
        member = await runtime.db.transact(confirm_member, claims["email"], claims["sub"], sent.body, password_hash)
    return page_or_json(request, "confirmed.html", member)


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
    url = runtime.resources.public_url
    response.set_cookie(
        cookie_name(url), token, max_age=minutes * 60, httponly=True, samesite="lax", secure=is_https(url)
    )
    return response


@router.get("/.well-known/jwks.json", operation_id="list_public_keys", summary="List keys that verify tokens")
async def list_public_keys(runtime: CurrentRuntime) -> KeySet:
    """Return the public keys of access tokens (RFC 7517), for programs outside the platform."""
    public_keys = await PUBLIC_KEYS.find(runtime.db, {"issuer": "profiles"}, limit=10)
    return KeySet(
        keys=[{**key.jwk, "kid": key.id, "use": "sig", "alg": jwt.PyJWK(key.jwk).algorithm_name} for key in public_keys]
    )
