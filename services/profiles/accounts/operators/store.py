"""Storage and queries of operators, and of the changes of their role."""

from services.profiles.accounts.domain import Member
from services.profiles.accounts.operators.domain import RoleChange
from services.profiles.accounts.store import MEMBERS
from shared.mongo import Collection, Reader, index

MOST_OPERATORS = 200
MOST_CHANGES = 50  # that are shown
ROLE_CHANGES = Collection("role_changes", RoleChange, [index("-at", "-_id"), index("member_id")])


async def all_operators(reader: Reader) -> list[Member]:
    """Return the operators of the platform, in order of their ids."""
    return await MEMBERS.find(reader, {"operator": True}, limit=MOST_OPERATORS)


async def newest_changes(reader: Reader) -> list[RoleChange]:
    """Return the newest changes of the role, the newest first."""
    return await ROLE_CHANGES.find(reader, {}, sort=[("at", -1), ("_id", -1)], limit=MOST_CHANGES)
