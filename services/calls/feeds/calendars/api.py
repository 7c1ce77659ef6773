"""HTTP for calendars: of gatherings, of deadlines, and of a member's own gatherings."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.access import visible_call
from services.calls.catalogue.store import EVER_PUBLISHED, calls_in_calendar
from services.calls.catalogue.views import query_of
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime, GatheringId, OptionalCaller
from services.calls.feeds.calendars import tokens
from services.calls.feeds.calendars.appointments import deadlines, gathering_appointment, own_appointments
from services.calls.feeds.calendars.ical import Appointment, calendar
from services.calls.feeds.routes import INVALID_FILTER, Calls, Gatherings, rendered
from services.calls.gatherings.access import visible_gathering
from services.calls.gatherings.registrations.store import registrations_of_member
from services.calls.gatherings.store import KEPT_IN_CALENDARS, gatherings_of_ids, in_calendar
from shared.errors import NotFound
from shared.http.conditional import conditional_response
from shared.http.problems import produces
from shared.sentences import _

router = APIRouter()

ICS = "text/calendar"
MOST_APPOINTMENTS, MOST_REGISTRATIONS = 1_000, 500


@router.get(
    "/gatherings.ics",
    operation_id="read_gatherings_calendar",
    summary="Subscribe to the calendar of gatherings",
    **produces(ICS, INVALID_FILTER),
)
async def gatherings_ics(request: Request, runtime: CurrentRuntime, q: Gatherings) -> Response:
    """Return gatherings as iCalendar, at most 1,000.

    The calendar includes gatherings that ended or were cancelled in the last 30 days.
    """
    gatherings = await in_calendar(runtime.db, q.query(), runtime.db.now(), MOST_APPOINTMENTS)
    site = runtime.resources.public_url
    return await ics(request, "Gatherings", [gathering_appointment(gathering, site) for gathering in gatherings])


@router.get(
    "/gatherings/{id}.ics",
    operation_id="read_gathering_calendar",
    summary="Subscribe to one gathering",
    **produces(ICS, {404: "Gathering not found, or a draft of another organisation"}),
)
async def gathering_ics(id: GatheringId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Return one gathering as iCalendar."""
    gathering = await visible_gathering(runtime.db, id, caller)
    return await ics(request, gathering.title, [gathering_appointment(gathering, runtime.resources.public_url)])


@router.get(
    "/calls.ics",
    operation_id="read_calls_calendar",
    summary="Subscribe to the deadlines of calls",
    **produces(ICS, INVALID_FILTER),
)
async def calls_ics(request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Calls) -> Response:
    """Return the deadlines of calls that have not closed as iCalendar, at most 1,000.

    The calendar includes calls that were withdrawn, and deadlines that were dropped, in the last 90 days.
    """
    now = runtime.db.now()
    query = await query_of(runtime, q, caller, EVER_PUBLISHED)
    calls = await calls_in_calendar(runtime.db, query, now, MOST_APPOINTMENTS)
    appointments = [deadline for call in calls for deadline in deadlines(call, runtime.resources.public_url, now)]
    return await ics(request, "Deadlines of calls", appointments[:MOST_APPOINTMENTS])


@router.get(
    "/calls/{id}.ics",
    operation_id="read_call_calendar",
    summary="Subscribe to the deadlines of one call",
    **produces(ICS, {404: "Call not found, or a draft of another organisation"}),
)
async def call_ics(id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Return the deadlines of one call as iCalendar."""
    call = await visible_call(runtime.db, id, caller)
    return await ics(request, call.title, deadlines(call, runtime.resources.public_url, runtime.db.now()))


async def ics(request: Request, name: str, appointments: Sequence[Appointment], **headers: str) -> Response:
    """Return the appointments as iCalendar; rendered in a thread, because a large file takes half a second."""
    body = await rendered(calendar, name, appointments)
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    changed_at = max((appointment.changed_at for appointment in appointments), default=epoch)
    return conditional_response(request, body, ICS, changed_at, **headers)


# --- the calendar of a member -------------------------------------------------------------------

Secret = Annotated[
    str, Path(min_length=20, max_length=100, pattern=r"^[\w-]+$", description="Secret in the address of the calendar")
]


class OwnCalendar(BaseModel):
    """Address of a member's own calendar."""

    url: str = Field(
        description="Shown only now. Do not share it: anyone who knows it can read which gatherings you attend"
    )


@router.post(
    "/calendar",
    status_code=201,
    operation_id="create_calendar_address",
    summary="Get the address of your calendar",
)
async def create_calendar_address(runtime: CurrentRuntime, caller: CurrentCaller) -> OwnCalendar:
    """Create an address for your calendar program. An earlier address stops working."""
    secret = await runtime.db.transact(tokens.rotate, caller.id)
    return OwnCalendar(url=f"{runtime.resources.public_url}/calendar/{secret}.ics")


@router.delete(
    "/calendar",
    status_code=204,
    operation_id="delete_calendar_address",
    summary="Delete the address of your calendar",
)
async def delete_calendar_address(runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Delete the address of your calendar. Calendar programs can no longer read it."""
    await runtime.db.transact(tokens.revoke, caller.id)


@router.get(
    "/calendar/{secret}.ics",
    operation_id="read_own_calendar",
    summary="Subscribe to your own calendar",
    **produces(ICS, {404: "Calendar not found, or it has a new address"}),
)
async def own_ics(secret: Secret, request: Request, runtime: CurrentRuntime) -> Response:
    """Return the gatherings for which a member is registered or waits, with their sessions, as iCalendar.

    No token is needed: the secret address is enough.
    """
    member_id = await tokens.member_of(runtime.db, secret)
    if member_id is None:
        raise NotFound(_("Calendar not found. Its owner may have created a new address."))
    registrations = {
        registration.gathering_id: registration
        for registration in await registrations_of_member(runtime.db, member_id, MOST_REGISTRATIONS)
    }
    gatherings = await gatherings_of_ids(runtime.db, [*registrations], runtime.db.now() - KEPT_IN_CALENDARS)
    site = runtime.resources.public_url
    appointments = await rendered(own_appointments, gatherings, registrations, site, MOST_APPOINTMENTS)
    secret_address = {"X_Robots_Tag": "noindex", "Referrer_Policy": "no-referrer", "Cache_Control": "no-store"}
    return await ics(request, "My gatherings", appointments, **secret_address)
