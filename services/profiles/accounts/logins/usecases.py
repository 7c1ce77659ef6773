"""Use cases of log-ins: check the password and the code, begin a session, sign its access token."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from services.profiles.accounts.attempts import CodeNeeded
from services.profiles.accounts.domain import Member
from services.profiles.accounts.factors.store import active_factor
from services.profiles.accounts.factors.usecases import operators_need_factor, use_code
from services.profiles.accounts.logins.domain import AddressNotConfirmed, WrongCredentials
from services.profiles.accounts.sessions.domain import Session
from services.profiles.accounts.sessions.usecases import begin_session, refresh_session
from services.profiles.accounts.store import MEMBERS, member_by_email
from services.profiles.accounts.usecases import is_password_of, own_account
from shared.auth import ACCESS, ENROLMENT, REFRESH, Signer
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _
from shared.service import Runtime

SECOND_STEP = "second_step"  # purpose of a token between the password and the code
STEP_LASTS = timedelta(minutes=5)


async def known_member(reader: Reader, email: str, password: SecretStr) -> Member:
    """Return the member with this address and password. Raises WrongCredentials, AddressNotConfirmed.

    An unknown address is refused as late as a wrong password.
    """
    member = await member_by_email(reader, email)
    if not await is_password_of(member, password) or member is None:
        raise WrongCredentials(_("The e-mail address or the password is wrong. Check both and try again."))
    if not member.is_settled:
        raise AddressNotConfirmed(_("Your address is not confirmed. Get a new link at /confirm, and open it."))
    return member


async def open_session(
    tx: Transaction,
    known: Member,
    lifetime: timedelta,
    user_agent: str,
    code: str = "",
    *,
    refreshes: bool = False,
) -> Session:
    """Begin a session of a member whose password was right. Raises CodeNeeded, WrongCode.

    Raises WrongCredentials if the password was replaced meanwhile.
    """
    member = await MEMBERS.get(tx, known.id)
    if member is None or member.password_number != known.password_number:
        raise WrongCredentials(_("Your password was changed. Log in with the new one."))
    await MEMBERS.touch(tx, member)
    has_factor = await active_factor(tx, member.id) is not None
    if has_factor:
        if not code:
            raise CodeNeeded(_("Your account has a second factor. Send its code, too."), field="code")
        await use_code(tx, member.id, code)
    return await begin_session(tx, member.id, lifetime, user_agent, strong=has_factor, refreshes=refreshes)


@dataclass(frozen=True)
class Issuer:
    """Signer of tokens, which knows whether operators need a second factor for one that lets them act."""

    signer: Signer
    needs_factor: bool

    def token(self, member: Member, session: Session, since: datetime, lifetime: timedelta) -> str:
        """Return an access token of a session; that of an operator without a second factor only lets them set it up."""
        if self.enrols(member, session):
            return self.signer.sign(ENROLMENT, member.id, lifetime, since=since, jti=session.id)
        claims: dict[str, Any] = {"jti": session.id, "operator": member.operator, "name": member.name}
        return self.signer.sign(ACCESS, member.id, lifetime, since=since, **claims)

    def refresh_token(self, session: Session) -> str:
        """Return the valid refresh token of a session. It is the same each time, so a lost answer is repeated."""
        since = session.refreshed_at or session.made_at
        lifetime = session.ends_at - since
        return self.signer.sign(
            REFRESH, session.member_id, lifetime, since=since, jti=session.id, number=session.number
        )

    def enrols(self, member: Member, session: Session) -> bool:
        """Return whether a session only lets an operator set up a second factor."""
        return member.operator and self.needs_factor and not session.strong

    def step(self, member: Member) -> str:
        """Return a token that says whose password was right a moment ago; the code is still missing."""
        return self.signer.sign(SECOND_STEP, member.id, STEP_LASTS, password_number=member.password_number)


async def issuer_of(runtime: Runtime) -> Issuer:
    """Return the issuer of the tokens of a running service, with its present key."""
    signer = await runtime.resources.signer.renewed(runtime.db)
    return Issuer(signer, operators_need_factor(runtime))


async def refresh(tx: Transaction, session_id: str, number: int) -> tuple[Session, Member] | None:
    """Use a refresh token. Return its session and member; None if it was used before, and the session has ended.

    Raises NotAuthenticated.
    """
    session = await refresh_session(tx, session_id, number)
    return (session, await own_account(tx, session.member_id)) if session else None


async def member_at_step(db: Database, member_id: str, password_number: int) -> Member:
    """Return the member who gave their password a moment ago. Raises WrongCredentials if it was replaced since."""
    member = await MEMBERS.get(db, member_id)
    if member is None or member.password_number != password_number:
        raise WrongCredentials(_("Your password was changed. Log in with the new one."))
    return member
