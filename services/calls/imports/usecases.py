"""Import: real call records in, idempotent by source and id; a bad row is reported and the rest goes on."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from services.calls.catalogue.access import call_facts
from services.calls.catalogue.changes import changes_in_words
from services.calls.catalogue.deadlines.store import CHANGES, DeadlineChange, record
from services.calls.catalogue.domain import Call, CallContent, Conflict, Source
from services.calls.catalogue.status import Stage, Status, status
from services.calls.catalogue.store import CALLS
from services.calls.catalogue.usecases import change_published
from services.calls.imports.reconcile import Reconciled, reconcile, with_past
from services.calls.imports.record import PORTAL, Record
from services.calls.imports.store import RECORDS, SourceRecord, records_of
from shared.contracts.calls import CallClosed, CallPublished
from shared.ids import stable_id
from shared.mongo import Transaction


class Row(BaseModel):
    """What became of one line: created, changed, confirmed (by another source), unchanged, or refused."""

    line: int
    outcome: str
    id: str | None = None
    title: str | None = None
    status: str | None = None
    ecosystems: list[str] = []
    changes: list[str] = []
    conflicts: list[Conflict] = []
    reason: str | None = None


async def import_records(tx: Transaction, read: Sequence[tuple[int, Record]], import_id: str) -> list[Row]:
    """New calls are published, changed ones announced with what changed, the rest left alone."""
    ids = [call_id(one) for _, one in read]
    calls = {call.id: call for call in await CALLS.find(tx, {"_id": {"$in": ids}}, limit=len(ids))}
    known = await records_of(tx, ids)
    new: dict[str, Call] = {}
    rows: list[Row] = []
    for line, one in read:
        id, records = call_id(one), known.setdefault(call_id(one), {})
        kept = records.get(one.source)
        same = kept is not None and kept.content == one.content
        if kept and kept.import_id == import_id and not same:
            rows.append(Row(line=line, outcome="refused", reason=f"line {kept.line} says otherwise of the same call"))
            continue
        records[one.source] = said_in(import_id, line, one, kept)
        said = reconcile([record.record for record in records.values()], tx.now)
        outcome, call = "unchanged", calls.get(id)
        told: list[str] = []
        if call is None:
            outcome, call = "created", new_call(tx, id, one, said)
            new[id] = call
        elif not same:
            outcome, call, told = await update(tx, call, said)
        calls[id] = call
        seen = {"title": call.title, "status": status(call, tx.now), "ecosystems": call.ecosystems}
        rows.append(Row(line=line, outcome=outcome, id=id, changes=told, conflicts=call.conflicts, **seen))
    await store(tx, [*new.values()], [known[call_id(one)][one.source] for _, one in read])
    return rows


def said_in(import_id: str, line: int, one: Record, kept: SourceRecord | None) -> SourceRecord:
    """What is kept of a record; said twice in one import, of the first time."""
    if kept and kept.import_id == import_id:
        return kept
    id = stable_id(one.source, one.id)
    return SourceRecord(id=id, call_id=call_id(one), content=one.content, record=one, import_id=import_id, line=line)


def call_id(one: Record) -> str:
    """Records of any source with the same id are about the same call."""
    return stable_id(PORTAL, one.id)


async def store(tx: Transaction, new: Sequence[Call], records: Sequence[SourceRecord]) -> None:
    """In batches: the calls that are new, how their deadlines' history begins, and what the sources said."""
    await CALLS.insert(tx, *new)
    await CHANGES.insert(tx, *[first_change(call, tx) for call in new])
    rows = [record.to_mongo() for record in records]
    await RECORDS.update_each(tx, [({"_id": row.pop("_id")}, {"$set": row}) for row in rows], upsert=True)


def first_change(call: Call, tx: Transaction) -> DeadlineChange:
    return DeadlineChange.next(None, call.id, at=tx.now, by=PORTAL, before=[], after=call.cut_offs, reason="imported")


def new_call(tx: Transaction, id: str, one: Record, said: Reconciled) -> Call:
    """Published as it stands; one that is past its deadline is closed, and no news."""
    over = said.closed or said.cut_offs[-1].deadline <= tx.now
    draft = Call.draft(id, CallContent.model_validate(said.content), said.cut_offs, tx.now, PORTAL).replace(
        source=Source(name=PORTAL, id=one.id), provenance=said.provenance, conflicts=said.conflicts
    )
    call = draft.published(tx.now, first_change(draft, tx).hash)
    if over:
        call = call.replace(opens_at=draft.opens_at, closed_at=tx.now, milestone_at=None)
    if not over:
        tx.publish(CallPublished(call_id=id, call=call_facts(call)))
    return call


async def update(tx: Transaction, before: Call, said: Reconciled) -> tuple[str, Call, list[str]]:
    """A changed record. What we withdrew stays withdrawn; what is over is closed, and said to be once."""
    if before.stage is Stage.WITHDRAWN:
        return "unchanged", before, []
    cut_offs = with_past(before.cut_offs, said.cut_offs, said.content["model"], tx.now)
    content = CallContent.model_validate(complete(before, said.content, tx))
    stated = before.with_content(content).replace(provenance=said.provenance, conflicts=said.conflicts)
    changed = stated.with_cut_offs(cut_offs, tx.now)
    if said.closed or cut_offs[-1].deadline <= tx.now:
        after = await close(tx, before, changed)
    elif changes_in_words(before, changed) or before.closed_at:
        after = await change_published(tx, before, changed.replace(closed_at=None), PORTAL)
    else:
        after = await CALLS.change(tx, before, stated)
    told = changes_in_words(before, after)
    if status(before, tx.now) is not status(after, tx.now):
        told.append(f"now {status(after, tx.now).replace('_', ' ')}")
    return ("changed" if told else "confirmed"), after, told


def complete(before: Call, content: dict[str, Any], tx: Transaction) -> dict[str, Any]:
    """A record says what a call is about; what only people say of it (documents, eligibility ...) stays."""
    fields = {name: getattr(before, name) for name in ("organisation_id", "eligibility", "mission", "documents")}
    bare = {"summary": "", "description": "", "programme": "", "countries": [], "ecosystems": [], "keywords": []}
    values = {**bare, "link": "", "budget": None, **fields, **content}
    if values["opens_at"] is None and not values["forthcoming"]:
        began = before.opens_at if before.opens_at and before.opens_at <= tx.now else tx.now
        values["opens_at"] = began
    return values


async def close(tx: Transaction, before: Call, changed: Call) -> Call:
    """Quietly, if it was closed already."""
    was_closed = status(before, tx.now) is Status.CLOSED
    if changed.cut_offs != before.cut_offs:
        entry = await record(tx, before.id, before.cut_offs, changed.cut_offs, PORTAL, "")
        changed = changed.replace(history=entry.hash)
    closed = changed.replace(closed_at=before.closed_at or tx.now, milestone_at=None)
    after = await CALLS.change(tx, before, closed)
    if not was_closed:
        tx.publish(CallClosed(call_id=after.id, call=call_facts(after)))
    return after
