"""Files over HTTP: upload, description and download."""

from datetime import datetime
from email.message import Message
from typing import Annotated, Any, Self

from fastapi import Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from shared.files.domain import FILE_TYPES, FileIncomplete, StoredFile, UploadTooSlow
from shared.files.store import UPLOAD_SECONDS, content, store_upload
from shared.http.conditional import is_fresh
from shared.http.headers import SANDBOX
from shared.http.problems import refusals
from shared.mongo import Database
from shared.sentences import _

Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file")]

# The body is the file itself; its type follows from the name and the content, not from Content-Type.
UPLOADED: dict[str, Any] = {
    "openapi_extra": {
        "requestBody": {
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
            "required": True,
        }
    }
}
DOWNLOADED: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"content": {file_type.media_type: {} for file_type in FILE_TYPES.values()}},
        304: {"description": "Unchanged since the version in If-None-Match"},
        **refusals({404: "File not found, or you may not read it"}),
    },
}


class FileView(BaseModel):
    """An uploaded file as others see it."""

    name: str
    media_type: str
    size: int = Field(description="Bytes")
    sha256: str
    at: datetime = Field(description="Time of the upload")
    url: str = Field(description="Path of the download")

    @classmethod
    def of(cls, file: StoredFile, owner: str) -> Self:
        """Return the view of a file whose document has the path `owner`."""
        values = file.model_dump(include=set(cls.model_fields))
        return cls(url=file_path(owner, file.sha256), **values)


async def receive(request: Request, db: Database, name: str, actor: str) -> StoredFile:
    """Store the body of a request; it is orphaned until a document refers to it.

    Raises FileIncomplete, UploadTooSlow, FileNameUnusable, FileTypeRefused, FileEmpty.
    """
    try:
        return await store_upload(db, name, request.stream(), actor)
    except ClientDisconnect as error:
        raise FileIncomplete(
            _("The connection ended before the file was complete. Upload it again."), field="body"
        ) from error
    except TimeoutError as error:
        detail = _(
            "The upload took longer than {upload_seconds} seconds. Try again on a faster connection.",
            upload_seconds=f"{UPLOAD_SECONDS:g}",
        )
        raise UploadTooSlow(detail) from error


def file_path(owner: str, sha256: str) -> str:
    """Return the path of the download of a file."""
    return f"{owner}/files/{sha256}"


def download(request: Request, db: Database, file: StoredFile) -> Response:
    """Return a file as an attachment, or 304 if the client has it."""
    tag = f'"{file.sha256}"'
    headers = {
        "ETag": tag,
        "Content-Disposition": disposition(file.name),
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": "private, no-cache",
    }
    if is_fresh(request, tag, file.at):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(file.size)
    return StreamingResponse(content(db, file), media_type=file.media_type, headers=headers)


def disposition(name: str) -> str:
    """Return a Content-Disposition header; a name that is not ASCII goes into `filename*` (RFC 6266)."""
    message = Message()
    message.add_header("Content-Disposition", "attachment", filename=name)
    return str(message["Content-Disposition"])
