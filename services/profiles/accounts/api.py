"""HTTP for accounts: register, confirm, log in."""

from typing import Annotated

import jwt
from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import BaseModel, SecretStr

from services.profiles.accounts.domain import Credentials, MemberView, Registration
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import confirm_member, hash_password, log_in, register_member
from shared import pages
from shared.auth import PUBLIC_KEYS, Caller
from shared.errors import NotFound
from shared.http import COOKIE, IdempotencyKey, caller, here, page_or_json, verified
from shared.idempotency import once
from shared.ids import new_id
from shared.service import Runtime

router = APIRouter()
Here = Annotated[Runtime, Depends(here("profiles"))]
By = Annotated[Caller, Depends(caller("profiles"))]


class Token(BaseModel):
    token: str
    expires_in: int


class Confirmation(BaseModel):
    confirmed: bool


@router.post("/members", status_code=201)
async def register(body: Registration, at: Here, key: IdempotencyKey = None) -> MemberView:
    hashed = await hash_password(body.password)
    request = body.model_dump_json()  # in which the password is starred out: no quick hash of it is kept
    return await once(at.db, key, body.email, request, MemberView, register_member, new_id(), body, hashed)


@router.get("/me")
async def me(at: Here, by: By) -> MemberView:
    member = await MEMBERS.get(at.db, by.id)
    if member is None:
        raise NotFound("this account is gone")
    return MemberView.of(member)


@router.get("/confirm/{token}", response_model=Confirmation)
async def confirmation_page(token: str, request: Request, at: Here) -> Response:
    """Looking changes nothing: mail scanners follow links too. The page has a button that posts."""
    await verified(at, token, "confirm", "notifications")
    return page_or_json(request, "confirm.html", Confirmation(confirmed=False), done=False)


@router.post("/confirm/{token}", response_model=Confirmation)
async def confirm(token: str, request: Request, at: Here) -> Response:
    claims = await verified(at, token, "confirm", "notifications")
    await at.db.transact(confirm_member, claims["sub"], claims["email"])
    return page_or_json(request, "confirm.html", Confirmation(confirmed=True), done=True)


@router.post("/tokens", status_code=201)
async def issue_token(body: Credentials, at: Here) -> Token:
    minutes = at.resources.settings.token_minutes
    token = await log_in(at.db, at.resources.signer, body.email, body.password, minutes)
    return Token(token=token, expires_in=minutes * 60)


@router.get("/login", include_in_schema=False)
async def login_page() -> Response:
    return pages.page("login.html")


@router.post("/login", include_in_schema=False)
async def login(email: Annotated[str, Form()], password: Annotated[str, Form()], at: Here) -> Response:
    minutes = at.resources.settings.token_minutes
    token = await log_in(at.db, at.resources.signer, email, SecretStr(password), minutes)
    response = RedirectResponse("/inbox", 303)
    secure = at.resources.public_url.startswith("https:")
    response.set_cookie(COOKIE, token, max_age=minutes * 60, httponly=True, samesite="lax", secure=secure)
    return response


class KeySet(BaseModel):
    keys: list[dict[str, str]]


@router.get("/.well-known/jwks.json")
async def public_keys(at: Here) -> KeySet:
    """The public keys of access tokens (RFC 7517), for readers outside the platform."""
    found = await PUBLIC_KEYS.find(at.db, {"issuer": "profiles"}, limit=10)
    return KeySet(
        keys=[{**key.jwk, "kid": key.id, "use": "sig", "alg": jwt.PyJWK(key.jwk).algorithm_name} for key in found]
    )
