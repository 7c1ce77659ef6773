"""Event handlers that keep the copies, and the check that a member belongs to an organisation."""

from services.matchmaking.organisations.domain import MembershipCopy, OrganisationCopy
from services.matchmaking.organisations.store import MEMBERSHIPS, ORGANISATIONS, membership_id
from shared.auth import Caller
from shared.contracts.profiles import MemberJoined, OrganisationPublished
from shared.copies import wait_for_copy
from shared.errors import NotFound
from shared.mongo import Database, Transaction


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    """Store the copy of an organisation."""
    copy = OrganisationCopy(id=event.organisation_id, version=event.version, name=event.name, country=event.country)
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    """Store the copy of a membership."""
    id = membership_id(event.organisation_id, event.member_id)
    await MEMBERSHIPS.keep_newest(tx, MembershipCopy(id=id, version=event.version, role=event.role))


async def own_organisation(db: Database, organisation_id: str, caller: Caller) -> OrganisationCopy:
    """Return a published organisation that the caller belongs to; wait for its copy for a moment. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        if await MEMBERSHIPS.get(db, membership_id(organisation_id, caller.id)) is None:
            return None
        return await ORGANISATIONS.get(db, organisation_id)

    organisation = await wait_for_copy(find)
    if organisation is None:
        raise NotFound(
            "Organisation not found. Choose a published organisation that you belong to.", field="organisation_id"
        )
    return organisation
