"""Snapshot of profiles for a new listener: keys, members, published organisations, memberships."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profiles.accounts.domain import Member
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import registered_event
from services.profiles.organisations.domain import Membership, Organisation, Status
from services.profiles.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.profiles.organisations.usecases import published_event
from shared.auth import own_keys
from shared.contracts.profiles import KeyPublished, MemberConfirmed, MemberJoined
from shared.ids import created_at
from shared.snapshot import Fact, Source


def member_facts(member: Member, _: datetime) -> list[Fact]:
    """Return the registration of a member and, if they confirmed their address, the confirmation."""
    registered_at = created_at(member.id)
    facts = [Fact(registered_event(member), registered_at)]
    if member.confirmed:
        confirmed = MemberConfirmed(member_id=member.id, email=member.email, version=member.version)
        facts.append(Fact(confirmed, registered_at))
    return facts


def organisation_facts(organisation: Organisation, _: datetime) -> list[Fact]:
    """Return the publication of an organisation, if it is published."""
    if organisation.status is not Status.PUBLISHED:
        return []
    return [Fact(published_event(organisation), created_at(organisation.id))]


def membership_facts(membership: Membership, _: datetime) -> list[Fact]:
    """Return a membership, also of an organisation that is not public: its members are alerted about its review."""
    joined = MemberJoined(
        member_id=membership.member_id, organisation_id=membership.organisation_id, role=membership.role, version=1
    )
    return [Fact(joined, created_at(membership.organisation_id))]


CURRENT: Sequence[Source[Any]] = [
    own_keys("profiles", KeyPublished),
    Source(MEMBERS, member_facts),
    Source(ORGANISATIONS, organisation_facts),
    Source(MEMBERSHIPS, membership_facts),
]
