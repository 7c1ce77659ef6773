"""The forms of applicants: start an application, save and submit it, withdraw it."""

from collections.abc import Sequence
from typing import Any

from fastapi import Request

from services.calls.catalogue.domain import Call
from services.calls.catalogue.eligibility.domain import Answer, Candidate, check_all
from services.calls.catalogue.store import CALLS
from services.calls.organisations.domain import OrganisationCopy, applicant_of
from services.calls.organisations.store import (
    organisation_names,
    organisations_by_name,
    organisations_edited_by,
)
from services.calls.selection.applications.answers import answers_schema
from services.calls.selection.applications.store import APPLICATIONS, newest_form
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.mongo import Database
from shared.web.i18n import _
from shared.web.visits import session_of


def db_of(request: Request) -> Database:
    """Return the database of the service that shows a page."""
    db: Database = request.app.state.runtimes["calls"].db
    return db


def excluded_because(call: Call, organisation: OrganisationCopy) -> list[str]:
    """Return the reasons why the rules of a call exclude an organisation, with whatever partners."""
    checks = check_all(call.eligibility, Candidate(applicant_of(organisation), "coordinator", None))
    return [check.reason for check in checks if check.answer is Answer.HOLDS_NOT]


async def own_organisations(request: Request) -> Sequence[tuple[str, str]]:
    """Return the organisations for which the member may apply to the call of the page."""
    session, call = session_of(request), await CALLS.get(db_of(request), request.path_params["id"])
    if session is None or call is None:
        return []
    organisations = await organisations_edited_by(db_of(request), session.member_id)
    return [(each.id, each.name) for each in organisations if not excluded_because(call, each)]


async def find_partners(request: Request, text: str, chosen: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Return the organisations that are partners already, and those whose names match the text."""
    application = await APPLICATIONS.get(db_of(request), request.path_params["id"])
    known = {*chosen, application.organisation_id if application else ""}
    names = await organisation_names(db_of(request), chosen)
    found = await organisations_by_name(db_of(request), text)
    others = [
        (each.id, f"{each.name} ({each.country})" if each.country else each.name)
        for each in found
        if each.id not in known
    ]
    return [*((id, names.get(id, id)) for id in chosen), *others]


async def application_schema(request: Request) -> dict[str, Any]:
    """Return the JSON schema of an application to its call, by the newest form."""
    application = await APPLICATIONS.get(db_of(request), request.path_params["id"])
    form = await newest_form(db_of(request), application.call_id) if application else None
    return {
        "properties": {
            "organisation_id": {"type": "string"},
            "answers": answers_schema(form.fields if form else []),
            "partners": {"type": "array", "items": {"type": "string"}},
        }
    }


FORMS = [
    Form(
        operation="start_application",
        button=_("Start the application"),
        done=_("A draft is saved. Fill it in at your own pace; it counts once you submit it."),
        leave=frozenset({"partners", "answers"}),
        words={"organisation_id": Words(_("Which organisation applies?"), _("It cannot change later."), Kind.CHOICE)},
        choices={"organisation_id": own_organisations},
    ),
    Form(
        operation="save_application",
        button=_("Save draft"),
        done=_("Your draft is saved."),
        schema=application_schema,
        words={
            "answers": Words(_("Your answers"), " "),
            "partners": Words(
                _("Partners"),
                _("Organisations that take part with you. Each of them gets an alert. Uncheck one to remove it."),
                Kind.CHOICES,
            ),
        },
        finds={"partners": find_partners},
    ),
    Form(
        operation="submit_application",
        button=_("Submit the application"),
        done=_("Your application is submitted."),
        next="/applications/{id}/receipt",
    ),
    Form(
        operation="delete_application",
        button=_("Delete the draft"),
        done=_("The draft is deleted."),
        next="/applications",
        is_final=True,
    ),
    Form(
        operation="withdraw_application",
        button=_("Withdraw the application"),
        done=_("Your application is withdrawn."),
        next="/applications/{id}",
        is_final=True,
    ),
]
