"""HTTP for the import of public call records."""

import asyncio
from email.message import Message
from typing import Annotated

from fastapi import APIRouter, Query, Request

from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.imports.columns import LONGEST_MAPPING, read_mapping
from services.calls.imports.outcomes import (
    Missing,
    Numbered,
    Report,
    Row,
    batches,
    first_mentions,
    refused_rows,
    repeated_rows,
    report,
)
from services.calls.imports.reading import FileForm, read_lines
from services.calls.imports.usecases import Rehearsed, import_records, rehearse_records
from services.calls.imports.vanished import find_missing, list_missing, named_by, note_missing
from shared.auth import Caller
from shared.errors import Invalid, NotAllowed
from shared.fields import Paragraphs
from shared.http.problems import refusals
from shared.service import Runtime

router = APIRouter(tags=["Import"])

MOST_ROWS = 5000  # of one file
MOST_BYTES = 16 * 1024 * 1024  # of one file
BATCH = 50  # records of one transaction
MEDIA_TYPES = ("application/x-ndjson", "application/json", "text/csv", "text/tab-separated-values")


@router.post(
    "/calls/import",
    operation_id="import_calls",
    summary="Import calls from a public source",
    responses=refusals(
        {
            403: "The caller is not an operator",
            413: "The body is larger than 16 MiB",
            422: "The file has another format, no row or more than 5,000, or a column is missing",
        }
    ),
    openapi_extra={
        "requestBody": {
            "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES},
            "required": True,
        }
    },
)
async def import_file(
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    dry_run: Annotated[bool, Query(description="Store nothing; return what an import would do")] = False,
    columns: Annotated[
        str | None,
        Paragraphs(LONGEST_MAPPING),
        Query(description='Our names of foreign columns, as JSON: {"Titre": "title"}'),
    ] = None,
) -> Report:
    """Import a file: records of the EU portal (JSON lines or an array), or rows of the Horizon Europe list (CSV).

    Only operators import. The format follows from the content; the charset of the media type counts. A row that
    cannot be read is reported and the rest goes on. If a file describes a call twice, the first row counts and a
    different later row is refused.
    """
    _operators_only(caller)
    lines = await asyncio.to_thread(read_lines, await request.body(), form_of(request, columns), MOST_ROWS + 1)
    if not 0 < len(lines) <= MOST_ROWS:
        raise Invalid(f"Send between 1 and {MOST_ROWS:,} rows.", field="body")
    records, repeats = first_mentions(lines)
    rows: list[Row] = []
    for batch in batches(records, BATCH):
        rows += await (rehearse if dry_run else store)(runtime, batch)
    missing = await runtime.db.transact(find_missing if dry_run else note_missing, named_by(lines))
    return report([*rows, *repeated_rows(repeats, rows), *refused_rows(lines)], missing, dry_run=dry_run)


@router.get(
    "/calls/import/missing",
    operation_id="list_missing_calls",
    summary="List calls that vanished from their source",
    responses=refusals({403: "The caller is not an operator"}),
)
async def missing_calls(runtime: CurrentRuntime, caller: CurrentCaller) -> list[Missing]:
    """Return up to 1,000 calls, not closed yet, that the newest import of their source did not have.

    Only operators see them. Nothing happens to such a call by itself: an operator withdraws it, or its source names
    it again.
    """
    _operators_only(caller)
    return await runtime.db.transact(list_missing)


def _operators_only(caller: Caller) -> None:
    if not caller.operator:
        raise NotAllowed("Only operators can import calls.")


def form_of(request: Request, columns: str | None) -> FileForm:
    """Return what the request says about the file."""
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    return FileForm(header.get_content_type(), header.get_content_charset(), read_mapping(columns))


async def store(runtime: Runtime, batch: list[Numbered]) -> list[Row]:
    """Import records and return their rows."""
    return await runtime.db.transact(import_records, batch)


async def rehearse(runtime: Runtime, batch: list[Numbered]) -> list[Row]:
    """Return the rows of records as an import would return them."""
    try:
        return await runtime.db.transact(rehearse_records, batch)
    except Rehearsed as rehearsed:
        return rehearsed.rows
