"""The use cases of calls: create, publish, change, extend, withdraw, and what the clock brings about."""

from collections.abc import Sequence

from services.calls.catalogue.access import call_facts, call_published, editable_call, own_call
from services.calls.catalogue.changes import changes_in_words, opening_in_words
from services.calls.catalogue.content import CallBody, Extension
from services.calls.catalogue.deadlines import store as history
from services.calls.catalogue.deadlines.domain import (
    DueMilestone,
    NotAnExtension,
    check_passed_cut_offs,
    current_cut_off,
    due_milestones,
    extended,
)
from services.calls.catalogue.domain import Call, CallAlreadyPublished, check_public
from services.calls.catalogue.moments import check_dates, check_withdrawable
from services.calls.catalogue.status import Stage, Status, status
from services.calls.catalogue.store import CALLS, due_calls
from services.calls.ledger import store as ledgers
from services.calls.ledger.domain import limits
from services.calls.organisations.usecases import check_still_public
from shared.auth import Caller
from shared.contracts.base import Event
from shared.contracts.calls import (
    CallChanged,
    CallClosed,
    CallOpened,
    CallWithdrawn,
    CutOffPassed,
    DeadlineApproached,
)
from shared.errors import NotFound, Stale
from shared.jobs import enqueue
from shared.models import ExpectedVersion
from shared.mongo import Database, Transaction
from shared.sentences import _

BATCH = 100
FILL_PLACES = "fill_places"  # the job that promotes from the reserve list
CALL_OFF = "call_off"  # the job that cancels the applications to a withdrawn call
MOST_CHANGES = 19  # in an event; the reason comes last


async def create_call(tx: Transaction, id: str, body: CallBody, organisation_name: str) -> Call:
    """Store a draft, which only its organisation sees."""
    call = Call.draft(id, body, body.cut_offs, tx.now, organisation_name)
    await CALLS.insert(tx, call)
    return call


