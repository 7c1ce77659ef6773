"""The page of a member's second factor."""

from fastapi import Request, Response

from services.profiles.accounts.factors.usecases import begun_enrolment, factor_of, operators_need_factor
from services.profiles.accounts.usecases import own_account
from services.profiles.dependencies import CurrentRuntime, EnrollingCaller
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

CODE = Words(_("Code"), _("The six digits that the app shows now, or one of your recovery codes."))

router = page_router()
FORMS = [
    Form(
        operation="begin_second_factor",
        button=_("Set it up"),
        next="/me/second-factor",
        words={"current": Words(_("Your password"), " ", Kind.PASSWORD)},
    ),
    Form(
        operation="switch_second_factor_on",
        button=_("Switch it on"),
        words={"code": Words(_("Code"), _("The six digits that the app shows now."))},
        answer="recovery_codes.html",
    ),
    Form(
        operation="switch_second_factor_off",
        button=_("Switch it off"),
        next="/me/second-factor",
        done=_("The second factor is switched off. You log in with the password alone."),
        words={"code": CODE},
        is_final=True,
    ),
    Form(
        operation="replace_recovery_codes",
        button=_("Show new recovery codes"),
        words={"code": CODE},
        answer="recovery_codes.html",
    ),
]


@router.get("/me/second-factor")
async def show_second_factor(request: Request, runtime: CurrentRuntime, caller: EnrollingCaller) -> Response:
    """Show whether the caller has a second factor, how to set it up, and how to switch it off."""
    state = await factor_of(runtime.db, caller, needed=operators_need_factor(runtime))
    enrolment = await begun_enrolment(runtime.db, caller)
    email = (await own_account(runtime.db, caller.id)).email
    return pages.page(request, "second_factor.html", state=state, enrolment=enrolment, caller=caller, email=email)
