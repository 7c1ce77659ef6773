"""The page of a member's sessions."""

from fastapi import Request, Response

from services.profiles.accounts.sessions.usecases import own_sessions
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from shared.forms.declaration import Form
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(
        operation="end_session",
        button=_("Log out there"),
        done=_("The session has ended."),
        next="/me/sessions",
        is_final=True,
    ),
    Form(
        operation="end_other_sessions",
        button=_("Log out everywhere else"),
        done=_("All other sessions have ended."),
        next="/me/sessions",
        is_final=True,
    ),
]


@router.get("/me/sessions")
async def show_sessions(request: Request, runtime: CurrentRuntime, caller: LoggedInCaller) -> Response:
    """Show the log-ins of the caller."""
    return pages.page(request, "sessions.html", sessions=await own_sessions(runtime.db, caller))
