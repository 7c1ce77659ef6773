"""HTTP for the gatherings that an organisation organises, drafts included, and for reports on past ones."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.calls.dependencies import CurrentCaller, CurrentRuntime, GatheringId
from services.calls.gatherings import usecases
from services.calls.gatherings.api import CHANGED_SINCE, NO_VERSION, NOT_AN_ORGANISER, GatheringView, places_view
from services.calls.gatherings.domain import GatheringStage
from services.calls.gatherings.report import GatheringReport
from services.calls.gatherings.store import gatherings_of_organisation
from services.calls.organisations.usecases import check_publisher
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_cursor, encode_cursor
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals
from shared.ids import Id

router = APIRouter(tags=["Gatherings"])


class OwnGatherings(Paging):
    """Query parameters of an organiser's list of gatherings."""

    organisation_id: Id | None = Field(None, description="Organisation of yours; none: the platform (for operators)")
    stage: GatheringStage | None = Field(None, description="Only gatherings at this stage, for example draft")


@router.get(
    "/gatherings/own",
    response_model=Page[GatheringView],
    operation_id="list_own_gatherings",
    summary="List the gatherings that you organise",
    responses=refusals(
        {403: "You named no organisation, and you are not an operator", 404: "You do not publish for the organisation"}
    ),
)
async def list_own_gatherings(
    request: Request, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[OwnGatherings, Query()]
) -> Response:
    """Return the gatherings of an organisation that you publish for, drafts and past ones included, newest first."""
    await check_publisher(runtime.db, q.organisation_id, caller)
    before = decode_cursor(q.cursor, 1)[0] if q.cursor else None
    gatherings = await gatherings_of_organisation(runtime.db, q.organisation_id, q.stage, before, q.limit + 1)
    more = encode_cursor(gatherings[q.limit - 1].id) if len(gatherings) > q.limit else None
    items = [
        GatheringView.of(each, with_join_link=True, places=await places_view(runtime, each))
        for each in gatherings[: q.limit]
    ]
    return page_or_json(request, "own_gatherings.html", Page[GatheringView](items=items, next=more))


@router.put(
    "/gatherings/{id}/report",
    operation_id="report_on_gathering",
    summary="Report on a past gathering",
    responses=refusals(
        {
            404: NOT_AN_ORGANISER,
            409: "The gathering is not over, is a draft or was cancelled",
            412: CHANGED_SINCE,
            428: NO_VERSION,
        }
    ),
)
async def report_on_gathering(
    id: GatheringId,
    body: GatheringReport,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> GatheringView:
    """Publish a link to the recording of a gathering that is over, and a summary of it. A new report replaces it."""
    gathering = await runtime.db.transact(usecases.report_on_gathering, id, body, caller, version)
    etag(response, gathering.version)
    return GatheringView.of(gathering, with_join_link=True)
