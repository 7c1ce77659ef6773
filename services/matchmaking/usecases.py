"""What can be done with offers and requests; proposing partners for a call."""

import asyncio

from services.matchmaking.domain import (
    PartnerRequest,
    PartnerRequestBody,
    Proposals,
    by_member,
    check_expiry,
    concerned,
)
from services.matchmaking.store import (
    MEMBERSHIPS,
    ORGANISATIONS,
    PROPOSALS,
    REQUESTS,
    OrganisationCopy,
    about,
)
from shared.auth import Caller
from shared.contracts.calls import CallFacts
from shared.contracts.matchmaking import PartnerRequestClosed, PartnerRequestPublished, PartnersProposed, Proposal
from shared.copies import wait_for_copy
from shared.errors import NotFound
from shared.ids import stable_id
from shared.jobs import Job, advance
from shared.models import ExpectedVersion
from shared.mongo import Database, Transaction, pages

PAGE = 200
MOST_CANDIDATES = 2000  # wishes compared with each other for one call


async def own_organisation(db: Database, organisation_id: str, caller: Caller) -> OrganisationCopy:
    """An organisation of the caller's; waits a moment for a copy on its way. Raises NotFound."""

    async def find() -> OrganisationCopy | None:
        belongs = await MEMBERSHIPS.get(db, f"{organisation_id}:{caller.id}")
        return await ORGANISATIONS.get(db, organisation_id) if belongs else None

    found = await wait_for_copy(find)
    if found is None:
        raise NotFound("there is no such published organisation of yours", field="organisation_id")
    return found


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


async def propose_partners(db: Database, job: Job) -> None:
    """The job a published call becomes: for each member it concerns, the partners who answer her wish."""
    call_id, call = job.data["call_id"], CallFacts.model_validate(job.data["call"])
    live = about(call, db.now())
    candidates = [r for r in await REQUESTS.find(db, live, limit=MOST_CANDIDATES) if concerned(r, call)]
    async for page in pages(REQUESTS, db, live, PAGE, job.cursor):
        mine = [request for request in page if concerned(request, call)]
        proposed = await asyncio.to_thread(by_member, call, mine, candidates)
        await db.transact(_store_page, job, call_id, call, proposed, page[-1].id)


async def _store_page(
    tx: Transaction, job: Job, call_id: str, call: CallFacts, proposed: dict[str, list[Proposal]], cursor: str
) -> None:
    ids = {member: stable_id(call_id, member) for member in proposed}
    known = {row.id for row in await PROPOSALS.find(tx, {"_id": {"$in": list(ids.values())}}, limit=len(ids) or 1)}
    rows = [
        Proposals(
            id=ids[member],
            member_id=member,
            call_id=call_id,
            call_title=call.title,
            call_url=call.url,
            proposals=proposals,
            at=tx.now,
        )
        for member, proposals in proposed.items()
        if ids[member] not in known
    ]
    await PROPOSALS.insert(tx, *rows)
    for row in rows:
        names = {
            "call_id": call_id,
            "call_title": call.title,
            "call_url": call.url,
            "call_version": call.version,
        }
        event = PartnersProposed(member_id=row.member_id, proposals=row.proposals, url="/partner-proposals", **names)
        tx.publish(event, occurred_at=job.occurred_at)
    await advance(tx, job, cursor)


def path(id: str) -> str:
    return f"/partner-requests/{id}"
