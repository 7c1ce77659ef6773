"""Pages of partnerships: the list, first those of the member, and a partnership."""

from fastapi import Request, Response

from services.matchmaking.dependencies import CurrentRuntime, OptionalCaller
from services.matchmaking.organisations.store import organisations_of
from services.matchmaking.partnerships.domain import Partnership
from services.matchmaking.partnerships.store import (
    PARTNERSHIPS,
    list_partnerships,
    partnerships_of,
    with_names,
)
from services.matchmaking.partnerships.usecases import current_partnership
from shared.auth import Caller
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.mongo import Reader
from shared.web import pages
from shared.web.queries import read_cursor, read_query
from shared.web.routes import page_router

router = page_router()


@router.get("/partnerships")
async def show_partnerships(request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show the partnerships that have not ended, the newest first."""
    q, errors = read_query(request, Paging)
    db, after = runtime.db, read_cursor(q.cursor, decode_time_cursor, errors)
    page = page_of(Partnership, await list_partnerships(db, after, q.limit + 1), q.limit, "formed_at")
    mine = await _mine(db, caller) if caller and after is None else []
    return pages.page(
        request,
        "partnerships.html",
        resource=Page(items=await with_names(db, page.items), next=page.next),
        errors=errors,
        number=await PARTNERSHIPS.count(db, {"ended": False}),
        mine=await with_names(db, mine),
    )


async def _mine(reader: Reader, caller: Caller) -> list[Partnership]:
    own = await organisations_of(reader, caller.id)
    return await partnerships_of(reader, [organisation.id for organisation in own])


@router.get("/partnerships/{id}")
async def show_partnership(id: str, request: Request, runtime: CurrentRuntime) -> Response:
    """Show a partnership with its organisations."""
    [view] = await with_names(runtime.db, [await current_partnership(runtime.db, id)])
    return pages.page(request, "partnership.html", resource=view)
