"""Who may act for an organisation."""

from services.matchmaking.organisations.domain import MembershipCopy, OrganisationCopy
from services.matchmaking.organisations.store import MEMBERSHIPS, ORGANISATIONS
from shared.auth import Caller
from shared.contracts.profiles import MemberJoined, OrganisationPublished
from shared.copies import wait_for_copy
from shared.errors import NotFound
from shared.mongo import Database, Transaction


async def own_organisation(db: Database, organisation_id: str, caller: Caller) -> OrganisationCopy:
    """An organisation of the caller's; waits a moment for a copy on its way. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        belongs = await MEMBERSHIPS.get(db, f"{organisation_id}:{caller.id}")
        return await ORGANISATIONS.get(db, organisation_id) if belongs else None

    found = await wait_for_copy(find)
    if found is None:
        raise NotFound("there is no such published organisation of yours", field="organisation_id")
    return found


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    copy = OrganisationCopy(id=event.organisation_id, version=event.version, name=event.name, country=event.country)
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    id = f"{event.organisation_id}:{event.member_id}"
    await MEMBERSHIPS.keep_newest(tx, MembershipCopy(id=id, version=event.version, role=event.role))
