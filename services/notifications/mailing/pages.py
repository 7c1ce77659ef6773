"""Pages of e-mail: the page behind a link that stops e-mails, and the operators' list of deliveries."""

from typing import Annotated

from fastapi import Path, Request, Response

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.mailing.domain import State
from services.notifications.mailing.ledger import DeliveryFilter, deliveries, summary_of
from services.notifications.mailing.links import linked
from services.notifications.mailing.usecases import RESENDABLE
from services.notifications.preferences.domain import SCOPE_WORDS
from services.notifications.preferences.usecases import subscription_of
from shared.errors import Invalid, NotAuthenticated
from shared.forms.declaration import Form
from shared.web import pages
from shared.web.i18n import _, translated
from shared.web.queries import read_query
from shared.web.routes import page_router

STATES = {  # in words, and the tone of their badge
    State.PENDING: (_("waits to be sent"), ""),
    State.CLAIMED: (_("is being written"), ""),
    State.HANDING: (_("is being handed over"), ""),
    State.SENT: (_("sent"), "good"),
    State.FAILED: (_("failed"), "bad"),
    State.AMBIGUOUS: (_("perhaps sent"), "warn"),
    State.HELD: (_("held, too many in ten minutes"), "warn"),
    State.BUNDLED: (_("bundled into another e-mail"), ""),
    State.DROPPED: (_("not wanted"), ""),
}

router = page_router()
FORMS = [
    Form(operation="stop_emails", button=_("Stop these e-mails"), is_open=True),
    Form(operation="resume_emails_by_link", button=_("Send them again"), is_open=True),
    Form(
        operation="resend_deliveries",
        button=_("Send again"),
        done=_("The e-mails are sent again. Load the page anew in a minute to see how it went."),
    ),
]


@router.get("/unsubscribe/{token}")
async def show_unsubscribe(
    token: Annotated[str, Path(max_length=2000)], request: Request, runtime: CurrentRuntime
) -> Response:
    """Show what a link stops, or what it has stopped, with the button that undoes it."""
    try:
        member_id, scope = await linked(runtime, token)
    except NotAuthenticated:
        return pages.page(request, "unsubscribe_invalid.html", status=401)
    subscription = await subscription_of(runtime.db, member_id)
    return pages.page(
        request, "unsubscribe.html", done=subscription.stops(scope), about=SCOPE_WORDS[scope], token=token
    )


@router.get("/deliveries")
async def show_deliveries(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show operators the e-mails of the ledger, the newest first, and their number in each state."""
    q, errors = read_query(request, DeliveryFilter)
    summary = await summary_of(runtime.db, caller)
    try:
        found = await deliveries(runtime.db, caller, q)
    except Invalid as error:  # a cursor that no page of ours has
        q, errors = q.model_copy(update={"cursor": None}), {"cursor": translated(error.detail)}
        found = await deliveries(runtime.db, caller, q)
    return pages.page(
        request,
        "deliveries.html",
        resource=found,
        summary=summary,
        errors=errors,
        chosen=q.state,
        states=STATES,
        resendable=[each.id for each in found.items if each.state in RESENDABLE],
    )
