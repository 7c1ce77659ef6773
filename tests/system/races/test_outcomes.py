"""Two use cases at the same moment: whatever the order of their commits, the final state is right."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from services.calls.catalogue.content import Extension
from services.calls.catalogue.questions import MOST_UNANSWERED, QUESTIONS, ask_question
from services.calls.catalogue.usecases import extend_call, withdraw_call
from services.calls.gatherings.registrations.store import PLACES
from services.calls.gatherings.registrations.usecases import notify_participants_job, register
from services.calls.gatherings.usecases import change_gathering
from services.calls.ledger.store import LEDGERS
from services.calls.selection.applications.cancellation import cancel_job
from services.calls.selection.applications.domain import ApplicationBody
from services.calls.selection.applications.states import State
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.applications.submissions import Receipt, submit
from services.calls.selection.applications.usecases import start, withdraw
from services.calls.selection.assessment.decisions import decide
from services.calls.selection.assessment.domain import AssessmentsMissing, CutOffAhead
from services.calls.selection.assessment.store import round_of
from services.calls.selection.assessment.usecases import declare_conflict, name_assessors, open_round
from shared.auth import Caller
from shared.contracts.calls import ApplicationCancelled, ParticipantAffected
from shared.envelope import open_envelope
from shared.errors import Refusal
from shared.ids import new_id
from shared.jobs import JOBS, JobHandler
from shared.mongo import Database, Transaction
from shared.outbox import OUTBOX
from tests.support.applicants import BRAZIL, CUT_OFF
from tests.support.races import outcome, overlap, use
from tests.support.worlds import ADA, ANY, BEA, OPERATOR, World, gathering_content, round_body


def job(run: JobHandler, kind: str, **data: str) -> Callable[[Database], Awaitable[None]]:
    """Return the run of the one job of this kind with these data."""

    async def run_it(db: Database) -> None:
        query = {"kind": kind, **{f"data.{name}": value for name, value in data.items()}}
        [found] = await JOBS.find(db, query, limit=2)
        await run(db, found)

    return run_it


async def published(db: Database, event_type: str, subject: str) -> int:
    rows = await OUTBOX.find(db, {"type": event_type}, limit=1000)
    return sum(open_envelope(row.body).subject == subject for row in rows)


async def test_a_submission_does_not_slip_behind_a_withdrawal(world: World) -> None:
    """The job of the withdrawal cancels the submission, and its applicant is notified."""
    await world.publish()
    id = await world.draft()
    withdrawing = use(withdraw_call, world.call_id, "No money is left.", OPERATOR, ANY)
    cancelling = job(cancel_job, "call_off", call_id=world.call_id)
    both = await overlap(world.db, use(submit, id, world.members[id], ANY), withdrawing, cancelling)
    assert isinstance(both.first, Receipt)
    assert (await world.application(id)).state is State.CANCELLED
    assert await published(world.db, ApplicationCancelled.type, id) == 1


async def test_an_extension_does_not_slip_behind_an_opened_round(world: World) -> None:
    await world.publish()
    id = await world.submitted()
    await world.db.transact(name_assessors, world.call_id, 1, round_body(ADA, BEA), OPERATOR, ANY)
    later = Extension(deadline=CUT_OFF + timedelta(days=7), reason="The portal was slow.")

    async def extended_at_the_last_moment(tx: Transaction) -> None:
        await extend_call(tx, world.call_id, later, OPERATOR, ANY)
        world.pass_the_cut_off()

    both = await overlap(world.db, extended_at_the_last_moment, use(open_round, world.call_id, 1, OPERATOR, ANY))
    assert (await world.call).deadline > world.db.now()
    assert isinstance(both.second, CutOffAhead)
    assert (await world.application(id)).sealed


async def test_a_draft_that_starts_while_its_round_opens_lapses_with_the_others(world: World) -> None:
    await world.publish()
    await world.submitted()
    await world.db.transact(name_assessors, world.call_id, 1, round_body(ADA, BEA), OPERATOR, ANY)
    member, organisation = await world.organisation()
    body = ApplicationBody(organisation_id=organisation.id)

    async def started_at_the_last_moment(tx: Transaction) -> None:
        await start(tx, new_id(), world.call_id, body, member, organisation)
        world.pass_the_cut_off()

    await overlap(world.db, started_at_the_last_moment, use(open_round, world.call_id, 1, OPERATOR, ANY))
    [of_member] = await APPLICATIONS.find(world.db, {"organisation_id": organisation.id}, limit=2)
    round = await round_of(world.db, world.call_id, 1)
    assert round
    assert round.opened_at
    assert of_member.state is State.LAPSED


async def test_a_conflict_of_interest_does_not_slip_behind_a_decision(world: World) -> None:
    await world.publish()
    id = await world.submitted()
    await world.open_round(ADA, BEA)
    await world.score(id, ADA, BEA)
    declaring = use(declare_conflict, id, "They are my neighbours.", BEA)
    both = await overlap(
        world.db, declaring, use(decide, world.call_id, 1, await world.decision(id, "select"), OPERATOR)
    )
    assert isinstance(both.second, AssessmentsMissing), "one assessment is left, and a decision needs two"
    assert (await world.application(id)).state is State.IN_ASSESSMENT


async def test_a_place_that_becomes_free_while_another_is_put_on_the_reserve_list_goes_to_it(world: World) -> None:
    await world.publish(mission=BRAZIL["mission"] | {"places": 1})
    selected, other = await world.submitted(), await world.submitted()
    await world.open_round(ADA, BEA)
    for id in (selected, other):
        await world.score(id, ADA, BEA)
    await world.decide(selected, "select")
    reserving = use(decide, world.call_id, 1, await world.decision(other, "reserve", rank=1), OPERATOR)
    await overlap(world.db, reserving, use(withdraw, selected, world.members[selected], ANY))
    ledger = await LEDGERS.get(world.db, world.call_id)
    assert ledger
    assert ledger.taken == 1
    assert (await world.application(other)).state is State.SELECTED


async def test_a_registration_does_not_slip_behind_a_closed_admission(world: World) -> None:
    id = await world.gathering(admission={})
    closing = use(change_gathering, id, gathering_content(admission=None), OPERATOR, ANY)
    both = await overlap(world.db, use(register, id, "anna", None), closing)
    places = await PLACES.get(world.db, id)
    assert places
    assert places.taken == 1
    assert isinstance(both.second, Refusal), "the organiser learns that a member has registered already"
    assert both.second.code == "capacity_taken"


async def test_a_member_who_registers_while_the_gathering_moves_is_notified(world: World) -> None:
    id = await world.gathering()
    moving = use(change_gathering, id, gathering_content(place="Braunschweig"), OPERATOR, ANY)
    notifying = job(notify_participants_job, "tell_participants", gathering_id=id)
    await overlap(world.db, use(register, id, "anna", None), moving, notifying)
    assert await published(world.db, ParticipantAffected.type, id) == 1


async def test_of_forty_parallel_questions_ten_are_asked(world: World) -> None:
    await world.publish()
    anna = Caller(id="anna")
    asking = [use(ask_question, new_id(), world.call_id, f"Question {n}, please?", anna) for n in range(40)]
    outcomes = await asyncio.gather(*[outcome(world.db, work) for work in asking])
    refused = [each.code for each in outcomes if isinstance(each, Refusal)]
    assert refused == ["too_many_questions"] * 30
    assert await QUESTIONS.count(world.db, {"call_id": world.call_id}) == MOST_UNANSWERED
