"""Storage and queries of organisations and memberships."""

from services.profiles.organisations.domain import Membership, Organisation, Status
from shared.mongo import Collection, Query, Reader, alike_index, behind, index
from shared.quota import Quota

ORGANISATIONS = Collection(
    "organisations",
    Organisation,
    [
        index("status", "name", "_id"),
        index("status", "country", "name", "_id"),
        index("status", "ecosystems", "name", "_id"),
        index("status", "kind", "name", "_id"),
        alike_index("name"),
        alike_index("change.name"),
    ],
)
MOST_NAMESAKES = 20
MEMBERSHIPS = Collection("memberships", Membership, [index("organisation_id", "_id"), index("member_id", "_id")])
MOST_MEMBERSHIPS = 100
OWN_ORGANISATIONS = Quota(
    "organisations", MEMBERSHIPS, 20, "Ask the operators of the platform if you really need another one."
)


def membership_id(organisation_id: str, member_id: str) -> str:
    """Return the id of a membership."""
    return f"{organisation_id}:{member_id}"


async def role_in(reader: Reader, organisation_id: str, member_id: str) -> str | None:
    """Return the role of a member in an organisation, or None."""
    membership = await MEMBERSHIPS.get(reader, membership_id(organisation_id, member_id))
    return membership.role if membership else None


async def count_published(reader: Reader) -> int:
    """Return the number of published organisations."""
    return await ORGANISATIONS.count(reader, {"status": Status.PUBLISHED})


async def list_organisations(
    reader: Reader, filters: dict[str, str], after: tuple[str, str] | None, limit: int
) -> list[Organisation]:
    """Return published organisations in order of name; `after` is the name and id of the last one shown."""
    query: Query = {"status": Status.PUBLISHED, **filters, **behind("name", after)}
    return await ORGANISATIONS.find(reader, query, sort=[("name", 1), ("_id", 1)], limit=limit)


async def namesakes_of(reader: Reader, organisation: Organisation) -> list[Organisation]:
    """Return other organisations, in any status, that have or ask for a name like one of this organisation's."""
    names = [organisation.name, *([organisation.change.name] if organisation.change else [])]
    return await ORGANISATIONS.find_alike(
        reader, ["name", "change.name"], names, without=organisation.id, limit=MOST_NAMESAKES
    )


async def organisations_of(reader: Reader, member_id: str) -> list[Organisation]:
    """Return the organisations that a member belongs to."""
    memberships = await MEMBERSHIPS.find(reader, {"member_id": member_id}, limit=MOST_MEMBERSHIPS)
    ids = [membership.organisation_id for membership in memberships]
    return await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, limit=MOST_MEMBERSHIPS)
