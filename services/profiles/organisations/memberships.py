"""Change memberships, and publish each change with the version of the organisation's roster."""

from services.profiles.organisations.domain import Membership, Role
from services.profiles.organisations.store import MEMBERSHIPS, membership_id
from shared.contracts.profiles import MemberJoined, MemberLeft
from shared.mongo import Transaction


async def set_role(
    tx: Transaction,
    organisation_id: str,
    member_id: str,
    role: Role,
    version: int,
    *,
    organisation_name: str = "",
    member_name: str = "",
    asked: bool = False,
    merged_from: str = "",
) -> Membership:
    """Store the role of a member, who may be new, and publish it.

    With the name of the organisation, the member is told; with the name of the member, the other people are instead.
    Both are told if the member had asked to join, or joins because another organisation was merged into this one.
    """
    key = membership_id(organisation_id, member_id)
    membership = Membership(id=key, organisation_id=organisation_id, member_id=member_id, role=role, version=version)
    values = membership.to_mongo()
    await MEMBERSHIPS.update(tx, {"_id": values.pop("_id")}, {"$set": values}, upsert=True)
    tx.publish(
        MemberJoined(
            member_id=member_id,
            organisation_id=organisation_id,
            role=role,
            version=version,
            organisation_name=organisation_name,
            member_name=member_name,
            asked=asked,
            merged_from=merged_from,
        )
    )
    return membership


async def end_membership(tx: Transaction, membership: Membership, version: int, *, organisation_name: str = "") -> None:
    """Delete a membership, and publish that the member left; with the name of the organisation, the member is told."""
    await MEMBERSHIPS.delete(tx, {"_id": membership.id})
    tx.publish(
        MemberLeft(
            member_id=membership.member_id,
            organisation_id=membership.organisation_id,
            version=version,
            organisation_name=organisation_name,
        )
    )