async def publish_call(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Call:
    """Publish a draft and begin the history of its deadlines."""
    call = await editable_call(tx, id, caller, version)
    if call.stage is Stage.PUBLISHED:
        raise CallAlreadyPublished(_("The call is public already. Change it instead."), field="status")
    check_dates(call, tx.now)
    await check_still_public(tx, call.organisation_id)
    entry = await history.record(tx, id, [], call.cut_offs, caller.id, "published")
    call = await CALLS.change(tx, call, call.published(tx.now, entry.hash))
    tx.publish(call_published(call, tx.now))
    return call


async def change_call(tx: Transaction, id: str, body: CallBody, caller: Caller, version: ExpectedVersion) -> Call:
    """Store new content; if the call is public, publish the changes in words."""
    call = await editable_call(tx, id, caller, version)
    if body.organisation_id != call.organisation_id:
        raise NotFound(_("A call stays with its organisation. Send its present one."), field="organisation_id")
    changed = call.with_content(body).with_cut_offs(body.cut_offs, tx.now)
    if call.stage is Stage.DRAFT:
        return await CALLS.change(tx, call, changed)
    check_passed_cut_offs(call.cut_offs, body.cut_offs, tx.now)
    after = await change_published(tx, call, changed, caller.id, body.reason)
    await change_limits(tx, call, after)
    return after


async def change_limits(tx: Transaction, before: Call, after: Call) -> None:
    """Set the limits of the mission's ledger to what the call states now; a job fills places that are new."""
    if before.mission is None or after.mission is None:
        return
    old_limits, new_limits = limits(before.mission, before.budget), limits(after.mission, after.budget)
    if old_limits != new_limits:
        await ledgers.set_limits(tx, after.id, new_limits)
    if new_limits.exceed(old_limits):
        await enqueue(tx, FILL_PLACES, {"call_id": after.id})


async def extend_call(tx: Transaction, id: str, extension: Extension, caller: Caller, version: ExpectedVersion) -> Call:
    """Move a cut-off of a published call to a later time. Raise NotAnExtension if the time is not later."""
    call = await editable_call(tx, id, caller, version)
    check_public(call, _("Change the deadline of the draft instead."))
    number = extension.cut_off
    old = current_cut_off(call.cut_offs, tx.now) if number is None else call.numbered.get(number)
    if old is None:
        numbers = ", ".join(map(str, call.cut_off_numbers))
        raise NotAnExtension(
            _("Cut-off {number} not found. Extend one of these: {numbers}.", number=number, numbers=numbers),
            field="cut_off",
        )
    cut_offs = extended(call.cut_offs, old, extension.deadline)
    check_passed_cut_offs(call.cut_offs, cut_offs, tx.now)
    return await change_published(tx, call, call.with_cut_offs(cut_offs, tx.now), caller.id, extension.reason)


async def change_published(tx: Transaction, before: Call, changed: Call, actor: str, reason: str = "") -> Call:
    """Store a changed call, add to the history of its deadlines, and publish what readers want to know."""
    after = changed.opened(before.opens_at or tx.now).scheduled(tx.now).with_opening(tx.now)
    check_dates(after, tx.now)
    if after.cut_offs != before.cut_offs:
        entry = await history.record(tx, before.id, before.cut_offs, after.cut_offs, actor, reason)
        after = after.replace(history=entry.hash)
    changes = changes_in_words(before, after)
    if not changes and not after.opens_since(before):
        return await CALLS.change(tx, before, after)
    after = await CALLS.change(tx, before, after.replace(updated_at=tx.now))
    if after.opens_since(before):
        tx.publish(CallOpened(call_id=after.id, call=call_facts(after)))
        changes = [change for change in changes if change not in opening_in_words(before, after)]
    publish_changes(tx, after, changes, reason)
    return after


def publish_changes(tx: Transaction, call: Call, changes: Sequence[str], reason: str) -> None:
    """Publish the changes of a call, if there are any, with the reason last."""
    if not changes:
        return
    reasons = [f"reason: {reason}"] if reason else []
    tx.publish(CallChanged(call_id=call.id, call=call_facts(call), changes=[*changes[:MOST_CHANGES], *reasons]))


async def withdraw_call(tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion) -> Call:
    """Withdraw a call; a job cancels its applications, with the places and money reserved for them."""
    call = await own_call(tx, id, caller)
    version.check(call.version)
    check_withdrawable(call, tx.now)
    if call.mission:
        await ledgers.close(tx, id)
    await enqueue(tx, CALL_OFF, {"call_id": id})
    call = await CALLS.change(tx, call, call.withdrawn(tx.now, reason))
    tx.publish(CallWithdrawn(call_id=id, call=call_facts(call), reason=reason))
    return call


async def publish_milestones(db: Database) -> int:
    """Publish each milestone that is due exactly once, in any number of replicas. Return how many calls had one."""
    calls = await due_calls(db, db.now(), BATCH)
    for call in calls:
        try:
            await db.transact(pass_milestones, call)
        except Stale:
            continue  # another replica was first
    if len(calls) == BATCH:
        db.notify("milestones")
    return len(calls)


async def pass_milestones(tx: Transaction, call: Call) -> None:
    """Publish the opening and the milestones of a call since the last time; with its last cut-off the call closes.

    The opening names the deadline, so no reminder follows it at once; a call that is not open has no reminder.
    """
    due = due_milestones(call.cut_offs, call.milestone_at or tx.now, tx.now)
    after = await CALLS.change(tx, call, call.advanced(tx.now))
    is_opening = after.opens_since(call)
    if is_opening:
        tx.publish(CallOpened(call_id=after.id, call=call_facts(after)))
    if is_opening or status(after, tx.now) is Status.FORTHCOMING:
        due = [each for each in due if each.milestone == "closed"]
    for milestone in due:
        tx.publish(milestone_event(after, milestone))


def milestone_event(call: Call, due: DueMilestone) -> Event:
    """Return the event for a milestone."""
    if due.milestone == "closing_7":
        return DeadlineApproached(call_id=call.id, call=call_facts(call, due.cut_off), days=7)
    if due.milestone == "closing_1":
        return DeadlineApproached(call_id=call.id, call=call_facts(call, due.cut_off), days=1)
    if due.cut_off == call.cut_offs[-1]:
        return CallClosed(call_id=call.id, call=call_facts(call))
    number = next(number for number, cut_off in call.numbered.items() if cut_off == due.cut_off)
    return CutOffPassed(call_id=call.id, call=call_facts(call), number=number, passed_at=due.cut_off.deadline)
