"""HTTP for the member organisations of an organisation."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.profiles.dependencies import (
    UPLOADS,
    AffiliateId,
    CurrentCaller,
    CurrentRuntime,
    ImportId,
    OptionalCaller,
    OrganisationId,
)
from services.profiles.organisations.affiliates import usecases
from services.profiles.organisations.affiliates.domain import (
    Affiliate,
    AffiliateBody,
    AffiliatesReport,
)
from services.profiles.organisations.affiliates.reading import COLUMNS, read_lines
from services.profiles.organisations.people.usecases import administered
from shared.auth import Caller
from shared.fields import OneLine, Paragraphs
from shared.http.paging import Page, Paging
from shared.http.preconditions import IdempotencyKey, IfMatch, created, etag
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.imports.columns import LONGEST_MAPPING
from shared.imports.outcomes import counts_of
from shared.imports.reading import MEDIA_TYPES, MOST_ROWS, FileForm, require_rows
from shared.imports.rehearsals import rehearse
from shared.imports.runs import Sent, keep_run, report_of, run_of, sent_again
from shared.service import Runtime

router = APIRouter(tags=["Organisations"])
NOT_YOURS = "Organisation not found, or the caller is not one of its administrators"
UNMET = "The profile is in review, rejected or merged, or would not meet the checklist"
TOO_LONG = f"{UNMET}, or the list would be too long"
CHANGED_SINCE = "The member organisation has changed since you read it"
BINARY = {"schema": {"type": "string", "format": "binary"}}
FILE = {"content": dict.fromkeys(MEDIA_TYPES, BINARY), "required": True}


@router.get(
    "/organisations/{id}/affiliates",
    operation_id="list_affiliates",
    summary="List the member organisations of an organisation",
    responses=refusals({404: "Organisation not found, or not public", 422: "The cursor is not valid"}),
)
async def list_affiliates(
    id: OrganisationId, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[Paging, Query()]
) -> Page[Affiliate]:
    """Return the member organisations by name; its editors and operators also see those that are not public."""
    return await usecases.affiliates(runtime.db, id, caller, q)


@router.post(
    "/organisations/{id}/affiliates",
    status_code=201,
    operation_id="add_affiliate",
    summary="Add a member organisation",
    responses=refusals({404: NOT_YOURS, 409: f"{UNMET}, or the list is full or has this name"}),
)
async def add_affiliate(
    id: OrganisationId,
    body: AffiliateBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    key: IdempotencyKey = None,
) -> Affiliate:
    """Add a member organisation. As soon as there is a list, the numbers of members in the profile follow it."""
    made = await idempotent(runtime.db, key, caller.id, Affiliate, usecases.add_affiliate, id, body, caller)
    created(response, f"/organisations/{id}/affiliates/{made.id}", made.version)
    return made


@router.put(
    "/organisations/{id}/affiliates/{affiliate_id}",
    operation_id="change_affiliate",
    summary="Change a member organisation",
    responses=refusals({404: NOT_YOURS, 409: UNMET, 412: CHANGED_SINCE, 428: "If-Match is missing"}),
)
async def change_affiliate(
    id: OrganisationId,
    affiliate_id: AffiliateId,
    body: AffiliateBody,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    version: IfMatch,
    response: Response,
) -> Affiliate:
    """Replace a member organisation."""
    after = await runtime.db.transact(usecases.change_affiliate, id, affiliate_id, body, caller, version)
    etag(response, after.version)
    return after


@router.delete(
    "/organisations/{id}/affiliates/{affiliate_id}",
    status_code=204,
    operation_id="remove_affiliate",
    summary="Remove a member organisation",
    responses=refusals({404: NOT_YOURS, 409: UNMET}),
)
async def remove_affiliate(
    id: OrganisationId, affiliate_id: AffiliateId, runtime: CurrentRuntime, caller: CurrentCaller
) -> None:
    """Remove a member organisation from the list."""
    await runtime.db.transact(usecases.remove_affiliate, id, affiliate_id, caller)


@router.post(
    "/organisations/{id}/affiliates/import",
    operation_id="import_affiliates",
    summary="Import member organisations from a list",
    responses=refusals(
        {
            404: NOT_YOURS,
            409: TOO_LONG,
            413: "The body is larger than 16 MiB",
            422: "The file has another format, no row or more than 5,000, or a column is missing",
        }
    ),
    openapi_extra={"requestBody": FILE},
    dependencies=UPLOADS,
)
async def import_file(
    id: OrganisationId,
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
    dry_run: Annotated[bool, Query(description="Store nothing; return what an import would do")] = False,
    columns: Annotated[
        str | None,
        Paragraphs(LONGEST_MAPPING),
        Query(description='Our names of foreign columns, as JSON: {"Nom": "name"}'),
    ] = None,
    name: Annotated[str, OneLine(200), Query(description="Name of the file, for the list of imports")] = "",
) -> AffiliatesReport:
    """Import a list with the columns name and kind (sme, large, research, other), and country, city, website, public.

    A row with the key or the name of an earlier one changes it; member organisations that the file lacks stay. All
    rows that can be read are stored together, or none. The report is kept for a week at the address in `Location`;
    of your imports, the last ten are kept.
    """
    await administered(runtime.db, id, caller)
    sent = Sent(await request.body(), request.headers.get("content-type", ""), columns, name)
    return await import_sent(runtime, id, sent, caller, response, dry_run=dry_run)


@router.post(
    "/organisations/{id}/affiliates/import/{import_id}/store",
    operation_id="store_import_of_affiliates",
    summary="Import a list after its dry run",
    responses=refusals({404: f"{NOT_YOURS}; or dry run not found", 409: TOO_LONG, 422: "Not a dry run"}),
    dependencies=UPLOADS,
)
async def store_import(
    id: OrganisationId, import_id: ImportId, runtime: CurrentRuntime, caller: CurrentCaller, response: Response
) -> AffiliatesReport:
    """Import the file of a dry run, without sending it again."""
    await administered(runtime.db, id, caller)
    sent = await sent_again(runtime.db, await run_of(runtime.db, import_id, id))
    return await import_sent(runtime, id, sent, caller, response, dry_run=False)


@router.get(
    "/organisations/{id}/affiliates/import/{import_id}",
    operation_id="read_import_of_affiliates",
    summary="Read the report of an imported list",
    responses=refusals({404: f"{NOT_YOURS}; or import not found"}),
)
async def read_import(
    id: OrganisationId, import_id: ImportId, runtime: CurrentRuntime, caller: CurrentCaller
) -> AffiliatesReport:
    """Return the report of an import or of a dry run."""
    await administered(runtime.db, id, caller)
    run = await run_of(runtime.db, import_id, id)
    return AffiliatesReport.model_validate_json(await report_of(runtime.db, run))


async def import_sent(
    runtime: Runtime, id: str, sent: Sent, caller: Caller, response: Response, *, dry_run: bool
) -> AffiliatesReport:
    """Import or rehearse a file, keep the report, and state its address."""
    form = FileForm.of(sent.content_type, COLUMNS.read_mapping(sent.columns))
    lines = await asyncio.to_thread(read_lines, sent.body, form, MOST_ROWS + 1)
    require_rows(len(lines))
    if dry_run:
        rows = await rehearse(runtime.db, usecases.import_affiliates, id, lines, caller)
    else:
        rows = await runtime.db.transact(usecases.import_affiliates, id, lines, caller)
    found = AffiliatesReport(dry_run=dry_run, counts=counts_of(rows), rows=rows)
    run = await keep_run(runtime.db, found, sent, caller.id, id)
    response.headers["Location"] = f"/organisations/{id}/affiliates/import/{run.id}"
    return found
