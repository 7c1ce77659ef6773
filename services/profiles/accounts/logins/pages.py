"""Pages of log-ins: address and password, then the code of a second factor, and log out."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import SecretStr, ValidationError

from services.profiles.accounts.attempts import CodeNeeded, attempt
from services.profiles.accounts.domain import Member
from services.profiles.accounts.factors.domain import LONGEST_CODE, WrongCode
from services.profiles.accounts.logins.domain import Credentials
from services.profiles.accounts.logins.usecases import (
    SECOND_STEP,
    issuer_of,
    known_member,
    member_at_step,
    open_session,
)
from services.profiles.accounts.sessions.usecases import end_session
from services.profiles.dependencies import CurrentRuntime, OptionalCaller
from shared.addresses import LONGEST_ADDRESS
from shared.auth import Caller
from shared.errors import NotAuthenticated, NotFound, Refusal, TooManyRequests
from shared.http.caller import cookie_name, verified
from shared.http.headers import is_https
from shared.security import SecurityEvent
from shared.service import Runtime
from shared.web import pages
from shared.web.i18n import _, translated
from shared.web.posting import MOST_FIELDS
from shared.web.routes import page_router, require_form
from shared.web.visits import own_path

DAYS_TO_STAY = 14
KEPT = "kept."  # begins the names of the fields of a form that was sent after the session had ended
FIRST_PAGE, FACTOR_PAGE = "/inbox", "/me/second-factor"
PAGES_OF_VISITORS = {"/login", "/register", "/register/sent", "/confirm", "/reset", "/login/sent"}
OWN_FIELDS = ("next", "action", "email", "password", "stay", "step", "code")
INCOMPLETE = _("Enter your e-mail address and your password.")
TOO_LATE = _("The code came too late. Log in again.")

router = page_router()
forms = APIRouter(include_in_schema=False, dependencies=[Depends(require_form)])  # posts without a twin in the API


@dataclass(frozen=True)
class Sent:
    """The fields of a log-in, with those of a form that was sent after the session had ended, if there is one."""

    fields: dict[str, str]
    kept: list[tuple[str, str]]

    @property
    def wanted(self) -> str:
        """The page that follows."""
        return page_after(self.fields.get("next", ""))

    @property
    def action(self) -> str:
        """The address to which the form was sent; empty without one."""
        return own_path(self.fields.get("action", ""), "")

    @property
    def stays(self) -> bool:
        """Whether the person stays logged in for two weeks."""
        return self.fields.get("stay") == "true"


@router.get("/login")
async def show_log_in(request: Request) -> Response:
    """Show the form to log in; `next` is the page that follows."""
    return pages.login_page(request, next=page_after(request.query_params.get("next", "")), status=200)


def page_after(address: str) -> str:
    """Return the page that follows the log-in: the one that was wanted, unless it is one of visitors."""
    wanted = own_path(address, FIRST_PAGE)
    return FIRST_PAGE if wanted.partition("?")[0] in PAGES_OF_VISITORS else wanted


@forms.post("/login")
async def log_in_with_form(request: Request, runtime: CurrentRuntime) -> Response:
    """Keep an access token in a cookie and lead on: to the page that was wanted, or to the form that was sent.

    A member with a second factor is asked for a code in between.
    """
    async with request.form(max_fields=MOST_FIELDS + len(OWN_FIELDS)) as data:
        typed = [(name, value) for name, value in data.multi_items() if isinstance(value, str)]
    kept = [(name.removeprefix(KEPT), value) for name, value in typed if name.startswith(KEPT)]
    sent = Sent(dict(typed), kept)
    try:
        member = await _at_step(runtime, sent) if sent.fields.get("step") else None
        return await _enter(request, runtime, sent, member)
    except (NotAuthenticated, TooManyRequests) as refusal:
        request.state.refused = refusal.security_event
        return pages.login_page(
            request,
            next=sent.wanted,
            pending=kept if sent.action else (),
            action=sent.action,
            email=sent.fields.get("email", "")[:LONGEST_ADDRESS],
            error=translated(refusal.detail),
            status=refusal.status,
        )


async def _enter(request: Request, runtime: Runtime, sent: Sent, member: Member | None) -> Response:
    """Begin a session and lead on, or ask for the code. Raises NotAuthenticated, TooManyRequests."""
    code = sent.fields.get("code", "")[:LONGEST_CODE]
    settings = runtime.resources.settings
    lifetime = timedelta(days=DAYS_TO_STAY) if sent.stays else timedelta(minutes=settings.session_minutes)
    typed = None if member else _credentials(sent)
    try:
        async with attempt(request, runtime, typed.email if typed else member.email if member else ""):
            if typed:
                member = await known_member(runtime.db, typed.email, typed.password)
            assert member  # noqa: S101
            browser = request.headers.get("user-agent", "")
            session = await runtime.db.transact(open_session, member, lifetime, browser, code)
    except (CodeNeeded, WrongCode) as refusal:
        assert member  # noqa: S101
        return _code_page(request, sent, (await issuer_of(runtime)).step(member), refusal)
    issuer = await issuer_of(runtime)
    response: Response = RedirectResponse(FACTOR_PAGE if issuer.enrols(member, session) else sent.wanted, 303)
    if sent.action and not issuer.enrols(member, session):
        response = pages.page(
            request, "resume.html", action=sent.action, kept=sent.kept, typed=pages.has_typed(sent.kept)
        )
    url, token = runtime.resources.public_url, issuer.token(member, session, session.made_at, lifetime)
    stays = int(lifetime.total_seconds()) if sent.stays else None  # else until the browser is closed
    response.set_cookie(cookie_name(url), token, max_age=stays, httponly=True, samesite="lax", secure=is_https(url))
    return response


def _credentials(sent: Sent) -> Credentials:
    try:
        return Credentials(email=sent.fields.get("email", ""), password=SecretStr(sent.fields.get("password", "")))
    except ValidationError as error:
        raise NotAuthenticated(translated(INCOMPLETE)) from error


async def _at_step(runtime: Runtime, sent: Sent) -> Member:
    """Return the member whose password was right a moment ago. Raises NotAuthenticated."""
    try:
        claims = await verified(runtime, sent.fields["step"], [SECOND_STEP], "profiles")
    except NotAuthenticated as error:
        raise NotAuthenticated(translated(TOO_LATE)) from error
    return await member_at_step(runtime.db, claims["sub"], claims["password_number"])


def _code_page(request: Request, sent: Sent, step: str, refusal: Refusal) -> Response:
    """Return the form that asks for the code, and keeps the rest of what was sent."""
    request.state.refused = refusal.security_event
    own = ("next", "action", "stay")
    kept: list[tuple[str, str]] = [(name, sent.fields[name]) for name in own if name in sent.fields]
    kept += [("step", step), *((f"{KEPT}{name}", value) for name, value in sent.kept)]
    is_wrong = isinstance(refusal, WrongCode)
    error = translated(refusal.detail) if is_wrong else ""
    return pages.page(request, "login_code.html", status=refusal.status if is_wrong else 200, kept=kept, error=error)


@forms.post("/logout")
async def log_out(request: Request, runtime: CurrentRuntime, _caller: OptionalCaller) -> Response:
    """End the session in every service, and remove its token from the browser."""
    caller: Caller | None = getattr(request.state, "caller", None)  # also one who may only set up a second factor
    if caller and caller.scope is None:
        with suppress(NotFound):  # it has ended, or is one of version 0.1
            await runtime.db.transact(end_session, caller.token_id, caller.id)
        request.state.means = SecurityEvent.SESSION_ENDED
    response = RedirectResponse("/", 303)
    url = runtime.resources.public_url
    response.delete_cookie(cookie_name(url), secure=is_https(url), httponly=True, samesite="lax")
    return response


router.include_router(forms)
