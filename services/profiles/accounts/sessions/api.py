"""HTTP for sessions: list them, end one, end all others."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from services.profiles.accounts.sessions import usecases
from services.profiles.accounts.sessions.domain import SessionView
from services.profiles.accounts.sessions.store import set_used
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from shared.auth import Caller
from shared.clock import real_now
from shared.http.problems import refusals
from shared.http.security import means
from shared.ids import Id
from shared.security import SecurityEvent

router = APIRouter(tags=["Accounts"])
SessionId = Annotated[Id, Path(description="Id of the session")]
REFUSED = {401: "The token is missing or not valid", 403: "The token is an API token"}


async def note_use(request: Request, runtime: CurrentRuntime) -> AsyncIterator[None]:
    """Store the hour in which a session was used, after the answer."""
    yield
    caller: Caller | None = getattr(request.state, "caller", None)
    if caller and caller.scope is None and caller.token_id:
        await set_used(runtime.db, caller.token_id, real_now())


@router.get("/me/sessions", operation_id="list_sessions", summary="List your sessions", responses=refusals(REFUSED))
async def list_sessions(runtime: CurrentRuntime, caller: LoggedInCaller) -> list[SessionView]:
    """Return your log-ins that have not ended, newest first: in browsers, and of programs with your password."""
    return await usecases.own_sessions(runtime.db, caller)


@router.delete(
    "/me/sessions",
    status_code=204,
    operation_id="end_other_sessions",
    summary="End all other sessions",
    responses=refusals(REFUSED),
    dependencies=[Depends(means(SecurityEvent.SESSION_ENDED))],
)
async def end_other_sessions(runtime: CurrentRuntime, caller: LoggedInCaller) -> None:
    """Refuse the tokens of all your log-ins but this one from now on. API tokens stay valid."""
    await runtime.db.transact(usecases.end_sessions, caller.id, caller.token_id)


@router.delete(
    "/me/sessions/{id}",
    status_code=204,
    operation_id="end_session",
    summary="End a session",
    responses=refusals({**REFUSED, 404: "Session not found, or not yours"}),
    dependencies=[Depends(means(SecurityEvent.SESSION_ENDED))],
)
async def end_session(id: SessionId, runtime: CurrentRuntime, caller: LoggedInCaller) -> None:
    """Refuse the token of a log-in from now on. The other services learn it by an event, usually within a second."""
    await runtime.db.transact(usecases.end_session, id, caller.id)
