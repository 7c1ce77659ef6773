"""HTTP for the import of public call records; a bad row is reported and the rest goes on."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ValidationError

from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.imports.eu_portal import read_portal
from services.calls.imports.horizon_europe import read_rows
from services.calls.imports.record import Record
from services.calls.imports.usecases import Row, import_records
from shared.errors import Invalid, NotAllowed
from shared.ids import Id, new_id

router = APIRouter()


MOST_ROWS = 1000  # of one request


MOST_BYTES = 4 * 1024 * 1024


CHUNK = 50  # of one transaction


class Report(BaseModel):
    rows: list[Row]


Read = tuple[int, Record | ValidationError | str]


@router.post(
    "/calls/import",
    openapi_extra={
        "requestBody": {
            "content": {media: {"schema": {"type": "string"}} for media in ("application/x-ndjson", "text/csv")},
            "required": True,
        }
    },
)
async def import_lines(
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    first_line: Annotated[int, Query(ge=1, le=10_000_000, description="Number of the first line sent")] = 1,
    import_id: Annotated[Id | None, Query(description="The same for all requests that send one file")] = None,
) -> Report:
    """JSON lines of the EU portal's records, or (text/csv) rows of the Horizon Europe list under their header.

    Of a file that names a call twice, what it says first counts: a later row that says otherwise is refused.
    At most 1,000 records a request. For operators.
    """
    if not caller.operator:
        raise NotAllowed("operators import calls")
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    read = [*(csv_rows if media == "text/csv" else json_lines)(await request.body())]
    if not 0 < len(read) <= MOST_ROWS:
        raise Invalid(f"send between 1 and {MOST_ROWS} records", field="body")
    rows, good = sorted_out([(first_line + line - 1, what) for line, what in read])
    one_import = import_id or new_id()
    for start in range(0, len(good), CHUNK):
        rows += await runtime.db.transact(import_records, good[start : start + CHUNK], one_import)
    return Report(rows=sorted(rows, key=lambda row: row.line))


def json_lines(body: bytes) -> Iterator[Read]:
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            try:
                yield number, read_portal(line)
            except ValidationError as error:
                yield number, error


def csv_rows(body: bytes) -> Iterator[Read]:
    """Raises Invalid where there is no header of that list."""
    try:
        yield from read_rows(body.decode("utf-8-sig", errors="replace"))
    except ValueError as error:
        raise Invalid(str(error), field="body") from error


def sorted_out(read: Sequence[Read]) -> tuple[list[Row], list[tuple[int, Record]]]:
    """The rows that cannot be read, each with its reason, and the records."""
    refused = [
        Row(line=line, outcome="refused", reason=what if isinstance(what, str) else why(what))
        for line, what in read
        if not isinstance(what, Record)
    ]
    return refused, [(line, what) for line, what in read if isinstance(what, Record)]


def why(error: ValidationError) -> str:
    first = error.errors()[0]
    return f"{'.'.join(map(str, first['loc'])) or 'line'}: {first['msg']}"
