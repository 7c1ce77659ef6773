"""Gatherings as members and organisers read them, and the filters of their lists."""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.calls.gatherings.access import organises
from services.calls.gatherings.domain import Gathering, GatheringContent, GatheringStage, Mode
from services.calls.gatherings.registrations.domain import Registration, RegistrationState
from services.calls.gatherings.registrations.store import PLACES
from services.calls.gatherings.report import GatheringReport
from services.calls.gatherings.store import gatherings_of_organisations
from shared.auth import Caller
from shared.http.paging import Page, Paging, decode_cursor, encode_cursor
from shared.ids import Id
from shared.mongo import Reader
from shared.vocabulary import Country, Ecosystem


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


class OwnGatherings(Paging):
    """Query parameters of an organiser's list of gatherings."""

    organisation_id: Id | None = Field(None, description="Organisation of yours; none: the platform (for operators)")
    stage: GatheringStage | None = Field(None, description="Only gatherings at this stage, for example draft")


async def own_page(reader: Reader, organisations: Sequence[str | None], q: OwnGatherings) -> Page[GatheringView]:
    """Return the gatherings of organisations as their organisers see them, newest first; None is the platform."""
    before = decode_cursor(q.cursor, 1)[0] if q.cursor else None
    gatherings = await gatherings_of_organisations(reader, organisations, q.stage, before, q.limit + 1)
    more = encode_cursor(gatherings[q.limit - 1].id) if len(gatherings) > q.limit else None
    items = [
        GatheringView.of(each, with_join_link=True, places=await places_view(reader, each))
        for each in gatherings[: q.limit]
    ]
    return Page[GatheringView](items=items, next=more)


async def shown(
    reader: Reader, gathering: Gathering, caller: Caller | None, registration: Registration | None
) -> GatheringView:
    """Return a gathering as the caller may see it, with its places; the link to join only if they have a place."""
    has_place = registration is not None and registration.state is RegistrationState.REGISTERED
    return GatheringView.of(
        gathering,
        with_join_link=has_place or await organises(reader, gathering, caller),
        places=await places_view(reader, gathering),
    )


async def places_view(reader: Reader, gathering: Gathering) -> PlacesView | None:
    """Return the places of a gathering; None if members do not register on the platform."""
    places = await PLACES.get(reader, gathering.id) if gathering.admission else None
    if places is None:
        return None
    return PlacesView(capacity=places.capacity, taken=places.taken, free=places.free, waiting=places.waiting)
