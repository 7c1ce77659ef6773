"""Evidence that is uploaded: by the applicant, to her application, before the lines of a claim name it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.calls.dependencies import CurrentCaller, CurrentRuntime
from services.calls.files.domain import FileName, StoredFile, check_room, find
from services.calls.files.serving import DOWNLOADED, UPLOADED, FileView, Hash, download, receive
from services.calls.files.store import attach_upload, drop, is_whole, keep
from services.calls.selection.applications.domain import Application, next_state
from services.calls.selection.applications.reserve import path
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.applications.usecases import acts_for, mine
from services.calls.selection.claims import domain
from services.calls.selection.claims.domain import Claim
from services.calls.selection.claims.store import CLAIMS
from services.calls.selection.claims.usecases import may_check
from shared.auth import Caller
from shared.errors import NotFound
from shared.ids import Id
from shared.mongo import Database, Reader, Transaction

router = APIRouter()


async def open_to_evidence(reader: Reader, application_id: str, caller: Caller) -> tuple[Application, Claim | None]:
    """Of a selected applicant, before the claim or while it is returned. Raises NotFound, NotNow, ClaimNotNow."""
    application = await mine(reader, application_id, caller)
    next_state(application.state, "claim")
    claim = await CLAIMS.get(reader, application.claim_id) if application.claim_id else None
    if claim:
        domain.next_state(claim.state, "correct")
    return application, claim


async def add(tx: Transaction, file: StoredFile, application_id: str, caller: Caller) -> StoredFile:
    """One more file; the same content again is the one that is there. Raises TooManyFiles."""
    application, _ = await open_to_evidence(tx, application_id, caller)
    if kept := find(application.evidence, file.sha256):
        return kept
    check_room(application.evidence)
    await keep(tx, file)
    await APPLICATIONS.change(tx, application, application.replace(evidence=[*application.evidence, file]))
    return file


async def delete(tx: Transaction, application_id: str, sha256: str, caller: Caller) -> None:
    """Its bytes go too. Raises NotFound, FileInUse."""
    application, claim = await open_to_evidence(tx, application_id, caller)
    file = find(application.evidence, sha256)
    if file is None:
        raise NotFound("there is no such file of yours")
    if claim and claim.rests_on(file):
        raise domain.FileInUse("lines of the claim name it: correct them, and it is deleted", field="sha256")
    await drop(tx, [file])
    await APPLICATIONS.change(
        tx, application, application.replace(evidence=[one for one in application.evidence if one is not file])
    )


async def readable(reader: Reader, application_id: str, sha256: str, caller: Caller) -> StoredFile:
    """To everybody else the answer is the same as if there were none. Raises NotFound."""
    application = await APPLICATIONS.get(reader, application_id)
    file = find(application.evidence, sha256) if application else None
    if application is None or file is None or not await may_read(reader, application, file, caller):
        raise NotFound("there is no such file for you")
    return file


async def may_read(reader: Reader, application: Application, file: StoredFile, caller: Caller) -> bool:
    """The applicant's people; and, once a claim rests on it, those who check that."""
    if await acts_for(reader, application.organisation_id, caller):
        return True
    claim = await CLAIMS.get(reader, application.claim_id) if application.claim_id else None
    return claim is not None and claim.rests_on(file) and await may_check(reader, claim, caller)


async def fault(db: Database, claim: Claim) -> str:
    """Which file is not what a line was claimed with: empty if none."""
    application = await APPLICATIONS.get(db, claim.application_id)
    whole: dict[str, bool] = {}
    for number, line in enumerate(claim.lines, 1):
        sha256 = line.evidence.sha256
        if line.evidence.link or whole.get(sha256):
            continue
        file = find(application.evidence, sha256) if application else None
        whole[sha256] = file is not None and await is_whole(db, file, sha256)
        if not whole[sha256]:
            return f"the evidence of line {number} is not the file that it was claimed with"
    return ""


@router.post("/applications/{id}/files", status_code=201, **UPLOADED)
async def upload(
    id: Id,
    q: Annotated[FileName, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
) -> FileView:
    """The file itself is the body, at most 10 MiB: PDF, PNG, JPEG, text, CSV, Open XML or OpenDocument.

    A claim's lines name it by its hash. What no line names is deleted when the claim is made or corrected.
    """
    await open_to_evidence(runtime.db, id, caller)
    file = await receive(request, runtime.db, q.name, caller.id)
    view = FileView.of(await attach_upload(runtime.db, file, add, id, caller), path(id))
    response.headers["Location"] = view.url
    return view


@router.get("/applications/{id}/files")
async def files(id: Id, runtime: CurrentRuntime, caller: CurrentCaller) -> list[FileView]:
    """For the applicant's people; at most 30."""
    return [FileView.of(file, path(id)) for file in (await mine(runtime.db, id, caller)).evidence]


@router.get("/applications/{id}/files/{sha256}", **DOWNLOADED)
async def read(id: Id, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: CurrentCaller) -> Response:
    return download(request, runtime.db, await readable(runtime.db, id, sha256, caller))


@router.delete("/applications/{id}/files/{sha256}", status_code=204)
async def remove(id: Id, sha256: Hash, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    await runtime.db.transact(delete, id, sha256, caller)
