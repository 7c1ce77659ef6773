"""The caller of a request: the running service of a route, and the member that a token identifies."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from shared import auth
from shared.auth import ACCESS, API, ENROLMENT, Caller
from shared.errors import NotAllowed, NotAuthenticated
from shared.http.headers import is_https
from shared.http.methods import CHANGES
from shared.http.origins import is_own
from shared.scopes import Scope
from shared.sentences import _
from shared.service import Runtime

SCHEME, OPTIONAL_SCHEME = "bearer", "optional_bearer"
INSTRUCTIONS = "Create an API token at `/me/tokens`, or log in with your password: `POST /tokens`."

# These only describe routes in the OpenAPI document; the header is read by `caller_of`.
Bearer = Annotated[
    HTTPAuthorizationCredentials | None,
    Depends(HTTPBearer(scheme_name=SCHEME, bearerFormat="JWT", description=INSTRUCTIONS, auto_error=False)),
]
OptionalBearer = Annotated[
    HTTPAuthorizationCredentials | None, Depends(HTTPBearer(scheme_name=OPTIONAL_SCHEME, auto_error=False))
]


class ReadOnlyToken(NotAllowed):
    """A program sent a change with an API token that may only read."""


class LogInNeeded(NotAllowed):
    """A program sent an API token to what only members who logged in may do."""


class SecondFactorNeeded(NotAllowed):
    """An operator logged in without a second factor, which they have to set up first."""


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

    async def identify(request: Request, __token: Bearer) -> Caller:
        return await caller_of(request, service)

    return identify


def logged_in_caller(service: str, *, may_enrol: bool = False) -> Callable[..., Awaitable[Caller]]:
    """Return a dependency: the member, who logged in. It raises NotAuthenticated, and LogInNeeded for an API token.

    `may_enrol`: it also takes an operator who has no second factor yet.
    """

    async def identify(request: Request, _token: Bearer) -> Caller:
        caller = await caller_of(request, service, may_enrol=may_enrol)
        if caller.scope is not None:
            raise LogInNeeded(
                _("An API token cannot do this. Log in with your e-mail address and password, and do it then.")
            )
        return caller

    return identify


def optional_caller(service: str) -> Callable[..., Awaitable[Caller | None]]:
    """Return a dependency: the member, or None for a visitor. A wrong header is refused, an old cookie is ignored."""

    async def try_to_identify(request: Request, _token: OptionalBearer) -> Caller | None:
        try:
            return await caller_of(request, service)
        except (NotAuthenticated, SecondFactorNeeded):
            if "authorization" in request.headers:
                raise
            return None

    return try_to_identify


async def caller_of(request: Request, service: str, *, may_enrol: bool = False) -> Caller:
    """Return the member whose token the request carries. Raises NotAuthenticated, ReadOnlyToken, SecondFactorNeeded."""
    if not hasattr(request.state, "caller"):
        request.state.caller = await _identified(request, service)
    caller = cast(Caller, request.state.caller)
    if caller.enrolling and not may_enrol:
        raise SecondFactorNeeded(
            _("Operators need a second factor. Set it up at /me/second-factor, then log in again.")
        )
    if caller.scope is Scope.READ and request.method in CHANGES:
        raise ReadOnlyToken(_("This token may only read. Create one that may also write at /me/tokens."))
    return caller


async def _identified(request: Request, service: str) -> Caller:
    """Return the member whose token the request carries: that of a log-in, or in the header also an API token.

    The caller with an API token is never an operator, even if the member is.
    """
    scheme, _space, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":  # a browser's cookie is good for reading, and for changes that our pages request
        url = request.app.state.settings.public_url
        counts = request.method == "GET" or is_own(request, url)
        token, purposes = request.cookies.get(cookie_name(url), "") if counts else "", [ACCESS, ENROLMENT]
    else:
        purposes = [ACCESS, ENROLMENT, API]
    if not token:
        raise NotAuthenticated(_("Log in, or send a token in the header Authorization: Bearer <token>."))
    claims = await verified(request.app.state.runtimes[service], token, purposes, "profiles")
    if claims["aud"] == API:
        return Caller(id=claims["sub"], scope=Scope(claims["scope"]), token_id=claims["jti"])
    if claims["aud"] == ENROLMENT:
        return Caller(id=claims["sub"], token_id=claims["jti"], enrolling=True)
    return Caller(id=claims["sub"], operator=bool(claims.get("operator")), token_id=claims.get("jti", ""))


async def verified(runtime: Runtime, token: str, purposes: Sequence[str], issuer: str) -> Mapping[str, Any]:
    """Return the claims of a token for one of the purposes. Raises NotAuthenticated."""
    return await auth.verify(runtime.keys, token, purposes, issuer)
