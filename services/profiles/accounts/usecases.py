"""What can be done with accounts."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from pydantic import SecretStr

from services.profiles.accounts.domain import EmailTaken, Member, MemberView, Registration, normal_email
from services.profiles.accounts.store import MEMBERS, by_email
from shared.auth import Signer
from shared.contracts.profiles import MemberConfirmed, MemberRegistered
from shared.errors import NotAuthenticated, NotFound
from shared.mongo import Database, Transaction

# Costs about 10 ms and 19 MiB a try: OWASP Password Storage Cheat Sheet, Argon2id.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
NOBODY = HASHER.hash("nobody's password")
HASHING = ThreadPoolExecutor(max_workers=2)  # so that a crowd at the door waits instead of filling the memory


async def hash_password(password: SecretStr) -> str:
    return await asyncio.get_running_loop().run_in_executor(HASHING, HASHER.hash, password.get_secret_value())


async def register_member(
    tx: Transaction, id: str, registration: Registration, password_hash: str, *, operator: bool = False
) -> MemberView:
    """A new account, not yet confirmed. Raises EmailTaken."""
    if await by_email(tx, registration.email):
        raise EmailTaken("somebody is registered with this address; log in instead", field="email")
    facts = registration.model_dump(include={"name", "country"})
    email = normal_email(registration.email)
    member = Member(id=id, email=email, password_hash=password_hash, operator=operator, **facts)
    await MEMBERS.insert(tx, member)
    tx.publish(registered(member))
    return MemberView.of(member)


def registered(member: Member) -> MemberRegistered:
    facts = member.model_dump(include={"email", "name", "country", "version"})
    return MemberRegistered(member_id=member.id, **facts)


async def confirm_member(tx: Transaction, member_id: str, email: str) -> Member:
    """The member followed the link sent to that address. Doing it twice changes nothing."""
    member = await MEMBERS.get(tx, member_id)
    if member is None or member.email != email:
        raise NotFound("this link belongs to an address that is not registered")
    if member.confirmed:
        return member
    member = await MEMBERS.change(tx, member, member.replace(confirmed=True))
    tx.publish(MemberConfirmed(member_id=member.id, email=member.email, version=member.version))
    return member


async def log_in(db: Database, signer: Signer, email: str, password: SecretStr, minutes: int) -> str:
    """An access token. Takes as long for an unknown address as for a wrong password."""
    member = await by_email(db, email)
    try:
        known = member.password_hash if member else NOBODY
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(HASHING, HASHER.verify, known, password.get_secret_value())
    except VerificationError:
        member = None
    if member is None:
        raise NotAuthenticated("the address or the password is wrong")
    return signer.sign("access", member.id, timedelta(minutes=minutes), operator=member.operator)
