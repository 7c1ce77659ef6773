"""The page of what a member follows, and the forms to follow and to stop, which pages of other services have, too."""

from fastapi import Request, Response

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.involvements.usecases import follows_of
from services.notifications.things.domain import ThingKind
from shared.forms.declaration import Form
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(operation="follow_thing", button=_("Follow"), next="/follows", done=_("You follow this now.")),
    Form(
        operation="stop_following_thing",
        button=_("Stop following"),
        next="/follows",
        done=_("You no longer follow it."),
    ),
]
HEADINGS = {
    ThingKind.CALL: _("Calls"),
    ThingKind.GATHERING: _("Gatherings"),
    ThingKind.ORGANISATION: _("Organisations"),
    ThingKind.COUNTRY: _("Countries"),
    ThingKind.POST: _("News and documents"),
    ThingKind.ACHIEVEMENT: _("Achievements"),
}


@router.get("/follows")
async def show_follows(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show what the member follows, by kind."""
    follows = await follows_of(runtime.db, caller)
    groups = [(HEADINGS[kind], [each for each in follows if each.kind is kind]) for kind in ThingKind]
    return pages.page(request, "follows.html", groups=[group for group in groups if group[1]])
