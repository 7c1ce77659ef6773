"""HTTP for gatherings."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.calls.dependencies import (
    NOTIFIES,
    NOTIFIES_ONCE,
    CurrentCaller,
    CurrentRuntime,
    GatheringId,
    OptionalCaller,
)
from services.calls.gatherings import usecases
from services.calls.gatherings.access import gathering_path, visible_gathering
from services.calls.gatherings.domain import Gathering, GatheringBody, GatheringContent, GatheringStage
from services.calls.gatherings.registrations.store import REGISTRATIONS, registration_id
from services.calls.gatherings.store import DRAFTS, list_gatherings, list_past_gatherings
from services.calls.gatherings.views import GatheringList, GatheringView, shown
from services.calls.organisations.domain import PLATFORM
from services.calls.organisations.usecases import publisher
from shared.fields import Paragraphs
from shared.http.paging import Page, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import new_id
from shared.models import Body

router = APIRouter(tags=["Gatherings"])

NOT_AN_ORGANISER = "Gathering not found, or its organiser is another organisation"
CHANGED_SINCE = "The gathering has changed since you read it"
NO_VERSION = "If-Match is missing"
NOT_EDITABLE = "The gathering is over or was cancelled"


class Cancellation(Body):
    """Cancellation of a gathering."""

    reason: Annotated[str, Paragraphs(1000, fewest=3)] = Field(
        description="Shown to everyone, and sent to the participants"
    )


@router.post(
    "/gatherings",
    status_code=201,
    operation_id="create_gathering",
    dependencies=NOTIFIES_ONCE,
    summary="Create a gathering",
    responses=refusals(
        {
            403: "You named no organisation, and you are not an operator",
            404: "Organisation not found among those for which you publish",
            422: "A field is not valid, the gathering is already over, or the Idempotency-Key was used before",
        }
    ),
)
async def create_gathering(
    body: GatheringBody, runtime: CurrentRuntime, caller: CurrentCaller, response: Response, key: IdempotencyKey = None
) -> GatheringView:
    """Create a gathering and publish it, or keep it as a draft."""
    name = await publisher(runtime.db, body.organisation_id, caller)
    owner = body.organisation_id or PLATFORM
    drafts = {"organisation_id": body.organisation_id, "stage": GatheringStage.DRAFT}
    work = DRAFTS.within(owner, drafts, usecases.create_gathering)
    gathering = await idempotent(runtime.db, key, caller.id, Gathering, work, new_id(), body, name)
    created(response, gathering_path(gathering.id), gathering.version)
    return GatheringView.of(gathering, with_join_link=True)


@router.get(
    "/gatherings",
    operation_id="list_gatherings",
    summary="List gatherings",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def read_gatherings(runtime: CurrentRuntime, q: Annotated[GatheringList, Query()]) -> Page[GatheringView]:
    """List the public gatherings that are not over, in order of their end; or those that are over, the last first."""
    after = decode_time_cursor(q.cursor)
    listed = list_past_gatherings if q.when == "past" else list_gatherings
    gatherings = await listed(runtime.db, q.query(), runtime.db.now(), after, q.limit + 1)
    return page_of(GatheringView, gatherings, q.limit, "ends_at", GatheringView.of)


@router.get(
    "/gatherings/{id}",
    operation_id="read_gathering",
    summary="Read a gathering",
    responses=refusals({404: "Gathering not found, or a draft of another organisation"}),
)
async def read_gathering(
    id: GatheringId, runtime: CurrentRuntime, caller: OptionalCaller, response: Response
) -> GatheringView:
    """Return a gathering with its programme and places."""
    gathering = await visible_gathering(runtime.db, id, caller)
    registration = await REGISTRATIONS.get(runtime.db, registration_id(id, caller.id)) if caller else None
    etag(response, gathering.version)
    return await shown(runtime.db, gathering, caller, registration)


@router.put(
    "/gatherings/{id}",
    operation_id="change_gathering",
    dependencies=NOTIFIES,
    summary="Change a gathering",
    responses=refusals(
        {
            404: NOT_AN_ORGANISER,
            409: NOT_EDITABLE,
            412: CHANGED_SINCE,
            422: "A field is not valid, or the capacity is below the number of registered members",
            428: NO_VERSION,
        }
    ),
)
async def change_gathering(
    id: GatheringId,
    body: GatheringContent,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> GatheringView:
    """Replace the content of a gathering. If it is published, its participants are notified of the changes."""
    async with runtime.resources.locks.hold(id):
        gathering = await runtime.db.transact(usecases.change_gathering, id, body, caller, version)
    return _view(gathering, response)


@router.post(
    "/gatherings/{id}/publish",
    operation_id="publish_gathering",
    dependencies=NOTIFIES,
    summary="Publish a draft gathering",
    responses=refusals(
        {
            404: NOT_AN_ORGANISER,
            409: "The gathering is already published, or was cancelled",
            412: CHANGED_SINCE,
            422: "The gathering is over",
            428: NO_VERSION,
        }
    ),
)
async def publish_gathering(
    id: GatheringId, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> GatheringView:
    """Publish a draft, so that it appears in lists and calendars."""
    return _view(await runtime.db.transact(usecases.publish_gathering, id, caller, version), response)


@router.post(
    "/gatherings/{id}/cancel",
    operation_id="cancel_gathering",
    dependencies=NOTIFIES,
    summary="Cancel a gathering",
    responses=refusals(
        {
            404: NOT_AN_ORGANISER,
            409: "The gathering is a draft, is over, or was cancelled",
            412: CHANGED_SINCE,
            428: NO_VERSION,
        }
    ),
)
async def cancel_gathering(
    id: GatheringId,
    body: Cancellation,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> GatheringView:
    """Cancel a published gathering. It can still be read; all registered and waiting members are notified."""
    async with runtime.resources.locks.hold(id):
        gathering = await runtime.db.transact(usecases.cancel_gathering, id, body.reason, caller, version)
    return _view(gathering, response)


def _view(gathering: Gathering, response: Response) -> GatheringView:
    etag(response, gathering.version)
    return GatheringView.of(gathering, with_join_link=True)
