"""The page with the places and the money of a mission, and the form that adds to them."""

from fastapi import Request, Response

from services.calls.catalogue.access import visible_call
from services.calls.dependencies import CallId, CurrentRuntime, OptionalCaller
from services.calls.organisations.usecases import may_publish
from services.calls.selection.places.views import ledger_of
from services.calls.terms import begun
from shared.forms.declaration import Form
from shared.forms.fields import Words
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(
        operation="add_places",
        button=_("Add places or money"),
        done=_("The new limits hold. If applications were on the reserve list, the first of them have places now."),
        next="/calls/{id}/places",
        words={
            "places": Words(_("Places in total"), _("More than now. Empty: as many as now.")),
            "budget": Words(_("Budget in total"), _("In whole euros, more than now. Empty: as much as now.")),
        },
    )
]


@router.get("/calls/{id}/places")
async def show_places(id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show the places of a mission; to its publishers also the money, and the form that adds to both."""
    call = await visible_call(runtime.db, id, caller)
    ledger = await ledger_of(runtime.db, id, caller)
    publishes = caller is not None and await may_publish(runtime.db, call.organisation_id, caller)
    may_add = publishes and call.mission is not None and not begun(call.mission, runtime.db.now())
    view = await form_view(request, "add_places", version=call.version) if may_add else None
    return pages.page(request, "places.html", call=call, ledger=ledger, publishes=publishes, view=view)
