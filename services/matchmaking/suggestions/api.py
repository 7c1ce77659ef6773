"""HTTP for proposed partners."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.matchmaking.dependencies import CurrentCaller, CurrentRuntime
from services.matchmaking.suggestions.domain import Proposals
from services.matchmaking.suggestions.store import list_proposals
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.problems import refusals

router = APIRouter(tags=["Partner search"])


@router.get(
    "/partner-proposals",
    operation_id="list_partner_proposals",
    summary="List partners proposed to you",
    responses=refusals({401: "The token is missing or not valid", 422: "The cursor is not valid"}),
)
async def list_partner_proposals(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[Paging, Query()]
) -> Page[Proposals]:
    """Return the partners proposed to the caller, call by call, the newest first."""
    proposals = await list_proposals(runtime.db, caller.id, decode_time_cursor(q.cursor), q.limit + 1)
    return page_of(Proposals, proposals, q.limit, "at")
