"""What can be done with calls."""

from datetime import datetime
from typing import Any

from services.calls import domain
from services.calls.domain import Call, CallBody, Stage, next_milestone
from services.calls.publishers import may_publish
from services.calls.store import CALLS, due_calls
from shared.auth import Caller
from shared.contracts import calls as contract
from shared.errors import NotFound, Stale
from shared.models import ExpectedVersion
from shared.mongo import Database, Reader, Transaction

BATCH = 100


async def visible(at: Reader, id: str, by: Caller | None) -> Call:
    """A public call, or a draft of the caller's organisation. Raises NotFound."""
    call = await CALLS.get(at, id)
    if call is None or (call.stage is Stage.DRAFT and not (by and await may_publish(at, call.organisation_id, by))):
        raise NotFound("there is no such call")
    return call


async def editable(tx: Transaction, id: str, by: Caller, version: ExpectedVersion) -> Call:
    """The call, if the caller may edit it and read its newest version. Raises NotFound, Stale."""
    call = await CALLS.get(tx, id)
    if call is None or not await may_publish(tx, call.organisation_id, by):
        raise NotFound("there is no such call of yours")
    version.check(call.version)
    domain.check_editable(call, tx.now)
    return call


async def create_call(tx: Transaction, id: str, body: CallBody, organisation_name: str) -> Call:
    """A draft: nobody outside its organisation sees it."""
    call = Call(id=id, organisation_name=organisation_name, **body.model_dump())
    await CALLS.insert(tx, call)
    return call


async def publish_call(tx: Transaction, id: str, by: Caller, version: ExpectedVersion) -> Call:
    call = await editable(tx, id, by, version)
    if call.stage is Stage.PUBLISHED:
        raise domain.CallAlreadyPublished("this call is public already", field="status")
    domain.check_dates(call.opens_at, call.deadline, tx.now)
    call = await CALLS.change(tx, call, **published(call, tx.now))
    tx.publish(contract.CallPublished(call_id=id, call=facts(call)))
    return call


def published(call: CallBody, now: datetime) -> dict[str, Any]:
    """What publication sets: when it opened, and what the clock will announce."""
    milestone, at = next_milestone(call.deadline, now)
    opens_at = call.opens_at or (None if call.forthcoming else now)
    return {
        "stage": Stage.PUBLISHED,
        "published_at": now,
        "opens_at": opens_at,
        "milestone": milestone,
        "milestone_at": at,
    }


async def change_call(tx: Transaction, id: str, body: CallBody, by: Caller, version: ExpectedVersion) -> Call:
    """New content; of a published call, the changes are announced in words."""
    call = await editable(tx, id, by, version)
    if body.organisation_id != call.organisation_id:
        raise NotFound("a call stays with its organisation", field="organisation_id")
    if call.stage is Stage.DRAFT:
        return await CALLS.change(tx, call, **dict(body))
    return await change_published(tx, call, body)


async def change_published(tx: Transaction, call: Call, body: CallBody, **more: Any) -> Call:
    if body.opens_at is None and not body.forthcoming:
        body = body.model_copy(update={"opens_at": call.opens_at or tx.now})
    domain.check_dates(body.opens_at, body.deadline, tx.now)
    told = domain.changes_in_words(call, body)
    milestone, at = next_milestone(body.deadline, tx.now)
    after = await CALLS.change(tx, call, **dict(body), milestone=milestone, milestone_at=at, **more)
    if told:
        tx.publish(contract.CallChanged(call_id=call.id, call=facts(after), changes=told[:20]))
    return after


async def withdraw_call(tx: Transaction, id: str, reason: str, by: Caller, version: ExpectedVersion) -> Call:
    call = await editable(tx, id, by, version)
    if call.stage is not Stage.PUBLISHED:
        raise domain.CallNotPublic("a draft is not public: there is nothing to withdraw", field="status")
    call = await CALLS.change(
        tx, call, stage=Stage.WITHDRAWN, withdrawn_because=reason, milestone=None, milestone_at=None
    )
    tx.publish(contract.CallWithdrawn(call_id=id, call=facts(call), reason=reason))
    return call


async def announce_milestones(database: Database) -> int:
    """The loop: tell once what the clock brought about, however many replicas run this."""
    calls = await due_calls(database, database.now(), BATCH)
    for call in calls:
        try:
            await database.transact(announce_milestone, call)
        except Stale:
            continue  # another replica was first
    if len(calls) == BATCH:
        database.wake("milestones")
    return len(calls)


async def announce_milestone(tx: Transaction, call: Call) -> None:
    due = domain.due_milestone(call.deadline, tx.now)
    milestone, at = next_milestone(call.deadline, tx.now)
    closed = {"closed_at": tx.now} if due == "closed" else {}
    call = await CALLS.change(tx, call, milestone=milestone, milestone_at=at, **closed)
    if due == "closed":
        tx.publish(contract.CallClosed(call_id=call.id, call=facts(call)))
    elif due:
        days = {"closing_7": 7, "closing_1": 1}[due]
        tx.publish(contract.DeadlineApproached.model_validate({"call_id": call.id, "call": facts(call), "days": days}))


def facts(call: Call) -> contract.CallFacts:
    """What every event about a call carries."""
    shared = contract.CallFacts.model_fields.keys() & Call.model_fields.keys()
    return contract.CallFacts(url=path(call.id), **call.model_dump(include=set(shared)))


def path(id: str) -> str:
    return f"/calls/{id}"
