"""Keep the copies of organisations and memberships, and decide who may act for an organisation."""

from services.calls.organisations.domain import EDITORS, PLATFORM, MembershipCopy, OrganisationCopy
from services.calls.organisations.store import MEMBERSHIPS, ORGANISATIONS, is_newest, public_copy
from shared.auth import Caller
from shared.contracts.profiles import MemberJoined, MemberLeft, OrganisationPublished, OrganisationWithdrawn
from shared.copies import wait_for_copy
from shared.errors import NotAllowed, NotFound
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

NAME_YOURS = _("Only operators publish for the platform. Name your organisation.")


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    """Keep the newest copy of an organisation."""
    copy = OrganisationCopy(
        id=event.organisation_id,
        version=event.version,
        name=event.name,
        country=event.country,
        kind=event.kind,
        ecosystems=[*event.ecosystems],
    )
    await ORGANISATIONS.keep_newest(tx, copy)


async def on_organisation_withdrawn(tx: Transaction, event: OrganisationWithdrawn) -> None:
    """Keep what is known of an organisation that is no longer public: its calls show its name."""
    known = await ORGANISATIONS.get(tx, event.organisation_id)
    copy = OrganisationCopy(
        id=event.organisation_id,
        version=event.version,
        name=event.name,
        country=event.country,
        kind=known.kind if known else None,
        ecosystems=known.ecosystems if known else None,
        public=False,
        merged_into=event.merged_into,
    )
    await ORGANISATIONS.keep_newest(tx, copy)
    same = {"_id": copy.id, "version": copy.version, "merged_into": None}  # an earlier release did not keep it
    await ORGANISATIONS.update(tx, same, {"$set": {"merged_into": event.merged_into}})


async def on_member_joined(tx: Transaction, event: MemberJoined) -> None:
    """Keep the newest copy of a membership."""
    id = membership_id(event.organisation_id, event.member_id)
    if not await is_newest(tx, id, event.version):
        return
    copy = MembershipCopy(id=id, version=event.version, role=event.role, member_id=event.member_id)
    await MEMBERSHIPS.keep_newest(tx, copy)
    await MEMBERSHIPS.update(
        tx, {"_id": id, "member_id": {"$in": [None, ""]}}, {"$set": {"member_id": event.member_id}}
    )


async def on_member_left(tx: Transaction, event: MemberLeft) -> None:
    """Delete the copy of a membership, unless the member has joined again since."""
    id = membership_id(event.organisation_id, event.member_id)
    if await is_newest(tx, id, event.version):
        await MEMBERSHIPS.delete(tx, {"_id": id})


def membership_id(organisation_id: str, member_id: str) -> str:
    """Return the id of a membership."""
    return f"{organisation_id}:{member_id}"


async def may_publish(reader: Reader, organisation_id: str | None, caller: Caller) -> bool:
    """Return whether the caller is an operator, or an editor of the organisation."""
    if caller.operator:
        return True
    if organisation_id is None:
        return False
    membership = await MEMBERSHIPS.get(reader, membership_id(organisation_id, caller.id))
    return membership is not None and membership.role in EDITORS


async def check_publisher(reader: Reader, organisation_id: str | None, caller: Caller) -> None:
    """Raise NotAllowed or NotFound if the caller may not publish for an organisation; None is the platform."""
    if await may_publish(reader, organisation_id, caller):
        return
    if organisation_id is None:
        raise NotAllowed(NAME_YOURS, field="organisation_id")
    raise NotFound(_("Organisation not found among those that you publish for."), field="organisation_id")


async def check_still_public(tx: Transaction, organisation_id: str | None) -> None:
    """Raise NotAllowed if an organisation is not public now; None is the platform."""
    if organisation_id is None:
        return
    copy = await public_copy(tx, organisation_id)
    if copy is None:
        detail = _("The profile of this organisation is not public now, so nothing is published in its name.")
        raise NotAllowed(detail, field="organisation_id")
    await ORGANISATIONS.touch(tx, copy)


async def publisher(db: Database, organisation_id: str | None, caller: Caller) -> str:
    """Return the name under which the caller may publish; wait for the copy of the organisation.

    Raise NotAllowed or NotFound if the caller may not publish for the organisation.
    """
    if organisation_id is None:
        if caller.operator:
            return PLATFORM
        raise NotAllowed(NAME_YOURS, field="organisation_id")

    async def find() -> OrganisationCopy | None:
        return await public_copy(db, organisation_id) if await may_publish(db, organisation_id, caller) else None

    organisation = await wait_for_copy(find)
    if organisation is None:
        detail = _("Organisation not found. Name a published organisation in which you are an editor.")
        raise NotFound(detail, field="organisation_id")
    return organisation.name


async def own_organisation(reader: Reader, id: str, caller: Caller, field: str = "organisation_id") -> OrganisationCopy:
    """Return a published organisation of the caller; wait for its copy. Raise NotFound for any other."""

    async def find() -> OrganisationCopy | None:
        is_own = caller.operator or await MEMBERSHIPS.get(reader, membership_id(id, caller.id))
        return await public_copy(reader, id) if is_own else None

    organisation = await wait_for_copy(find)
    if organisation is None:
        detail = _("Organisation not found. Name a published organisation of which you are a member.")
        raise NotFound(detail, field=field)
    return organisation
