"""HTTP for accounts: register, confirm, log in."""

from typing import Annotated

import jwt
from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, SecretStr

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
from shared.idempotency import idempotent
from shared.ids import new_id

router = APIRouter()


class Token(BaseModel):
    token: str
    expires_in: int


class Confirmation(BaseModel):
    confirmed: bool


@router.post("/members", status_code=201)
async def register(body: Registration, runtime: CurrentRuntime, key: IdempotencyKey = None) -> MemberView:
    hashed = await hash_password(body.password)
    request = body.model_dump_json()  # in which the password is starred out: no quick hash of it is kept
    return await idempotent(runtime.db, key, body.email, request, MemberView, register_member, new_id(), body, hashed)


@router.get("/me")
async def me(runtime: CurrentRuntime, caller: CurrentCaller) -> MemberView:
    member = await MEMBERS.get(runtime.db, caller.id)
    if member is None:
        raise NotFound("this account is gone")
    return MemberView.of(member)


@router.get("/confirm/{token}", response_model=Confirmation)
async def confirmation_page(token: str, request: Request, runtime: CurrentRuntime) -> Response:
    """Looking changes nothing: mail scanners follow links too. The page has a button that posts."""
    await verified(runtime, token, "confirm", "notifications")
    return page_or_json(request, "confirm.html", Confirmation(confirmed=False), done=False)


@router.post("/confirm/{token}", response_model=Confirmation)
async def confirm(token: str, request: Request, runtime: CurrentRuntime) -> Response:
    claims = await verified(runtime, token, "confirm", "notifications")
    await runtime.db.transact(confirm_member, claims["sub"], claims["email"])
    return page_or_json(request, "confirm.html", Confirmation(confirmed=True), done=True)


@router.post("/tokens", status_code=201)
async def issue_token(body: Credentials, runtime: CurrentRuntime) -> Token:
    minutes = runtime.resources.settings.token_minutes
    token = await log_in(runtime.db, runtime.resources.signer, body.email, body.password, minutes)
    return Token(token=token, expires_in=minutes * 60)


@router.get("/login", include_in_schema=False)
async def login_page() -> Response:
    return pages.page("login.html")


@router.post("/login", include_in_schema=False)
async def login(email: Annotated[str, Form()], password: Annotated[str, Form()], runtime: CurrentRuntime) -> Response:
    minutes = runtime.resources.settings.token_minutes
    token = await log_in(runtime.db, runtime.resources.signer, email, SecretStr(password), minutes)
    response = RedirectResponse("/inbox", 303)
    secure = runtime.resources.public_url.startswith("https:")
    response.set_cookie(COOKIE, token, max_age=minutes * 60, httponly=True, samesite="lax", secure=secure)
    return response


class KeySet(BaseModel):
    keys: list[dict[str, str]]


@router.get("/.well-known/jwks.json")
async def public_keys(runtime: CurrentRuntime) -> KeySet:
    """The public keys of access tokens (RFC 7517), for readers outside the platform."""
    found = await PUBLIC_KEYS.find(runtime.db, {"issuer": "profiles"}, limit=10)
    return KeySet(
        keys=[{**key.jwk, "kid": key.id, "use": "sig", "alg": jwt.PyJWK(key.jwk).algorithm_name} for key in found]
    )
