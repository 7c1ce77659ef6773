"""Who reads a page, and in which language; and the notice that the next page shows after a change."""

from dataclasses import dataclass
from urllib.parse import quote, unquote

from fastapi import Request, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.auth import ACCESS
from shared.errors import NotAuthenticated
from shared.http.caller import cookie_name, verified
from shared.http.headers import is_https
from shared.http.negotiation import wants_html
from shared.text import mended_line
from shared.web.i18n import LANGUAGES, choose, language

LANGUAGE, NOTICE = "ccp_language", "ccp_notice"
YEAR = 365 * 24 * 3600
LONGEST_NOTICE = 1000


@dataclass(frozen=True)
class Session:
    """The member who reads a page."""

    member_id: str
    name: str
    operator: bool = False


class Visits:
    """Finds the language of every request, and the member who reads a page."""

    def __init__(self, app: ASGIApp) -> None:
        self.asgi = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.asgi(scope, receive, send)
        request = Request(scope)
        chosen = request.cookies.get(LANGUAGE)
        token = language.set(choose(chosen, request.headers.get("accept-language", "")))
        try:
            if wants_html(request):
                request.state.session = await _session(request)
            await self.asgi(scope, receive, send)
        finally:
            language.reset(token)


async def _session(request: Request) -> Session | None:
    """Return the member whose token the browser's cookie has; None for a visitor, or if the session has ended."""
    token = request.cookies.get(cookie_name(request.app.state.settings.public_url), "")
    if not token or not request.app.state.runtimes:
        return None
    anyone = next(iter(request.app.state.runtimes.values()))  # each service has the keys that verify tokens
    try:
        claims = await verified(anyone, token, [ACCESS], "profiles")
    except NotAuthenticated:
        return None
    return Session(claims["sub"], str(claims.get("name", "")), bool(claims.get("operator")))


def session_of(request: Request) -> Session | None:
    """Return the member who reads the page, None for a visitor."""
    found: Session | None = getattr(request.state, "session", None)
    return found


def notify(response: Response, request: Request, text: str) -> None:
    """Let the next page that this browser opens show a notice once."""
    secure = is_https(request.app.state.settings.public_url)
    response.set_cookie(NOTICE, quote(text[:LONGEST_NOTICE]), max_age=60, httponly=True, samesite="lax", secure=secure)


def take_notice(request: Request, response: Response, text: str) -> None:
    """Forget the notice that a page shows."""
    if text:
        response.delete_cookie(NOTICE)


def notice_of(request: Request) -> str:
    """Return the notice that the page shows; empty without one."""
    return mended_line(unquote(request.cookies.get(NOTICE, "")))[:LONGEST_NOTICE]


def remember_language(response: Response, request: Request, code: str) -> None:
    """Keep the language that a person chose for a year."""
    if code in LANGUAGES:
        secure = is_https(request.app.state.settings.public_url)
        response.set_cookie(LANGUAGE, code, max_age=YEAR, httponly=True, samesite="lax", secure=secure)


def own_path(address: str, fallback: str = "/") -> str:
    """Return an address of this platform as a path with its query; the fallback for every other address.

    What begins with one slash has no scheme and no host, so that it cannot lead away.
    """
    is_path = address.startswith("/") and not address.startswith("//")
    return address if is_path and "\\" not in address and address.isprintable() else fallback
