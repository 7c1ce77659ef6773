"""Event handlers that keep the copies, and the check that a member belongs to an organisation."""

from services.matchmaking.organisations.domain import MembershipCopy, OrganisationCopy
from services.matchmaking.organisations.store import MEMBERSHIPS, ORGANISATIONS, PUBLIC, is_newest, membership_id
from shared.auth import Caller
from shared.contracts.profiles import MemberJoined, MemberLeft, OrganisationPublished, OrganisationWithdrawn
from shared.copies import wait_for_copy
from shared.errors import NotFound
from shared.mongo import Database, Transaction
from shared.sentences import _


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    """Store the copy of an organisation."""
    copy = OrganisationCopy(id=event.organisation_id, version=event.version, name=event.name, country=event.country)
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_organisation_withdrawn(tx: Transaction, event: OrganisationWithdrawn) -> None:
    """Keep the copy of an organisation that is no longer public."""
    copy = OrganisationCopy(
        id=event.organisation_id, version=event.version, name=event.name, country=event.country, public=False
    )
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    """Store the copy of a membership."""
    id = membership_id(event.organisation_id, event.member_id)
    if not await is_newest(tx, id, event.version):
        return
    copy = MembershipCopy(id=id, version=event.version, role=event.role, member_id=event.member_id)
    await MEMBERSHIPS.keep_newest(tx, copy)
    older = {"_id": id, "member_id": {"$in": [None, ""]}}
    await MEMBERSHIPS.update(tx, older, {"$set": {"member_id": event.member_id}})


async def on_member_left(tx: Transaction, event: MemberLeft) -> None:
    """Delete the copy of a membership, unless the member has joined again since."""
    id = membership_id(event.organisation_id, event.member_id)
    if await is_newest(tx, id, event.version):
        await MEMBERSHIPS.delete(tx, {"_id": id})


async def own_organisation(db: Database, organisation_id: str, caller: Caller) -> OrganisationCopy:
    """Return a published organisation that the caller belongs to; wait for its copy for a moment. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        if await MEMBERSHIPS.get(db, membership_id(organisation_id, caller.id)) is None:
            return None
        return await ORGANISATIONS.first(db, {"_id": organisation_id, **PUBLIC})

    organisation = await wait_for_copy(find)
    if organisation is None:
        raise NotFound(
            _("Organisation not found. Choose a published organisation that you belong to."), field="organisation_id"
        )
    return organisation
