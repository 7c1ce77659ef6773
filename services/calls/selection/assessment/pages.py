"""Pages of a round for the publisher: assessors, applications, ranking, decisions."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fastapi import Request, Response

from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import Call
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import CallId, CurrentCaller, CurrentRuntime, CutOffNumber, MemberId
from services.calls.ledger.domain import highest_commitment
from services.calls.members.store import names_of
from services.calls.selection.applications.cut_offs import gives_places
from services.calls.selection.applications.progress import WORDS
from services.calls.selection.applications.states import NOT_APPLIED, State
from services.calls.selection.applications.store import numbers_at, unsealed
from services.calls.selection.assessment.access import publishes, readable_round
from services.calls.selection.assessment.domain import Round
from services.calls.selection.assessment.queue import queue_of
from services.calls.selection.assessment.ranking import ranked_applications, ranking_page
from services.calls.selection.assessment.store import round_of
from services.calls.selection.assessment.views import RankedApplication
from shared.errors import NotAllowed, NotFound
from shared.forms.controls import Control
from shared.http.paging import Paging, decode_time_cursor, page_of
from shared.mongo import Database
from shared.web import pages
from shared.web.form_views import FormView, form_view
from shared.web.i18n import _, person_name, translated
from shared.web.queries import read_query
from shared.web.routes import page_router

router = page_router()
YOU_ASSESS = _("You assess in this round. Its ranking can be read by publishers who do not assess in it.")
MOST_DECIDED = 100


@router.get("/calls/{id}/rounds/{number}")
async def show_round(
    id: CallId, number: CutOffNumber, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show a round: to the publisher with the form for its assessors, to an assessor with their queue."""
    db = runtime.db
    if not await publishes(db, id, caller):
        round = await readable_round(db, id, number, caller)
        call = await CALLS.get(db, id)
        return pages.page(
            request, "round.html", **_of_round(call, number, round), queue=await queue_of(db, round, caller.id)
        )
    call = await own_call(db, id, caller)
    found = await round_of(db, id, number)
    cut_off = call.cut_off(number)
    numbers = await numbers_at(db, id, number)
    view = await form_view(
        request,
        "name_assessors",
        values=found.model_dump(mode="json", include={"assessors", "criteria", "assess_by"}) if found else {},
        version=found.version if found else "0",
        zone=cut_off.timezone,
        hide={"criteria"} if found and found.opened_at else (),
    )
    return pages.page(
        request,
        "round_to_publish.html",
        **_of_round(call, number, found),
        view=view,
        names=await names_of(db, found.scorers) if found else {},
        applied=sum(count for state, count in numbers.items() if state not in NOT_APPLIED),
        drafts=numbers.get(State.DRAFT, 0),
        has_passed=cut_off.deadline <= db.now() or call.closed_at is not None,
        assesses=found is not None and caller.id in found.assessors,
    )


def _of_round(call: Call | None, number: int, round: Round | None) -> dict[str, Any]:
    """Return what all pages of a round show."""
    if call is None:
        raise NotFound(_("Call not found."))
    return {"call": call, "number": number, "cut_off": call.cut_off(number), "round": round}


async def _publisher_round(db: Database, id: str, number: int, caller: Any) -> tuple[Call, Round]:
    """Return a call that the caller publishes, and a round of it. Raises NotFound."""
    call = await own_call(db, id, caller)
    return call, await readable_round(db, id, number, caller)


@router.get("/calls/{id}/rounds/{number}/applications")
async def show_round_applications(
    id: CallId, number: CutOffNumber, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the applications of a round: to the publisher with the progress, to an assessor as their queue."""
    db = runtime.db
    round = await readable_round(db, id, number, caller)
    shown = _of_round(await CALLS.get(db, id), number, round)
    if not await publishes(db, id, caller):
        return pages.page(request, "round.html", **shown, queue=await queue_of(db, round, caller.id))
    query, errors = read_query(request, Paging)
    rows = await unsealed(db, id, number, decode_time_cursor(query.cursor), query.limit + 1)
    judged = {each.id: each for each in await ranked_applications(db, round, [row.id for row in rows[: query.limit]])}
    resource = page_of(RankedApplication, rows, query.limit, "made_at", lambda row: judged[row.id])
    names = await names_of(db, round.scorers)
    return pages.page(
        request, "round_applications.html", **shown, resource=resource, names=names, words=WORDS, errors=errors
    )


@router.get("/calls/{id}/rounds/{number}/ranking")
async def show_ranking(
    id: CallId, number: CutOffNumber, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the ranking with bars, for publishers who do not assess in the round."""
    call, round = await _publisher_round(runtime.db, id, number, caller)
    if caller.id in round.assessors:
        raise NotAllowed(translated(YOU_ASSESS))
    query, errors = read_query(request, Paging)
    resource = await ranking_page(runtime.db, round, query)
    names = await names_of(runtime.db, round.scorers)
    return pages.page(
        request,
        "ranking.html",
        **_of_round(call, number, round),
        resource=resource,
        names=names,
        words=WORDS,
        errors=errors,
        is_first=query.cursor is None,
    )


@router.get("/calls/{id}/rounds/{number}/decisions")
async def show_decisions(
    id: CallId, number: CutOffNumber, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show one form for the decisions on all applications that wait for one, in the order of the ranking."""
    db = runtime.db
    call, round = await _publisher_round(db, id, number, caller)
    if caller.id in round.assessors:
        raise NotAllowed(translated(YOU_ASSESS))
    query, _errors = read_query(request, Paging)
    page = await ranking_page(db, round, query.model_copy(update={"limit": MOST_DECIDED}))
    waiting = {each.id: each for each in page.items if each.state is State.IN_ASSESSMENT}
    values = {"decisions": [{"application_id": each.id, "version": each.version} for each in waiting.values()]}
    view = await form_view(request, "decide_applications", values=values, rows={"decisions": len(waiting)})
    return pages.page(
        request,
        "decisions.html",
        **_of_round(call, number, round),
        view=view,
        rows=decision_rows(view, waiting),
        resource=page,
        names=await names_of(db, round.scorers),
        highest=highest_commitment(call.mission) if call.mission and gives_places(call, number) else None,
    )


def decision_rows(
    view: FormView, waiting: Mapping[str, RankedApplication]
) -> Sequence[tuple[RankedApplication, Mapping[str, Control]]]:
    """Return the applications with the controls of their decisions, each at the version that is shown now."""
    made = []
    for row in view.controls[0].rows:
        parts = {part.field.name: part for part in row}
        application = waiting.get(parts["application_id"].text)
        if application:
            parts["version"] = replace(parts["version"], texts=(str(application.version),))
            made.append((application, parts))
    return made


@router.get("/calls/{id}/rounds/{number}/assessors/{member_id}/excuse")
async def show_excuse(
    id: CallId,
    number: CutOffNumber,
    member_id: MemberId,
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
) -> Response:
    """Show the form that excuses an assessor of an open round, or replaces them."""
    call, round = await _publisher_round(runtime.db, id, number, caller)
    if member_id not in round.assessors:
        raise NotFound(_("Assessor not found in this round."))
    names = await names_of(runtime.db, [member_id])
    view = await form_view(request, "excuse_assessor")
    name = person_name(names.get(member_id, member_id))
    return pages.page(request, "excuse.html", **_of_round(call, number, round), view=view, name=name)
