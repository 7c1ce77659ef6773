"""What can be done in a round: name assessors, open it, score, declare a conflict of interest."""

from collections.abc import Sequence
from typing import Any

from services.calls.audit.domain import next_entry
from services.calls.audit.store import ENTRIES
from services.calls.catalogue.access import own_call
from services.calls.catalogue.domain import Call, check_public
from services.calls.ledger.domain import limits
from services.calls.ledger.store import set_limits
from services.calls.selection.applications.domain import Application, State, next_state
from services.calls.selection.applications.reserve import THE_CLOCK
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.applications.usecases import in_force
from services.calls.selection.assessment import domain
from services.calls.selection.assessment.domain import (
    Assessment,
    AssessmentBody,
    Round,
    RoundBody,
    Standing,
    judged,
    order_key,
)
from services.calls.selection.assessment.store import (
    ASSESSMENTS,
    ROUNDS,
    STANDINGS,
    assessments_of,
    derived_conflicts,
    round_of,
)
from shared.auth import Caller
from shared.contracts.calls import AssessorNamed
from shared.errors import NotFound
from shared.models import ExpectedVersion
from shared.mongo import Reader, Transaction

PAGE = 500


def check_cut_off(call: Call, cut_off: int) -> None:
    """Raises NotFound."""
    if not 1 <= cut_off <= len(call.cut_offs):
        raise NotFound(f"this call has {len(call.cut_offs)} cut-offs", field="cut_off")


async def name_assessors(
    tx: Transaction, call_id: str, cut_off: int, body: RoundBody, caller: Caller, version: ExpectedVersion
) -> Round:
    """Before the round opens, all of it may change; afterwards assessors are added. Who is new in it is told."""
    call = await own_call(tx, call_id, caller)
    check_cut_off(call, cut_off)
    before = await round_of(tx, call_id, cut_off)
    version.check(before.version if before else 0)
    if body.assess_by and body.assess_by <= (ahead := call.cut_offs[cut_off - 1]).deadline:
        raise domain.AssessedTooEarly(f"applications are sealed until {ahead.words}", field="assess_by")
    values: dict[str, Any] = {name: getattr(body, name) for name in RoundBody.model_fields}
    if before is None:
        after = Round(id=f"{call_id}:{cut_off}", call_id=call_id, cut_off=cut_off, **values)
        await ROUNDS.insert(tx, after)
    else:
        domain.check_change(before, body)
        after = await ROUNDS.change(tx, before, before.replace(**values))
    known = before.assessors if before else []
    for member_id in [one for one in after.assessors if one not in known]:
        tx.publish(assessor_named(call, after, member_id))
    return after


def assessor_named(call: Call, round: Round, member_id: str) -> AssessorNamed:
    cut_off = call.cut_offs[round.cut_off - 1]
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


async def open_round(tx: Transaction, call_id: str, cut_off: int, caller: Caller, version: ExpectedVersion) -> Round:
    """Once the cut-off has passed. Every application is touched: a submission still under way fails or was in time."""
    await own_call(tx, call_id, caller)
    at, call = await in_force(tx, call_id)
    check_cut_off(call, cut_off)
    check_public(call, "nobody applied")
    before = await round_of(tx, call_id, cut_off)
    if before is None:
        raise domain.RoundNotOpen("name the assessors and the criteria first", field="assessors")
    version.check(before.version)
    if before.opened_at:
        raise domain.RoundAlreadyOpen("this round is open already", field="status")
    if (ahead := call.cut_offs[cut_off - 1]).deadline > at and call.closed_at is None:
        raise domain.CutOffAhead(f"applications are sealed until {ahead.words}", field="cut_off")
    if call.mission:
        await set_limits(tx, call_id, limits(call.mission, call.budget))
    after = ""
    while page := await touched_next(tx, call_id, cut_off, after):
        await open_applications(tx, page)
        after = page[-1].id
    return await ROUNDS.change(tx, before, before.replace(opened_at=at))


async def touched_next(tx: Transaction, call_id: str, cut_off: int, after: str) -> list[Application]:
    query = {"call_id": call_id, "cut_off": cut_off, "_id": {"$gt": after}}
    return await APPLICATIONS.find(tx, query, limit=PAGE)


