"""Use cases of a round: the publisher names assessors and opens it, assessors score or declare a conflict."""

from collections.abc import Sequence
from datetime import datetime

from services.calls.audit.domain import PLATFORM_ACTOR, next_entry
from services.calls.audit.store import ENTRIES, change_audited, insert_audited
from services.calls.catalogue.access import call_path, own_call
from services.calls.catalogue.domain import Call, check_public
from services.calls.catalogue.store import CALLS
from services.calls.ledger.domain import limits
from services.calls.ledger.store import set_limits
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment import domain, results
from services.calls.selection.assessment.access import application_to_assess
from services.calls.selection.assessment.domain import (
    Assessment,
    AssessmentBody,
    Round,
    RoundBody,
    Standing,
)
from services.calls.selection.assessment.excuses import ExcuseBody
from services.calls.selection.assessment.results import order_key, result_of
from services.calls.selection.assessment.store import (
    ASSESSMENTS,
    ROUNDS,
    STANDINGS,
    assessments_of,
    derived_conflicts,
    round_of,
)
from shared.auth import Caller
from shared.contracts.calls import AssessorExcused, AssessorNamed
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Transaction
from shared.sentences import _

PAGE = 500


async def name_assessors(
    tx: Transaction, call_id: str, cut_off: int, body: RoundBody, caller: Caller, version: ExpectedVersion
) -> Round:
    """Store the assessors and criteria of a round, and notify new assessors.

    Raises CallNotPublic, RoundAlreadyOpen, Stale.
    Before the round opens, all of it may change; afterwards assessors can only be added.
    """
    call = await own_call(tx, call_id, caller)
    check_public(call, _("Publish it first: assessors get an alert that leads to it."))
    await CALLS.touch(tx, call)
    deadline = call.cut_off(cut_off)
    before = await round_of(tx, call_id, cut_off)
    version.check(before.version if before else 0)
    if body.assess_by and body.assess_by <= deadline.deadline:
        raise domain.AssessedTooEarly(
            _("Applications are sealed until {deadline}. Enter a later time.", deadline=deadline.words),
            field="assess_by",
        )
    if before is None:
        after = Round.new(call_id, cut_off, body)
        after = await insert_audited(tx, ROUNDS, after, "assessors named", caller.id)
    else:
        after = await change_audited(tx, ROUNDS, before, before.changed(body), "assessors named", caller.id)
    known = before.assessors if before else []
    for member_id in after.assessors:
        if member_id not in known:
            tx.publish(assessor_named(call, after, member_id))
    return after


def assessor_named(call: Call, round: Round, member_id: str) -> AssessorNamed:
    """Return the event that a member was named as an assessor."""
    cut_off = call.cut_off(round.cut_off)
    return AssessorNamed(
        call_id=call.id,
        call_title=call.title,
        cut_off=round.cut_off,
        member_id=member_id,
        sealed_until=cut_off.deadline,
        assess_by=round.assess_by,
        timezone=cut_off.timezone,
        url=f"/calls/{call.id}/rounds/{round.cut_off}",
    )


async def excuse_assessor(
    tx: Transaction, call_id: str, cut_off: int, member_id: str, body: ExcuseBody, caller: Caller
) -> Round:
    """Excuse or replace an assessor of an open round, and notify both members. Scores that were given still count.

    Raises NotFound, RoundNotOpen, ReplacementUnfit, TooFewAssessors, TooManyExcused.
    """
    call = await own_call(tx, call_id, caller)
    await CALLS.touch(tx, call)
    before = await round_of(tx, call_id, cut_off)
    if before is None:
        raise NotFound(_("Round not found."))
    excused = before.without(member_id, body, tx.now)
    after = await change_audited(tx, ROUNDS, before, excused, "assessor excused", caller.id)
    tx.publish(assessor_excused(call, cut_off, member_id))
    if body.replacement:
        tx.publish(assessor_named(call, after, body.replacement))
    return after


def assessor_excused(call: Call, cut_off: int, member_id: str) -> AssessorExcused:
    """Return the event that a member no longer assesses."""
    return AssessorExcused(
        call_id=call.id, call_title=call.title, cut_off=cut_off, member_id=member_id, url=call_path(call.id)
    )


async def open_round(tx: Transaction, call_id: str, cut_off: int, caller: Caller, version: ExpectedVersion) -> Round:
    """Open a round once its cut-off has passed. Raises RoundNotOpen, RoundAlreadyOpen, CutOffAhead, Stale.

    A submission under way, and an extension, touch or change the call too: they come before the opening, or fail.
    """
    call = await own_call(tx, call_id, caller)
    await CALLS.touch(tx, call)
    check_public(call, _("It has no applications to assess."))
    before = await round_of(tx, call_id, cut_off)
    if before is None:
        raise domain.RoundNotOpen(
            _("This round has no assessors. Name assessors and criteria first."), field="assessors"
        )
    version.check(before.version)
    check_can_open(before, call, tx.now)
    if call.mission:
        await set_limits(tx, call_id, limits(call.mission, call.budget))
    last_id = ""
    while page := await applications_behind(tx, call_id, cut_off, last_id):
        await open_applications(tx, page)
        last_id = page[-1].id
    return await change_audited(tx, ROUNDS, before, before.opened(tx.now), "opened", caller.id)


