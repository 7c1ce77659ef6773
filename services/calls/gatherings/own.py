"""HTTP for the gatherings that an organisation organises, drafts included, and for reports on past ones."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.calls.dependencies import CurrentCaller, CurrentRuntime, GatheringId
from services.calls.gatherings import usecases
from services.calls.gatherings.api import CHANGED_SINCE, NO_VERSION, NOT_AN_ORGANISER
from services.calls.gatherings.report import GatheringReport
from services.calls.gatherings.views import GatheringView, OwnGatherings, own_page
from services.calls.organisations.usecases import check_publisher
from shared.http.paging import Page
from shared.http.preconditions import IfMatch, etag
from shared.http.problems import refusals

router = APIRouter(tags=["Gatherings"])


@router.get(
    "/gatherings/own",
    operation_id="list_own_gatherings",
    summary="List the gatherings that you organise",
    responses=refusals(
        {403: "You named no organisation, and you are not an operator", 404: "You do not publish for the organisation"}
    ),
)
async def list_own_gatherings(
    runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[OwnGatherings, Query()]
) -> Page[GatheringView]:
    """Return the gatherings of an organisation that you publish for, drafts and past ones included, newest first."""
    await check_publisher(runtime.db, q.organisation_id, caller)
    return await own_page(runtime.db, [q.organisation_id], q)


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
