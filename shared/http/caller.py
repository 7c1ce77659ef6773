"""The caller of a request: the running service of a route, and the member that a token identifies."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared import auth
from shared.auth import Caller
from shared.errors import NotAuthenticated
from shared.http.headers import is_https
from shared.service import Runtime

SCHEME, OPTIONAL_SCHEME = "bearer", "optional_bearer"
INSTRUCTIONS = "Request a token with your e-mail address and password: `POST /tokens`."

# These only describe routes in the OpenAPI document; the header is read by `caller_of`.
Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(scheme_name=SCHEME, bearerFormat="JWT", description=INSTRUCTIONS, auto_error=False)),
]
OptionalBearer = Annotated[
    HTTPAuthorizationCredentials | None, Depends(HTTPBearer(scheme_name=OPTIONAL_SCHEME, auto_error=False))
]


def cookie_name(public_url: str) -> str:
    """Return the name of the cookie with the token; over https one that no other host or path can set (RFC 6265bis)."""
    return "__Host-ccp_token" if is_https(public_url) else "ccp_token"


def runtime_of(service: str) -> Callable[[Request], Runtime]:
    """Return a dependency: the running service that a route belongs to."""

    def find(request: Request) -> Runtime:
        runtime: Runtime = request.app.state.runtimes[service]
        return runtime

    return find


def current_caller(service: str) -> Callable[..., Awaitable[Caller]]:
    """Return a dependency: the member whose token the request carries. It raises NotAuthenticated."""

    async def identify(request: Request, _: Bearer) -> Caller:
        return await caller_of(request, service)

    return identify


def optional_caller(service: str) -> Callable[..., Awaitable[Caller | None]]:
    """Return a dependency: the member, or None for a visitor. A wrong header is refused, an old cookie is ignored."""

    async def try_to_identify(request: Request, _: OptionalBearer) -> Caller | None:
        try:
            return await caller_of(request, service)
        except NotAuthenticated:
            if "authorization" in request.headers:
                raise
            return None

    return try_to_identify


async def caller_of(request: Request, service: str) -> Caller:
    """Return the member whose token the request carries. Raises NotAuthenticated."""
    if known := getattr(request.state, "caller", None):
        return cast(Caller, known)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":  # a browser's cookie is good for reading only
        cookie = cookie_name(request.app.state.settings.public_url)
        token = request.cookies.get(cookie, "") if request.method == "GET" else ""
    if not token:
        raise NotAuthenticated("Log in, or send a token in the header Authorization: Bearer <token>.")
    claims = await verified(request.app.state.runtimes[service], token, "access", "profiles")
    request.state.caller = Caller(id=claims["sub"], operator=bool(claims.get("operator")))
    return cast(Caller, request.state.caller)


async def verified(runtime: Runtime, token: str, purpose: str, issuer: str) -> Mapping[str, Any]:
    """Return the claims of a token. Raises NotAuthenticated."""
    return await auth.verify(runtime.keys, token, purpose, issuer)
