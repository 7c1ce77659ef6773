"""Use cases of partner requests: publish and close."""

from services.matchmaking.organisations.domain import OrganisationCopy
from services.matchmaking.requests.domain import PartnerRequest, PartnerRequestBody, check_expiry
from services.matchmaking.requests.store import REQUESTS
from shared.auth import Caller
from shared.contracts.matchmaking import PartnerRequestClosed, PartnerRequestPublished
from shared.errors import not_found
from shared.models import ExpectedVersion
from shared.mongo import Transaction


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
    )
    await REQUESTS.insert(tx, request)
    tx.publish(published_event(request))
    return request


def published_event(request: PartnerRequest) -> PartnerRequestPublished:
    """Return the event about a published partner request."""
    return PartnerRequestPublished(
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


async def close_request(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> PartnerRequest:
    """Close a request of the caller, so that it is no longer shown or proposed. A repetition changes nothing.

    Raises NotFound, Stale.
    """
    request = await REQUESTS.get(tx, id)
    if request is None or request.member_id != caller.id:
        raise not_found(request, "Partner request not found, or published by another member.")
    version.check(request.version)
    if request.closed:
        return request
    tx.publish(PartnerRequestClosed(request_id=id))
    return await REQUESTS.change(tx, request, request.replace(closed=True))


def request_path(id: str) -> str:
    """Return the path of a partner request."""
    return f"/partner-requests/{id}"
