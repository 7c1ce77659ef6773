"""Pages of accounts: register, confirm the address, the account itself, choose a language."""

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import RedirectResponse

from services.profiles.accounts.domain import MemberView
from services.profiles.accounts.usecases import own_account
from services.profiles.dependencies import CurrentCaller, CurrentRuntime
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router, require_form
from shared.web.visits import own_path, remember_language

NAME = Words(_("Your name"), _("As colleagues and e-mails address you."))
COUNTRY = Words(_("Your country"), " ")
PASSWORD = Words(_("Password"), _("At least 10 characters. A few words in a row are easy to remember."), Kind.PASSWORD)
NEW_PASSWORD = Words(_("New password"), PASSWORD.hint, Kind.PASSWORD)
ADDRESS = Words(_("E-mail address"), " ", Kind.EMAIL)
EMAIL = Words(_("E-mail address"), _("You get a link to this address, and later your alerts."), Kind.EMAIL)

router = page_router()
forms = APIRouter(include_in_schema=False, dependencies=[Depends(require_form)])  # posts without a twin in the API
FORMS = [
    Form(
        operation="register_member",
        at="/register",
        title=_("Create an account"),
        intro=_("Three steps: tell us who you are, open the link in the e-mail that you get, choose a password."),
        button=_("Send me the link"),
        next="/register/sent",
        words={"email": EMAIL, "name": NAME, "country": COUNTRY},
        is_open=True,
    ),
    Form(
        operation="send_confirmation_again",
        at="/confirm",
        title=_("Get a new link"),
        intro=_("A link that confirms an address is valid for seven days. Get a new one if it expired or was lost."),
        button=_("Send a new link"),
        next="/register/sent",
        words={"email": ADDRESS},
        is_open=True,
    ),
    Form(
        operation="confirm_address",
        at="/confirm/{token}",
        source="/confirm/{token}",
        title=_("Is this address yours?"),
        button=_("Confirm my address"),
        done=_("Your address is confirmed, and you have an account. Log in to choose what you want to hear about."),
        next="/login?next=/interests",
        words={"name": NAME, "country": COUNTRY, "password": PASSWORD},
        template="confirm.html",
        is_open=True,
    ),
    Form(
        operation="change_own_account",
        at="/me/change",
        source="/me",
        title=_("Change my name and country"),
        button=_("Save"),
        next="/me",
        done=_("Your account is changed. The menu shows a new name after the next log-in."),
        words={"name": NAME, "country": COUNTRY},
    ),
    Form(
        operation="change_password",
        at="/me/password",
        source="/me",
        template="password.html",
        title=_("Change my password"),
        button=_("Change my password"),
        next="/me",
        done=_("Your password is changed. Use the new one from now on. All other devices are logged out."),
        words={
            "current": Words(_("Present password"), " ", Kind.PASSWORD),
            "new": NEW_PASSWORD,
        },
    ),
]


@router.get("/register/sent")
async def show_sent(request: Request) -> Response:
    """Show that a link is on its way."""
    return pages.page(request, "sent.html")


@router.get("/me")
async def show_account(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show who the member is, and where their settings are."""
    return pages.page(request, "account.html", resource=MemberView.of(await own_account(runtime.db, caller.id)))


@forms.post("/language")
async def choose_language(request: Request) -> Response:
    """Remember the language of pages, and show the page again."""
    async with request.form(max_fields=10) as data:
        response = RedirectResponse(own_path(str(data.get("next", ""))), 303)
        remember_language(response, request, str(data.get("language", "")))
    return response


router.include_router(forms)
