"""Who may publish for whom: copies of organisations and memberships, kept by events."""

from services.calls.organisations.domain import EDITORS, PLATFORM, MembershipCopy, OrganisationCopy
from services.calls.organisations.store import MEMBERSHIPS, ORGANISATIONS
from shared.auth import Caller
from shared.contracts.profiles import MemberJoined, OrganisationPublished
from shared.copies import wait_for_copy
from shared.errors import NotAllowed, NotFound
from shared.mongo import Database, Reader, Transaction


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    facts = event.model_dump(include={"version", "name", "country", "kind", "ecosystems"})
    copy = OrganisationCopy(id=event.organisation_id, **facts)
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    id = f"{event.organisation_id}:{event.member_id}"
    await MEMBERSHIPS.keep_newest(tx, MembershipCopy(id=id, version=event.version, role=event.role))


async def may_publish(reader: Reader, organisation_id: str | None, caller: Caller) -> bool:
    if caller.operator:
        return True
    membership = await MEMBERSHIPS.get(reader, f"{organisation_id}:{caller.id}") if organisation_id else None
    return membership is not None and membership.role in EDITORS


async def publisher(db: Database, organisation_id: str | None, caller: Caller) -> str:
    """The name under which the caller may publish; waits a moment for a copy on its way. Raises NotFound."""
    if organisation_id is None:
        if caller.operator:
            return PLATFORM
        raise NotAllowed("name an organisation of yours", field="organisation_id")

    async def find() -> OrganisationCopy | None:
        return await ORGANISATIONS.get(db, organisation_id) if await may_publish(db, organisation_id, caller) else None

    organisation = await wait_for_copy(find)
    if organisation is None:
        raise NotFound("there is no such published organisation of yours", field="organisation_id")
    return organisation.name


async def own_organisation(reader: Reader, id: str, caller: Caller, field: str = "organisation_id") -> OrganisationCopy:
    """A published organisation of the caller's; waits a moment for a copy on its way. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        belongs = caller.operator or await MEMBERSHIPS.get(reader, f"{id}:{caller.id}")
        return await ORGANISATIONS.get(reader, id) if belongs else None

    found = await wait_for_copy(find)
    if found is None:
        raise NotFound("there is no such published organisation of yours", field=field)
    return found
