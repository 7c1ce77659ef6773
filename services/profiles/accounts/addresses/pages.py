"""Pages of changes of addresses: ask for one, learn that a link is on its way, use the new address."""

from fastapi import Request, Response

from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(
        operation="request_address",
        at="/me/address",
        source="/me",
        template="password.html",
        title=_("Change my e-mail address"),
        button=_("Send me the link"),
        next="/me/address/sent",
        words={
            "current": Words(_("Present password"), " ", Kind.PASSWORD),
            "email": Words(_("New e-mail address"), _("You get a link to this address."), Kind.EMAIL),
        },
    ),
    Form(
        operation="change_address",
        at="/address/{token}",
        source="/address/{token}",
        title=_("Use this address"),
        button=_("Use this address"),
        done=_("Your account has the new address. Log in with it from now on."),
        next="/me",
        template="address.html",
        is_open=True,
    ),
]


@router.get("/me/address/sent")
async def show_link_sent(request: Request) -> Response:
    """Show that a link is on its way to the new address."""
    return pages.page(request, "address_sent.html")
