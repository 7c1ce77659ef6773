"""What can be done with organisations."""

from services.profiles.organisations.domain import (
    EDITABLE,
    Membership,
    NotNow,
    Organisation,
    OrganisationFacts,
    Review,
    Status,
    check_review,
    next_status,
)
from services.profiles.organisations.store import MEMBERSHIPS, ORGANISATIONS, membership_id, role_in
from shared.auth import Caller
from shared.contracts.profiles import MemberJoined, OrganisationPublished, OrganisationReturned
from shared.errors import NotAllowed, NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction

EDITORS = {"editor", "administrator"}


async def visible(reader: Reader, id: str, caller: Caller | None) -> Organisation:
    """A published organisation, or one that the caller belongs to or reviews. Raises NotFound."""
    organisation = await ORGANISATIONS.get(reader, id)
    if organisation and organisation.status is Status.PUBLISHED:
        return organisation
    if organisation and caller and (caller.operator or await role_in(reader, id, caller.id)):
        return organisation
    raise NotFound("there is no such organisation")


async def editable(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    """The organisation, if the caller may edit it and has read its newest version."""
    organisation = await ORGANISATIONS.get(tx, id)
    if organisation is None or await role_in(tx, id, caller.id) not in EDITORS:
        raise NotFound("there is no such organisation of yours")
    return fresh(organisation, version)


def fresh(organisation: Organisation, version: ExpectedVersion) -> Organisation:
    version.check(organisation.version)
    return organisation


async def create_organisation(tx: Transaction, id: str, facts: OrganisationFacts, caller: Caller) -> Organisation:
    """A draft whose administrator is who made it."""
    organisation = Organisation(id=id, **facts.model_dump())
    await ORGANISATIONS.insert(tx, organisation)
    key = membership_id(id, caller.id)
    await MEMBERSHIPS.insert(tx, Membership(id=key, organisation_id=id, member_id=caller.id, role="administrator"))
    tx.publish(MemberJoined(member_id=caller.id, organisation_id=id, role="administrator", version=1))
    return organisation


async def change_organisation(
    tx: Transaction, id: str, facts: OrganisationFacts, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """New facts; those of a published profile are announced again."""
    organisation = await editable(tx, id, caller, version)
    if organisation.status not in EDITABLE:
        raise NotNow(f"this profile is {organisation.status}: it cannot be edited now", field="status")
    organisation = await ORGANISATIONS.change(tx, organisation, organisation.replace(**dict(facts)))
    if organisation.status is Status.PUBLISHED:
        tx.publish(published(organisation))
    return organisation


async def submit_organisation(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Organisation:
    organisation = await editable(tx, id, caller, version)
    return await ORGANISATIONS.change(
        tx, organisation, organisation.replace(status=next_status(organisation, "submit"), reasons=())
    )


async def review_organisation(
    tx: Transaction, id: str, review: Review, caller: Caller, version: ExpectedVersion
) -> Organisation:
    """An operator's decision; who belongs to the organisation is told."""
    if not caller.operator:
        raise NotAllowed("operators review profiles")
    found = await ORGANISATIONS.get(tx, id)
    if found is None:
        raise NotFound("there is no such organisation")
    organisation = fresh(found, version)
    status = next_status(organisation, review.outcome)
    check_review(organisation, review)
    organisation = await ORGANISATIONS.change(
        tx, organisation, organisation.replace(status=status, reasons=tuple(review.reasons), waived_by=review.waived_by)
    )
    if review.outcome == "publish":
        tx.publish(published(organisation))
    else:
        facts = {"organisation_id": id, "version": organisation.version, "name": organisation.name}
        tx.publish(OrganisationReturned(outcome=review.outcome, reasons=review.reasons, url=path(id), **facts))
    return organisation


def published(organisation: Organisation) -> OrganisationPublished:
    facts = organisation.model_dump(include={"version", "name", "acronym", "kind", "country", "city", "ecosystems"})
    return OrganisationPublished(organisation_id=organisation.id, url=path(organisation.id), **facts)


def path(id: str) -> str:
    return f"/organisations/{id}"