def check_can_open(round: Round, call: Call, now: datetime) -> None:
    """Raise RoundAlreadyOpen or CutOffAhead if the round cannot be opened now."""
    if round.opened_at:
        raise domain.RoundAlreadyOpen(_("This round is open already."), field="status")
    cut_off = call.cut_off(round.cut_off)
    if cut_off.deadline > now and call.closed_at is None:
        raise domain.CutOffAhead(
            _("Applications are sealed until {cut_off}. Open the round after that.", cut_off=cut_off.words),
            field="cut_off",
        )


async def applications_behind(tx: Transaction, call_id: str, cut_off: int, last_id: str) -> list[Application]:
    """Return the next page of the applications at a cut-off, by id."""
    query = {"call_id": call_id, "cut_off": cut_off, "_id": {"$gt": last_id}}
    return await APPLICATIONS.find(tx, query, limit=PAGE)


async def open_applications(tx: Transaction, page: Sequence[Application]) -> None:
    """Open a page of applications in few round trips: states, audit entries and first standings."""
    changes = []
    for application in page:
        opened = application.opened()
        what = "lapsed" if opened.state is State.LAPSED else "opened"
        entry = next_entry(opened, what, PLATFORM_ACTOR, tx.now)
        stored = {"state": opened.state, "sealed": opened.sealed, "entries": entry.number, "head": entry.hash}
        changes.append(({"_id": application.id}, {"$set": stored, "$inc": {"version": 1}}))
        await ENTRIES.insert(tx, entry)
        if opened.state is State.IN_ASSESSMENT:
            await STANDINGS.insert(tx, first_standing(opened))
    await APPLICATIONS.update_each(tx, changes, upsert=False)


def first_standing(application: Application) -> Standing:
    """Return the standing of an application that has no scores."""
    order = order_key([], [], application.submitted_at or application.made_at)
    return Standing(id=application.id, call_id=application.call_id, cut_off=application.cut_off, order=order)


async def assess(
    tx: Transaction, id: str, body: AssessmentBody, caller: Caller, version: ExpectedVersion
) -> Assessment:
    """Store the caller's scores. Raises CriteriaUnmet, AllAssessmentsIn, RoundNotOpen, Stale."""
    application, round = await application_to_assess(tx, id, caller)
    check_in_assessment(application)
    domain.check_scores(round.criteria, body.scores)
    assessments = (await assessments_of(tx, [id]))[id]
    before = next((assessment for assessment in assessments if assessment.assessor_id == caller.id), None)
    version.check(before.version if before else 0)
    conflicts = await derived_conflicts(tx, application, round.scorers)
    if result_of(round, assessments, conflicts).is_complete:
        raise domain.AllAssessmentsIn(
            _("All assessors have scored and can read each other's scores. Scores can no longer change."),
            field="scores",
        )
    after = (before or Assessment.empty(id, caller.id, tx.now)).scored(body.scores, tx.now)
    return await store_assessment(tx, application, round, before, after)


async def declare_conflict(tx: Transaction, id: str, reason: str, caller: Caller) -> Assessment:
    """Store that the caller has a conflict of interest: their scores do not count, and access ends."""
    application, round = await application_to_assess(tx, id, caller)
    check_in_assessment(application)
    before = await ASSESSMENTS.get(tx, f"{id}:{caller.id}")
    after = (before or Assessment.empty(id, caller.id, tx.now)).conflicted(reason, tx.now)
    return await store_assessment(tx, application, round, before, after)


async def store_assessment(
    tx: Transaction, application: Application, round: Round, before: Assessment | None, after: Assessment
) -> Assessment:
    """Store an assessment and the new standing of its application.

    Both conflict with another assessment, the touched application with a decision on it, and the touched round with
    the end of the assessor's task.
    """
    await APPLICATIONS.touch(tx, application)
    await ROUNDS.touch(tx, round)
    if before:
        after = await ASSESSMENTS.change(tx, before, after)
    else:
        await ASSESSMENTS.insert(tx, after)
    conflicts = await derived_conflicts(tx, application, round.scorers)
    counted = results.counting((await assessments_of(tx, [application.id]))[application.id], conflicts)
    standing = await STANDINGS.get(tx, application.id)
    assert standing is not None  # noqa: S101  every application in assessment has a standing
    order = order_key(round.criteria, counted, application.submitted_at or application.made_at)
    await STANDINGS.change(tx, standing, standing.replace(order=order))
    return after


def check_in_assessment(application: Application) -> None:
    """Raise RoundNotOpen if the application is not in assessment."""
    if application.state is not State.IN_ASSESSMENT:
        raise domain.RoundNotOpen(
            _(
                "This application is {state}. Only applications in assessment can be scored.",
                state=application.state.words,
            ),
            field="state",
        )
