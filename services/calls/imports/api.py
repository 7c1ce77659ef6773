"""HTTP for the import of public call records."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.calls.dependencies import CurrentCaller, CurrentRuntime, ImportId
from services.calls.imports.columns import read_mapping
from services.calls.imports.outcomes import (
    Missing,
    Report,
    Row,
    batches,
    first_mentions,
    refused_rows,
    repeated_rows,
    report,
)
from services.calls.imports.reading import read_lines
from services.calls.imports.usecases import ONLY_OPERATORS, import_records
from services.calls.imports.vanished import find_missing, list_missing, named_by, note_missing
from shared.auth import Caller
from shared.fields import OneLine, Paragraphs
from shared.http.problems import refusals
from shared.imports.columns import LONGEST_MAPPING
from shared.imports.reading import MEDIA_TYPES, MOST_ROWS, FileForm, require_rows
from shared.imports.rehearsals import rehearse
from shared.imports.runs import Sent, keep_run, report_of, run_of, sent_again
from shared.service import Runtime

router = APIRouter(tags=["Import"])

BATCH = 50  # records of one transaction


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
    response: Response,
    dry_run: Annotated[bool, Query(description="Store nothing; return what an import would do")] = False,
    columns: Annotated[
        str | None,
        Paragraphs(LONGEST_MAPPING),
        Query(description='Our names of foreign columns, as JSON: {"Titre": "title"}'),
    ] = None,
    name: Annotated[str, OneLine(200), Query(description="Name of the file, for the list of imports")] = "",
) -> Report:
    """Import a file: records of the EU portal (JSON lines or an array), or rows of the Horizon Europe list (CSV).

    Only operators import. The format follows from the content; the charset of the media type counts. A row that
    cannot be read is reported and the rest goes on. If a file describes a call twice, the first row counts and a
    different later row is refused. The report is kept for a week at the address in `Location`.
    """
    caller.require_operator(ONLY_OPERATORS)
    sent = Sent(await request.body(), request.headers.get("content-type", ""), columns, name)
    return await import_sent(runtime, sent, caller, response, dry_run=dry_run)


@router.post(
    "/calls/import/{id}/store",
    operation_id="store_import",
    summary="Import the file of a dry run",
    responses=refusals(
        {403: "The caller is not an operator", 404: "Dry run not found, or older than a week", 422: "Not a dry run"}
    ),
)
async def store_import(id: ImportId, runtime: CurrentRuntime, caller: CurrentCaller, response: Response) -> Report:
    """Import the file of a dry run, without sending it again; operators only."""
    caller.require_operator(ONLY_OPERATORS)
    sent = await sent_again(runtime.db, await run_of(runtime.db, id))
    return await import_sent(runtime, sent, caller, response, dry_run=False)


async def import_sent(runtime: Runtime, sent: Sent, caller: Caller, response: Response, *, dry_run: bool) -> Report:
    """Import or rehearse a file, keep the report, and state its address."""
    found = await report_on(
        runtime, sent.body, FileForm.of(sent.content_type, read_mapping(sent.columns)), dry_run=dry_run
    )
    run = await keep_run(runtime.db, found, sent, caller.id)
    response.headers["Location"] = f"/calls/import/{run.id}"
    return found


async def report_on(runtime: Runtime, body: bytes, form: FileForm, *, dry_run: bool) -> Report:
    """Import or rehearse a file and return its report."""
    lines = await asyncio.to_thread(read_lines, body, form, MOST_ROWS + 1)
    require_rows(len(lines))
    records, repeats = first_mentions(lines)
    rows: list[Row] = []
    for batch in batches(records, BATCH):
        if dry_run:
            rows += await rehearse(runtime.db, import_records, batch)
        else:
            rows += await runtime.db.transact(import_records, batch)
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
    caller.require_operator(ONLY_OPERATORS)
    return await runtime.db.transact(list_missing)


@router.get(
    "/calls/import/{id}",
    operation_id="read_import",
    summary="Read the report of an import",
    responses=refusals({403: "The caller is not an operator", 404: "Import not found, or older than a week"}),
)
async def read_import(id: ImportId, runtime: CurrentRuntime, caller: CurrentCaller) -> Report:
    """Return the report of an import or of a dry run; operators only."""
    caller.require_operator(ONLY_OPERATORS)
    return Report.model_validate_json(await report_of(runtime.db, await run_of(runtime.db, id)))
