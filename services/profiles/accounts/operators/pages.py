"""The page on which operators give and take the role."""

from fastapi import Request, Response

from services.profiles.accounts.operators.usecases import operators, role_changes
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

router = page_router()
FORMS = [
    Form(
        operation="appoint_operator",
        button=_("Give the role"),
        next="/operators",
        done=_("The member operates the platform now. They are told by e-mail, and log in again."),
        words={"email": Words(_("E-mail address"), _("That of a member who confirmed it."), Kind.EMAIL)},
    ),
    Form(
        operation="dismiss_operator",
        button=_("Take the role"),
        next="/operators",
        done=_("The role is taken. The person is told by e-mail, and logged out everywhere."),
        is_final=True,
    ),
]


@router.get("/operators")
async def show_operators(request: Request, runtime: CurrentRuntime, caller: LoggedInCaller) -> Response:
    """Show operators who operates the platform, and who gave and took the role."""
    return pages.page(
        request,
        "operators.html",
        operators=await operators(runtime.db, caller),
        changes=await role_changes(runtime.db, caller),
        own_id=caller.id,
    )
