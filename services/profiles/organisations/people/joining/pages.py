"""The page on which a member asks to join an organisation."""

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.profiles.dependencies import CurrentRuntime, OptionalCaller, OrganisationId
from services.profiles.organisations.people.joining.store import request_of
from services.profiles.organisations.store import role_in
from services.profiles.organisations.usecases import organisation_path, visible_organisation
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.routes import page_router

router = page_router()


@router.get("/organisations/{id}/join")
async def show_join(id: OrganisationId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show the form of a request to join, or where an earlier request stands; members of it are led to its page."""
    if caller is None:
        return pages.login_page(request)
    organisation = await visible_organisation(runtime.db, id, caller)
    if await role_in(runtime.db, id, caller.id):
        return RedirectResponse(organisation_path(id), 303)
    earlier = await request_of(runtime.db, id, caller.id)
    barred = earlier is not None and earlier.bars_another(runtime.db.now())
    return pages.page(
        request,
        "join.html",
        organisation=organisation,
        earlier=earlier,
        view=None if barred else await form_view(request, "ask_to_join"),
    )
