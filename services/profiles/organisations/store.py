"""Where organisations and their memberships are kept; every query by name."""

from services.profiles.organisations.domain import Membership, Organisation, Status
from shared.mongo import Collection, Query, Reader, behind, index

ORGANISATIONS = Collection(
    "organisations",
    Organisation,
    [
        index("status", "name", "_id"),
        index("status", "country", "name", "_id"),
        index("status", "ecosystems", "name", "_id"),
        index("status", "kind", "name", "_id"),
    ],
)
MEMBERSHIPS = Collection("memberships", Membership, [index("organisation_id", "_id"), index("member_id", "_id")])


def membership_id(organisation_id: str, member_id: str) -> str:
    return f"{organisation_id}:{member_id}"


async def role_in(reader: Reader, organisation_id: str, member_id: str) -> str | None:
    membership = await MEMBERSHIPS.get(reader, membership_id(organisation_id, member_id))
    return membership.role if membership else None


async def list_organisations(
    reader: Reader, filters: dict[str, str], after: tuple[str, str] | None, limit: int
) -> list[Organisation]:
    """In order of name; `after` is the name and id of the last one seen."""
    query: Query = {"status": Status.PUBLISHED, **filters, **behind("name", after)}
    return await ORGANISATIONS.find(reader, query, sort=[("name", 1), ("_id", 1)], limit=limit)


async def organisations_of(reader: Reader, member_id: str) -> list[Organisation]:
    mine = await MEMBERSHIPS.find(reader, {"member_id": member_id}, limit=100)
    return await ORGANISATIONS.find(reader, {"_id": {"$in": [m.organisation_id for m in mine]}}, limit=100)
