"""Exports: every match as CSV (RFC 4180) or JSON, written while it is read, a batch in memory at a time."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.calls.catalogue.api import CallView
from services.calls.gatherings.api import GatheringView

T = TypeVar("T", bound=BaseModel)
Batches = AsyncIterator[Sequence[T]]
Columns = Mapping[str, Callable[[T], Any]]
BATCH = 100
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet takes for one

CALLS: Columns[CallView] = {
    "id": lambda it: it.id,
    "title": lambda it: it.title,
    "kind": lambda it: it.kind,
    "status": lambda it: it.status,
    "opens_at": lambda it: it.opens_at,
    "deadline": lambda it: it.deadline,
    "timezone": lambda it: it.timezone,
    "cut_offs": lambda it: [cut_off.deadline for cut_off in it.cut_offs],
    "organisation": lambda it: it.organisation_name,
    "programme": lambda it: it.programme,
    "countries": lambda it: it.countries,
    "ecosystems": lambda it: it.ecosystems,
    "keywords": lambda it: it.keywords,
    "budget_total_euros": lambda it: it.budget and it.budget.total,
    "link": lambda it: it.link,
    "summary": lambda it: it.summary,
}
GATHERINGS: Columns[GatheringView] = {
    "id": lambda it: it.id,
    "title": lambda it: it.title,
    "stage": lambda it: it.stage,
    "mode": lambda it: it.mode,
    "where": lambda it: it.where,
    "starts_at": lambda it: it.starts_at,
    "ends_at": lambda it: it.ends_at,
    "timezone": lambda it: it.timezone,
    "organisation": lambda it: it.organisation_name,
    "countries": lambda it: it.countries,
    "ecosystems": lambda it: it.ecosystems,
    "keywords": lambda it: it.keywords,
    "capacity": lambda it: it.admission and it.admission.capacity,
    "link": lambda it: it.link,
    "summary": lambda it: it.summary,
}


def as_csv(name: str, batches: Batches[T], columns: Columns[T]) -> StreamingResponse:
    """With a header. A text that a spreadsheet would take for a formula gets an apostrophe before it."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(_lines(batches, columns), media_type="text/csv; header=present", headers=headers)


async def _lines(batches: Batches[T], columns: Columns[T]) -> AsyncIterator[bytes]:
    yield _written([[*columns]])
    async for batch in batches:
        yield _written([[cell(column(it)) for column in columns.values()] for it in batch])


def _written(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode()


def cell(value: Any) -> Any:
    """What a cell says; lists with semicolons between."""
    if isinstance(value, list):
        value = "; ".join(str(cell(one)) for one in value)
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def as_json(name: str, batches: Batches[T]) -> StreamingResponse:
    """One array of what the list shows."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.json"'}
    return StreamingResponse(_array(batches), media_type="application/json", headers=headers)


async def _array(batches: Batches[T]) -> AsyncIterator[bytes]:
    """Half of it can never be taken for the whole: the bracket at the end is missing then."""
    between = "["
    async for batch in batches:
        for it in batch:
            yield f"{between}{json.dumps(it.model_dump(mode='json'), ensure_ascii=False)}".encode()
            between = ",\n"
    yield ("[]" if between == "[" else "]\n").encode()
