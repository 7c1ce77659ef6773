"""HTTP for accounts: register, confirm the address, change the account or the password."""

from collections.abc import Mapping
from typing import Annotated, Any

import jwt
from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import BaseModel

from services.profiles.accounts.attempts import attempt
from services.profiles.accounts.domain import (
    AccountBody,
    Confirmation,
    ConfirmationRequest,
    ConfirmationView,
    MemberView,
    PasswordChange,
    Registration,
    RegistrationReceived,
    normal_email,
)
from services.profiles.accounts.usecases import (
    change_account,
    confirm_member,
    hash_password,
    open_registration,
    own_account,
    register_member,
    require_password,
    send_confirmation,
    set_password,
)
from services.profiles.dependencies import CurrentCaller, CurrentRuntime, LoggedInCaller
from shared.addresses import mailbox
from shared.auth import trusted_keys
from shared.clock import real_now
from shared.errors import NotAuthenticated, TooManyRequests
from shared.http.caller import verified
from shared.http.preconditions import IdempotencyKey, IfMatch, etag
from shared.http.problems import refusals
from shared.http.throttling import TOO_MANY, ByClient, count
from shared.idempotency import idempotent, is_answered
from shared.ids import new_id
from shared.security import SecurityEvent
from shared.sentences import _
from shared.service import Runtime

router = APIRouter(tags=["Accounts"])
ConfirmationToken = Annotated[
    str, Path(max_length=2000, description="Token from the link in the e-mail that asks for confirmation")
]
INVALID_LINK = "The link is not valid, or older than seven days"
USED_LINK = "The link has expired, or the address was confirmed, with this link or another one"


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
async def read_own_account(runtime: CurrentRuntime, caller: CurrentCaller, response: Response) -> MemberView:
    """Return the account of the caller."""
    member = await own_account(runtime.db, caller.id)
    etag(response, member.version)
    return MemberView.of(member)


@router.put(
    "/me",
    operation_id="change_own_account",
    summary="Change your name and country",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            403: "The token is an API token",
            404: "The account no longer exists",
            412: "The account was changed since you read it",
            422: "A field is missing or not valid",
            428: "If-Match is missing",
        }
    ),
)
async def change_own_account(
    body: AccountBody, runtime: CurrentRuntime, caller: LoggedInCaller, version: IfMatch, response: Response
) -> MemberView:
    """Replace the name and the country of the caller. Other services follow; tokens keep the name that they have."""
    member = await runtime.db.transact(change_account, caller.id, body, version)
    etag(response, member.version)
    return member


@router.post(
    "/me/password",
    operation_id="change_password",
    summary="Change your password",
    responses=refusals(
        {
            401: "The token is missing or not valid",
            403: "The token is an API token",
            404: "The account no longer exists",
            412: "The password was changed at the same moment",
            422: "The present password is wrong, or the new one is too short or too common",
            **TOO_MANY,
        }
    ),
)
async def change_password(
    body: PasswordChange, request: Request, runtime: CurrentRuntime, caller: LoggedInCaller
) -> MemberView:
    """Replace the password of the caller. A wrong present password counts like a log-in with a wrong password.

    All other sessions of the caller end. API tokens stay valid.
    """
    member = await own_account(runtime.db, caller.id)
    async with attempt(request, runtime, member.email, SecurityEvent.PASSWORD_CHANGED):
        await require_password(member, body.current, "current")
        return await runtime.db.transact(set_password, member, await hash_password(body.new, "new"), caller.token_id)


async def confirmed_by(runtime: Runtime, token: str) -> Mapping[str, Any]:
    """Return the claims of a link. Raises NotAuthenticated, with the way to a new link."""
    try:
        return await verified(runtime, token, ["confirm"], "notifications")
    except NotAuthenticated as error:
        raise NotAuthenticated(_("This link is not valid, or has expired. Request a new one at /confirm.")) from error


@router.post(
    "/confirm",
    status_code=202,
    operation_id="send_confirmation_again",
    summary="Send the link to confirm an address again",
    responses=refusals({422: "The address is missing or not valid"}),
    dependencies=[Depends(ByClient("profiles", "registrations_by_client"))],
)
async def send_again(body: ConfirmationRequest, request: Request, runtime: CurrentRuntime) -> RegistrationReceived:
    """Send a new link for a registration of the last 30 days; earlier links stay valid for their seven days.

    The owner of an account gets an e-mail that says so. An address that got many e-mails within the hour gets no more.
    The answer is the same for every address.
    """
    if await may_mail_to(request, body.email):
        return await runtime.db.transact(send_confirmation, new_id(), body.email)
    return RegistrationReceived(email=normal_email(body.email))


@router.get(
    "/confirm/{token}",
    operation_id="read_confirmation",
    summary="Read what was registered",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK}),
)
async def read_confirmation(token: ConfirmationToken, runtime: CurrentRuntime) -> ConfirmationView:
    """Return what was registered, and change nothing, because mail scanners follow links too. The page has a form."""
    claims = await confirmed_by(runtime, token)
    return ConfirmationView.of(await open_registration(runtime.db, claims["email"], claims["sub"]))


@router.post(
    "/confirm/{token}",
    operation_id="confirm_address",
    summary="Confirm an address, set the password",
    responses=refusals({401: INVALID_LINK, 404: USED_LINK, 422: "A field is missing or not valid"}),
)
async def confirm_address(token: ConfirmationToken, body: Confirmation, runtime: CurrentRuntime) -> MemberView:
    """Create the account with the password of its owner, who may correct name and country. Its links end."""
    claims = await confirmed_by(runtime, token)
    async with runtime.resources.locks.hold(f"confirm {claims['sub']}"):  # so that one request hashes its password
        await open_registration(runtime.db, claims["email"], claims["sub"])
        password_hash = await hash_password(body.password)
        return await runtime.db.transact(confirm_member, claims["email"], claims["sub"], body, password_hash)


@router.get("/.well-known/jwks.json", operation_id="list_public_keys", summary="List keys that verify tokens")
async def list_public_keys(runtime: CurrentRuntime) -> KeySet:
    """Return the public keys that access tokens may be signed with (RFC 7517), for programs outside the platform.

    A key that was replaced stays until the last token that it signed has ended.
    """
    public_keys = await trusted_keys(runtime.db, "profiles", real_now())
    return KeySet(
        keys=[{**key.jwk, "kid": key.id, "use": "sig", "alg": jwt.PyJWK(key.jwk).algorithm_name} for key in public_keys]
    )
