"""Pages of applicants: apply, all applications, one application, its review, its receipt."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import Request, Response

from services.calls.audit.store import entries_of
from services.calls.catalogue.access import visible_call
from services.calls.catalogue.domain import Call
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import ApplicationId, CallId, CurrentCaller, CurrentRuntime
from services.calls.organisations.domain import OrganisationCopy
from services.calls.organisations.store import organisation_names, organisations_edited_by, organisations_ever_edited_by
from services.calls.selection.applications import progress
from services.calls.selection.applications.access import call_of, own_application
from services.calls.selection.applications.answers import gaps, shown_answers
from services.calls.selection.applications.cut_offs import cut_off_to_apply_for, is_second_stage
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.forms import excluded_because
from services.calls.selection.applications.receipts import ReceiptHash, check_of
from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import (
    FORMS as STORED_FORMS,
)
from services.calls.selection.applications.store import (
    SUBMISSIONS,
    newest_form,
    of_organisations,
    to_call_of,
    was_selected,
)
from services.calls.selection.applications.submissions import check_eligible
from services.calls.selection.applications.views import ApplicationView
from shared.auth import Caller
from shared.errors import NotFound, Refusal
from shared.http.paging import Paging, decode_time_cursor, page_of
from shared.mongo import Database, Reader
from shared.web import pages
from shared.web.form_views import form_view
from shared.web.i18n import _, translated
from shared.web.queries import read_query
from shared.web.routes import page_router

router = page_router()
NOT_NOW = _("This application cannot be submitted now. Open it to see where it stands.")
FORM_CHANGED = _("The form of the call changed after you saved. Open the draft, check it and save it again.")
NOT_SUBMITTED = _("This application was not submitted yet.")
FIRST_STAGE = _("only organisations that were selected in the first stage can apply to the second")


@router.get("/calls/{id}/apply")
async def show_apply(id: CallId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the form that starts an application, or why the member cannot apply."""
    db = runtime.db
    call = await visible_call(db, id, caller)
    organisations = await organisations_edited_by(db, caller.id)
    closed, cut_off = "", 0
    try:
        cut_off = cut_off_to_apply_for(call, db.now())
    except Refusal as refusal:
        closed = translated(refusal.detail)
    applied = {
        each.organisation_id: each
        for each in await to_call_of(db, id, [each.id for each in organisations])
        if each.cut_off == cut_off
    }
    excluded = {each.id: await _excluded(db, call, cut_off, each) for each in organisations}
    free = [each.id for each in organisations if each.id not in applied and not excluded[each.id]]
    view = None
    if free and not closed:
        values = {"organisation_id": free[0]} if len(free) == 1 else {}
        view = await form_view(request, "start_application", values=values)
    return pages.page(
        request,
        "apply.html",
        call=call,
        cut_off=call.cut_off(cut_off) if cut_off else None,
        has_form=await newest_form(db, id) is not None,
        closed=closed,
        organisations=organisations,
        applied=applied,
        excluded=excluded,
        view=view,
        state_words=progress.WORDS,
    )


async def _excluded(reader: Reader, call: Call, cut_off: int, organisation: OrganisationCopy) -> list[str]:
    """Return the reasons why an organisation cannot apply."""
    reasons = excluded_because(call, organisation)
    if cut_off and is_second_stage(call, cut_off) and not await was_selected(reader, call.id, 1, organisation.id):
        reasons.append(translated(FIRST_STAGE))
    return reasons


