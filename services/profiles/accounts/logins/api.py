"""HTTP for log-ins of programs: address, password and code give an access token, a refresh token the next one."""

from datetime import timedelta

from fastapi import APIRouter, Request

from services.profiles.accounts.attempts import attempt
from services.profiles.accounts.domain import Member
from services.profiles.accounts.factors.domain import WrongCode
from services.profiles.accounts.logins.domain import (
    Credentials,
    RefreshBody,
    RefreshTokenReused,
    Token,
    WrongCredentials,
)
from services.profiles.accounts.logins.usecases import issuer_of, known_member, open_session, refresh
from services.profiles.accounts.sessions.domain import Session
from services.profiles.dependencies import CurrentRuntime
from shared.auth import REFRESH
from shared.http.caller import verified
from shared.http.problems import refusals
from shared.http.throttling import TOO_MANY
from shared.sentences import _
from shared.service import Runtime

PROGRAM_STAYS = timedelta(days=14)  # from the log-in on, however often it is refreshed

router = APIRouter(tags=["Accounts"])


@router.post(
    "/tokens",
    status_code=201,
    operation_id="create_token",
    summary="Create an access token",
    responses=refusals({401: "The address, the password or the code is wrong, or the code is missing", **TOO_MANY}),
)
async def create_token(body: Credentials, request: Request, runtime: CurrentRuntime) -> Token:
    """Check address, password and code, and return a token for the `Authorization` header, and one to refresh it.

    An account with a second factor needs a code: without one, the refusal has the code `code_needed`. The token of an
    operator without a second factor only sets it up (`/me/second-factor`).
    """
    program = request.headers.get("user-agent", "")
    async with attempt(request, runtime, body.email):
        member = await known_member(runtime.db, body.email, body.password)
        try:
            session = await runtime.db.transact(open_session, member, PROGRAM_STAYS, program, body.code, refreshes=True)
        except WrongCode as error:
            raise WrongCredentials(error.detail, field="code") from error
    return await _tokens(runtime, member, session)


@router.post(
    "/tokens/refresh",
    operation_id="refresh_token",
    summary="Get the next access token",
    responses=refusals({401: "The refresh token is not valid, or the session has ended", 404: "The account is gone"}),
)
async def refresh_token(body: RefreshBody, runtime: CurrentRuntime) -> Token:
    """Return the next access token and the next refresh token; the one that was sent ends.

    A refresh token that is used a second time ends the session, because another program may have it. If an answer was
    lost, send the same one again within ten seconds: the answer is the same.
    """
    claims = await verified(runtime, body.refresh_token, [REFRESH], "profiles")
    refreshed = await runtime.db.transact(refresh, claims["jti"], claims["number"])
    if refreshed is None:
        raise RefreshTokenReused(_("This refresh token was used before. The session has ended: log in again."))
    session, member = refreshed
    return await _tokens(runtime, member, session)


async def _tokens(runtime: Runtime, member: Member, session: Session) -> Token:
    """Return the present tokens of a session."""
    since = session.refreshed_at or session.made_at
    lifetime = min(timedelta(minutes=runtime.resources.settings.token_minutes), session.ends_at - since)
    issuer = await issuer_of(runtime)
    return Token(
        token=issuer.token(member, session, since, lifetime),
        expires_in=int(lifetime.total_seconds()),
        refresh_token=issuer.refresh_token(session),
        refresh_expires_in=int((session.ends_at - since).total_seconds()),
    )
