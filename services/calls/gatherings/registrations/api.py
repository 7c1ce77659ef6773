"""HTTP for registrations: a member's own, and the organiser's list."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.calls.dependencies import NOTIFIES, CurrentCaller, CurrentRuntime, GatheringId
from services.calls.gatherings.access import own_gathering
from services.calls.gatherings.registrations import usecases
from services.calls.gatherings.registrations.store import REGISTRATIONS, registration_id
from services.calls.gatherings.registrations.views import (
    Participant,
    RegistrationBody,
    RegistrationFilter,
    RegistrationView,
    own_view,
    participants_page,
)
from services.calls.organisations.usecases import own_organisation
from shared.errors import NotFound
from shared.http.paging import Page
from shared.http.problems import refusals
from shared.sentences import _

router = APIRouter(tags=["Registrations"])

NOT_REGISTERED = "Gathering not found, or you have not registered for it"
IS_OVER = "The gathering is over or was cancelled"


@router.put(
    "/gatherings/{id}/registration",
    operation_id="register_for_gathering",
    dependencies=NOTIFIES,
    summary="Register for a gathering",
    responses=refusals(
        {
            404: "Gathering not found, or organisation not found among yours",
            409: "Registration is not open",
        }
    ),
)
async def register(
    id: GatheringId, runtime: CurrentRuntime, caller: CurrentCaller, body: RegistrationBody | None = None
) -> RegistrationView:
    """Register yourself: you get a place, or a position at the end of the waiting list.

    A repetition changes nothing.
    """
    organisation = None
    if body and body.organisation_id:
        organisation = await own_organisation(runtime.db, body.organisation_id, caller)
    async with runtime.resources.locks.hold(id):
        registration = await runtime.db.transact(usecases.register, id, caller.id, organisation)
    return await own_view(runtime.db, registration)


@router.get(
    "/gatherings/{id}/registration",
    operation_id="read_registration",
    summary="Read your registration for a gathering",
    responses=refusals({404: NOT_REGISTERED}),
)
async def read_registration(id: GatheringId, runtime: CurrentRuntime, caller: CurrentCaller) -> RegistrationView:
    """Return your registration, with your position if you are on the waiting list."""
    registration = await REGISTRATIONS.get(runtime.db, registration_id(id, caller.id))
    if registration is None:
        raise NotFound(_("You are not registered for this gathering."))
    return await own_view(runtime.db, registration)


@router.delete(
    "/gatherings/{id}/registration",
    operation_id="leave_gathering",
    summary="Give up your registration",
    responses=refusals({404: NOT_REGISTERED, 409: IS_OVER}),
)
async def leave(id: GatheringId, runtime: CurrentRuntime, caller: CurrentCaller) -> RegistrationView:
    """Give up your place or your position on the waiting list. Your place goes to the first member who waits.

    A repetition changes nothing.
    """
    async with runtime.resources.locks.hold(id):
        registration = await runtime.db.transact(usecases.leave, id, caller.id)
    return await own_view(runtime.db, registration)


@router.post(
    "/gatherings/{id}/registration/decline",
    operation_id="decline_place",
    summary="Decline a place from the waiting list",
    responses=refusals(
        {404: NOT_REGISTERED, 409: "You have no place from the waiting list, or the gathering is over or was cancelled"}
    ),
)
async def decline(id: GatheringId, runtime: CurrentRuntime, caller: CurrentCaller) -> RegistrationView:
    """Decline a place that came from the waiting list. It goes to the next member who waits."""
    async with runtime.resources.locks.hold(id):
        registration = await runtime.db.transact(usecases.decline, id, caller.id)
    return await own_view(runtime.db, registration)


@router.get(
    "/gatherings/{id}/registrations",
    operation_id="list_registrations",
    summary="List the registrations for a gathering",
    responses=refusals({404: "Gathering not found, or its organiser is another organisation"}),
)
async def read_registrations(
    id: GatheringId, runtime: CurrentRuntime, caller: CurrentCaller, q: Annotated[RegistrationFilter, Query()]
) -> Page[Participant]:
    """List the registrations for a gathering that you organise, with names, in order of their arrival."""
    await own_gathering(runtime.db, id, caller)
    return await participants_page(runtime.db, id, q)
