"""The job that proposes partners for a published call."""

import asyncio
from collections.abc import Sequence, Set
from functools import partial

from services.matchmaking.calls.usecases import on_call_event
from services.matchmaking.requests.domain import PartnerRequest
from services.matchmaking.requests.store import REQUESTS, closed_among, live_requests_for
from services.matchmaking.suggestions.domain import Proposals, is_relevant, proposals_by_member
from services.matchmaking.suggestions.store import PROPOSALS, known_ids
from shared.contracts.calls import CallFacts, CallPublished
from shared.contracts.matchmaking import PartnersProposed
from shared.ids import stable_id
from shared.jobs import Job, advance, enqueue
from shared.mongo import Database, Transaction, pages

PAGE = 200
MOST_CANDIDATES = 2000  # requests that are compared with each other for one call


async def on_call_published(tx: Transaction, event: CallPublished) -> None:
    """Keep a copy of the call, and store a job that proposes partners if the call names an ecosystem."""
    await on_call_event(tx, event)
    if event.call.ecosystems:
        await enqueue(tx, "propose_partners", event.model_dump(mode="json"))


async def propose_partners(db: Database, job: Job) -> None:
    """Propose partners for a call to each member who has a live request in its ecosystems, a page at a time."""
    call = CallFacts.model_validate(job.data["call"])
    live = live_requests_for(call, db.now())
    candidates = await REQUESTS.find(db, live, limit=MOST_CANDIDATES)
    async for page in pages(REQUESTS, db, live, PAGE, job.cursor):
        await db.transact(_propose, job, call, page, candidates)


async def _propose(
    tx: Transaction, job: Job, call: CallFacts, page: Sequence[PartnerRequest], candidates: Sequence[PartnerRequest]
) -> None:
    """Store and publish the proposals that are new, and advance the job. Requests closed meanwhile take no part."""
    call_id = job.data["call_id"]
    closed = await closed_among(tx, {request.id for request in [*page, *candidates]})
    takes_part = partial(_takes_part, call, closed)
    by_member = await asyncio.to_thread(
        proposals_by_member, call, [*filter(takes_part, page)], [*filter(takes_part, candidates)]
    )
    ids = {member_id: stable_id(call_id, member_id) for member_id in by_member}
    known = await known_ids(tx, ids.values())
    added = [
        Proposals(
            id=ids[member_id],
            member_id=member_id,
            call_id=call_id,
            call_title=call.title,
            call_url=call.url,
            proposals=proposals,
            at=tx.now,
        )
        for member_id, proposals in by_member.items()
        if ids[member_id] not in known
    ]
    await PROPOSALS.insert(tx, *added)
    for proposals in added:
        tx.publish(_proposed_event(call, proposals), occurred_at=job.occurred_at)
    await advance(tx, job, page[-1].id)


def _takes_part(call: CallFacts, closed: Set[str], request: PartnerRequest) -> bool:
    return request.id not in closed and is_relevant(request, call)


def _proposed_event(call: CallFacts, proposals: Proposals) -> PartnersProposed:
    return PartnersProposed(
        call_id=proposals.call_id,
        call_version=call.version,
        call_title=call.title,
        call_url=call.url,
        member_id=proposals.member_id,
        proposals=proposals.proposals,
        url="/partner-proposals",
    )
