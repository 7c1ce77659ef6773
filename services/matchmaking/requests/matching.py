"""The job that tells members of a new partner request which fits one of theirs, and the matches of a request."""

from collections.abc import Sequence
from datetime import datetime

from services.matchmaking.requests.domain import PartnerRequest, is_match
from services.matchmaking.requests.store import REQUESTS, live, live_matches
from services.matchmaking.requests.usecases import request_path
from shared.contracts.matchmaking import PartnerRequestMatched
from shared.jobs import Job, advance
from shared.mongo import Database, Reader, Transaction, pages

PAGE = 200
MOST_READ = 500  # requests that are compared with one on its page
SHOWN = 5


async def tell_matches(db: Database, job: Job) -> None:
    """Tell each member of whom an earlier live request fits the new one, a page at a time.

    Of two that are published at the same moment, each may be seen by the job of the other alone. So both jobs tell the
    author of the earlier one; their alerts have one occasion, and are one.
    """
    request = await REQUESTS.first(db, live({"_id": job.data["request_id"]}, db.now()))
    if request is None:
        return  # it was closed meanwhile
    async for page in pages(REQUESTS, db, live_matches(request, db.now()), PAGE, job.cursor):
        await db.transact(_tell, job, request, page)


async def _tell(tx: Transaction, job: Job, request: PartnerRequest, page: Sequence[PartnerRequest]) -> None:
    for match in page:
        if is_match(request, match):
            earlier, newer = sorted((request, match), key=lambda each: each.id)
            tx.publish(matched_event(newer, earlier), occurred_at=job.occurred_at)
    await advance(tx, job, page[-1].id)


def matched_event(request: PartnerRequest, match: PartnerRequest) -> PartnerRequestMatched:
    """Return the event that tells the author of an earlier request of a new one."""
    return PartnerRequestMatched(
        request_id=request.id,
        organisation_id=request.organisation_id,
        organisation_name=request.organisation_name,
        side=request.side.value,
        url=request_path(request.id),
        matched_id=match.id,
        member_id=match.member_id,
    )


async def matches_of(reader: Reader, request: PartnerRequest, now: datetime) -> list[PartnerRequest]:
    """Return the newest live requests of others that fit a request."""
    found = await REQUESTS.find(reader, live_matches(request, now), sort=[("_id", -1)], limit=MOST_READ)
    return [match for match in found if is_match(request, match)][:SHOWN]
