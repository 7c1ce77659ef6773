"""Pages of one call: what it offers and until when, questions, news, the history of its deadlines, eligibility."""

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from services.calls.catalogue import list_page
from services.calls.catalogue.access import call_path, visible_call
from services.calls.catalogue.domain import Call
from services.calls.catalogue.history import history_of
from services.calls.catalogue.layout import laid_out
from services.calls.catalogue.moments import takes_new_applicants
from services.calls.catalogue.questions import QuestionFilter, questions_about
from services.calls.catalogue.status import Stage, Status
from services.calls.catalogue.updates import updates_of
from services.calls.catalogue.verdicts import EligibilityQuery, verdict_for
from services.calls.catalogue.views import CallView
from services.calls.catalogue.words import ANSWERS, DOCUMENTS, ECOSYSTEMS, KINDS, ROLES, STATUSES, VERDICTS, time_left
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.organisations.store import organisations_of
from services.calls.organisations.usecases import may_publish
from shared.auth import Caller
from shared.forms.declaration import Form
from shared.forms.fields import Words
from shared.http.paging import Paging
from shared.ids import Id
from shared.service import Runtime
from shared.web import pages
from shared.web.i18n import _
from shared.web.queries import read_query
from shared.web.routes import page_router

reading = page_router()
router = APIRouter()
router.include_router(list_page.router)
FORMS = [
    Form(
        operation="ask_question",
        button=_("Send my question"),
        done=_("Your question is with the publisher. It becomes public, without your name, when they answer it."),
        words={"question": Words(_("Your question"), _("The publisher answers in public. Your name is not shown."))},
    ),
]
ACTION = re.compile(r"\(((?:RIA|IA|CSA|PCP|PPI|COFUND|CoFund)(?: [^)]*)?)\)")
ACTIONS = {
    "RIA": _("Research and innovation action"),
    "IA": _("Innovation action"),
    "CSA": _("Coordination and support action"),
    "PCP": _("Pre-commercial procurement"),
    "PPI": _("Public procurement of innovative solutions"),
    "COFUND": _("Co-funded action"),
}
FEW = 3  # questions, news and changes on the page of a call; the rest has pages of its own


class EligibilityQuestion(EligibilityQuery):
    """What the form "Am I eligible?" sends; without an organisation it is shown to be filled."""

    organisation_id: Id | None = Field(None)  # type: ignore[assignment]


@reading.get("/calls/{id}")
async def show_call(id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show a public call, or a draft of the reader's organisation."""
    call = await visible_call(runtime.db, id, caller)
    history = await history_of(runtime.db, call, Paging(limit=100))
    news = await updates_of(runtime.db, call, Paging(limit=FEW))
    answered = await questions_about(runtime.db, call, caller, QuestionFilter(limit=FEW))
    return pages.page(
        request,
        "call.html",
        **await facts(runtime, call, caller),
        history=history,
        changes=history.items[-FEW:][::-1],
        news=news,
        questions=answered,
        organisations=await organisations_of(runtime.db, caller.id) if caller else [],
    )


async def facts(runtime: Runtime, call: Call, caller: Caller | None) -> Mapping[str, Any]:
    """Return what all pages of a call show."""
    now = runtime.db.now()
    view = CallView.of(call, now)
    parted = laid_out if call.source else str
    is_publisher = caller is not None and await may_publish(runtime.db, call.organisation_id, caller)
    return {
        "resource": view,
        "call": view,
        "path": call_path(call.id),
        "summary": "" if view.summary[:60] in call.description[:200] else parted(view.summary),
        "description": parted(view.description),
        "action": action_type(call.title),
        "is_publisher": is_publisher,
        "may_apply": takes_new_applicants(call, now) and not is_publisher,
        "may_ask": view.status in {Status.FORTHCOMING, Status.OPEN, Status.CLOSING_SOON},
        "is_public": call.stage is Stage.PUBLISHED,
        "left": time_left(view.status, view.opens_at, view.deadline, view.timezone, now),
        "statuses": STATUSES,
        "kinds": KINDS,
        "ecosystems": ECOSYSTEMS,
        "documents": DOCUMENTS,
        "roles": ROLES,
    }


def action_type(title: str) -> str:
    """Return the type of action that a title names in brackets: "(RIA)"; empty if it names none."""
    found = ACTION.search(title)
    return ACTIONS.get(found[1].split()[0].upper(), "") if found else ""


@reading.get("/calls/{id}/history")
async def show_history(id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """Show every change of the deadlines, and whether the history is as it was written."""
    call = await visible_call(runtime.db, id, caller)
    history = await history_of(runtime.db, call, read_query(request, Paging)[0])
    return pages.page(request, "history.html", **{**await facts(runtime, call, caller), "resource": history})


@reading.get("/calls/{id}/eligibility")
async def show_eligibility(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form "Am I eligible?" and, for an organisation, the answer with its reasons."""
    call = await visible_call(runtime.db, id, caller)
    asked, errors = read_query(request, EligibilityQuestion)
    organisations = await organisations_of(runtime.db, caller.id)
    answer = None
    if asked.organisation_id:
        answer = await verdict_for(runtime.db, call, caller, EligibilityQuery(**asked.model_dump()))
    shown: dict[str, Any] = {**await facts(runtime, call, caller), "resource": answer, "organisations": organisations}
    words: dict[str, Any] = {"answers": ANSWERS, "verdicts": VERDICTS}
    return pages.page(request, "eligibility.html", **shown, **words, asked=asked, errors=errors)


router.include_router(reading)
