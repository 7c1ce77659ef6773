"""Proposing partners for a call."""

import asyncio

from services.matchmaking.requests.store import REQUESTS, about
from services.matchmaking.suggestions.domain import Proposals, by_member, concerned
from services.matchmaking.suggestions.store import PROPOSALS
from shared.contracts.calls import CallFacts, CallPublished
from shared.contracts.matchmaking import PartnersProposed, Proposal
from shared.ids import stable_id
from shared.jobs import Job, advance, enqueue
from shared.mongo import Database, Transaction, pages

PAGE = 200


MOST_CANDIDATES = 2000  # wishes compared with each other for one call


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


async def on_call_published(tx: Transaction, event: CallPublished) -> None:
    if event.call.ecosystems:
        await enqueue(tx, "propose_partners", event.model_dump(mode="json"))
