"""What each source said of a call the last time."""

from collections.abc import Sequence

from services.calls.imports.record import Record
from shared.models import Document
from shared.mongo import Collection, Reader, index


class SourceRecord(Document):
    """What a source said of a call the last time; a call is what all its records say together."""

    call_id: str
    content: str
    record: Record
    import_id: str = ""  # the import that said it last, and in which line it was first
    line: int = 0


RECORDS = Collection("source_records", SourceRecord, [index("call_id")])


async def records_of(reader: Reader, ids: Sequence[str]) -> dict[str, dict[str, SourceRecord]]:
    found: dict[str, dict[str, SourceRecord]] = {}
    for kept in await RECORDS.find(reader, {"call_id": {"$in": ids}}, limit=10 * len(ids)):
        found.setdefault(kept.call_id, {})[kept.record.source] = kept
    return found
