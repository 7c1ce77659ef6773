"""The page of an organiser: who has registered for a gathering."""

from fastapi import Request, Response

from services.calls.dependencies import CurrentCaller, CurrentRuntime, GatheringId
from services.calls.gatherings.access import own_gathering
from services.calls.gatherings.registrations.domain import RegistrationState
from services.calls.gatherings.registrations.store import PLACES
from services.calls.gatherings.registrations.views import RegistrationFilter, participants_page
from shared.http.paging import decode_number_cursor
from shared.web import pages
from shared.web.i18n import _
from shared.web.queries import read_cursor, read_query
from shared.web.routes import page_router

STATES = {
    RegistrationState.REGISTERED: _("Has a place"),
    RegistrationState.WAITING: _("Waits"),
    RegistrationState.DECLINED: _("Declined the place"),
    RegistrationState.LEFT: _("Gave up"),
    RegistrationState.CANCELLED: _("Gathering cancelled"),
}

router = page_router()


@router.get("/gatherings/{id}/registrations")
async def show_registrations(
    id: GatheringId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show who has registered for a gathering that the member organises, with counts and the export."""
    gathering = await own_gathering(runtime.db, id, caller)
    q, errors = read_query(request, RegistrationFilter)
    if not read_cursor(q.cursor, decode_number_cursor, errors):
        q = q.replace(cursor=None)
    return pages.page(
        request,
        "registrations.html",
        resource=await participants_page(runtime.db, id, q),
        gathering=gathering,
        places=await PLACES.get(runtime.db, id),
        states=STATES,
        chosen=q.state,
        errors=errors,
    )
