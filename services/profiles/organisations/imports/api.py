"""HTTP for the import of organisations."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from services.profiles.dependencies import CurrentCaller, CurrentRuntime, ImportId
from services.profiles.organisations.imports.columns import COLUMNS
from services.profiles.organisations.imports.outcomes import (
    OrganisationsReport,
    doubles,
    first_mentions,
    repeated,
    report,
    unread,
)
from services.profiles.organisations.imports.reading import read_lines
from services.profiles.organisations.imports.store import known_ids
from services.profiles.organisations.imports.usecases import ONLY_OPERATORS, Numbered, import_rows
from shared.auth import Caller
from shared.fields import OneLine, Paragraphs
from shared.http.problems import refusals
from shared.http.security import means
from shared.ids import new_id
from shared.imports.columns import LONGEST_MAPPING
from shared.imports.outcomes import chunks
from shared.imports.reading import MEDIA_TYPES, MOST_ROWS, FileForm, require_rows
from shared.imports.rehearsals import rehearse
from shared.imports.runs import Sent, keep_run, report_of, run_of, sent_again
from shared.security import SecurityEvent
from shared.service import Runtime

router = APIRouter(tags=["Organisations"])
BATCH = 20  # organisations of one transaction
NOT_AN_OPERATOR = "The caller is not an operator"
FILE = {
    "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA_TYPES},
    "required": True,
}


@router.post(
    "/organisations/import",
    operation_id="import_organisations",
    summary="Import organisations from a list",
    responses=refusals(
        {
            403: NOT_AN_OPERATOR,
            413: "The body is larger than 16 MiB",
            422: "The file has another format, no row or more than 5,000, or a column is missing",
        }
    ),
    openapi_extra={"requestBody": FILE},
    dependencies=[Depends(means(SecurityEvent.RIGHTS_CHANGED))],
)
async def import_file(
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    source: Annotated[
        str,
        OneLine(80, fewest=2),
        Query(description="Name of the list; keys are unique in it, and a later import of it uses the same name"),
    ],
    dry_run: Annotated[bool, Query(description="Store nothing; return what an import would do")] = False,
    columns: Annotated[
        str | None,
        Paragraphs(LONGEST_MAPPING),
        Query(description='Our names of foreign columns, as JSON: {"Nom": "name"}'),
    ] = None,
    name: Annotated[str, OneLine(200), Query(description="Name of the file, for the list of imports")] = "",
) -> OrganisationsReport:
    """Import a list of organisations (CSV, JSON lines or an array) with the columns key, name, country and others.

    Only operators import. A new organisation is public at once if it meets the checklist, or if its programme waives
    it. A later import changes only what its own people did not change. A row that cannot be imported is reported and
    the rest goes on. The report is kept for a week at the address in `Location`.
    """
    caller.require_operator(ONLY_OPERATORS)
    sent = Sent(await request.body(), request.headers.get("content-type", ""), columns, name, {"source": source})
    return await import_sent(runtime, sent, caller, response, dry_run=dry_run)


@router.post(
    "/organisations/import/{id}/store",
    operation_id="store_import_of_organisations",
    summary="Import the list of a dry run",
    responses=refusals({403: NOT_AN_OPERATOR, 404: "Dry run not found, or older than a week", 422: "Not a dry run"}),
    dependencies=[Depends(means(SecurityEvent.RIGHTS_CHANGED))],
)
async def store_import(
    id: ImportId, runtime: CurrentRuntime, caller: CurrentCaller, response: Response
) -> OrganisationsReport:
    """Import the file of a dry run, without sending it again; operators only."""
    caller.require_operator(ONLY_OPERATORS)
    sent = await sent_again(runtime.db, await run_of(runtime.db, id))
    return await import_sent(runtime, sent, caller, response, dry_run=False)


@router.get(
    "/organisations/import/{id}",
    operation_id="read_import_of_organisations",
    summary="Read the report of an import of organisations",
    responses=refusals({403: NOT_AN_OPERATOR, 404: "Import not found, or older than a week"}),
)
async def read_import(id: ImportId, runtime: CurrentRuntime, caller: CurrentCaller) -> OrganisationsReport:
    """Return the report of an import or of a dry run; operators only."""
    caller.require_operator(ONLY_OPERATORS)
    return OrganisationsReport.model_validate_json(await report_of(runtime.db, await run_of(runtime.db, id)))


async def import_sent(
    runtime: Runtime, sent: Sent, caller: Caller, response: Response, *, dry_run: bool
) -> OrganisationsReport:
    """Import or rehearse a file, keep the report, and state its address."""
    form = FileForm.of(sent.content_type, COLUMNS.read_mapping(sent.columns))
    found = await report_on(runtime, sent.body, form, sent.options["source"], caller, dry_run=dry_run)
    run = await keep_run(runtime.db, found, sent, caller.id)
    response.headers["Location"] = f"/organisations/import/{run.id}"
    return found


async def report_on(
    runtime: Runtime, body: bytes, form: FileForm, source: str, caller: Caller, *, dry_run: bool
) -> OrganisationsReport:
    """Import or rehearse a file and return its report."""
    lines = await asyncio.to_thread(read_lines, body, form, MOST_ROWS + 1)
    require_rows(len(lines))
    first, repeats = first_mentions(lines)
    known = await known_ids(runtime.db, source, [row.key for _, row in first])
    double = await asyncio.to_thread(doubles, first, source, known)
    left = {row.line for row in double}
    numbered = [Numbered(line, row, new_id(), new_id()) for line, row in first if line not in left]
    rows = [*double]
    for batch in chunks(numbered, BATCH):
        if dry_run:
            rows += await rehearse(runtime.db, import_rows, batch, source, caller)
        else:
            rows += await runtime.db.transact(import_rows, batch, source, caller)
    return report([*rows, *repeated(repeats, rows), *unread(lines)], dry_run=dry_run)
