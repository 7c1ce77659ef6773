"""Who may publish for whom: copies of organisations and memberships, kept by events."""

from services.calls.eligibility.domain import Applicant
from shared.auth import Caller
from shared.contracts.profiles import MemberJoined, OrganisationPublished
from shared.copies import patiently
from shared.errors import NotAllowed, NotFound
from shared.models import Versioned
from shared.mongo import Collection, Database, Reader, Transaction

PLATFORM = "Cluster Collaboration Platform"
EDITORS = {"editor", "administrator"}


class OrganisationCopy(Versioned):
    """What a profile says that calls need; None where the copy was made before it was kept."""

    name: str
    country: str | None = None
    kind: str | None = None
    ecosystems: list[str] | None = None


class MembershipCopy(Versioned):
    """Its id is `<organisation>:<member>`."""

    role: str


ORGANISATIONS = Collection("organisation_copies", OrganisationCopy)
MEMBERSHIPS = Collection("membership_copies", MembershipCopy)


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    facts = event.model_dump(include={"version", "name", "country", "kind", "ecosystems"})
    copy = OrganisationCopy(id=event.organisation_id, **facts)
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    id = f"{event.organisation_id}:{event.member_id}"
    await MEMBERSHIPS.keep_newest(tx, MembershipCopy(id=id, version=event.version, role=event.role))


async def may_publish(at: Reader, organisation_id: str | None, by: Caller) -> bool:
    if by.operator:
        return True
    membership = await MEMBERSHIPS.get(at, f"{organisation_id}:{by.id}") if organisation_id else None
    return membership is not None and membership.role in EDITORS


async def publisher(at: Database, organisation_id: str | None, by: Caller) -> str:
    """The name under which the caller may publish; waits a moment for a copy on its way. Raises NotFound."""
    if organisation_id is None:
        if by.operator:
            return PLATFORM
        raise NotAllowed("name an organisation of yours", field="organisation_id")

    async def find() -> OrganisationCopy | None:
        return await ORGANISATIONS.get(at, organisation_id) if await may_publish(at, organisation_id, by) else None

    organisation = await patiently(find)
    if organisation is None:
        raise NotFound("there is no such published organisation of yours", field="organisation_id")
    return organisation.name


async def own_organisation(at: Reader, id: str, by: Caller, field: str = "organisation_id") -> OrganisationCopy:
    """A published organisation of the caller's; waits a moment for a copy on its way. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        belongs = by.operator or await MEMBERSHIPS.get(at, f"{id}:{by.id}")
        return await ORGANISATIONS.get(at, id) if belongs else None

    found = await patiently(find)
    if found is None:
        raise NotFound("there is no such published organisation of yours", field=field)
    return found


def applicant_of(copy: OrganisationCopy) -> Applicant:
    return Applicant(copy.name, copy.country, copy.kind, copy.ecosystems)
