"""Registrations as members and organisers read them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, Field

from services.calls.gatherings.domain import GatheringStage
from services.calls.gatherings.registrations.domain import LIVE, Registration, RegistrationState
from services.calls.gatherings.registrations.store import list_registrations, waiting_position
from services.calls.gatherings.store import GATHERINGS
from services.calls.members.store import names_of
from shared.http.paging import Page, Paging, decode_number_cursor, encode_cursor
from shared.ids import Id
from shared.models import Body
from shared.mongo import Reader


class RegistrationBody(Body):
    """Registration of the caller for a gathering."""

    organisation_id: Id | None = Field(None, description="Organisation of yours that you represent, if any")


class RegistrationView(BaseModel):
    """A registration as its member sees it."""

    gathering_id: str
    member_id: str
    organisation_id: str | None = Field(description="Organisation that the member represents, if any")
    organisation_name: str
    state: RegistrationState
    position: int | None = Field(
        description="Position on the waiting list, from 1; null if the member is not on it, and in the organiser's list"
    )
    at: datetime = Field(description="Time of the registration, or of its end")
    promoted_at: datetime | None = Field(description="When a place came from the waiting list")

    @classmethod
    def of(cls, registration: Registration, position: int | None = None) -> "RegistrationView":
        """Return the view of a registration."""
        values = registration.model_dump(include=set(RegistrationView.model_fields) - {"position"})
        return cls(**values, position=position)


class Participant(RegistrationView):
    """A registration as the organiser sees it."""

    name: str = Field(description="Name of the member; empty for a moment after they got their account")


class RegistrationFilter(Paging):
    """Query parameters of an organiser's list of registrations."""

    state: RegistrationState | None = Field(
        None, description="Only registrations in this state; default: registered and waiting"
    )

    @property
    def states(self) -> tuple[RegistrationState, ...]:
        """The states of the registrations that are listed."""
        return (self.state,) if self.state else LIVE


async def own_view(reader: Reader, registration: Registration) -> RegistrationView:
    """Return a member's registration with its position; cancelled as soon as the gathering is."""
    gathering = await GATHERINGS.get(reader, registration.gathering_id)
    if registration.state in LIVE and (gathering is None or gathering.stage is GatheringStage.CANCELLED):
        return RegistrationView.of(registration.replace(state=RegistrationState.CANCELLED))
    if registration.state is RegistrationState.WAITING:
        return RegistrationView.of(registration, await waiting_position(reader, registration))
    return RegistrationView.of(registration)


async def participants_page(reader: Reader, gathering_id: str, q: RegistrationFilter) -> Page[Participant]:
    """Return a page of the registrations for a gathering, with names, in order of their arrival."""
    after = decode_number_cursor(q.cursor)
    registrations = await list_registrations(reader, gathering_id, q.states, after, q.limit + 1)
    shown = registrations[: q.limit]
    more = encode_cursor(str(shown[-1].number)) if len(registrations) > q.limit else None
    return Page[Participant](items=await participants(reader, shown), next=more)


async def participants(reader: Reader, registrations: Sequence[Registration]) -> list[Participant]:
    """Return registrations with the names of their members."""
    names = await names_of(reader, [registration.member_id for registration in registrations])
    return [
        Participant(**RegistrationView.of(each).model_dump(), name=names.get(each.member_id, ""))
        for each in registrations
    ]
