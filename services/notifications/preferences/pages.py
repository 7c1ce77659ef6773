"""Pages of preferences: choose interests in a minute, and choose which e-mails one gets."""

from urllib.parse import urlencode

from fastapi import Request, Response

from services.notifications.dependencies import CurrentCaller, CurrentRuntime
from services.notifications.preferences.domain import MOST_INTERESTS, Interest
from services.notifications.preferences.usecases import calls_that_fit, interests_of
from shared.forms.declaration import Form
from shared.forms.fields import Words
from shared.vocabulary import CallKind, Ecosystem
from shared.web import pages
from shared.web.i18n import _
from shared.web.routes import page_router

MOST_SHOWN = 10  # of the calls that fit
WORDS = {
    "countries": Words(_("Countries"), _("For which a call is open, or that it is about. None: every country.")),
    "ecosystems": Words(
        _("Sectors"),
        _("The EU's industrial ecosystems. None: every sector."),
        options=tuple((each.value, each.label) for each in Ecosystem),
    ),
    "kinds": Words(
        _("Kinds of calls"),
        _("None: every kind, and gatherings, too."),
        options=tuple((each.value, each.label) for each in CallKind),
    ),
    "keywords": Words(
        _("Words"),
        _("One on each line, in any form: “battery” also finds “batteries”. One of them is enough. None: any words."),
    ),
}
SECTIONS = (
    (_("1. Where?"), ("countries",)),
    (_("2. In which sectors?"), ("ecosystems",)),
    (_("3. What kinds of calls?"), ("kinds",)),
    (_("4. About what?"), ("keywords",)),
)

router = page_router()
FORMS = [
    Form(
        operation="add_interest",
        button=_("Add this interest"),
        done=_("The interest is added. You get an alert about each new call and gathering that fits it."),
        next="/interests",
        words=WORDS,
        sections=SECTIONS,
    ),
    Form(
        operation="replace_interest",
        at="/interests/{id}",
        source="/interests/{id}",
        title=_("Change the interest"),
        intro=_("A call or gathering fits if it has one of your choices in each part that you fill in."),
        button=_("Save the interest"),
        done=_("The interest is changed."),
        next="/interests",
        words=WORDS,
        sections=SECTIONS,
        template="interest.html",
    ),
    Form(
        operation="remove_interest",
        button=_("Remove"),
        done=_("The interest is removed."),
        next="/interests",
    ),
    Form(
        operation="change_own_subscription",
        at="/subscription",
        source="/subscription",
        title=_("Your e-mails"),
        button=_("Save"),
        done=_("Your choice is saved."),
        next="/subscription",
        words={
            "mail": Words(
                _("New calls, gatherings and partners"),
                _(
                    "Calls and gatherings that match your interests, reminders of their deadlines, partners that fit "
                    "your offers and requests, and what organisations publish that you follow. At most five e-mails in "
                    "ten minutes; the others come together in one."
                ),
            ),
            "own_mail": Words(
                _("Your own business"),
                _(
                    "Receipts and decisions about your applications, your claims, your registrations, answers to your "
                    "questions, news about your organisations, and changes of the calls and gatherings that you follow."
                ),
            ),
        },
        template="subscription.html",
    ),
    Form(
        operation="resume_emails",
        button=_("Send me e-mails again"),
        done=_("You get all e-mails again."),
        next="/subscription",
    ),
]


@router.get("/interests")
async def show_interests(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the interests of the member in words, the open calls that fit, and the form to add another."""
    interests = await interests_of(runtime.db, caller)
    fitting, there_are_more = await calls_that_fit(runtime.db, interests)
    return pages.page(
        request,
        "interests.html",
        interests=[(interest, search_path(interest)) for interest in interests],
        fitting=fitting[:MOST_SHOWN],
        number=len(fitting),
        is_least=there_are_more,
        is_full=len(interests) >= MOST_INTERESTS,
        ecosystems={each.value: each.label for each in Ecosystem},
        kinds={each.value: each.plural for each in CallKind},
    )


def search_path(interest: Interest) -> str:
    """Return the address of the list of calls with the same filters; empty if the list has no such filters."""
    filters = {
        "kind": interest.kinds,
        "ecosystem": interest.ecosystems,
        "country": interest.countries,
        "text": interest.keywords,
    }
    if any(len(values) > 1 for values in filters.values()):
        return ""
    return f"/calls?{urlencode({name: values[0] for name, values in filters.items() if values})}"
