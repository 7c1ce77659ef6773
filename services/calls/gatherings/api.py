"""HTTP for gatherings."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.dependencies import (
    NOTIFIES,
    NOTIFIES_ONCE,
    CurrentCaller,
    CurrentRuntime,
    GatheringId,
    OptionalCaller,
)
from services.calls.gatherings import usecases
from services.calls.gatherings.access import gathering_path, organises, visible_gathering
from services.calls.gatherings.domain import Gathering, GatheringBody, GatheringContent, GatheringStage, Mode
from services.calls.gatherings.programme import by_day
from services.calls.gatherings.registrations.domain import Registration, RegistrationState
from services.calls.gatherings.registrations.store import PLACES, REGISTRATIONS, registration_id
from services.calls.gatherings.report import GatheringReport
from services.calls.gatherings.store import DRAFTS, list_gatherings, list_past_gatherings
from services.calls.organisations.domain import PLATFORM
from services.calls.organisations.usecases import publisher
from shared.auth import Caller
from shared.fields import Paragraphs
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.models import Body
from shared.service import Runtime
from shared.vocabulary import Country, Ecosystem

router = APIRouter(tags=["Gatherings"])

NOT_AN_ORGANISER = "Gathering not found, or its organiser is another organisation"
CHANGED_SINCE = "The gathering has changed since you read it"
NO_VERSION = "If-Match is missing"
NOT_EDITABLE = "The gathering is over or was cancelled"


class PlacesView(BaseModel):
    """Places of a gathering as members see them."""

    capacity: int | None = Field(description="Number of places; null: no limit")
    taken: int
    free: int | None = Field(description="Number of places left; null: no limit")
    waiting: int = Field(description="Members on the waiting list")


class GatheringView(GatheringContent):
    """A gathering as others see it. Only its organiser and registered participants see its link to join."""

    id: str
    version: int
    stage: GatheringStage
    where: str = Field(description="Place and mode in words")
    organisation_name: str
    cancelled_because: str = Field(description="Reason for the cancellation; empty if there was none")
    report: GatheringReport | None = Field(
        None, description="Recording and summary of a past gathering, if there is one"
    )
    places: PlacesView | None = Field(None, description="Only if members register on the platform; not in lists")

    @classmethod
    def of(
        cls, gathering: Gathering, *, with_join_link: bool = False, places: PlacesView | None = None
    ) -> "GatheringView":
        """Return the view of a gathering."""
        values = gathering.model_dump(include=set(cls.model_fields) - {"places", "where"})
        if not with_join_link:
            values["join_link"] = ""
        return cls(**values, where=gathering.where, places=places)


class GatheringFilter(Paging):
    """Query parameters of a list of gatherings."""

    country: Country | None = Field(None, description="Only gatherings in or about this country")
    ecosystem: Ecosystem | None = Field(None, description="Only gatherings about this industrial ecosystem")
    mode: Mode | None = Field(None, description="Only gatherings with this mode of participation")
    organisation_id: Id | None = Field(None, description="Only gatherings of this organisation")

    def query(self) -> dict[str, Any]:
        """Return the database query for these filters."""
        equal = {
            "countries": self.country,
            "ecosystems": self.ecosystem,
            "mode": self.mode,
            "organisation_id": self.organisation_id,
        }
        return {name: value for name, value in equal.items() if value}


class GatheringList(GatheringFilter):
    """Query parameters of the list of gatherings in time."""

    when: Literal["coming", "past"] = Field("coming", description="`past`: those that are over, the last one first")


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
    response_model=Page[GatheringView],
    operation_id="list_gatherings",
    summary="List gatherings",
    responses=refusals({422: "A filter or the cursor is not valid"}),
)
async def read_gatherings(request: Request, runtime: CurrentRuntime, q: Annotated[GatheringList, Query()]) -> Response:
    """List the public gatherings that are not over, in order of their end; or those that are over, the last first."""
    after = decode_time_cursor(q.cursor)
    listed = list_past_gatherings if q.when == "past" else list_gatherings
    gatherings = await listed(runtime.db, q.query(), runtime.db.now(), after, q.limit + 1)
    page = page_of(GatheringView, gatherings, q.limit, "ends_at", GatheringView.of)
    return page_or_json(request, "gatherings.html", page, when=q.when)


@router.get(
    "/gatherings/{id}",
    response_model=GatheringView,
    operation_id="read_gathering",
    summary="Read a gathering",
    responses=refusals({404: "Gathering not found, or a draft of another organisation"}),
)
async def read_gathering(
    id: GatheringId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Return a gathering with its programme and places; as a web page, also with your registration."""
    gathering = await visible_gathering(runtime.db, id, caller)
    registration = await REGISTRATIONS.get(runtime.db, registration_id(id, caller.id)) if caller else None
    view = GatheringView.of(
        gathering,
        with_join_link=await _may_join(runtime, gathering, caller, registration),
        places=await places_view(runtime, gathering),
    )
    days = by_day(gathering.programme, gathering.timezone)
    organiser = await organises(runtime.db, gathering, caller)
    more = {"registration": registration, "days": days, "organiser": organiser}
    response = page_or_json(request, "gathering.html", view, **more)
    etag(response, gathering.version)
    return response


async def _may_join(
    runtime: Runtime, gathering: Gathering, caller: Caller | None, registration: Registration | None
) -> bool:
    registered = registration is not None and registration.state is RegistrationState.REGISTERED
    return registered or await organises(runtime.db, gathering, caller)


async def places_view(runtime: Runtime, gathering: Gathering) -> PlacesView | None:
    """Return the places of a gathering; None if members do not register on the platform."""
    places = await PLACES.get(runtime.db, gathering.id) if gathering.admission else None
    if places is None:
        return None
    return PlacesView(capacity=places.capacity, taken=places.taken, free=places.free, waiting=places.waiting)


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
