"""Calls that vanish from their source: an import notes them, and operators see them. No call is changed by it."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage, status
from services.calls.catalogue.store import CALLS
from services.calls.imports.outcomes import Missing
from services.calls.imports.reading import Line
from services.calls.imports.record import Record
from services.calls.imports.store import RECORDS
from shared.ids import stable_id
from shared.mongo import Query, Reader, Transaction

MOST = 1000  # calls that are shown at once
MOST_RECORDS = 20_000
FIELDS = ["call_id", "record.source", "record.id", "seen_at", "missing_since"]


def named_by(lines: Sequence[Line]) -> Mapping[str, set[str]]:
    """Return the sources of a file, each with the ids that the file names, in refused rows, too."""
    records = [what for _, what in lines if isinstance(what, Record)]
    refused = {what.topic.upper() for _, what in lines if not isinstance(what, Record) and what.topic}
    return {
        source: refused | {record.key for record in records if record.source == source}
        for source in sorted({record.source for record in records})
    }


async def note_missing(tx: Transaction, named: Mapping[str, set[str]]) -> list[Missing]:
    """Note since when calls are missing that their source named before and no longer names, and return them."""
    missing = await find_missing(tx, named)
    ids = [stable_id(gone.source, gone.topic.upper()) for gone in missing]
    await RECORDS.update(tx, {"_id": {"$in": ids}, "missing_since": None}, {"$set": {"missing_since": tx.now}})
    return missing


async def find_missing(tx: Transaction, named: Mapping[str, set[str]]) -> list[Missing]:
    """Return the calls that their source named before and no longer names."""
    missing: list[Missing] = []
    for source, keys in named.items():
        ids = [stable_id(source, key) for key in keys]
        rows = await _records(tx, {"record.source": source, "_id": {"$not": {"$in": ids}}})
        # The row of a cascade call that was refused names the topic only.
        gone = [row for row in rows if row["record"]["id"].upper().split(":")[0] not in keys]
        missing += await _with_calls(tx, gone)
    return missing


async def list_missing(tx: Transaction) -> list[Missing]:
    """Return the calls that the newest import of their source did not have, those first that are missing longest."""
    missing = await _with_calls(tx, await _records(tx, {"missing_since": {"$type": "date"}}))
    return sorted(missing, key=lambda gone: (gone.missing_since, gone.topic))


async def _records(reader: Reader, query: Query) -> list[dict[str, Any]]:
    return await RECORDS.rows(reader, query, FIELDS, limit=MOST_RECORDS)


async def _with_calls(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> list[Missing]:
    """Return records whose calls are neither closed nor withdrawn."""
    ids = [row["call_id"] for row in rows]
    ahead = {"stage": Stage.PUBLISHED, "closed_at": None, "closes_at": {"$gt": tx.now}}
    calls = {call.id: call for call in await CALLS.find(tx, {"_id": {"$in": ids}, **ahead}, limit=MOST)}
    return [_missing(tx, row, calls[row["call_id"]]) for row in rows if row["call_id"] in calls]


def _missing(tx: Transaction, row: Mapping[str, Any], call: Call) -> Missing:
    return Missing(
        id=call.id,
        topic=row["record"]["id"],
        title=call.title,
        status=status(call, tx.now),
        source=row["record"]["source"],
        seen_at=row.get("seen_at"),
        missing_since=row.get("missing_since") or tx.now,
    )
