"""HTTP for the import of public call records."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.imports.reading import read_lines
from services.calls.imports.record import Record
from services.calls.imports.usecases import Row, import_records
from shared.errors import Invalid, NotAllowed
from shared.http.problems import refusals
from shared.ids import Id, new_id

router = APIRouter(tags=["Import"])

MOST_ROWS = 1000  # of one request
MOST_BYTES = 4 * 1024 * 1024  # of one request
BATCH = 50  # records of one transaction


class Report(BaseModel):
    """Outcome of an import."""

    rows: list[Row] = Field(description="One for each line that is not empty, in order")


@router.post(
    "/calls/import",
    operation_id="import_calls",
    summary="Import calls from a public source",
    responses=refusals(
        {
            403: "The caller is not an operator",
            413: "The body is larger than 4 MiB",
            422: "The body has no record or more than 1,000, or the header of the list is another one",
        }
    ),
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
    first_line: Annotated[
        int, Query(ge=1, le=10_000_000, description="Number of the first line sent, if a file is sent in parts")
    ] = 1,
    import_id: Annotated[Id | None, Query(description="The same for all requests that send parts of one file")] = None,
) -> Report:
    """Import records of the EU portal (JSON lines), or rows of the Horizon Europe list (text/csv, with its header).

    Only operators import, at most 1,000 records in a request. A line that cannot be read is reported and the rest
    goes on. If a file describes a call twice, the first line counts and a different later line is refused.
    """
    if not caller.operator:
        raise NotAllowed("Only operators can import calls.")
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    read = await asyncio.to_thread(read_lines, media_type, await request.body(), MOST_ROWS + 1)
    lines = [(first_line + number - 1, line) for number, line in read]
    if not 0 < len(lines) <= MOST_ROWS:
        raise Invalid(f"Send between 1 and {MOST_ROWS} records.", field="body")
    rows = [Row(line=number, outcome="refused", reason=line) for number, line in lines if isinstance(line, str)]
    records = [(number, line) for number, line in lines if isinstance(line, Record)]
    one_import = import_id or new_id()
    for start in range(0, len(records), BATCH):
        rows += await runtime.db.transact(import_records, records[start : start + BATCH], one_import)
    return Report(rows=sorted(rows, key=lambda row: row.line))