async def open_applications(tx: Transaction, page: Sequence[Application]) -> None:
    """In two round trips a page: states and entries, and a standing for each that is assessed."""
    changes = []
    for one in page:
        state = next_state(one.state, "open")
        opened = one.replace(state=state, sealed=state is not State.IN_ASSESSMENT)
        what = "lapsed" if state is State.LAPSED else "opened"
        entry = next_entry(opened, what, THE_CLOCK, tx.now)
        kept = {"state": state, "sealed": opened.sealed, "entries": entry.number, "head": entry.hash}
        changes.append(({"_id": one.id}, {"$set": kept, "$inc": {"version": 1}}))
        await ENTRIES.insert(tx, entry)
        if state is State.IN_ASSESSMENT:
            order = order_key([], [], one.submitted_at or one.made_at)
            await STANDINGS.insert(tx, Standing(id=one.id, call_id=one.call_id, cut_off=one.cut_off, order=order))
    await APPLICATIONS.update_each(tx, changes, upsert=False)


async def to_assess(reader: Reader, id: str, caller: Caller) -> tuple[Application, Round]:
    """An application that the caller assesses and has no conflict with. Raises NotFound."""
    application = await APPLICATIONS.get(reader, id)
    round = await round_of(reader, application.call_id, application.cut_off) if application else None
    if application is None or application.sealed or round is None or caller.id not in round.assessors:
        raise NotFound("there is no such application for you to assess")
    mine = await ASSESSMENTS.get(reader, f"{id}:{caller.id}")
    if (mine and mine.conflict) or await derived_conflicts(reader, application, [caller.id]):
        raise NotFound("there is no such application for you to assess: a conflict of interest bars it")
    return application, round


async def assess(
    tx: Transaction, id: str, body: AssessmentBody, caller: Caller, version: ExpectedVersion
) -> Assessment:
    """Her scores, each with its rationale; final once everybody's are in."""
    application, round = await to_assess(tx, id, caller)
    check_in_assessment(application)
    domain.check_scores(round.criteria, body.scores)
    known = (await assessments_of(tx, [id]))[id]
    before = next((one for one in known if one.assessor_id == caller.id), None)
    version.check(before.version if before else 0)
    derived = await derived_conflicts(tx, application, round.assessors)
    if judged(round, known, derived).is_complete:
        raise domain.AllAssessmentsIn("every assessment is in and can be read: scores stay as they are", field="scores")
    return await store_assessment(tx, application, round, before, caller, scores=body.scores)


async def declare_conflict(tx: Transaction, id: str, reason: str, caller: Caller) -> Assessment:
    """What she scored does not count, and she reads it no more."""
    application, round = await to_assess(tx, id, caller)
    check_in_assessment(application)
    before = await ASSESSMENTS.get(tx, f"{id}:{caller.id}")
    return await store_assessment(tx, application, round, before, caller, scores=[], conflict=reason)


async def store_assessment(
    tx: Transaction, application: Application, round: Round, before: Assessment | None, caller: Caller, **values: object
) -> Assessment:
    """The assessment, and the application's standing by all of them; two at the same moment wait for each other."""
    id = application.id
    if before:
        assessment = await ASSESSMENTS.change(tx, before, before.replace(**values, at=tx.now))
    else:
        named = {"id": f"{id}:{caller.id}", "application_id": id, "assessor_id": caller.id, "at": tx.now}
        assessment = Assessment.model_validate({**named, **values})
        await ASSESSMENTS.insert(tx, assessment)
    barred = await derived_conflicts(tx, application, round.assessors)
    counted = domain.counting((await assessments_of(tx, [id]))[id], barred)
    standing = await STANDINGS.get(tx, id)
    assert standing is not None  # noqa: S101  every application in assessment has one
    order = order_key(round.criteria, counted, application.submitted_at or application.made_at)
    await STANDINGS.change(tx, standing, standing.replace(order=order))
    return assessment


def check_in_assessment(application: Application) -> None:
    """Raises RoundNotOpen."""
    if application.state is not State.IN_ASSESSMENT:
        raise domain.RoundNotOpen(f"this application is {application.state}", field="state")
