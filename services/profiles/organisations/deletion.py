"""Use case of editors: delete a profile that was never public, with all that belongs to it."""

from services.profiles.organisations.affiliates.store import AFFILIATES
from services.profiles.organisations.memberships import end_membership
from services.profiles.organisations.people.store import INVITATIONS
from services.profiles.organisations.store import ORGANISATIONS, members_of, next_version
from services.profiles.organisations.usecases import editable
from services.profiles.pictures.store import drop_pictures
from shared.auth import Caller
from shared.models import ExpectedVersion
from shared.mongo import Transaction


async def delete_organisation(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> None:
    """Delete a profile that was never public, its member organisations, memberships and invitations.

    Raises NotFound, Stale, WrongStatus.
    """
    organisation = await editable(tx, id, caller, version)
    organisation.check_deletable()
    await ORGANISATIONS.remove(tx, organisation)
    await drop_pictures(tx, organisation.logos)
    for collection in (AFFILIATES, INVITATIONS):
        await collection.delete(tx, {"organisation_id": id})
    version_of_end = await next_version(tx, id)
    for membership in await members_of(tx, id):
        await end_membership(tx, membership, version_of_end)
