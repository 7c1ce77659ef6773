"""Use cases of editors: create, change and submit a profile, withdraw it, confirm that it is still correct."""

from typing import Literal

from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import own_account
from services.profiles.organisations.domain import Membership, Organisation, Role, draft
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.review import Status, WrongStatus
from services.profiles.organisations.store import (
    MEMBERSHIPS,
    MOST_MEMBERSHIPS,
    ORGANISATIONS,
    alike_to,
    change_profile,
    mark_directory,
    membership_id,
    role_in,
    stale_ids,
)
from shared.auth import Caller
from shared.contracts.profiles import (
    MemberJoined,
    OrganisationPublished,
    OrganisationReminded,
    OrganisationWithdrawn,
    ReviewRequested,
)
from shared.errors import NotFound, not_found
from shared.models import ExpectedVersion
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

Cause = Literal["withdrawn", "taken_down", "merged"]
EDITORS = {"editor", "administrator"}
ADMINISTRATOR: Role = "administrator"
REMINDED_AT_ONCE = 100
NOT_AN_ADMINISTRATOR = _("Organisation not found, or you are not one of its administrators.")
NOT_AN_EDITOR = _("Organisation not found, or you are not one of its editors.")


async def visible_organisation(reader: Reader, id: str, caller: Caller | None) -> Organisation:
    """Return an organisation: all of it to its members and to operators, else what is public. Raises NotFound."""
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation and caller and (caller.operator or await role_in(reader, id, caller.id)):
        return organisation
    if organisation and organisation.status is Status.PUBLISHED:
        return organisation.public()
    raise not_found(organisation, _("Organisation not found."))


async def stays(reader: Reader, id: str, caller: Caller | None) -> str | None:
    """Return the id of the organisation that a merged one leads to; None for others, and for operators and members."""
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation is None or organisation.status is not Status.MERGED or not organisation.was_public:
        return None
    sees_it = caller and (caller.operator or await role_in(reader, id, caller.id))
    return None if sees_it else organisation.merged_into


async def public_duplicates(reader: Reader, id: str, caller: Caller) -> list[Organisation]:
    """Return public organisations that may be the same as one of the caller's. Raises NotFound."""
    organisation = await own_profile(reader, id, caller)
    return [each.public() for each in await alike_to(reader, organisation, {"status": Status.PUBLISHED})]


async def is_editor(reader: Reader, id: str, caller: Caller) -> bool:
    """Return whether the caller may edit an organisation."""
    return await role_in(reader, id, caller.id) in EDITORS


async def organisations_edited_by(reader: Reader, member_id: str) -> list[Organisation]:
    """Return the organisations that a member may edit, by name."""
    memberships = await MEMBERSHIPS.find(reader, {"member_id": member_id}, limit=MOST_MEMBERSHIPS)
    ids = [membership.organisation_id for membership in memberships if membership.role in EDITORS]
    return await ORGANISATIONS.find(reader, {"_id": {"$in": ids}}, sort=[("name", 1)], limit=MOST_MEMBERSHIPS)


async def edited_ids(reader: Reader, member_id: str, only: str | None) -> list[str]:
    """Return the ids of the organisations that a member may edit, or of the one that is named. Raises NotFound."""
    ids = [each.id for each in await organisations_edited_by(reader, member_id)]
    if only and only not in ids:
        raise NotFound(NOT_AN_EDITOR, field="organisation_id")
    return [only] if only else ids


async def own_profile(reader: Reader, id: str, caller: Caller) -> Organisation:
    """Return an organisation for one of its editors. Raises NotFound."""
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation is None or not await is_editor(reader, id, caller):
        raise not_found(organisation, NOT_AN_EDITOR)
    return organisation


async def create_organisation(tx: Transaction, id: str, profile: OrganisationProfile, caller: Caller) -> Organisation:
    """Store a draft with the caller as its administrator, and publish the membership."""
    await MEMBERS.touch(tx, await own_account(tx, caller.id))
    organisation = draft(id, profile, tx.now)
    await ORGANISATIONS.insert(tx, organisation)
    key = membership_id(id, caller.id)
    await MEMBERSHIPS.insert(tx, Membership(id=key, organisation_id=id, member_id=caller.id, role="administrator"))
    tx.publish(MemberJoined(member_id=caller.id, organisation_id=id, role="administrator", version=1))
    return organisation


