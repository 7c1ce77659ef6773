"""Use cases of partner requests: publish, remind, renew and close."""

from contextlib import suppress
from typing import TypeVar

from services.matchmaking.organisations import usecases as organisations
from services.matchmaking.organisations.domain import OrganisationCopy
from services.matchmaking.organisations.store import MEMBERSHIPS, ORGANISATIONS, member_beside, membership_id
from services.matchmaking.requests.domain import PartnerRequest, PartnerRequestBody, check_expiry
from services.matchmaking.requests.store import REQUESTS, due_reminders
from shared.auth import Caller
from shared.contracts.matchmaking import (
    PartnerRequestClosed,
    PartnerRequestPublished,
    PartnerRequestReminded,
    PartnerRequestRenewed,
    RequestAnnounced,
)
from shared.contracts.profiles import OrganisationPublished, OrganisationWithdrawn, ReportDecided
from shared.errors import Stale, not_found
from shared.jobs import enqueue
from shared.models import ExpectedVersion
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

Announced = TypeVar("Announced", bound=RequestAnnounced)


async def publish_request(
    tx: Transaction, id: str, body: PartnerRequestBody, organisation: OrganisationCopy, caller: Caller
) -> PartnerRequest:
    """Store a partner request of the caller's organisation, and publish it. Raises AlreadyExpired."""
    check_expiry(body.expires_at, tx.now)
    request = PartnerRequest(
        id=id,
        member_id=caller.id,
        organisation_id=body.organisation_id,
        organisation_name=organisation.name,
        organisation_country=organisation.country,
        side=body.side,
        title=body.title,
        description=body.description,
        ecosystems=body.ecosystems,
        countries=body.countries,
        expires_at=body.expires_at,
        call_id=body.call_id,
    ).until(body.expires_at, tx.now)
    await REQUESTS.insert(tx, request)
    await enqueue(tx, "tell_matches", {"request_id": id})
    tx.publish(published_event(request))
    return request


def published_event(request: PartnerRequest) -> PartnerRequestPublished:
    """Return the event about a published partner request."""
    return _event(PartnerRequestPublished, request)


def _event(type_: type[Announced], request: PartnerRequest) -> Announced:
    return type_(
        request_id=request.id,
        organisation_id=request.organisation_id,
        organisation_name=request.organisation_name,
        side=request.side.value,
        title=request.title,
        countries=request.countries,
        ecosystems=request.ecosystems,
        expires_at=request.expires_at,
        url=request_path(request.id),
    )


async def is_keeper(reader: Reader, request: PartnerRequest, caller: Caller) -> bool:
    """Return whether the caller may renew and close a request: its author, a colleague, or an operator."""
    if caller.operator or caller.id == request.member_id:
        return True
    return await MEMBERSHIPS.get(reader, membership_id(request.organisation_id, caller.id)) is not None


async def _kept(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> PartnerRequest:
    request = await REQUESTS.get(tx, id)
    if request is None or not await is_keeper(tx, request, caller):
        raise not_found(request, _("Partner request not found, or published by another organisation."))
    version.check(request.version)
    return request


async def remind_of_requests(db: Database) -> None:
    """Ask the organisations whose requests expire in a week to renew or close them; each once, in any replica."""
    for request in await due_reminders(db, db.now()):
        with suppress(Stale):  # another replica was first
            await db.transact(remind, request)


async def remind(tx: Transaction, before: PartnerRequest) -> None:
    """Publish that a request expires soon, if it is still shown."""
    request = await REQUESTS.change(tx, before, before.replace(remind_at=None))
    if not request.closed and not request.suspended:
        tx.publish(_event(PartnerRequestReminded, request))


async def renew_request(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> PartnerRequest:
    """Keep a request valid for ninety days from now. Raises NotFound, Stale, NotRenewable."""
    before = await _kept(tx, id, caller, version)
    request = await REQUESTS.change(tx, before, before.renewed(tx.now))
    tx.publish(_event(PartnerRequestRenewed, request))
    return request


async def close_request(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> PartnerRequest:
    """Close a request, so that it is no longer shown or proposed. A repetition changes nothing.

    Raises NotFound, Stale.
    """
    request = await _kept(tx, id, caller, version)
    if request.closed:
        return request
    tx.publish(PartnerRequestClosed(request_id=id))
    return await REQUESTS.change(tx, request, request.replace(closed=True))


async def pass_on(tx: Transaction, id: str, member_id: str) -> None:
    """Give an open request of a member who leaves for good to a colleague; close it if there is none."""
    request = await REQUESTS.get(tx, id)
    if request is None or request.closed or request.member_id != member_id:
        return
    colleague = await member_beside(tx, request.organisation_id, member_id)
    if colleague:
        await REQUESTS.change(tx, request, request.replace(member_id=colleague))
    else:
        tx.publish(PartnerRequestClosed(request_id=id))
        await REQUESTS.change(tx, request, request.replace(closed=True))


async def on_report_decided(tx: Transaction, event: ReportDecided) -> None:
    """Close a partner request that an operator took down. A repetition changes nothing."""
    if event.kind != "partner_request" or event.outcome != "taken_down":
        return
    request = await REQUESTS.get(tx, event.thing_id)
    if request and not request.closed:
        await REQUESTS.change(tx, request, request.replace(closed=True))
        tx.publish(PartnerRequestClosed(request_id=request.id))


def request_path(id: str) -> str:
    """Return the path of a partner request."""
    return f"/partner-requests/{id}"


async def on_organisation_published(tx: Transaction, event: OrganisationPublished) -> None:
    """Keep the copy of an organisation, and show its open requests again if it was not public."""
    await organisations.on_organisation_published(tx, event)
    await _follow(tx, event.organisation_id)


async def on_organisation_withdrawn(tx: Transaction, event: OrganisationWithdrawn) -> None:
    """Keep the copy of an organisation that is no longer public; its open requests wait until it is public again."""
    await organisations.on_organisation_withdrawn(tx, event)
    await _follow(tx, event.organisation_id)


async def _follow(tx: Transaction, organisation_id: str) -> None:
    """Suspend or resume the open requests of an organisation as the newest copy of it says."""
    organisation = await ORGANISATIONS.get(tx, organisation_id)
    suspended = organisation is not None and not organisation.public
    query = {"organisation_id": organisation_id, "closed": False, "suspended": {"$ne": suspended}}
    await REQUESTS.update(tx, query, {"$set": {"suspended": suspended}})
