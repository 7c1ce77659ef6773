"""Assembly of the service profiles."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import SecretStr

from services.profiles import PREFIXES, TAGS
from services.profiles.accounts import api as accounts
from services.profiles.accounts.addresses import api as addresses
from services.profiles.accounts.addresses.store import ADDRESS_CHANGES
from services.profiles.accounts.domain import Confirmation, Member, Registration, normal_email
from services.profiles.accounts.factors import api as factors
from services.profiles.accounts.factors.store import SECOND_FACTORS
from services.profiles.accounts.logins import api as logins
from services.profiles.accounts.operators import api as operators
from services.profiles.accounts.operators.store import ROLE_CHANGES
from services.profiles.accounts.operators.usecases import end_log_ins_without_factor
from services.profiles.accounts.resets import api as resets
from services.profiles.accounts.sessions import api as sessions
from services.profiles.accounts.sessions.store import SESSIONS
from services.profiles.accounts.store import MEMBERS, REGISTRATIONS
from services.profiles.accounts.tokens import api as tokens
from services.profiles.accounts.tokens.store import API_TOKENS
from services.profiles.accounts.usecases import add_member, hash_password
from services.profiles.achievements import api as achievements
from services.profiles.achievements import review_api as achievement_reviews
from services.profiles.achievements.illustrations import api as illustrations
from services.profiles.achievements.store import ACHIEVEMENTS
from services.profiles.countries import api as countries
from services.profiles.countries.store import ANNOUNCED, COUNTRIES, EDITIONS
from services.profiles.directory import api as directory
from services.profiles.directory.tally import Tally
from services.profiles.examples import EXAMPLES
from services.profiles.handlers import HANDLERS
from services.profiles.home import api as home
from services.profiles.home.store import CALLS, GATHERINGS
from services.profiles.loops import LOOPS
from services.profiles.moderation import api as moderation
from services.profiles.moderation.store import CASES, RECORD, REPORTS
from services.profiles.organisations import api as organisations
from services.profiles.organisations import review_routes as reviews
from services.profiles.organisations.affiliates import api as affiliates
from services.profiles.organisations.affiliates.store import AFFILIATES
from services.profiles.organisations.imports import api as imports
from services.profiles.organisations.imports.store import IMPORTED
from services.profiles.organisations.logos import api as logos
from services.profiles.organisations.people import api as people
from services.profiles.organisations.people.joining import api as joining
from services.profiles.organisations.people.joining.store import JOIN_REQUESTS
from services.profiles.organisations.people.store import INVITATIONS
from services.profiles.organisations.store import (
    DECISIONS,
    DIRECTORY,
    MEMBERSHIPS,
    ORGANISATIONS,
    ROSTERS,
    keep_words,
)
from services.profiles.pages import FORMS, PAGES
from services.profiles.personal import PERSONAL
from services.profiles.pictures.domain import MOST_BYTES
from services.profiles.platform import api as sitemap
from services.profiles.posts import api as posts
from services.profiles.posts.attachments import api as attachments
from services.profiles.posts.store import POSTS
from services.profiles.privacy.erasures import api as erasures
from services.profiles.privacy.erasures.store import ERASURES
from services.profiles.privacy.exports import api as exports
from services.profiles.privacy.exports.store import EXPORTS, PIECES
from services.profiles.settings import ProfilesSettings
from services.profiles.showcase import api as showcase
from services.profiles.showcase.store import PARTNERSHIPS, REQUESTS
from services.profiles.snapshot import SNAPSHOT
from shared.auth import Signer, load_signer
from shared.contracts.profiles import KeyPublished
from shared.files.domain import MOST_BYTES as MOST_OF_A_FILE
from shared.files.store import BYTES, ORPHANED
from shared.ids import new_id
from shared.imports.reading import MOST_BYTES as MOST_IMPORTED
from shared.imports.runs import CONTENTS, RUNS
from shared.keyed_lock import KeyedLock
from shared.mongo import Collection, Database, Duplicate
from shared.security import SecurityEvent, note
from shared.service import Service
from shared.settings import Settings

SMALL_BODY = 8 * 1024  # bytes; enough for each field at its limit
MOST_OF_A_PICTURE = MOST_BYTES + 64 * 1024  # with the other fields of its form
WITH_SMALL_BODY = (
    "/members",
    "/tokens",
    "/tokens/refresh",
    "/confirm",
    "/confirm/{token}",
    "/me/password",
    "/me/address",
    "/operators",
    "/me/second-factor",
    "/me/second-factor/on",
    "/me/second-factor/off",
    "/me/recovery-codes",
    "/me/tokens",
    "/me/erasure",
    "/me/data",
    "/erasures",
    "/reset",
    "/reset/{token}",
)
BODY_LIMITS = {
    **dict.fromkeys(WITH_SMALL_BODY, SMALL_BODY),
    "/organisations/{id}/logo": MOST_OF_A_PICTURE,
    "/organisations/import": MOST_IMPORTED,
    "/organisations/{id}/affiliates/import": MOST_IMPORTED,
    "/achievements/{id}/picture": MOST_OF_A_PICTURE,
    "/posts/{id}/pictures": MOST_OF_A_PICTURE,
    "/posts/{id}/files": MOST_OF_A_FILE,
}

APIS = (
    sitemap,
    home,
    accounts,
    addresses,
    logins,
    factors,
    operators,
    resets,
    sessions,
    tokens,
    erasures,
    exports,
    directory,
    imports,
    reviews,
    organisations,
    logos,
    showcase,
    people,
    affiliates,
    joining,
    posts,
    attachments,
    countries,
    achievement_reviews,
    achievements,
    illustrations,
    moderation,
)
COLLECTIONS: tuple[Collection[Any], ...] = (
    MEMBERS,
    REGISTRATIONS,
    ADDRESS_CHANGES,
    SECOND_FACTORS,
    ROLE_CHANGES,
    SESSIONS,
    API_TOKENS,
    ERASURES,
    EXPORTS,
    PIECES,
    ORGANISATIONS,
    DECISIONS,
    DIRECTORY,
    MEMBERSHIPS,
    ROSTERS,
    IMPORTED,
    AFFILIATES,
    RUNS,
    CONTENTS,
    INVITATIONS,
    JOIN_REQUESTS,
    POSTS,
    ACHIEVEMENTS,
    COUNTRIES,
    EDITIONS,
    ANNOUNCED,
    CASES,
    REPORTS,
    RECORD,
    CALLS,
    GATHERINGS,
    REQUESTS,
    PARTNERSHIPS,
    ORPHANED,
    *BYTES.collections,
)


@dataclass(frozen=True)
class Resources:
    """Resources that the routes of profiles use while the service runs."""

    signer: Signer
    settings: ProfilesSettings
    public_url: str
    locks: KeyedLock
    tally: Tally


def build(settings: Settings, own: ProfilesSettings | None = None) -> Service:
    """Return the service; `own` replaces the settings that it would read from the environment."""
    router = APIRouter(dependencies=[Depends(sessions.note_use)])
    for part in (*PAGES, *APIS):
        router.include_router(part.router)
    return Service(
        name="profiles",
        router=router,
        handlers=HANDLERS,
        prefixes=PREFIXES,
        tags=TAGS,
        examples=EXAMPLES,
        snapshot=SNAPSHOT,
        forms=FORMS,
        collections=COLLECTIONS,
        personal=PERSONAL,
        loops=LOOPS,
        body_limits=BODY_LIMITS,
        resources=partial(resources, public_url=settings.public_url, own=own or ProfilesSettings()),
    )


@asynccontextmanager
async def resources(db: Database, *, public_url: str, own: ProfilesSettings) -> AsyncIterator[Resources]:
    """Prepare what routes use: the first operator, the key that signs tokens, the words of profiles and the counts."""
    if own.operator_email and own.operator_password:
        await ensure_operator(db, own.operator_email, own.operator_password)
    if own.operators_need_second_factor:
        await end_log_ins_without_factor(db)
    await keep_words(db)
    tally = Tally()
    await tally.refresh(db)
    yield Resources(await load_signer(db, KeyPublished), own, public_url, KeyedLock(), tally)


async def ensure_operator(db: Database, email: str, password: SecretStr) -> bool:
    """Create an operator, whose address needs no confirmation. Return False if a member has the address."""
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
