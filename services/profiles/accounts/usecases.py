"""Use cases of accounts: register, confirm the address, log in."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from pydantic import SecretStr

from services.profiles.accounts.domain import (
    EmailTaken,
    Member,
    MemberView,
    Registration,
    WrongCredentials,
    normal_email,
)
from services.profiles.accounts.store import MEMBERS, member_by_email
from shared.auth import Signer
from shared.contracts.profiles import MemberConfirmed, MemberRegistered
from shared.errors import NotFound
from shared.mongo import Database, Transaction

# Each hash takes about 10 ms and 19 MiB: OWASP Password Storage Cheat Sheet, Argon2id.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
UNKNOWN_MEMBER_HASH = HASHER.hash("password of an unknown member")
HASHING = ThreadPoolExecutor(max_workers=2)  # bounds the memory: many logins at once wait for their turn


async def hash_password(password: SecretStr) -> str:
    """Return the Argon2id hash of a password."""
    return await asyncio.get_running_loop().run_in_executor(HASHING, HASHER.hash, password.get_secret_value())


async def register_member(
    tx: Transaction, id: str, registration: Registration, password_hash: str, *, operator: bool = False
) -> MemberView:
    """Store a new member whose address is not confirmed yet, and publish it. Raises EmailTaken."""
    if await member_by_email(tx, registration.email):
        raise EmailTaken("This address is already registered. Log in instead.", field="email")
    member = Member(
        id=id,
        email=normal_email(registration.email),
        name=registration.name,
        country=registration.country,
        password_hash=password_hash,
        operator=operator,
    )
    await MEMBERS.insert(tx, member)
    tx.publish(registered_event(member))
    return MemberView.of(member)


def registered_event(member: Member) -> MemberRegistered:
    """Return the event about a new member."""
    return MemberRegistered(
        member_id=member.id, email=member.email, name=member.name, country=member.country, version=member.version
    )


async def confirm_member(tx: Transaction, member_id: str, email: str) -> Member:
    """Mark the address of a member as confirmed, and publish it. A repetition changes nothing. Raises NotFound."""
    member = await MEMBERS.get(tx, member_id)
    if member is None or member.email != email:
        raise NotFound("This link is for an address that is not registered. Register to get a new link.")
    if member.confirmed:
        return member
    confirmed = await MEMBERS.change(tx, member, member.replace(confirmed=True))
    tx.publish(MemberConfirmed(member_id=confirmed.id, email=confirmed.email, version=confirmed.version))
    return confirmed


async def log_in(db: Database, signer: Signer, email: str, password: SecretStr, minutes: int) -> str:
    """Return an access token. Raises WrongCredentials, equally late for an unknown address and a wrong password."""
    member = await member_by_email(db, email)
    password_hash = member.password_hash if member else UNKNOWN_MEMBER_HASH
    loop = asyncio.get_running_loop()
    try:
        await loop.run_in_executor(HASHING, HASHER.verify, password_hash, password.get_secret_value())
    except VerificationError:
        member = None
    if member is None:
        raise WrongCredentials("The e-mail address or the password is wrong. Check both and try again.")
    return signer.sign("access", member.id, timedelta(minutes=minutes), operator=member.operator)