@router.get("/applications")
async def show_applications(request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show the applications of all organisations that the member acts for, drafts included, newest first."""
    query, errors = read_query(request, Paging)
    organisations = await organisations_ever_edited_by(runtime.db, caller.id)
    ids = [organisation.id for organisation in organisations]
    after = decode_time_cursor(query.cursor)
    applications = await of_organisations(runtime.db, ids, after, query.limit + 1)
    resource = page_of(ApplicationView, applications, query.limit, "made_at", ApplicationView.of)
    shown = applications[: query.limit]
    calls = {call.id: call for call in await _calls_of(runtime.db, shown)}
    rows = [_row(each, calls[each.call_id], runtime.db.now()) for each in shown if each.call_id in calls]
    return pages.page(
        request, "applications.html", resource=resource, rows=rows, organisations=organisations, errors=errors
    )


async def _calls_of(reader: Reader, applications: Sequence[Application]) -> list[Call]:
    ids = sorted({application.call_id for application in applications})
    return await CALLS.find(reader, {"_id": {"$in": ids}}, limit=max(1, len(ids)))


def _row(application: Application, call: Call, now: datetime) -> dict[str, Any]:
    words, tone = progress.WORDS[application.state]
    return {
        "application": application,
        "cut_off": call.cut_off(application.cut_off),
        "words": words,
        "tone": tone,
        "step": progress.next_step(application, call, now),
    }


@router.get("/applications/{id}")
async def show_application(
    id: ApplicationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show an application: its state, the next step, and the form while it can be changed."""
    db, now = runtime.db, runtime.db.now()
    application, call = await _of_caller(db, id, caller)
    may_edit = progress.may_edit(application, call, now)
    edits = may_edit and (application.state is State.DRAFT or "edit" in request.query_params)
    newest = await newest_form(db, application.call_id)
    view = await _save_form(request, application) if edits else None
    return pages.page(
        request,
        "application.html",
        **await _shown(db, application, call, application.form),
        view=view,
        may_edit=may_edit,
        may_submit=progress.may_submit(application, call, now),
        may_withdraw=progress.may_withdraw(application, call, now),
        form_changed=may_edit and newest is not None and newest.version != application.form,
        entries=await entries_of(db, id),
        happened=progress.HAPPENED,
    )


async def _save_form(request: Request, application: Application) -> Any:
    values = {
        "organisation_id": application.organisation_id,
        "answers": application.answers,
        "partners": application.partners,
    }
    return await form_view(
        request,
        "save_application",
        id=application.id,
        values=values,
        version=application.version,
        hide={"organisation_id"},
    )


async def _of_caller(db: Database, id: str, caller: Caller) -> tuple[Application, Call]:
    application = await own_application(db, id, caller)
    return application, await call_of(db, application)


async def _shown(db: Database, application: Application, call: Call, form_version: int) -> dict[str, Any]:
    """Return what all pages of an application show."""
    form = await STORED_FORMS.get(db, f"{application.call_id}:{form_version}")
    return {
        "resource": application,
        "answers": shown_answers(form.fields if form else [], application.answers),
        "partners": await organisation_names(db, application.partners),
        **_row(application, call, db.now()),
    }


@router.get("/applications/{id}/review")
async def show_review(id: ApplicationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    """Show an application as the assessors will read it, with what it lacks, before it is submitted."""
    db = runtime.db
    application, call = await _of_caller(db, id, caller)
    newest = await newest_form(db, application.call_id)
    fields = newest.fields if newest else []
    problems = []
    if not progress.may_submit(application, call, db.now()):
        problems.append(translated(NOT_NOW))
    if newest and newest.version != application.form:
        problems.append(translated(FORM_CHANGED))
    try:
        await check_eligible(db, application, call)
    except Refusal as refusal:
        problems.append(translated(refusal.detail))
    shown = await _shown(db, application, call, newest.version if newest else 0)
    missing = gaps(fields, application.answers)
    return pages.page(request, "review.html", **shown, missing=missing, problems=problems)


@router.get("/applications/{id}/receipt")
async def show_newest_receipt(
    id: ApplicationId, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Show the receipt of the newest submission to its applicant."""
    db = runtime.db
    application, call = await _of_caller(db, id, caller)
    submission = await SUBMISSIONS.get(db, f"{id}:{application.submissions:04}")
    if submission is None:
        raise NotFound(translated(NOT_SUBMITTED))
    return pages.page(request, "submitted.html", submission=submission, **_row(application, call, db.now()))


@router.get("/receipts/{hash}")
async def show_receipt(hash: ReceiptHash, request: Request, runtime: CurrentRuntime) -> Response:
    """Show the submission that a receipt proves, and whether it counts."""
    check = await check_of(runtime.db, hash)
    return pages.page(request, "receipt.html", resource=check, call=await CALLS.get(runtime.db, check.call_id))
