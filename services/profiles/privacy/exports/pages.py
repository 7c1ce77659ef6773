"""The page of the copy of a member's data."""

from fastapi import Request, Response

from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from services.profiles.privacy.exports.usecases import own_exports
from shared.forms.declaration import Form
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(
        operation="request_own_export",
        button=_("Prepare a copy of my data"),
        done=_("Every part of the platform collects what it has of you now. Load this page again in a minute."),
        next="/me/data",
    ),
]


@router.get("/me/data")
async def show_own_exports(request: Request, runtime: CurrentRuntime, caller: LoggedInCaller) -> Response:
    """Show the copy of the caller's data: what it waits for, or the way to the archive."""
    return pages.page(request, "data.html", exports=await own_exports(runtime.db, caller))
