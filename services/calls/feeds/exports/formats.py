"""CSV (RFC 4180) and JSON, written while the database is read, with one batch in memory at a time."""

import csv
import io
import json
import re
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.calls.catalogue.api import CallView
from services.calls.gatherings.api import GatheringView
from services.calls.gatherings.registrations.views import Participant

T = TypeVar("T", bound=BaseModel)
Batches = AsyncIterator[Sequence[T]]
Columns = Mapping[str, Callable[[T], Any]]
BATCH = 100
# What a spreadsheet reads as a formula where a cell begins: also after a line break, and after the characters that
# separate cells in other countries' CSV. Commas are missing, because quotation marks protect them.
FORMULA = re.compile("(^|[;\t\r\n])([ \u00a0]*)(?=[=+\\-@\t\r＝＋－＠])")

CALL_COLUMNS: Columns[CallView] = {
    "id": lambda call: call.id,
    "title": lambda call: call.title,
    "kind": lambda call: call.kind,
    "status": lambda call: call.status,
    "opens_at": lambda call: call.opens_at,
    "deadline": lambda call: call.deadline,
    "timezone": lambda call: call.timezone,
    "cut_offs": lambda call: [cut_off.deadline for cut_off in call.cut_offs],
    "organisation": lambda call: call.organisation_name,
    "programme": lambda call: call.programme,
    "countries": lambda call: call.countries,
    "ecosystems": lambda call: call.ecosystems,
    "keywords": lambda call: call.keywords,
    "budget_total_euros": lambda call: call.budget and call.budget.total,
    "link": lambda call: call.link,
    "summary": lambda call: call.summary,
}
GATHERING_COLUMNS: Columns[GatheringView] = {
    "id": lambda gathering: gathering.id,
    "title": lambda gathering: gathering.title,
    "stage": lambda gathering: gathering.stage,
    "mode": lambda gathering: gathering.mode,
    "where": lambda gathering: gathering.where,
    "starts_at": lambda gathering: gathering.starts_at,
    "ends_at": lambda gathering: gathering.ends_at,
    "timezone": lambda gathering: gathering.timezone,
    "organisation": lambda gathering: gathering.organisation_name,
    "countries": lambda gathering: gathering.countries,
    "ecosystems": lambda gathering: gathering.ecosystems,
    "keywords": lambda gathering: gathering.keywords,
    "capacity": lambda gathering: gathering.admission and gathering.admission.capacity,
    "link": lambda gathering: gathering.link,
    "summary": lambda gathering: gathering.summary,
}


PARTICIPANT_COLUMNS: Columns[Participant] = {
    "name": lambda participant: participant.name,
    "organisation": lambda participant: participant.organisation_name,
    "state": lambda participant: participant.state,
    "since": lambda participant: participant.at,
    "promoted_at": lambda participant: participant.promoted_at,
    "member_id": lambda participant: participant.member_id,
}


def as_csv(name: str, batches: Batches[T], columns: Columns[T]) -> StreamingResponse:
    """Return a download of all batches as a CSV file with a header.

    It begins with a byte-order mark, without which Excel reads the file in a code page and shows wrong accents.
    """
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(_csv_parts(batches, columns), media_type="text/csv; header=present", headers=headers)


async def _csv_parts(batches: Batches[T], columns: Columns[T]) -> AsyncIterator[bytes]:
    yield BOM_UTF8 + _csv_bytes([[*columns]])
    async for batch in batches:
        yield _csv_bytes([[cell(column(view)) for column in columns.values()] for view in batch])


def _csv_bytes(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue().encode()


def cell(value: Any) -> Any:
    """Return the content of a cell.

    The items of a list are joined by semicolons. What a spreadsheet would read as a formula gets an apostrophe in
    front of it, wherever a cell can begin.
    """
    if isinstance(value, list):
        value = "; ".join(str(cell(item)) for item in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return FORMULA.sub(r"\1\2'", value) if isinstance(value, str) else value


def as_json(name: str, batches: Batches[T]) -> StreamingResponse:
    """Return a download of all batches as one JSON array."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return StreamingResponse(_json_parts(batches), media_type="application/json", headers=headers)


async def _json_parts(batches: Batches[T]) -> AsyncIterator[bytes]:
    """Yield the array item by item. If the export breaks off, the closing bracket is missing and parsers notice."""
    separator = "["
    async for batch in batches:
        for view in batch:
            yield f"{separator}{json.dumps(view.model_dump(mode='json'), ensure_ascii=False)}".encode()
            separator = ",\n"
    yield ("[]" if separator == "[" else "]\n").encode()
