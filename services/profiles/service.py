"""Assembly of the service profiles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

from fastapi import APIRouter
from pydantic import SecretStr

from services.profiles import PREFIXES, TAGS
from services.profiles.accounts import api as accounts
from services.profiles.accounts.domain import Confirmation, Member, Registration, normal_email
from services.profiles.accounts.store import MEMBERS, REGISTRATIONS
from services.profiles.accounts.usecases import add_member, hash_password
from services.profiles.handlers import HANDLERS
from services.profiles.home import api as home
from services.profiles.home.store import CALLS
from services.profiles.organisations import api as organisations
from services.profiles.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.profiles.settings import ProfilesSettings
from services.profiles.snapshot import SNAPSHOT
from shared.auth import Signer, load_signer
from shared.contracts.profiles import KeyPublished
from shared.ids import new_id
from shared.keyed_lock import KeyedLock
from shared.mongo import Database, Duplicate
from shared.security import SecurityEvent, note
from shared.service import Service
from shared.settings import Settings

SMALL_BODY = 8 * 1024  # bytes; enough for each field at its limit


@dataclass(frozen=True)
class Resources:
    """Resources that the routes of profiles use while the service runs."""

    signer: Signer
    settings: ProfilesSettings
    public_url: str
    locks: KeyedLock


def build(settings: Settings, own: ProfilesSettings | None = None) -> Service:
    """Return the service; `own` replaces the settings that it would read from the environment."""
    router = APIRouter()
    for part in (home, accounts, organisations):
        router.include_router(part.router)
    return Service(
        name="profiles",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        snapshot=SNAPSHOT,
        collections=[MEMBERS, REGISTRATIONS, ORGANISATIONS, MEMBERSHIPS, CALLS],
        body_limits=dict.fromkeys(["/members", "/tokens", "/login", "/confirm", "/confirm/{token}"], SMALL_BODY),
        resources=partial(resources, public_url=settings.public_url, own=own or ProfilesSettings()),
    )


@asynccontextmanager
async def resources(db: Database, *, public_url: str, own: ProfilesSettings) -> AsyncIterator[Resources]:
    """Register the first operator if the settings name one, and load the key that signs access tokens."""
    if own.operator_email and own.operator_password:
        await ensure_operator(db, own.operator_email, own.operator_password)
    yield Resources(await load_signer(db, KeyPublished), own, public_url, KeyedLock())


async def ensure_operator(db: Database, email: str, password: SecretStr) -> bool:
    """Create an operator with this address, whose owner is known. Return False if a member has the address."""
    checked, id = Registration(email=email, name="Operator", country="BE"), new_id()
    operator = Member(
        id=id,
        email=normal_email(checked.email),
        name=checked.name,
        country=checked.country,
        password_hash=await hash_password(Confirmation(password=password).password),
        confirmed=True,
        operator=True,
    )
    try:
        await db.transact(add_member, operator)
    except Duplicate:
        return False
    note(SecurityEvent.RIGHTS_CHANGED, member=id, right="operator")
    return True
