"""Documents of a call that are uploaded here: attached, announced as a change of the call, downloaded, deleted."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.calls.catalogue.access import facts, own, path, visible
from services.calls.catalogue.domain import Call, check_editable
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.files.domain import FileName, check_room, find
from services.calls.files.serving import DOWNLOADED, UPLOADED, FileView, Hash, download, receive
from services.calls.files.store import attach_upload, drop, keep
from services.calls.terms import CallFile, DocumentKind, Language, Text
from shared.auth import Caller
from shared.contracts.calls import CallChanged
from shared.errors import NotFound
from shared.ids import Id
from shared.mongo import Transaction

router = APIRouter()


class DocumentName(FileName):
    title: Text | None = Field(None, description="None: its name")
    language: Language = "en"
    kind: DocumentKind = DocumentKind.OTHER


class DocumentView(FileView):
    title: str
    language: str
    kind: DocumentKind


async def attach(tx: Transaction, file: CallFile, call_id: str, caller: Caller) -> CallFile:
    """One more document; the same content again is the one that is there. Raises TooManyFiles, CallClosed."""
    call = await editable(tx, call_id, caller)
    if kept := find(call.files, file.sha256):
        return kept
    check_room(call.files)
    await keep(tx, file)
    await store(tx, call, [*call.files, file], f"document added: {file.title}")
    return file


async def delete(tx: Transaction, call_id: str, sha256: str, caller: Caller) -> None:
    """Its bytes go too. Raises NotFound, CallClosed."""
    call = await editable(tx, call_id, caller)
    file = named(call, sha256)
    await drop(tx, [file])
    await store(tx, call, [one for one in call.files if one is not file], f"document withdrawn: {file.title}")


async def editable(tx: Transaction, call_id: str, caller: Caller) -> Call:
    """Whatever its version: a file is named by its content. Raises NotFound, CallClosed, CallWithdrawn."""
    call = await own(tx, call_id, caller)
    check_editable(call, tx.now)
    return call


async def store(tx: Transaction, call: Call, files: list[CallFile], told: str) -> None:
    """Of a public call, readers are told."""
    public = call.published_at is not None
    after = await CALLS.change(tx, call, call.replace(files=files, **{"updated_at": tx.now} if public else {}))
    if public:
        tx.publish(CallChanged(call_id=call.id, call=facts(after), changes=[told]))


def named(call: Call, sha256: str) -> CallFile:
    """Raises NotFound."""
    if file := find(call.files, sha256):
        return file
    raise NotFound("there is no such document")


@router.post("/calls/{id}/files", status_code=201, **UPLOADED)
async def upload(
    id: Id,
    q: Annotated[DocumentName, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
) -> DocumentView:
    """The file itself is the body, at most 10 MiB: PDF, PNG, JPEG, text, CSV, Open XML or OpenDocument.

    Its content decides whether it is what its name says. The same content again changes nothing.
    """
    check_editable(await own(runtime.db, id, caller), runtime.db.now())
    file = await receive(request, runtime.db, q.name, caller.id)
    document = CallFile(**file.model_dump(), title=q.title or file.name, language=q.language, kind=q.kind)
    kept = await attach_upload(runtime.db, document, attach, id, caller)
    view = DocumentView.of(kept, path(id))
    response.headers["Location"] = view.url
    return view


@router.get("/calls/{id}/files/{sha256}", **DOWNLOADED)
async def read(id: Id, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: OptionalCaller) -> Response:
    """For everybody who may read the call."""
    return download(request, runtime.db, named(await visible(runtime.db, id, caller), sha256))


@router.delete("/calls/{id}/files/{sha256}", status_code=204)
async def remove(id: Id, sha256: Hash, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    await runtime.db.transact(delete, id, sha256, caller)
