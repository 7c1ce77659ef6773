"""Evidence files: the applicant uploads them to an application before the lines of a claim name them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.calls.dependencies import UPLOADS, ApplicationId, CurrentCaller, CurrentRuntime
from services.calls.selection.applications.access import acts_for, own_application
from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.events import application_path
from services.calls.selection.applications.states import Step, next_state
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.claims import domain
from services.calls.selection.claims.access import may_check
from services.calls.selection.claims.domain import Claim, ClaimStep
from services.calls.selection.claims.store import CLAIMS
from shared.auth import Caller
from shared.errors import NotFound, not_found
from shared.files.domain import FileName, StoredFile, check_room, find
from shared.files.serving import DOWNLOADED, UPLOADED, FileView, Hash, download, receive
from shared.files.store import attach_upload, drop, is_whole, keep
from shared.http.problems import refusals
from shared.mongo import Database, Reader, Transaction
from shared.sentences import _

router = APIRouter(tags=["Claims"])
NOT_OWN = "Application not found, or of an organisation that you cannot act for"
NOT_CHANGEABLE = "The application is not selected, or its claim was not returned for correction"


async def application_for_evidence(
    reader: Reader, application_id: str, caller: Caller
) -> tuple[Application, Claim | None]:
    """Return a selected application whose evidence may change: it has no claim, or the claim was returned.

    Raises NotFound, ApplicationStepNotAllowed, ClaimStepNotAllowed.
    """
    application = await own_application(reader, application_id, caller)
    next_state(application.state, Step.CLAIM)
    claim = await CLAIMS.get(reader, application.claim_id) if application.claim_id else None
    if claim:
        domain.next_state(claim.state, ClaimStep.CORRECT)
    return application, claim


async def add_evidence(tx: Transaction, file: StoredFile, application_id: str, caller: Caller) -> StoredFile:
    """Add a file and return it; if a file with the same content is there, return that one. Raises TooManyFiles."""
    application, _ = await application_for_evidence(tx, application_id, caller)
    if same := find(application.evidence, file.sha256):
        return same
    check_room(application.evidence)
    await keep(tx, file)
    await APPLICATIONS.change(tx, application, application.replace(evidence=[*application.evidence, file]))
    return file


async def delete_evidence(tx: Transaction, application_id: str, sha256: str, caller: Caller) -> None:
    """Delete a file with its content. Raises NotFound, FileInUse."""
    application, claim = await application_for_evidence(tx, application_id, caller)
    file = find(application.evidence, sha256)
    if file is None:
        raise NotFound(_("File not found."))
    if claim and claim.names(file):
        raise domain.FileInUse(
            _("Lines of the claim name this file. Correct the claim; files that no line names are then deleted."),
            field="sha256",
        )
    await drop(tx, [file])
    others = [other for other in application.evidence if other is not file]
    await APPLICATIONS.change(tx, application, application.replace(evidence=others))


async def readable_evidence(reader: Reader, application_id: str, sha256: str, caller: Caller) -> StoredFile:
    """Return a file that the caller may read. Raises NotFound, also if the file exists but is not for the caller."""
    application = await APPLICATIONS.get(reader, application_id)
    file = find(application.evidence, sha256) if application else None
    if application is None or file is None or not await may_read(reader, application, file, caller):
        raise not_found(file, _("File not found."))
    return file


async def may_read(reader: Reader, application: Application, file: StoredFile, caller: Caller) -> bool:
    """Return whether the caller acts for the applicant, or checks a claim that names the file."""
    if await acts_for(reader, application.organisation_id, caller):
        return True
    claim = await CLAIMS.get(reader, application.claim_id) if application.claim_id else None
    return claim is not None and claim.names(file) and await may_check(reader, claim, caller)


async def first_defect(db: Database, claim: Claim) -> str:
    """Return the first line whose file was replaced or lost, as a sentence; empty if all files are intact."""
    application = await APPLICATIONS.get(db, claim.application_id)
    verified: set[str] = set()
    for number, line in enumerate(claim.lines, 1):
        sha256 = line.evidence.sha256
        if line.evidence.link or sha256 in verified:
            continue
        file = find(application.evidence, sha256) if application else None
        if file is None or not await is_whole(db, file, sha256):
            return f"The evidence file of line {number} was replaced or lost after the claim."
        verified.add(sha256)
    return ""


@router.post(
    "/applications/{id}/files",
    status_code=201,
    operation_id="upload_evidence",
    dependencies=UPLOADS,
    summary="Upload an evidence file",
    responses=refusals(
        {
            404: NOT_OWN,
            408: "The file took too long to arrive",
            409: f"{NOT_CHANGEABLE}, or the application has too many files",
            415: "Files of this type are not accepted",
            422: "The file is empty or incomplete, or its name is not valid",
        }
    ),
    **UPLOADED,
)
async def upload_evidence(
    id: ApplicationId,
    name: Annotated[FileName, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
) -> FileView:
    """Send the file itself as the body, at most 10 MiB: PDF, PNG, JPEG, text, CSV, Open XML or OpenDocument.

    The lines of a claim name the file by its hash. When the claim is made or corrected, files that no line names are
    deleted.
    """
    await application_for_evidence(runtime.db, id, caller)
    received = await receive(request, runtime.db, name.name, caller.id)
    stored = await attach_upload(runtime.db, received, add_evidence, id, caller)
    view = FileView.of(stored, application_path(id))
    response.headers["Location"] = view.url
    return view


@router.get(
    "/applications/{id}/files",
    operation_id="list_evidence",
    summary="List the evidence files of an application",
    responses=refusals({404: NOT_OWN}),
)
async def list_evidence(id: ApplicationId, runtime: CurrentRuntime, caller: CurrentCaller) -> list[FileView]:
    """Return the files of an application, at most 30; for the applicant."""
    application = await own_application(runtime.db, id, caller)
    return [FileView.of(file, application_path(id)) for file in application.evidence]


@router.get(
    "/applications/{id}/files/{sha256}",
    operation_id="download_evidence",
    summary="Download an evidence file",
    response_class=Response,
    responses={**DOWNLOADED["responses"], **refusals({404: "File not found, or you may not read it"})},
)
async def download_evidence(
    id: ApplicationId, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: CurrentCaller
) -> Response:
    """Return the content of a file, for the applicant and the members who check the claim."""
    return download(request, runtime.db, await readable_evidence(runtime.db, id, sha256, caller))


@router.delete(
    "/applications/{id}/files/{sha256}",
    status_code=204,
    operation_id="delete_evidence",
    summary="Delete an evidence file",
    responses=refusals({404: "File or application not found", 409: f"{NOT_CHANGEABLE}, or a line names the file"}),
)
async def remove_evidence(id: ApplicationId, sha256: Hash, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Delete a file that no line of the claim names."""
    await runtime.db.transact(delete_evidence, id, sha256, caller)
