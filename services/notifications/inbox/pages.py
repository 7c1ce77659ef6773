"""The page of the inbox, and the links of its alerts."""

from datetime import timedelta
from typing import Annotated

from fastapi import Path, Request, Response
from fastapi.responses import RedirectResponse

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.inbox.listing import InboxFilter, own_alerts
from services.notifications.inbox.store import count_unread, last_read_together
from services.notifications.inbox.usecases import mark_read
from services.notifications.preferences.usecases import interests_of, subscription_of
from shared.errors import Invalid
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.ids import Id
from shared.web import pages
from shared.web.i18n import _, translated
from shared.web.queries import read_query
from shared.web.routes import page_router

TO_UNDO = timedelta(hours=1)  # as long as the page offers to undo "all read"

router = page_router()
FORMS = [
    Form(operation="mark_all_alerts_read", button=_("Mark all as read"), done=_("All alerts are marked as read.")),
    Form(
        operation="mark_all_alerts_unread",
        button=_("Undo"),
        done=_("These alerts are unread again."),
        words={"at": Words(_("Time"), kind=Kind.HIDDEN)},
    ),
    Form(operation="mark_alert_read", button=_("Mark as read")),
    Form(operation="mark_alert_unread", button=_("Mark as unread")),
]


@router.get("/inbox")
async def show_inbox(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the alerts of the member, the newest first, with the reason for each."""
    q, errors = read_query(request, InboxFilter)
    try:
        alerts = await own_alerts(runtime.db, caller, q)
    except Invalid as error:  # a cursor that no page of ours has
        q, errors = q.model_copy(update={"cursor": None}), {"cursor": translated(error.detail)}
        alerts = await own_alerts(runtime.db, caller, q)
    return pages.page(
        request,
        "inbox.html",
        resource=alerts,
        only_unread=q.unread,
        errors=errors,
        unread=await count_unread(runtime.db, caller.id),
        read_together=await last_read_together(runtime.db, caller.id, runtime.db.now() - TO_UNDO),
        subscription=await subscription_of(runtime.db, caller.id),
        has_interests=bool(await interests_of(runtime.db, caller)),
    )


@router.get("/inbox/{id}")
async def open_alert(id: Annotated[Id, Path()], runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Lead on to what an alert is about, and mark it as read: to repeat that changes nothing."""
    alert = await runtime.db.transact(mark_read, id, caller)
    return RedirectResponse(alert.url, 303)
