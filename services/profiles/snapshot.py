"""Snapshot of profiles for a new listener: keys, revoked tokens, erasures, members, organisations, their texts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from services.profiles.accounts.domain import Member
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import confirmed_event, registered_event
from services.profiles.achievements.domain import Achievement
from services.profiles.achievements.store import ACHIEVEMENTS
from services.profiles.achievements.usecases import published_event as achievement_published
from services.profiles.organisations.domain import Membership, Organisation
from services.profiles.organisations.review import Status
from services.profiles.organisations.store import MEMBERSHIPS, ORGANISATIONS
from services.profiles.organisations.usecases import Cause, ended_event, published_event
from services.profiles.posts.domain import Post
from services.profiles.posts.store import POSTS
from services.profiles.posts.usecases import post_published
from services.profiles.privacy.erasures.domain import Erasure
from services.profiles.privacy.erasures.store import ERASURES
from shared.auth import REVOKED_TOKENS, RevokedToken, own_keys
from shared.contracts.profiles import KeyPublished, MemberErased, MemberJoined, TokenRevoked
from shared.ids import created_at
from shared.snapshot import SnapshotEvent, SnapshotSource

CAUSES: Mapping[Status, Cause] = {Status.TAKEN_DOWN: "taken_down", Status.MERGED: "merged"}


def revocation_facts(token: RevokedToken, _: datetime) -> list[SnapshotEvent]:
    """Return the revocation of an API token or a log-in."""
    return [SnapshotEvent(TokenRevoked(token_id=token.id, ends_at=token.ends_at), created_at(token.id))]


def member_facts(member: Member, _: datetime) -> list[SnapshotEvent]:
    """Return the registration of a member and, if they confirmed their address, the confirmation."""
    registered_at = created_at(member.id)
    facts = [SnapshotEvent(registered_event(member), registered_at)]
    if member.confirmed:
        facts.append(SnapshotEvent(confirmed_event(member), registered_at))
    return facts


def organisation_facts(organisation: Organisation, _: datetime) -> list[SnapshotEvent]:
    """Return the publication of an organisation, or that it is no longer public; nothing if it never was."""
    if not organisation.was_public:
        return []
    known_since = created_at(organisation.id)
    if organisation.status is Status.PUBLISHED:
        return [SnapshotEvent(published_event(organisation), known_since)]
    return [SnapshotEvent(ended_event(organisation, CAUSES.get(organisation.status, "withdrawn")), known_since)]


def membership_facts(membership: Membership, _: datetime) -> list[SnapshotEvent]:
    """Return a membership, also of an organisation that is not public: its members are alerted about its review."""
    joined = MemberJoined(
        member_id=membership.member_id,
        organisation_id=membership.organisation_id,
        role=membership.role,
        version=membership.version,
    )
    return [SnapshotEvent(joined, created_at(membership.organisation_id))]


def post_facts(post: Post, _: datetime) -> list[SnapshotEvent]:
    """Return the publication of a post, if it is public."""
    if not post.is_public:
        return []
    return [SnapshotEvent(post_published(post), post.published_at or created_at(post.id))]


def achievement_facts(achievement: Achievement, _: datetime) -> list[SnapshotEvent]:
    """Return the publication of an achievement, if it is public."""
    if not achievement.is_public:
        return []
    return [SnapshotEvent(achievement_published(achievement), achievement.published_at or created_at(achievement.id))]


def erasure_facts(erasure: Erasure, _: datetime) -> list[SnapshotEvent]:
    """Return the erasure of a member, for a service that was restored from an older backup."""
    return [SnapshotEvent(MemberErased(member_id=erasure.id), erasure.at)]


SNAPSHOT: Sequence[SnapshotSource[Any]] = [
    own_keys("profiles", KeyPublished),
    SnapshotSource(REVOKED_TOKENS, revocation_facts),
    SnapshotSource(ERASURES, erasure_facts),
    SnapshotSource(MEMBERS, member_facts),
    SnapshotSource(ORGANISATIONS, organisation_facts),
    SnapshotSource(MEMBERSHIPS, membership_facts),
    SnapshotSource(POSTS, post_facts),
    SnapshotSource(ACHIEVEMENTS, achievement_facts),
]
