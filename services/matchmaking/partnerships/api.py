"""Partnerships: formed by a selected expression of interest, and read by everybody."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.matchmaking.dependencies import CurrentRuntime
from services.matchmaking.partnerships.domain import Partnership, PartnershipView
from services.matchmaking.partnerships.store import PARTNERSHIPS, views
from shared.errors import NotFound
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import etag
from shared.ids import Id
from shared.mongo import behind

router = APIRouter()


@router.get("/partnerships")
async def partnerships(runtime: CurrentRuntime, q: Annotated[Paging, Query()]) -> Page[PartnershipView]:
    """The newest first."""
    query = {"$and": [{"ended": False}, behind("formed_at", decode_time_cursor(q.cursor), newest_first=True)]}
    found = await PARTNERSHIPS.find(runtime.db, query, sort=[("formed_at", -1), ("_id", 1)], limit=q.limit + 1)
    page = page_of(Partnership, found, q.limit, "formed_at")
    return Page[PartnershipView](items=await views(runtime.db, page.items), next=page.next)


@router.get("/partnerships/{id}")
async def read(id: Id, runtime: CurrentRuntime, response: Response) -> PartnershipView:
    found = await PARTNERSHIPS.get(runtime.db, id)
    if found is None or found.ended:
        raise NotFound("there is no such partnership")
    etag(response, found.version)
    [view] = await views(runtime.db, [found])
    return view
