"""Who asks: the running service of a route, and the member behind a token."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import Request

from shared import auth
from shared.auth import Caller, KeyUnknown
from shared.copies import wait_for_copy
from shared.errors import NotAuthenticated
from shared.service import Runtime

COOKIE = "ccp_token"


def runtime_of(service: str) -> Callable[[Request], Runtime]:
    """A dependency: the running service that a route belongs to."""

    def find(request: Request) -> Runtime:
        runtime: Runtime = request.app.state.runtimes[service]
        return runtime

    return find


def current_caller(service: str) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: the member whose token came along. Raises NotAuthenticated."""

    async def identify(request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":  # a browser's cookie may look, but never change anything
            token = request.cookies.get(COOKIE, "") if request.method == "GET" else ""
        if not token:
            raise NotAuthenticated("send a token: Authorization: Bearer ...")
        claims = await verified(request.app.state.runtimes[service], token, "access", "profiles")
        return Caller(id=claims["sub"], operator=bool(claims.get("operator")))

    return identify


def optional_caller(service: str) -> Callable[[Request], Awaitable[Caller | None]]:
    """A dependency: the member who asks, or None for a visitor. A bad token is refused, an old cookie is not."""
    identify = current_caller(service)

    async def try_to(request: Request) -> Caller | None:
        try:
            return await identify(request)
        except NotAuthenticated:
            if "authorization" in request.headers:
                raise
            return None

    return try_to


async def verified(runtime: Runtime, token: str, purpose: str, issuer: str) -> Mapping[str, Any]:
    """The token's claims; waits a moment for a key whose announcement is under way."""

    async def attempt() -> Mapping[str, Any] | None:
        try:
            return await auth.verify(runtime.db, token, purpose, issuer)
        except KeyUnknown:
            return None

    claims = await wait_for_copy(attempt)
    if claims is None:
        raise NotAuthenticated("the token was signed by a key that is not known here")
    return claims