async def change_organisation(
    tx: Transaction, id: str, profile: OrganisationProfile, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store a new profile; publish what is public of it. Raises NotFound, Stale, WrongStatus, ChecklistUnmet."""
    before = await editable(tx, id, caller, version)
    organisation = await change_profile(tx, before, before.edited(profile, tx.now))
    if organisation.status is Status.PUBLISHED:
        await publish_profile(tx, organisation)
    if organisation.change and organisation.change != before.change:
        tx.publish(review_requested(organisation, "change"))
    return organisation


async def submit_organisation(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Submit a profile for review and notify the reviewers. Raises NotFound, Stale, WrongStatus."""
    before = await editable(tx, id, caller, version)
    organisation = await change_profile(tx, before, before.submitted())
    tx.publish(review_requested(organisation, "profile"))
    return organisation


async def withdraw_organisation(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Take back a submission, or a public profile, for one of its administrators.

    Raises NotFound, Stale, WrongStatus.
    """
    if await role_in(tx, id, caller.id) != ADMINISTRATOR:
        raise not_found(await ORGANISATIONS.get(tx, id), NOT_AN_ADMINISTRATOR)
    before = await editable(tx, id, caller, version)
    organisation = await change_profile(tx, before, before.ended("withdraw", []))
    if organisation.status is Status.WITHDRAWN:
        await publish_end(tx, organisation, "withdrawn")
    return organisation


async def confirm_organisation(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Store that a public profile is still correct. Raises NotFound, Stale, WrongStatus."""
    before = await editable(tx, id, caller, version)
    if before.status is not Status.PUBLISHED:
        raise WrongStatus(_("Only a public profile can be confirmed. Submit it for review first."), field="status")
    return await change_profile(tx, before, before.confirmed(tx.now))


async def remind_editors(db: Database) -> None:
    """Ask the editors of public profiles that did not change for a year to look at them."""
    while ids := await stale_ids(db, db.now(), REMINDED_AT_ONCE):
        for id in ids:
            await db.transact(remind_editors_of, id)


async def remind_editors_of(tx: Transaction, id: str) -> None:
    """Publish that the editors of a profile should look at it, if that is still so."""
    before = await ORGANISATIONS.get(tx, id)
    if before is None or before.status is not Status.PUBLISHED or not before.remind_at or before.remind_at > tx.now:
        return
    organisation = await change_profile(tx, before, before.reminded(tx.now))
    tx.publish(
        OrganisationReminded(
            organisation_id=id, version=organisation.version, name=organisation.name, url=organisation_path(id)
        )
    )


async def publish_profile(tx: Transaction, organisation: Organisation, *, is_new: bool = False) -> None:
    """Publish what is public of an organisation, and have its part of the directory counted again."""
    tx.publish(published_event(organisation, is_new=is_new))
    await mark_directory(tx, organisation.id)


async def publish_end(tx: Transaction, organisation: Organisation, cause: Cause) -> None:
    """Publish that an organisation is no longer public."""
    tx.publish(ended_event(organisation, cause))
    await mark_directory(tx, organisation.id)


def ended_event(organisation: Organisation, cause: Cause) -> OrganisationWithdrawn:
    """Return the event about an organisation that is no longer public."""
    return OrganisationWithdrawn(
        organisation_id=organisation.id,
        version=organisation.version,
        name=organisation.name,
        country=organisation.country,
        cause=cause,
        reasons=[*organisation.reasons],
        merged_into=organisation.merged_into,
        url=organisation_path(organisation.merged_into or organisation.id),
    )


def published_event(organisation: Organisation, *, is_new: bool = False) -> OrganisationPublished:
    """Return the event about a published organisation; `is_new`: it is public for the first time."""
    return OrganisationPublished(
        organisation_id=organisation.id,
        version=organisation.version,
        name=organisation.name,
        acronym=organisation.acronym,
        kind=organisation.kind,
        country=organisation.country,
        region=organisation.region,
        city=organisation.city,
        ecosystems=organisation.ecosystems,
        sectors=organisation.sectors,
        technologies=[*map(str, organisation.technologies)],
        services=[*map(str, organisation.services)],
        countries_of_interest=organisation.countries_of_interest,
        url=organisation_path(organisation.id),
        is_new=is_new,
    )


def review_requested(organisation: Organisation, what: Literal["profile", "change"]) -> ReviewRequested:
    """Return the event that a profile or its change awaits a review."""
    return ReviewRequested(
        organisation_id=organisation.id,
        version=organisation.version,
        what=what,
        url=organisation_path(organisation.id),
    )


def organisation_path(id: str) -> str:
    """Return the path of an organisation."""
    return f"/organisations/{id}"


async def editable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Return an organisation that the caller may edit. Raises NotFound, Stale."""
    organisation = await own_profile(tx, id, caller)
    version.check(organisation.version)
    return organisation
