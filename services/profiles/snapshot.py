"""What profiles tells a newcomer: its keys, every member, every published organisation, who belongs where."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.profiles.accounts.domain import Member
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import registered
from services.profiles.domain import Membership, Organisation, Status
from services.profiles.store import MEMBERSHIPS, ORGANISATIONS
from services.profiles.usecases import published
from shared.auth import own_keys
from shared.contracts.profiles import KeyPublished, MemberConfirmed, MemberJoined
from shared.ids import created_at
from shared.snapshot import SnapshotEvent, SnapshotSource


def member(one: Member, _: datetime) -> list[SnapshotEvent]:
    at = created_at(one.id)
    confirmed = MemberConfirmed(member_id=one.id, email=one.email, version=one.version)
    return [SnapshotEvent(registered(one), at), *([SnapshotEvent(confirmed, at)] if one.confirmed else [])]


def organisation(one: Organisation, _: datetime) -> list[SnapshotEvent]:
    return [SnapshotEvent(published(one), created_at(one.id))] if one.status is Status.PUBLISHED else []


def membership(one: Membership, _: datetime) -> list[SnapshotEvent]:
    """Also of an organisation that is not public: whoever belongs to it may hear of its review."""
    joined = MemberJoined(member_id=one.member_id, organisation_id=one.organisation_id, role=one.role, version=1)
    return [SnapshotEvent(joined, created_at(one.organisation_id))]


SNAPSHOT: Sequence[SnapshotSource[Any]] = [
    own_keys("profiles", KeyPublished),
    SnapshotSource(MEMBERS, member),
    SnapshotSource(ORGANISATIONS, organisation),
    SnapshotSource(MEMBERSHIPS, membership),
]
