"""Pages of resets: ask for the link, learn that it is on its way, set a new password."""

from fastapi import Request, Response

from services.profiles.accounts.pages import ADDRESS, NEW_PASSWORD
from shared.forms.declaration import Form
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(
        operation="request_reset",
        at="/reset",
        title=_("Set a new password"),
        intro=_("Did you forget your password? We send a link to your address, with which you set a new one."),
        button=_("Send me the link"),
        next="/login/sent",
        words={"email": ADDRESS},
        is_open=True,
    ),
    Form(
        operation="reset_password",
        at="/reset/{token}",
        source="/reset/{token}",
        title=_("Set a new password"),
        button=_("Set the password"),
        done=_("Your password is changed, and every device is logged out. Log in with the new password."),
        next="/login",
        words={"password": NEW_PASSWORD},
        template="reset.html",
        is_open=True,
    ),
]


@router.get("/login/sent")
async def show_reset_sent(request: Request) -> Response:
    """Show that a link is on its way, if the address has an account."""
    return pages.page(request, "reset_sent.html")
