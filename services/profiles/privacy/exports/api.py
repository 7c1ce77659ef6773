"""HTTP for exports: ask for a copy of your data, see what it waits for, download the archive."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Response

from services.profiles.dependencies import CurrentRuntime, LoggedInCaller
from services.profiles.privacy.exports import usecases
from services.profiles.privacy.exports.domain import ExportView
from services.profiles.privacy.exports.readme import readme
from shared.http.preconditions import IdempotencyKey
from shared.http.problems import refusals
from shared.idempotency import idempotent
from shared.ids import Id, new_id
from shared.web.i18n import language

router = APIRouter(tags=["Erasures"])
ExportId = Annotated[Id, Path(description="Id of the export")]
REFUSED = {401: "The token is missing or not valid", 403: "The token is an API token"}
ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.get("/me/data", operation_id="list_own_exports", summary="Read your copies", responses=refusals(REFUSED))
async def list_own_exports(runtime: CurrentRuntime, caller: LoggedInCaller) -> list[ExportView]:
    """Return the copy of your data that you asked for, and the services that it waits for."""
    return await usecases.own_exports(runtime.db, caller)


@router.post(
    "/me/data",
    status_code=202,
    operation_id="request_own_export",
    summary="Ask for a copy of your data",
    responses=refusals(REFUSED | {404: "The account no longer exists", 409: "You asked within the last hour"}),
)
async def request_own_export(runtime: CurrentRuntime, caller: LoggedInCaller, key: IdempotencyKey = None) -> ExportView:
    """Ask every service for what it holds of you. The archive can be downloaded for seven days, then it is deleted."""
    return await idempotent(runtime.db, key, caller.id, ExportView, usecases.request_export, new_id(), caller)


@router.get(
    "/me/data/{id}/archive",
    operation_id="download_own_export",
    summary="Download the copy of your data",
    response_class=Response,
    responses=refusals(REFUSED | {404: "Archive not found, or not yours", 409: "A part is not here"}) | ARCHIVE,
)
async def download_own_export(id: ExportId, runtime: CurrentRuntime, caller: LoggedInCaller) -> Response:
    """Return a ZIP archive: a JSON file for each service, and a text in your language that explains them."""
    export, parts = await usecases.parts_of(runtime.db, id, caller)
    contents = await asyncio.to_thread(usecases.opened, export, parts)
    explained = readme(contents, export.requested_at)
    content = await asyncio.to_thread(usecases.archive, contents, explained)
    headers = {
        "Content-Disposition": 'attachment; filename="my-data.zip"',
        "Content-Language": language.get(),
        "Cache-Control": "no-store",
    }
    return Response(content, media_type="application/zip", headers=headers)
