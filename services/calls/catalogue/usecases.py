"""What can be done with calls."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.calls.catalogue import domain
from services.calls.catalogue.access import editable, facts, own
from services.calls.catalogue.deadlines import store as history
from services.calls.catalogue.deadlines.domain import (
    CutOff,
    Due,
    check_past,
    due_milestones,
    extended,
    next_milestone_at,
)
from services.calls.catalogue.domain import Call, CallBody, Stage, dates
from services.calls.catalogue.store import CALLS, due_calls
from services.calls.ledger import store as ledgers
from services.calls.ledger.domain import limits
from shared.auth import Caller
from shared.contracts import calls as contract
from shared.contracts.base import Event
from shared.errors import NotFound, Stale
from shared.jobs import enqueue
from shared.models import ExpectedVersion
from shared.mongo import Database, Transaction

BATCH = 100
FILL_PLACES = "fill_places"  # the job that promotes from the reserve list
MOST_TOLD = 19  # of a change's words; the reason comes last


async def create_call(tx: Transaction, id: str, body: CallBody, organisation_name: str) -> Call:
    """A draft: nobody outside its organisation sees it."""
    call = Call.draft(id, body, tx.now, organisation_name=organisation_name)
    await CALLS.insert(tx, call)
    return call


async def publish_call(tx: Transaction, id: str, caller: Caller, version: ExpectedVersion) -> Call:
    call = await editable(tx, id, caller, version)
    if call.stage is Stage.PUBLISHED:
        raise domain.CallAlreadyPublished("this call is public already", field="status")
    domain.check_dates(call.opens_at, call.cut_offs, tx.now)
    entry = await history.record(tx, id, [], call.cut_offs, caller.id, "published")
    call = await CALLS.change(tx, call, call.replace(**published(call, tx.now), history=entry.hash))
    tx.publish(contract.CallPublished(call_id=id, call=facts(call)))
    return call


def published(call: Call, now: datetime) -> dict[str, Any]:
    """What publication sets: when it opened, and when the clock will announce something."""
    return {
        "stage": Stage.PUBLISHED,
        "published_at": now,
        "updated_at": now,
        "opens_at": call.opens_at or (None if call.forthcoming else now),
        "milestone_at": next_milestone_at(call.cut_offs, now),
        **dates(call.cut_offs, now),
    }


async def change_call(tx: Transaction, id: str, body: CallBody, caller: Caller, version: ExpectedVersion) -> Call:
    """New content; of a published call, the changes are announced in words."""
    call = await editable(tx, id, caller, version)
    if body.organisation_id != call.organisation_id:
        raise NotFound("a call stays with its organisation", field="organisation_id")
    if call.stage is Stage.DRAFT:
        return await CALLS.change(tx, call, call.replace(**body.content(), **dates(body.cut_offs, tx.now)))
    check_past(call.cut_offs, body.cut_offs, tx.now)
    after = await change_published(tx, call, body.content(), body.cut_offs, caller.id, body.reason)
    await change_limits(tx, call, after)
    return after


async def change_limits(tx: Transaction, before: Call, after: Call) -> None:
    """Set the mission's limits as the call states them now; a job gives new places and money to the reserve list."""
    if before.mission is None or after.mission is None:
        return
    had, has = limits(before.mission, before.budget), limits(after.mission, after.budget)
    if had != has:
        await ledgers.set_limits(tx, after.id, has)
    if has.exceed(had):
        await enqueue(tx, FILL_PLACES, {"call_id": after.id})


async def extend_call(
    tx: Transaction, id: str, extension: domain.Extension, caller: Caller, version: ExpectedVersion
) -> Call:
    """A later deadline, with its reason. Raises NotAnExtension."""
    call = await editable(tx, id, caller, version)
    domain.check_public(call, "a draft's deadline is simply changed")
    cut_offs = extended(call.cut_offs, extension.cut_off, extension.deadline, tx.now)
    check_past(call.cut_offs, cut_offs, tx.now)
    content = {name: getattr(call, name) for name in domain.CallContent.model_fields}
    return await change_published(tx, call, content, cut_offs, caller.id, extension.reason)


async def change_published(
    tx: Transaction,
    call: Call,
    content: dict[str, Any],
    cut_offs: Sequence[CutOff],
    actor: str,
    reason: str = "",
    **more: Any,
) -> Call:
    """Store it, keep the history of its deadlines, and announce what a reader wants to know."""
    if content["opens_at"] is None and not content["forthcoming"]:
        content = {**content, "opens_at": call.opens_at or tx.now}
    domain.check_dates(content["opens_at"], cut_offs, tx.now)
    values = {**content, **dates(cut_offs, tx.now), "milestone_at": next_milestone_at(cut_offs, tx.now), **more}
    if [*cut_offs] != call.cut_offs:
        entry = await history.record(tx, call.id, call.cut_offs, cut_offs, actor, reason)
        values["history"] = entry.hash
    told = domain.changes_in_words(call, call.replace(**values))
    after = await CALLS.change(tx, call, call.replace(**values, **{"updated_at": tx.now} if told else {}))
    if told:
        why = [f"reason: {reason}"] if reason else []
        tx.publish(contract.CallChanged(call_id=call.id, call=facts(after), changes=told[:MOST_TOLD] + why))
    return after


async def withdraw_call(tx: Transaction, id: str, reason: str, caller: Caller, version: ExpectedVersion) -> Call:
    """A job goes over those who applied: nobody waits in vain, and what a mission promised is promised no more."""
    call = await own(tx, id, caller)
    version.check(call.version)
    domain.check_withdrawable(call, tx.now)
    if call.mission:
        await ledgers.close(tx, id)
    await enqueue(tx, "call_off", {"call_id": id})
    withdrawn = {"stage": Stage.WITHDRAWN, "withdrawn_because": reason, "updated_at": tx.now}
    call = await CALLS.change(tx, call, call.replace(**withdrawn, milestone_at=None))
    tx.publish(contract.CallWithdrawn(call_id=id, call=facts(call), reason=reason))
    return call


async def announce_milestones(db: Database) -> int:
    """The loop: tell once what the clock brought about, however many replicas run this."""
    calls = await due_calls(db, db.now(), BATCH)
    for call in calls:
        try:
            await db.transact(announce_milestone, call)
        except Stale:
            continue  # another replica was first
    if len(calls) == BATCH:
        db.notify("milestones")
    return len(calls)


async def announce_milestone(tx: Transaction, call: Call) -> None:
    """What came since the last time, cut-off by cut-off; with the last one the call closes."""
    due = due_milestones(call.cut_offs, call.milestone_at or tx.now, tx.now)
    closed = {"closed_at": tx.now, "updated_at": tx.now} if call.closes_at <= tx.now else {}
    following = next_milestone_at(call.cut_offs, tx.now)
    after = await CALLS.change(tx, call, call.replace(milestone_at=following, **dates(call.cut_offs, tx.now), **closed))
    for one in due:
        tx.publish(milestone_event(after, one))


def milestone_event(call: Call, due: Due) -> Event:
    event = {"call_id": call.id, "call": facts(call)}
    if due.milestone != "closed":
        days = {"closing_7": 7, "closing_1": 1}[due.milestone]
        return contract.DeadlineApproached.model_validate({**event, "call": facts(call, due.cut_off), "days": days})
    if due.cut_off == call.cut_offs[-1]:
        return contract.CallClosed.model_validate(event)
    number = call.cut_offs.index(due.cut_off) + 1
    return contract.CutOffPassed.model_validate({**event, "number": number, "passed_at": due.cut_off.deadline})
