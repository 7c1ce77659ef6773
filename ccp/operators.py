"""`ccp operator`: create operators, give and take the role, directly in the profiles database."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pydantic import SecretStr

from services.__main__ import choose_mongo
from services.profiles.accounts.domain import normal_email
from services.profiles.accounts.operators.usecases import appoint, dismiss, forget_factor
from services.profiles.accounts.store import member_by_email
from services.profiles.service import build, ensure_operator
from services.profiles.settings import ProfilesSettings
from shared.clock import Clock
from shared.errors import Refusal
from shared.mongo import Database, connect
from shared.security import SecurityEvent, note
from shared.service import KERNEL
from shared.settings import Settings


@asynccontextmanager
async def profiles_database(settings: Settings) -> AsyncIterator[Database]:
    """Yield the database of profiles; events that a command publishes are sent by the running service."""
    async with choose_mongo(settings) as url:
        client = connect(url)
        try:
            database = Database(client, "ccp_profiles", "profiles", Clock(settings.clock))
            await database.prepare([*KERNEL, *build(settings, ProfilesSettings()).collections])
            yield database
        finally:
            client.close()


async def create(settings: Settings, email: str, password: str) -> bool:
    """Return whether the operator is new."""
    async with profiles_database(settings) as database:
        return await ensure_operator(database, email, SecretStr(password))


async def give(settings: Settings, email: str) -> None:
    """Make a member an operator. Raise ValueError with the reason if that cannot be done."""
    async with profiles_database(settings) as database:
        try:
            view = await database.transact(appoint, email, None)
        except Refusal as refusal:
            raise ValueError(refusal.detail) from refusal
        note(SecurityEvent.RIGHTS_CHANGED, member=view.id, right="operator")


async def take(settings: Settings, email: str) -> None:
    """Take the role from an operator. Raise ValueError with the reason if that cannot be done."""
    async with profiles_database(settings) as database:
        member = await member_by_email(database, normal_email(email))
        try:
            await database.transact(dismiss, member.id if member else "", None)
        except Refusal as refusal:
            raise ValueError(refusal.detail) from refusal
        note(SecurityEvent.RIGHTS_CHANGED, member=member.id if member else "", right="operator")


async def forget(settings: Settings, email: str) -> bool:
    """Remove the second factor of a member. Return whether they had one."""
    async with profiles_database(settings) as database:
        return await database.transact(forget_factor, email)
