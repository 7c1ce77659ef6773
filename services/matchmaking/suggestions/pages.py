"""The page of partners proposed to a member."""

from fastapi import Request, Response

from services.matchmaking.dependencies import CurrentCaller, CurrentRuntime
from services.matchmaking.requests.store import requests_of_member
from services.matchmaking.suggestions.domain import Proposals
from services.matchmaking.suggestions.store import list_proposals
from shared.http.paging import Paging, decode_time_cursor, page_of
from shared.web import pages
from shared.web.queries import read_cursor, read_query
from shared.web.routes import page_router

router = page_router()


@router.get("/partner-proposals")
async def show_proposals(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the partners proposed to the member, call by call, each with the reason."""
    q, errors = read_query(request, Paging)
    after = read_cursor(q.cursor, decode_time_cursor, errors)
    proposals = await list_proposals(runtime.db, caller.id, after, q.limit + 1)
    return pages.page(
        request,
        "partner_proposals.html",
        resource=page_of(Proposals, proposals, q.limit, "at"),
        errors=errors,
        has_requests=bool(await requests_of_member(runtime.db, caller.id)),
    )
