"""Uploaded documents of a call: attached, published as a change of the call, downloaded, and deleted."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field

from services.calls.catalogue.access import call_facts, call_path, own_call, visible_call
from services.calls.catalogue.domain import Call, check_editable
from services.calls.catalogue.store import CALLS
from services.calls.dependencies import UPLOADS, CallId, CurrentCaller, CurrentRuntime, OptionalCaller
from services.calls.terms import CallFile, DocumentKind, Language, Text
from shared.auth import Caller
from shared.contracts.calls import CallChanged
from shared.errors import NotFound
from shared.files.domain import FileName, check_room, find
from shared.files.serving import DOWNLOADED, UPLOADED, FileView, Hash, download, receive
from shared.files.store import attach_upload, drop, keep
from shared.http.problems import refusals
from shared.mongo import Transaction
from shared.sentences import _

router = APIRouter(tags=["Documents"])


class DocumentName(FileName):
    """Title, language and purpose of an uploaded document."""

    title: Text | None = Field(None, description="Title for readers; left out: the name of the file")
    language: Language = "en"
    kind: DocumentKind = Field(DocumentKind.OTHER, description="Purpose of the document")


class DocumentView(FileView):
    """An uploaded document as readers see it."""

    title: str
    language: str
    kind: DocumentKind


async def attach_document(tx: Transaction, file: CallFile, call_id: str, caller: Caller) -> CallFile:
    """Add a document and return it; the same content again returns the document that exists.

    Raise TooManyFiles, CallAlreadyClosed or CallAlreadyWithdrawn if it cannot be added.
    """
    call = await editable_in_any_version(tx, call_id, caller)
    if existing := find(call.files, file.sha256):
        return existing
    check_room(call.files)
    await keep(tx, file)
    await store_files(tx, call, [*call.files, file], f"document added: {file.title}")
    return file


async def delete_document(tx: Transaction, call_id: str, sha256: str, caller: Caller) -> None:
    """Delete a document with its content. Raise NotFound, CallAlreadyClosed or CallAlreadyWithdrawn if it must stay."""
    call = await editable_in_any_version(tx, call_id, caller)
    file = document_of(call, sha256)
    await drop(tx, [file])
    await store_files(tx, call, [other for other in call.files if other is not file], f"document removed: {file.title}")


async def editable_in_any_version(tx: Transaction, call_id: str, caller: Caller) -> Call:
    """Return the caller's call; its version does not matter, because a file is named by its content."""
    call = await own_call(tx, call_id, caller)
    check_editable(call, tx.now)
    return call


async def store_files(tx: Transaction, call: Call, files: list[CallFile], change: str) -> None:
    """Store the documents of a call; if the call is public, publish the change."""
    after = await CALLS.change(tx, call, call.with_files(files, tx.now))
    if after.published_at is not None:
        tx.publish(CallChanged(call_id=call.id, call=call_facts(after), changes=[change]))


def document_of(call: Call, sha256: str) -> CallFile:
    """Return the document of a call with this content. Raise NotFound if there is none."""
    if file := find(call.files, sha256):
        return file
    raise NotFound(_("Document not found."))


@router.post(
    "/calls/{id}/files",
    status_code=201,
    operation_id="upload_call_document",
    dependencies=UPLOADS,
    summary="Upload a document of a call",
    responses=refusals(
        {404: "Call not found, or of another organisation", 409: "The call has closed, or has too many documents"}
    ),
    **UPLOADED,
)
async def upload_call_document(
    id: CallId,
    q: Annotated[DocumentName, Query()],
    request: Request,
    runtime: CurrentRuntime,
    caller: CurrentCaller,
    response: Response,
) -> DocumentView:
    """Attach the file in the body, of at most 10 MiB: PDF, PNG, JPEG, text, CSV, Open XML or OpenDocument.

    The content has to be of the type that the name says. The same content again changes nothing.
    """
    check_editable(await own_call(runtime.db, id, caller), runtime.db.now())
    file = await receive(request, runtime.db, q.name, caller.id)
    document = CallFile(**file.model_dump(), title=q.title or file.name, language=q.language, kind=q.kind)
    async with runtime.resources.locks.hold(id):
        attached = await attach_upload(runtime.db, document, attach_document, id, caller)
    view = DocumentView.of(attached, call_path(id))
    response.headers["Location"] = view.url
    return view


@router.get(
    "/calls/{id}/files/{sha256}",
    operation_id="download_call_document",
    summary="Download a document of a call",
    **DOWNLOADED,
)
async def download_call_document(
    id: CallId, sha256: Hash, request: Request, runtime: CurrentRuntime, caller: OptionalCaller
) -> Response:
    """Return the content of a document to every reader of the call."""
    return download(request, runtime.db, document_of(await visible_call(runtime.db, id, caller), sha256))


@router.delete(
    "/calls/{id}/files/{sha256}",
    status_code=204,
    operation_id="delete_call_document",
    summary="Delete a document of a call",
    responses=refusals({404: "Call or document not found, or of another organisation", 409: "The call has closed"}),
)
async def delete_call_document(id: CallId, sha256: Hash, runtime: CurrentRuntime, caller: CurrentCaller) -> None:
    """Delete a document and its content."""
    async with runtime.resources.locks.hold(id):
        await runtime.db.transact(delete_document, id, sha256, caller)
