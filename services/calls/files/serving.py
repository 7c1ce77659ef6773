"""Files over HTTP: how one arrives, how it is shown, how it leaves."""

from datetime import datetime
from email.message import Message
from typing import Annotated, Any, Self

from fastapi import Path, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect

from services.calls.files.domain import KINDS, FileIncomplete, StoredFile, UploadTooSlow
from services.calls.files.store import UPLOAD, content, take_in
from shared.http.conditional import is_fresh
from shared.mongo import Database

Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file")]

# The body is the file as it is; its Content-Type is not believed.
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
        200: {"content": {kind.media_type: {} for kind in KINDS.values()}},
        304: {"description": "The reader has it"},
    },
}


class FileView(BaseModel):
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    sha256: str
    at: datetime
    url: str

    @classmethod
    def of(cls, file: StoredFile, owner: str) -> Self:
        shown = file.model_dump(include=set(cls.model_fields))
        return cls(url=path(owner, file.sha256), **shown)


async def receive(request: Request, db: Database, name: str, actor: str) -> StoredFile:
    """The body as a file, still loose. Raises FileIncomplete, UploadTooSlow, and what `take_in` raises."""
    try:
        return await take_in(db, name, request.stream(), actor)
    except ClientDisconnect as error:
        raise FileIncomplete("the connection ended before the file did", field="body") from error
    except TimeoutError as error:
        raise UploadTooSlow(f"a file has {UPLOAD:g} seconds to arrive") from error


def path(owner: str, sha256: str) -> str:
    return f"{owner}/files/{sha256}"


def download(request: Request, db: Database, file: StoredFile) -> Response:
    """To be saved, not shown; `nosniff` is on every answer. 304 where the reader has it."""
    tag = f'"{file.sha256}"'
    headers = {"ETag": tag, "Content-Disposition": disposition(file.name), "Cache-Control": "private, no-cache"}
    if is_fresh(request, tag, file.at):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(file.size)
    return StreamingResponse(content(db, file), media_type=file.media_type, headers=headers)


def disposition(name: str) -> str:
    """RFC 6266: other than ASCII goes into `filename*`."""
    message = Message()
    message.add_header("Content-Disposition", "attachment", filename=name)
    return str(message["Content-Disposition"])
