"""The page of a member's own calendar: its secret address, and how a calendar program reads it."""

from fastapi import Request, Response

from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.feeds.calendars.tokens import TOKENS
from services.calls.gatherings.registrations.domain import LIVE
from services.calls.gatherings.registrations.store import registrations_of_member
from shared.forms.declaration import Form
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

MOST_COUNTED = 500

router = page_router()
FORMS = [
    Form(
        operation="create_calendar_address",
        title=_("Your calendar has an address"),
        button=_("Create the address"),
        answer="calendar_address.html",
    ),
    Form(
        operation="delete_calendar_address",
        button=_("Delete the address"),
        done=_("The address is deleted. Calendar programs can no longer read your calendar."),
        next="/calendar",
        is_final=True,
    ),
]


@router.get("/calendar")
async def show_calendar(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show whether the member's calendar has an address, and since when."""
    token = await TOKENS.get(runtime.db, caller.id)
    registrations = await registrations_of_member(runtime.db, caller.id, MOST_COUNTED)
    live = [registration for registration in registrations if registration.state in LIVE]
    return pages.page(request, "calendar.html", since=token.at if token else None, number=len(live))
