"""Use cases of organisations: create, edit and submit a profile, review it and its changes."""

from typing import Literal

from services.profiles.organisations.domain import (
    ChangeReview,
    Membership,
    Organisation,
    OrganisationProfile,
    Review,
    Status,
    draft,
)
from services.profiles.organisations.store import MEMBERSHIPS, ORGANISATIONS, membership_id, namesakes_of, role_in
from shared.auth import Caller
from shared.contracts.profiles import (
    ChangeReviewed,
    MemberJoined,
    OrganisationPublished,
    OrganisationReturned,
    ReviewRequested,
)
from shared.errors import NotAllowed, NotFound, not_found
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction

EDITORS = {"editor", "administrator"}
ONLY_OPERATORS = "Only operators of the platform review profiles."


async def visible_organisation(reader: Reader, id: str, caller: Caller | None) -> Organisation:
    """Return an organisation: all of it to its members and to operators, else what is public. Raises NotFound."""
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation and caller and (caller.operator or await role_in(reader, id, caller.id)):
        return organisation
    if organisation and organisation.status is Status.PUBLISHED:
        return organisation.public()
    raise not_found(organisation, "Organisation not found.")


async def namesakes(reader: Reader, id: str, caller: Caller) -> list[Organisation]:
    """Return the organisations of the same name, for an operator who reviews a profile. Raises NotAllowed, NotFound."""
    if not caller.operator:
        raise NotAllowed(ONLY_OPERATORS)
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation is None:
        raise NotFound("Organisation not found.")
    return await namesakes_of(reader, organisation)


async def create_organisation(tx: Transaction, id: str, profile: OrganisationProfile, caller: Caller) -> Organisation:
    """Store a draft with the caller as its administrator, and publish the membership."""
    organisation = draft(id, profile)
    await ORGANISATIONS.insert(tx, organisation)
    key = membership_id(id, caller.id)
    await MEMBERSHIPS.insert(tx, Membership(id=key, organisation_id=id, member_id=caller.id, role="administrator"))
    tx.publish(MemberJoined(member_id=caller.id, organisation_id=id, role="administrator", version=1))
    return organisation


async def change_organisation(
    tx: Transaction, id: str, profile: OrganisationProfile, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store a new profile; publish what is public of it. Raises NotFound, Stale, WrongStatus, ChecklistUnmet."""
    before = await _editable(tx, id, caller, version)
    organisation = await ORGANISATIONS.change(tx, before, before.edited(profile))
    if organisation.status is Status.PUBLISHED:
        tx.publish(published_event(organisation))
    if organisation.change and organisation.change != before.change:
        tx.publish(review_requested(organisation, "change"))
    return organisation


async def submit_organisation(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Submit a profile for review and notify the reviewers. Raises NotFound, Stale, WrongStatus."""
    before = await _editable(tx, id, caller, version)
    organisation = await ORGANISATIONS.change(tx, before, before.submitted())
    tx.publish(review_requested(organisation, "profile"))
    return organisation


async def review_organisation(
    tx: Transaction, id: str, review: Review, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store the decision of an operator and publish it.

    Raises NotAllowed, NotFound, Stale, WrongStatus, ChecklistUnmet, ReasonsMissing.
    """
    before = await _reviewable(tx, id, caller, version)
    organisation = await ORGANISATIONS.change(tx, before, before.reviewed(review))
    if review.outcome == "publish":
        tx.publish(published_event(organisation))
    else:
        tx.publish(
            OrganisationReturned(
                organisation_id=id,
                version=organisation.version,
                name=organisation.name,
                outcome=review.outcome,
                reasons=review.reasons,
                url=organisation_path(id),
            )
        )
    return organisation


async def review_change(
    tx: Transaction, id: str, review: ChangeReview, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """Store the decision of an operator on a change, publish it, and the profile if the change was accepted.

    Raises NotAllowed, NotFound, Stale, NoChange, ChecklistUnmet, ReasonsMissing.
    """
    before = await _reviewable(tx, id, caller, version)
    organisation = await ORGANISATIONS.change(tx, before, before.change_reviewed(review))
    if review.outcome == "accepted":
        tx.publish(published_event(organisation))
    tx.publish(
        ChangeReviewed(
            organisation_id=id,
            version=organisation.version,
            name=organisation.name,
            outcome=review.outcome,
            reasons=review.reasons,
            url=organisation_path(id),
        )
    )
    return organisation


def published_event(organisation: Organisation) -> OrganisationPublished:
    """Return the event about a published organisation."""
    return OrganisationPublished(
        organisation_id=organisation.id,
        version=organisation.version,
        name=organisation.name,
        acronym=organisation.acronym,
        kind=organisation.kind,
        country=organisation.country,
        city=organisation.city,
        ecosystems=organisation.ecosystems,
        url=organisation_path(organisation.id),
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


async def _editable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Return an organisation that the caller may edit. Raises NotFound, Stale."""
    organisation = await ORGANISATIONS.get(tx, id)
    if organisation is None or await role_in(tx, id, caller.id) not in EDITORS:
        raise not_found(organisation, "Organisation not found, or you are not one of its editors.")
    version.check(organisation.version)
    return organisation


async def _reviewable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """Return an organisation for an operator who reviews it. Raises NotAllowed, NotFound, Stale."""
    if not caller.operator:
        raise NotAllowed(ONLY_OPERATORS)
    organisation = await ORGANISATIONS.get(tx, id)
    if organisation is None:
        raise NotFound("Organisation not found.")
    version.check(organisation.version)
    return organisation
