"""The newest record of each source about each call."""

from collections.abc import Sequence
from datetime import datetime

from services.calls.imports.record import Record
from shared.models import Document
from shared.mongo import Collection, Reader, index


class SourceRecord(Document):
    """The newest record of one source about a call; a call follows from its records of all sources."""

    call_id: str
    content: str
    record: Record
    seen_at: datetime | None = None  # when the newest import had the record; null: before this was stored
    missing_since: datetime | None = None  # when an import of its source first lacked it


RECORDS = Collection(
    "source_records", SourceRecord, [index("call_id", "_id"), index("record.source", "_id"), index("missing_since")]
)


async def records_of(reader: Reader, ids: Sequence[str]) -> dict[str, dict[str, SourceRecord]]:
    """Return the records of these calls, by call id and source."""
    by_call: dict[str, dict[str, SourceRecord]] = {}
    order = [("call_id", 1), ("_id", 1)]  # that of the index
    for record in await RECORDS.find(reader, {"call_id": {"$in": ids}}, sort=order, limit=10 * len(ids)):
        by_call.setdefault(record.call_id, {})[record.record.source] = record
    return by_call
