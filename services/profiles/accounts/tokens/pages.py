"""The page of a member's API tokens."""

from fastapi import Request, Response

from services.profiles.accounts.tokens.store import MOST_TOKENS
from services.profiles.accounts.tokens.usecases import own_api_tokens
from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from shared.forms.declaration import Form
from shared.forms.fields import Words
from shared.scopes import Scope
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

SCOPES = {Scope.READ: _("Read only"), Scope.WRITE: _("Read and write")}

router = page_router()
FORMS = [
    Form(
        operation="create_api_token",
        button=_("Create the token"),
        words={
            "name": Words(_("Name"), _("The program that uses it, so that you know later which one to revoke.")),
            "scope": Words(
                _("Scope"),
                _("A token that only reads cannot change anything."),
                options=tuple((scope.value, words) for scope, words in SCOPES.items()),
            ),
            "days": Words(_("Days until it ends"), _("From 1 to 365.")),
        },
        answer="api_token.html",
    ),
    Form(
        operation="revoke_api_token",
        button=_("Revoke"),
        done=_("The token is revoked. Programs that send it are refused."),
        next="/me/tokens",
        is_final=True,
    ),
]


@router.get("/me/tokens")
async def show_api_tokens(request: Request, runtime: CurrentRuntime, caller: LoggedInCaller) -> Response:
    """Show the API tokens of the caller, and the form for another one."""
    tokens = await own_api_tokens(runtime.db, caller.id)
    return pages.page(
        request, "api_tokens.html", tokens=[(each, SCOPES[each.scope]) for each in tokens], most=MOST_TOKENS
    )
