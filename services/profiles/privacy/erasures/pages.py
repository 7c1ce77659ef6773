"""Pages of erasures: leave for good, the page after it, and the proofs for operators."""

from typing import Annotated

from fastapi import Query, Request, Response

from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from services.profiles.privacy.erasures.usecases import erasures
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.http.caller import cookie_name
from shared.http.headers import is_https
from shared.http.paging import Paging
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

ASKED_BY = {
    "member": _("asked by the member"),
    "operator": _("asked by the member, done by an operator"),
    "restore": _("repeated after an old backup was restored"),
}

router = page_router()
FORMS = [
    Form(
        operation="erase_own_account",
        at="/me/erasure",
        source="/me/erasure",
        template="erasure.html",
        title=_("Erase my account"),
        button=_("Erase my account for ever"),
        next="/erased",
        words={"password": Words(_("Your password"), " ", Kind.PASSWORD)},
        is_final=True,
    ),
    Form(
        operation="erase_member",
        button=_("Erase this member for ever"),
        done=_("The account is erased. Each service answers here as soon as it has erased its part."),
        next="/erasures",
        words={
            "email": Words(_("Address of the member"), _("Make sure that the person who wrote owns it."), Kind.EMAIL),
            "password": Words(_("Your own password"), " ", Kind.PASSWORD),
        },
        is_final=True,
    ),
]


@router.get("/erased")
async def show_erased(request: Request) -> Response:
    """Show that an account was erased, and remove its token from the browser."""
    response = pages.page(request, "erased.html")
    url = request.app.state.settings.public_url
    response.delete_cookie(cookie_name(url), secure=is_https(url), httponly=True, samesite="lax")
    return response


@router.get("/erasures")
async def show_erasures(
    request: Request, runtime: CurrentRuntime, caller: LoggedInCaller, paging: Annotated[Paging, Query()]
) -> Response:
    """Show operators the proofs of erasures, and the form for a person who wrote."""
    found = await erasures(runtime.db, caller, paging)
    return pages.page(request, "erasures.html", resource=found, asked_by=ASKED_BY)
