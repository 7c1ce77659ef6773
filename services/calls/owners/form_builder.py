"""The page on which a publisher builds the application form of a call, with the form as applicants will see it."""

from collections.abc import Sequence

from fastapi import Request, Response

from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import check_editable
from services.calls.catalogue.views import CallView
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime
from services.calls.selection.applications.form import FieldKind, FormField
from services.calls.selection.applications.store import newest_form
from shared.errors import Refusal
from shared.forms.controls import Control, Filling, controls
from shared.forms.declaration import Form
from shared.forms.fields import Field, Kind, Words
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import _, translated
from shared.web.routes import page_router

router = page_router()
KINDS = (
    (FieldKind.TEXT, _("One line of text")),
    (FieldKind.LONG_TEXT, _("A longer text")),
    (FieldKind.YES_NO, _("Yes or no")),
    (FieldKind.CHOICE, _("One of several options")),
    (FieldKind.CHOICES, _("Any of several options")),
    (FieldKind.NUMBER, _("A number")),
    (FieldKind.MONEY, _("An amount of money")),
    (FieldKind.DATE, _("A date")),
    (FieldKind.COUNTRY, _("A country")),
    (FieldKind.LINK, _("A web address")),
)
DRAWN = {
    FieldKind.TEXT: Kind.LINE,
    FieldKind.LONG_TEXT: Kind.TEXT,
    FieldKind.YES_NO: Kind.YES_NO,
    FieldKind.CHOICE: Kind.CHOICE,
    FieldKind.CHOICES: Kind.CHOICES,
    FieldKind.NUMBER: Kind.NUMBER,
    FieldKind.MONEY: Kind.MONEY,
    FieldKind.DATE: Kind.DAY,
    FieldKind.COUNTRY: Kind.CHOICE,
    FieldKind.LINK: Kind.LINK,
}
LIMITS = _("Characters of a text, number of options, the number itself, or cents of an amount: 100000 is 1,000 euros.")
FORMS = [
    Form(
        operation="change_form",
        button=_("Save the form"),
        done=_("The form is saved. Applicants fill in this version from now on."),
        next="/calls/{id}/form",
        words={
            "fields": Words(_("Question"), _("To remove a question, empty its boxes.")),
            "fields.name": Words(_("Name"), kind=Kind.HIDDEN),
            "fields.label": Words(_("Question"), _("As applicants read it.")),
            "fields.help": Words(_("Explanation"), _("Shown below the question.")),
            "fields.kind": Words(_("Answer"), " ", options=tuple((kind.value, words) for kind, words in KINDS)),
            "fields.required": Words(_("The question must be answered")),
            "fields.options": Words(_("Options"), _("Only for an answer with several options: one on each line.")),
            "fields.least": Words(_("Least"), LIMITS),
            "fields.most": Words(_("Most"), _("Empty: no limit of your own.")),
        },
    )
]


@router.get("/calls/{id}/form")
async def show_form_builder(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form of a call to its publisher, to be changed, and as applicants see it."""
    call = await own_call(runtime.db, id, caller)
    form = await newest_form(runtime.db, id)
    fields = form.fields if form else []
    values = {"fields": [field.model_dump(mode="json") for field in fields]}
    closed = ""
    try:
        check_editable(call, runtime.db.now())
    except Refusal as refusal:
        closed = translated(refusal.detail)
    view = await form_view(request, "change_form", values=values, version=form.version if form else 0)
    return pages.page(
        request,
        "owner_form.html",
        resource=CallView.of(call, runtime.db.now()),
        view=view,
        preview=preview(fields),
        version=form.version if form else 0,
        closed=closed,
    )


def preview(fields: Sequence[FormField]) -> Sequence[Control]:
    """Return the fields of a form as applicants see them, without answers."""
    drawn = [
        Field(
            name=field.name,
            kind=DRAWN[field.kind],
            label=field.label,
            hint=field.help,
            required=field.required,
            options=tuple((option, option) for option in field.options),
            longest=field.most if field.kind in {FieldKind.TEXT, FieldKind.LONG_TEXT} else None,
            is_country=field.kind is FieldKind.COUNTRY,
        )
        for field in fields
    ]
    return controls(drawn, Filling({}, {}, {}, prefix="preview-"))
