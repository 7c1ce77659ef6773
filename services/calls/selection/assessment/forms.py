"""The forms of assessment: name assessors, open a round, score, declare a conflict, decide."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from pydantic import TypeAdapter

from services.calls.catalogue.store import CALLS
from services.calls.members.store import names_of
from services.calls.selection.applications.cut_offs import gives_places
from services.calls.selection.applications.forms import db_of
from services.calls.selection.assessment.domain import Decisions
from shared.forms.declaration import Form
from shared.forms.fields import Kind, Words
from shared.web.i18n import _, person_name
from shared.web.sending import ask

OUTCOMES = (("select", _("Select")), ("reserve", _("Reserve list")), ("reject", _("Do not select")))


async def find_assessors(request: Request, text: str, chosen: Sequence[str]) -> Sequence[tuple[str, str]]:
    """Return the members who are named already, and those whose names match the text."""
    names = await names_of(db_of(request), chosen)
    found: list[dict[str, Any]] = []
    if text.strip():
        path = f"/calls/{request.path_params['id']}/assessors"
        answer = await ask(request, "GET", path, urlencode({"name": text.strip()[:100]}))
        found = answer.document if answer.status == 200 else []
    others = [(each["id"], _with_organisations(each)) for each in found if each["id"] not in chosen]
    return [*((id, person_name(names.get(id, id))) for id in chosen), *others]


def _with_organisations(member: dict[str, Any]) -> str:
    of = ", ".join(member["organisations"])
    return f"{member['name']} ({of})" if of else str(member["name"])


async def decisions_schema(request: Request) -> dict[str, Any]:
    """Return the JSON schema of decisions; without money, unless the selection gives places on a mission."""
    schema = TypeAdapter(Decisions).json_schema()
    call = await CALLS.get(db_of(request), request.path_params["id"])
    if call is None or not gives_places(call, int(request.path_params["number"])):
        del schema["$defs"]["Decision"]["properties"]["commitment"]
    return schema


UNDECIDED_OR = (("", _("Not decided yet")), *OUTCOMES)
FORMS = [
    Form(
        operation="name_assessors",
        button=_("Save assessors and criteria"),
        done=_("Assessors and criteria are saved. New assessors get an alert."),
        finds={"assessors": find_assessors},
        words={
            "assessors": Words(
                _("Assessors"), _("At least two. Find them by name, and uncheck one to remove them."), Kind.CHOICES
            ),
            "criteria": Words(_("Criterion")),
            "criteria.name": Words(_("Name"), kind=Kind.HIDDEN),
            "criteria.label": Words(_("What is assessed?"), " "),
            "criteria.weight": Words(
                _("Weight"), _("A criterion of weight 2 counts twice as much as one of weight 1.")
            ),
            "criteria.most": Words(_("Best score"), " "),
            "criteria.threshold": Words(_("Points needed"), _("On average, to be selected. 0: no minimum.")),
            "assess_by": Words(_("Scores are due"), _("After the deadline of the applications. Assessors see it.")),
        },
    ),
    Form(
        operation="open_round",
        button=_("Open the round"),
        done=_("The round is open. Assessors can read and score the applications."),
    ),
    Form(
        operation="excuse_assessor",
        button=_("Excuse the assessor"),
        done=_("The assessor is excused, and gets an alert."),
        next="/calls/{id}/rounds/{number}",
        finds={"replacement": find_assessors},
        words={
            "reason": Words(_("Reason"), _("It is kept in the audit log of the round.")),
            "replacement": Words(
                _("Who assesses instead?"), _("Find them by name. Leave it open if others remain."), Kind.CHOICE
            ),
        },
        is_final=True,
    ),
    Form(
        operation="assess_application",
        button=_("Save, and open the next one"),
        done=_("Your scores are saved."),
        words={
            "scores.criterion": Words(_("Criterion"), kind=Kind.HIDDEN),
            "scores.points": Words(_("Points"), " "),
            "scores.rationale": Words(_("Reasons"), _("At least a sentence. The applicant may hear them.")),
        },
    ),
    Form(
        operation="declare_conflict",
        button=_("Declare a conflict of interest"),
        done=_("Your conflict of interest is noted. You no longer see that application."),
        words={"reason": Words(_("What is the conflict?"), _("For example: I advise this organisation."))},
        is_final=True,
    ),
    Form(
        operation="decide_applications",
        button=_("Send the decisions"),
        done=_("The decisions are stored, and the applicants get an alert."),
        next="/calls/{id}/rounds/{number}/ranking",
        schema=decisions_schema,
        words={
            "decisions": Words(_("Decision")),
            "decisions.application_id": Words(_("Application"), kind=Kind.HIDDEN),
            "decisions.version": Words(_("Version"), kind=Kind.HIDDEN),
            "decisions.outcome": Words(
                _("Decision"), " ", Kind.CHOICE, options=(("", _("Not decided yet")), *OUTCOMES)
            ),
            "decisions.rank": Words(_("Number on the reserve list"), _("Only for the reserve list.")),
            "decisions.commitment": Words(
                _("Money to set aside"), _("In euros. Empty: the most that the mission pays.")
            ),
            "decisions.reason": Words(_("Reasons"), _("The applicant reads them. Needed unless it is selected.")),
        },
    ),
]
