"""Pages of assessors: the queue, one application beside the criteria, the next one."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from services.calls.catalogue.store import CALLS
from services.calls.dependencies import ApplicationId, CallId, CurrentCaller, CurrentRuntime, CutOffNumber
from services.calls.members.store import names_of
from services.calls.organisations.store import organisation_names
from services.calls.selection.applications.answers import shown_answers
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.progress import WORDS
from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import FORMS, SUBMISSIONS
from services.calls.selection.assessment.access import application_to_assess, publishes, readable_application
from services.calls.selection.assessment.domain import Assessment, Round
from services.calls.selection.assessment.queue import Task, queue_of
from services.calls.selection.assessment.results import result_of
from services.calls.selection.assessment.store import (
    assessments_of,
    derived_conflicts,
    round_of,
    rounds_of_assessor,
)
from shared.auth import Caller
from shared.errors import NotFound, not_found
from shared.http.paging import Page, Paging, decode_cursor, encode_cursor
from shared.mongo import Database
from shared.sentences import _
from shared.web import pages
from shared.web.form_views import FormView, form_view
from shared.web.queries import read_query
from shared.web.routes import page_router

router = page_router()


@router.get("/rounds")
async def show_queue(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show all rounds of an assessor with what is to do, done, and barred by a conflict of interest."""
    db = runtime.db
    query, errors = read_query(request, Paging)
    after = decode_cursor(query.cursor, 1)[0] if query.cursor else ""
    rounds = await rounds_of_assessor(db, caller.id, after, query.limit + 1)
    shown = rounds[: query.limit]
    more = encode_cursor(shown[-1].id) if len(rounds) > query.limit else None
    ids = sorted({round.call_id for round in shown})
    calls = {call.id: call for call in await CALLS.find(db, {"_id": {"$in": ids}}, limit=max(1, len(ids)))}
    queues = [await queue_of(db, round, caller.id) for round in shown if round.call_id in calls]
    queues.sort(
        key=lambda queue: (not queue.of(Task.TO_DO), queue.round.assess_by is None, queue.round.assess_by or db.now())
    )
    return pages.page(
        request,
        "queue.html",
        queues=queues,
        calls=calls,
        errors=errors,
        resource=Page[Any](items=[], next=more),
    )


@router.get("/calls/{id}/rounds/{number}/next")
async def show_next(id: CallId, number: CutOffNumber, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Lead to the next application that the assessor has to score, or to their queue if none is left."""
    round = await round_of(runtime.db, id, number)
    if round is None or caller.id not in round.assessors:
        raise not_found(round, _("Round not found."))
    todo = (await queue_of(runtime.db, round, caller.id)).of(Task.TO_DO)
    path = f"/applications/{todo[0].application.id}/assessment" if todo else "/rounds"
    return RedirectResponse(path, 303)


@router.get("/applications/{id}/assessment")
async def show_assessment(
    id: ApplicationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show a submitted application beside the criteria, with the assessor's scores."""
    db = runtime.db
    application, round = await application_to_assess(db, id, caller)
    assessments = (await assessments_of(db, [id]))[id]
    own = next((each for each in assessments if each.assessor_id == caller.id), None)
    conflicts = await derived_conflicts(db, application, round.scorers)
    is_final = result_of(round, assessments, conflicts).is_complete
    may_score = application.state is State.IN_ASSESSMENT and not is_final
    queue = await queue_of(db, round, caller.id)
    following = f"/calls/{round.call_id}/rounds/{round.cut_off}/next"
    return pages.page(
        request,
        "assess.html",
        **await submitted(db, application),
        round=round,
        view=await _score_form(request, round, own, following) if may_score else None,
        conflict=await form_view(request, "declare_conflict", next=following) if may_score else None,
        assessments=assessments if is_final else [own] if own else [],
        names={caller.id: ""},
        left=len(queue.of(Task.TO_DO)),
        total=len(queue.items),
        following=following,
    )


async def _score_form(request: Request, round: Round, own: Assessment | None, following: str) -> FormView:
    given = {score.criterion: score for score in own.scores} if own else {}
    scores = [
        given[criterion.name].model_dump() if criterion.name in given else {"criterion": criterion.name}
        for criterion in round.criteria
    ]
    return await form_view(
        request,
        "assess_application",
        values={"scores": scores},
        rows={"scores": len(scores)},
        version=own.version if own else "0",
        next=following,
    )


async def submitted(db: Database, application: Application) -> dict[str, Any]:
    """Return the submission that counts, as pages show it. Raises NotFound."""
    submission = await SUBMISSIONS.get(db, f"{application.id}:{application.submissions:04}")
    call = await CALLS.get(db, application.call_id)
    if submission is None or call is None:
        raise NotFound(_("This application was never submitted."))
    form = await FORMS.get(db, f"{application.call_id}:{submission.form}")
    return {
        "application": application,
        "submission": submission,
        "call": call,
        "cut_off": call.cut_off(application.cut_off),
        "answers": shown_answers(form.fields if form else [], submission.answers),
        "partners": await organisation_names(db, submission.partners),
    }


@router.get("/applications/{id}/submitted")
async def show_submission(
    id: ApplicationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the submission that counts to the publisher, with all assessments, and to its assessors."""
    db = runtime.db
    application = await readable_application(db, id, caller)
    round = await round_of(db, application.call_id, application.cut_off)
    assessments = await _readable_assessments(db, application, round, caller)
    is_publisher = await publishes(db, application.call_id, caller)
    return pages.page(
        request,
        "submission.html",
        **await submitted(db, application),
        round=round,
        assessments=assessments,
        names=await names_of(db, round.scorers) if round and is_publisher else {},
        words=WORDS[application.state],
        is_publisher=is_publisher,
        assesses=round is not None and caller.id in round.assessors,
    )


async def _readable_assessments(
    db: Database, application: Application, round: Round | None, caller: Caller
) -> list[Assessment]:
    """Return the assessments; for an assessor only their own, until all have scored."""
    assessments = (await assessments_of(db, [application.id]))[application.id]
    if round and caller.id in round.assessors:
        conflicts = await derived_conflicts(db, application, round.scorers)
        if not result_of(round, assessments, conflicts).is_complete:
            return [assessment for assessment in assessments if assessment.assessor_id == caller.id]
    return assessments
