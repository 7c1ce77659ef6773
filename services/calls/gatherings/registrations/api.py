"""HTTP for registrations: one's own, and the organiser's list."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.gatherings.access import own
from services.calls.gatherings.domain import Stage
from services.calls.gatherings.registrations import usecases
from services.calls.gatherings.registrations.domain import LIVE, Registration, State
from services.calls.gatherings.registrations.store import REGISTRATIONS, participants, position, registration_id
from services.calls.gatherings.store import GATHERINGS
from services.calls.organisations.usecases import own_organisation
from shared.errors import NotFound
from shared.http.paging import Page, Paging, decode_number_cursor, encode_cursor
from shared.ids import Id
from shared.models import Body
from shared.service import Runtime

router = APIRouter()


class RegistrationBody(Body):
    organisation_id: Id | None = Field(None, description="An organisation of yours, for which you come")


class RegistrationView(BaseModel):
    gathering_id: str
    member_id: str
    organisation_id: str | None
    organisation_name: str
    state: State
    position: int | None = Field(description="On the waiting list, from 1; null: not on it, or not told")
    at: datetime
    promoted_at: datetime | None = Field(description="When a place came from the waiting list")

    @classmethod
    def of(cls, it: Registration, position: int | None = None, **more: State) -> "RegistrationView":
        values = it.model_dump(include=set(cls.model_fields) - {"position"})
        return cls(**values | more, position=position)


class RegistrationFilter(Paging):
    state: State | None = Field(None, description="None: who has a place, and who waits")


@router.put("/gatherings/{id}/registration")
async def register(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, body: RegistrationBody | None = None
) -> RegistrationView:
    """A place, or the end of the waiting list. To ask again changes nothing."""
    for_whom = body.organisation_id if body else None
    of = await own_organisation(runtime.db, for_whom, caller) if for_whom else None
    async with runtime.resources.locks.hold(id):
        registration = await runtime.db.transact(usecases.register, id, caller.id, for_whom, of)
    return await _own(runtime, registration)


@router.get("/gatherings/{id}/registration")
async def read(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> RegistrationView:
    registration = await REGISTRATIONS.get(runtime.db, registration_id(id, caller.id))
    if registration is None:
        raise NotFound("you did not register for this gathering")
    return await _own(runtime, registration)


@router.delete("/gatherings/{id}/registration")
async def leave(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> RegistrationView:
    """The place goes to the first who waits. To leave again changes nothing."""
    async with runtime.resources.locks.hold(id):
        registration = await runtime.db.transact(usecases.leave, id, caller.id)
    return await _own(runtime, registration)


@router.post("/gatherings/{id}/registration/decline")
async def decline(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> RegistrationView:
    """A place that came from the waiting list goes to the next who waits."""
    async with runtime.resources.locks.hold(id):
        registration = await runtime.db.transact(usecases.decline, id, caller.id)
    return await _own(runtime, registration)


async def _own(runtime: Runtime, registration: Registration) -> RegistrationView:
    """With the position; cancelled as soon as the gathering is."""
    gathering = await GATHERINGS.get(runtime.db, registration.gathering_id)
    if registration.state in LIVE and (gathering is None or gathering.stage is Stage.CANCELLED):
        return RegistrationView.of(registration, state=State.CANCELLED)
    waits = registration.state is State.WAITING
    return RegistrationView.of(registration, await position(runtime.db, registration) if waits else None)


@router.get("/gatherings/{id}/registrations")
async def registrations(
    id: Id, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[RegistrationFilter, Query()]
) -> Page[RegistrationView]:
    """For who organises it, in the order in which they came."""
    await own(runtime.db, id, caller)
    states = (q.state,) if q.state else LIVE
    found = await participants(runtime.db, id, states, decode_number_cursor(q.cursor), q.limit + 1)
    shown = found[: q.limit]
    more = encode_cursor(str(shown[-1].number)) if len(found) > q.limit else None
    return Page[RegistrationView](items=[RegistrationView.of(one) for one in shown], next=more)
