"""HTTP for partnerships."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.matchmaking.dependencies import CurrentRuntime
from services.matchmaking.partnerships.domain import Partnership, PartnershipView
from services.matchmaking.partnerships.store import list_partnerships, with_names
from services.matchmaking.partnerships.usecases import current_partnership
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import etag
from shared.http.problems import refusals
from shared.ids import Id

router = APIRouter(tags=["Partnerships"])
PartnershipId = Annotated[Id, Path(description="Id of the partnership")]


@router.get(
    "/partnerships",
    operation_id="list_partnerships",
    summary="List partnerships",
    responses=refusals({422: "The cursor is not valid"}),
)
async def list_current_partnerships(runtime: CurrentRuntime, q: Annotated[Paging, Query()]) -> Page[PartnershipView]:
    """Return the partnerships that have not ended, the newest first."""
    partnerships = await list_partnerships(runtime.db, decode_time_cursor(q.cursor), q.limit + 1)
    page = page_of(Partnership, partnerships, q.limit, "formed_at")
    return Page[PartnershipView](items=await with_names(runtime.db, page.items), next=page.next)


@router.get(
    "/partnerships/{id}",
    operation_id="read_partnership",
    summary="Read a partnership",
    responses=refusals({404: "Partnership not found, or ended"}),
)
async def read_partnership(id: PartnershipId, runtime: CurrentRuntime, response: Response) -> PartnershipView:
    """Return a partnership with the names of its organisations."""
    partnership = await current_partnership(runtime.db, id)
    etag(response, partnership.version)
    [view] = await with_names(runtime.db, [partnership])
    return view
