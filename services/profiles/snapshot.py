"""Snapshot of profiles for a new listener: keys, members, published organisations, memberships."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profiles.accounts.domain import Member
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import confirmed_event, registered_event
from services.profiles.organisations.domain import Membership, Organisation, Status
from services.profiles.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.profiles.organisations.usecases import published_event
from shared.auth import own_keys
from shared.contracts.profiles import KeyPublished, MemberJoined
from shared.ids import created_at
from shared.snapshot import SnapshotEvent, SnapshotSource


def member_facts(member: Member, _: datetime) -> list[SnapshotEvent]:
    """Return the registration of a member and, if they confirmed their address, the confirmation."""
    registered_at = created_at(member.id)
    facts = [SnapshotEvent(registered_event(member), registered_at)]
    if member.confirmed:
        facts.append(SnapshotEvent(confirmed_event(member), registered_at))
    return facts


def organisation_facts(organisation: Organisation, _: datetime) -> list[SnapshotEvent]:
    """Return the publication of an organisation, if it is published."""
    if organisation.status is not Status.PUBLISHED:
        return []
    return [SnapshotEvent(published_event(organisation), created_at(organisation.id))]


def membership_facts(membership: Membership, _: datetime) -> list[SnapshotEvent]:
    """Return a membership, also of an organisation that is not public: its members are alerted about its review."""
    joined = MemberJoined(
        member_id=membership.member_id, organisation_id=membership.organisation_id, role=membership.role, version=1
    )
    return [SnapshotEvent(joined, created_at(membership.organisation_id))]


SNAPSHOT: Sequence[SnapshotSource[Any]] = [
    own_keys("profiles", KeyPublished),
    SnapshotSource(MEMBERS, member_facts),
    SnapshotSource(ORGANISATIONS, organisation_facts),
    SnapshotSource(MEMBERSHIPS, membership_facts),
]
