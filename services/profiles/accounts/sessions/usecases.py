"""Use cases of sessions: begin one at a log-in, list them, end one or all others."""

from datetime import timedelta

from services.profiles.accounts.sessions.domain import Session, SessionView, browser_in
from services.profiles.accounts.sessions.store import MOST_SESSIONS, SESSIONS, live_sessions
from shared.auth import Caller, revoke
from shared.clock import real_now
from shared.contracts.profiles import TokenRevoked
from shared.errors import NotAuthenticated, not_found
from shared.ids import new_id
from shared.mongo import Reader, Transaction
from shared.sentences import _


async def begin_session(
    tx: Transaction,
    member_id: str,
    lifetime: timedelta,
    user_agent: str,
    *,
    strong: bool = False,
    refreshes: bool = False,
) -> Session:
    """Keep a new session of a member, and end one if there are too many: the oldest of a program, or the oldest.

    The caller touches the member.
    """
    now = real_now()
    live = sorted(await live_sessions(tx, member_id, now), key=lambda each: (not each.refreshes, each.id))
    for session in live[: max(0, len(live) - MOST_SESSIONS + 1)]:
        await _end(tx, session)
    session = Session.made(
        new_id(), member_id, browser_in(user_agent), now, lifetime, strong=strong, refreshes=refreshes
    )
    await SESSIONS.insert(tx, session)
    return session


async def refresh_session(tx: Transaction, id: str, number: int) -> Session | None:
    """Store that a refresh token was used, and return its session; end that and return None if it was used before.

    Raises NotAuthenticated if the session has ended, also because the password or the role was changed.
    """
    before = await SESSIONS.get(tx, id)
    if before is None or not before.refreshes:
        raise NotAuthenticated(_("This session has ended. Log in again."))
    after = before.refreshed(number, real_now())
    if after is None:
        await _end(tx, before)
    elif after != before:
        await SESSIONS.update(tx, {"_id": id}, {"$set": {"number": after.number, "refreshed_at": after.refreshed_at}})
    return after


async def own_sessions(reader: Reader, caller: Caller) -> list[SessionView]:
    """Return the sessions of a member that have not ended, newest first."""
    sessions = await live_sessions(reader, caller.id, real_now())
    return [SessionView.of(session, caller.token_id) for session in sessions]


async def end_session(tx: Transaction, id: str, member_id: str) -> None:
    """Refuse the token of a session from now on, here and in the other services. Raises NotFound."""
    session = await SESSIONS.get(tx, id)
    if session is None or session.member_id != member_id:
        raise not_found(session, "Session not found. It has ended.")
    await _end(tx, session)


async def end_sessions(tx: Transaction, member_id: str, kept: str = "") -> None:
    """End all sessions of a member, but for one."""
    for session in await live_sessions(tx, member_id, real_now()):
        if session.id != kept:
            await _end(tx, session)


async def end_sessions_before(tx: Transaction, id: str) -> int:
    """End some sessions that are older than an id, of all members. Return their number: 0 if there are none."""
    sessions = await SESSIONS.find(tx, {"_id": {"$lt": id}}, limit=MOST_SESSIONS)
    for session in sessions:
        await _end(tx, session)
    return len(sessions)


async def _end(tx: Transaction, session: Session) -> None:
    await SESSIONS.delete(tx, {"_id": session.id})
    await revoke(tx, session.id, session.ends_at)
    tx.publish(TokenRevoked(token_id=session.id, ends_at=session.ends_at))
