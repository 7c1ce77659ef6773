"""HTTP for proposed partners."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.matchmaking.dependencies import CurrentCaller, CurrentRuntime
from services.matchmaking.suggestions.domain import Proposals
from services.matchmaking.suggestions.store import PROPOSALS
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.mongo import behind

router = APIRouter()


@router.get("/partner-proposals", response_model=Page[Proposals])
async def proposals(
    request: Request, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Response:
    """The partners proposed to me, the newest first."""
    query = {"member_id": caller.id, **behind("at", decode_time_cursor(q.cursor), newest_first=True)}
    found = await PROPOSALS.find(runtime.db, query, sort=[("at", -1), ("_id", 1)], limit=q.limit + 1)
    return page_or_json(request, "partner_proposals.html", page_of(Proposals, found, q.limit, "at"))
