"""What profiles tells a newcomer: its keys, every member, every published organisation, who belongs where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profiles.accounts.domain import Member
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import registered
from services.profiles.organisations.domain import Membership, Organisation, Status
from services.profiles.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.profiles.organisations.usecases import published
from shared.auth import own_keys
from shared.contracts.profiles import KeyPublished, MemberConfirmed, MemberJoined
from shared.ids import created_at
from shared.snapshot import Fact, Source


def member(one: Member, _: datetime) -> list[Fact]:
    at = created_at(one.id)
    confirmed = MemberConfirmed(member_id=one.id, email=one.email, version=one.version)
    return [Fact(registered(one), at), *([Fact(confirmed, at)] if one.confirmed else [])]


def organisation(one: Organisation, _: datetime) -> list[Fact]:
    return [Fact(published(one), created_at(one.id))] if one.status is Status.PUBLISHED else []


def membership(one: Membership, _: datetime) -> list[Fact]:
    """Also of an organisation that is not public: whoever belongs to it may hear of its review."""
    joined = MemberJoined(member_id=one.member_id, organisation_id=one.organisation_id, role=one.role, version=1)
    return [Fact(joined, created_at(one.organisation_id))]


CURRENT: Sequence[Source[Any]] = [
    own_keys("profiles", KeyPublished),
    Source(MEMBERS, member),
    Source(ORGANISATIONS, organisation),
    Source(MEMBERSHIPS, membership),
]
