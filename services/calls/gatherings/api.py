"""HTTP for gatherings."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.gatherings import usecases
from services.calls.gatherings.access import organises, path, visible
from services.calls.gatherings.domain import Gathering, GatheringBody, GatheringContent, Mode, Stage, by_day
from services.calls.gatherings.registrations.domain import State
from services.calls.gatherings.registrations.store import PLACES, REGISTRATIONS, registration_id
from services.calls.gatherings.store import list_gatherings
from services.calls.organisations.usecases import publisher
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_time_cursor, page_of
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.models import Body
from shared.service import Runtime
from shared.vocabulary import Country, Ecosystem

router = APIRouter()


class PlacesView(BaseModel):
    capacity: int | None
    taken: int
    free: int | None = Field(description="null: as many as come")
    waiting: int


class GatheringView(GatheringContent):
    """A gathering as others see it; its link to join only for who has a place, or organises it."""

    id: str
    version: int
    stage: Stage
    where: str
    organisation_name: str
    cancelled_because: str
    places: PlacesView | None = Field(None, description="Where one registers here; not in lists")

    @classmethod
    def of(cls, it: Gathering, *, join: bool = False, places: PlacesView | None = None) -> "GatheringView":
        values = it.model_dump(include=set(cls.model_fields) - {"places", "where"})
        return cls(**values | {"where": it.where, "places": places} | ({} if join else {"join_link": ""}))


class GatheringFilter(Paging):
    country: Country | None = None
    ecosystem: Ecosystem | None = None
    mode: Mode | None = None
    organisation_id: Id | None = None

    def query(self) -> dict[str, Any]:
        equal = {
            "countries": self.country,
            "ecosystems": self.ecosystem,
            "mode": self.mode,
            "organisation_id": self.organisation_id,
        }
        return {k: v for k, v in equal.items() if v}


class Cancellation(Body):
    reason: str = Field(min_length=3, max_length=1000)


@router.post("/gatherings", status_code=201)
async def create(
    body: GatheringBody, runtime: CurrentRuntime, caller: CurrentCaller, response: Response, key: IdempotencyKey = None
) -> GatheringView:
    """Public at once, unless it is a draft."""
    name = await publisher(runtime.db, body.organisation_id, caller)
    request = "gathering" + body.model_dump_json()
    made = await idempotent(
        runtime.db, key, caller.id, request, Gathering, usecases.create_gathering, new_id(), body, name
    )
    created(response, path(made.id), made.version)
    return GatheringView.of(made, join=True)


@router.get("/gatherings", response_model=Page[GatheringView])
async def gatherings(request: Request, runtime: CurrentRuntime, q: Annotated[GatheringFilter, Query()]) -> Response:
    """Those that are not over, the next to end first."""
    found = await list_gatherings(runtime.db, q.query(), runtime.db.now(), decode_time_cursor(q.cursor), q.limit + 1)
    page = page_of(GatheringView, found, q.limit, "ends_at", GatheringView.of)
    return page_or_json(request, "gatherings.html", page)


@router.get("/gatherings/{id}", response_model=GatheringView)
async def read(id: Id, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    gathering = await visible(runtime.db, id, caller)
    mine = await REGISTRATIONS.get(runtime.db, registration_id(id, caller.id)) if caller else None
    join = await organises(runtime.db, gathering, caller) or (mine is not None and mine.state is State.REGISTERED)
    view = GatheringView.of(gathering, join=join, places=await places_view(runtime, gathering))
    days = by_day(gathering.programme, gathering.timezone)
    response = page_or_json(request, "gathering.html", view, mine=mine, days=days)
    etag(response, gathering.version)
    return response


async def places_view(runtime: Runtime, gathering: Gathering) -> PlacesView | None:
    places = await PLACES.get(runtime.db, gathering.id) if gathering.admission else None
    if places is None:
        return None
    return PlacesView(free=places.free, **places.model_dump(include={"capacity", "taken", "waiting"}))


@router.put("/gatherings/{id}")
async def change(
    id: Id, body: GatheringContent, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> GatheringView:
    return _view(await runtime.db.transact(usecases.change_gathering, id, body, caller, version), response)


@router.post("/gatherings/{id}/publish")
async def publish(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> GatheringView:
    return _view(await runtime.db.transact(usecases.publish_gathering, id, caller, version), response)


@router.post("/gatherings/{id}/cancel")
async def cancel(
    id: Id, body: Cancellation, runtime: CurrentRuntime, caller: CurrentCaller, version: IfMatch, response: Response
) -> GatheringView:
    """Everybody who has a place or waits is told."""
    return _view(await runtime.db.transact(usecases.cancel_gathering, id, body.reason, caller, version), response)


def _view(gathering: Gathering, response: Response) -> GatheringView:
    etag(response, gathering.version)
    return GatheringView.of(gathering, join=True)
