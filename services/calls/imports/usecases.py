"""Import of call records; the same record imported again changes nothing."""

from collections.abc import Mapping, Sequence

from services.calls.catalogue.access import call_facts, call_published
from services.calls.catalogue.changes import changes_in_words
from services.calls.catalogue.deadlines import store as history
from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage, Status, status
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.usecases import change_published
from services.calls.imports.calls import imported_draft, is_over, reimported, rescheduled
from services.calls.imports.outcomes import Row
from services.calls.imports.reconcile import Reconciled, reconcile
from services.calls.imports.record import PORTAL, Record
from services.calls.imports.store import RECORDS, SourceRecord, records_of
from shared.contracts.calls import CallClosed
from shared.ids import stable_id
from shared.imports.outcomes import Outcome
from shared.mongo import Transaction
from shared.sentences import _

ONLY_OPERATORS = _("Only operators of the platform import calls.")


async def import_records(tx: Transaction, records: Sequence[tuple[int, Record]]) -> list[Row]:
    """Publish new calls, publish what changed in known ones, and return the outcome of each line.

    No call has two records here.
    """
    ids = [call_id(record) for _, record in records]
    calls = {call.id: call for call in await CALLS.find(tx, {"_id": {"$in": ids}}, limit=len(ids))}
    sources = await records_of(tx, ids)
    new: dict[str, Call] = {}
    rows: list[Row] = []
    for line, record in records:
        id = call_id(record)
        of_call = sources.setdefault(id, {})
        known = of_call.get(record.source)
        of_call[record.source] = source_record(record, tx)
        outcome: Outcome = "unchanged"
        changes: list[str] = []
        if id not in calls:
            outcome = "created"
            calls[id] = new[id] = create_call(tx, id, record, reconcile_newest(of_call, tx))
        elif known is None or known.content != record.content:
            outcome, calls[id], changes = await update_call(tx, calls[id], reconcile_newest(of_call, tx))
        rows.append(row_of((line, record), outcome, calls[id], changes, tx))
    await store(tx, [*new.values()], [sources[call_id(record)][record.source] for _, record in records])
    return rows


def reconcile_newest(of_call: Mapping[str, SourceRecord], tx: Transaction) -> Reconciled:
    """Return the call that the newest records of all sources describe together."""
    return reconcile([newest.record for newest in of_call.values()], tx.now)


def row_of(row: tuple[int, Record], outcome: Outcome, call: Call, changes: list[str], tx: Transaction) -> Row:
    """Return the outcome of a line that was not refused."""
    line, record = row
    return Row(
        line=line,
        topic=record.id,
        outcome=outcome,
        id=call.id,
        title=call.title,
        status=status(call, tx.now),
        ecosystems=[*call.ecosystems],
        changes=changes,
        conflicts=call.conflicts,
    )


def source_record(record: Record, tx: Transaction) -> SourceRecord:
    """Return the record as it is stored."""
    return SourceRecord(
        id=record_id(record), call_id=call_id(record), content=record.content, record=record, seen_at=tx.now
    )


def record_id(record: Record) -> str:
    """Return the id of the newest record of a source about a call."""
    return stable_id(record.source, record.key)


def call_id(record: Record) -> str:
    """Return the id of the call; records of any source with the same id are about the same call."""
    return stable_id(PORTAL, record.key)


async def store(tx: Transaction, new: Sequence[Call], records: Sequence[SourceRecord]) -> None:
    """Store new calls, the first entries of their deadlines' history, and the records, each in one batch."""
    await CALLS.insert(tx, *new)
    await history.CHANGES.insert(tx, *[first_change(call, tx) for call in new])
    rows = [record.to_mongo() for record in records]
    await RECORDS.update_each(tx, [({"_id": row.pop("_id")}, {"$set": row}) for row in rows], upsert=True)


def first_change(call: Call, tx: Transaction) -> history.DeadlineChange:
    """Return the first entry in the history of a call's deadlines."""
    return history.DeadlineChange.next(
        None, call.id, at=tx.now, by=PORTAL, before=[], after=call.cut_offs, reason="imported"
    )


def create_call(tx: Transaction, id: str, record: Record, reconciled: Reconciled) -> Call:
    """Publish a new call and return it; a call that is over is closed at once, without an event."""
    draft = imported_draft(id, record.id, reconciled, tx.now)
    call = draft.published(tx.now, first_change(draft, tx).hash)
    if is_over(draft, reconciled, tx.now):
        return call.replace(opens_at=draft.opens_at, closed_at=tx.now, milestone_at=None)
    tx.publish(call_published(call, tx.now))
    return call


async def update_call(tx: Transaction, before: Call, reconciled: Reconciled) -> tuple[Outcome, Call, list[str]]:
    """Store the changed records' content and return the outcome, the call and its changes in words.

    A withdrawn call stays as it is. A call that is over is closed.
    """
    if before.stage is Stage.WITHDRAWN:
        return "unchanged", before, []
    changed = reimported(before, reconciled, tx.now)
    moved = rescheduled(changed, reconciled, tx.now)
    if is_over(moved, reconciled, tx.now):
        after = await close_call(tx, before, moved)
    elif before.closed_at or changes_in_words(before, moved):
        after = await change_published(tx, before, moved.replace(closed_at=None), PORTAL)
    else:
        after = await CALLS.change(tx, before, changed)
    changes = changes_in_words(before, after)
    if status(before, tx.now) is not status(after, tx.now):
        changes.append(f"now {status(after, tx.now).replace('_', ' ')}")
    return ("changed" if changes else "unchanged"), after, changes


async def close_call(tx: Transaction, before: Call, after: Call) -> Call:
    """Store a call as closed, and publish that it closed if it was open before."""
    if after.cut_offs != before.cut_offs:
        entry = await history.record(tx, before.id, before.cut_offs, after.cut_offs, PORTAL, "")
        after = after.replace(history=entry.hash)
    closed = after.replace(closed_at=before.closed_at or tx.now, milestone_at=None)
    stored = await CALLS.change(tx, before, closed)
    if status(before, tx.now) is not Status.CLOSED:
        tx.publish(CallClosed(call_id=stored.id, call=call_facts(stored)))
    return stored
