"""What can be done with offers and requests; proposing partners for a call."""

from services.matchmaking.organisations.domain import OrganisationCopy
from services.matchmaking.requests.domain import PartnerRequest, PartnerRequestBody, check_expiry
from services.matchmaking.requests.store import REQUESTS
from shared.auth import Caller
from shared.contracts.matchmaking import PartnerRequestClosed, PartnerRequestPublished
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Transaction


async def publish_request(
    tx: Transaction, id: str, body: PartnerRequestBody, organisation: OrganisationCopy, caller: Caller
) -> PartnerRequest:
    check_expiry(body.expires_at, tx.now)
    names = {"organisation_name": organisation.name, "organisation_country": organisation.country}
    request = PartnerRequest(id=id, member_id=caller.id, **names, **body.model_dump())
    await REQUESTS.insert(tx, request)
    tx.publish(published(request))
    return request


def published(request: PartnerRequest) -> PartnerRequestPublished:
    fields = set(PartnerRequestPublished.model_fields.keys() & PartnerRequest.model_fields.keys())
    facts = request.model_dump(include=fields)
    return PartnerRequestPublished(request_id=request.id, url=path(request.id), **facts)


async def close_request(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> PartnerRequest:
    """The wish is fulfilled or given up: it is proposed to nobody any more."""
    request = await REQUESTS.get(tx, id)
    if request is None or request.member_id != caller.id:
        raise NotFound("there is no such offer or request of yours")
    version.check(request.version)
    if request.closed:
        return request
    tx.publish(PartnerRequestClosed(request_id=id))
    return await REQUESTS.change(tx, request, request.replace(closed=True))


def path(id: str) -> str:
    return f"/partner-requests/{id}"
