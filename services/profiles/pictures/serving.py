"""Pictures over HTTP: received with a bound on their bytes, and delivered so that browsers keep them."""

import asyncio
from typing import Any

from fastapi import Request, Response
from fastapi.responses import StreamingResponse
from starlette.requests import ClientDisconnect

from services.profiles.pictures.domain import JPEG, MOST_BYTES, WEBP, Picture, PictureTooLarge
from shared.files.domain import FileEmpty, FileIncomplete, UploadTooSlow
from shared.files.serving import UPLOADED
from shared.files.store import BYTES
from shared.http.conditional import is_current
from shared.http.headers import SANDBOX
from shared.http.problems import refusals
from shared.mongo import Database
from shared.sentences import _

UPLOAD_SECONDS = 300.0
FOREVER = "public, max-age=31536000, immutable"
RECEIVED = UPLOADED
DELIVERED: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        200: {"content": {WEBP: {}, JPEG: {}}},
        304: {"description": "Unchanged: the content at an address never changes"},
        **refusals({404: "Picture not found, or you may not see it"}),
    },
}
REFUSED = {
    408: "The file took too long to arrive",
    413: "The file has more than 5 MiB",
    415: "The file is no JPEG, PNG or WebP picture",
}


async def receive_picture(request: Request) -> bytes:
    """Return the body of a request. Raises PictureTooLarge, FileEmpty, FileIncomplete, UploadTooSlow."""
    received = bytearray()
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            async for piece in request.stream():
                received += piece
                if len(received) > MOST_BYTES:
                    raise PictureTooLarge(
                        _("The file has more than {megabytes} MB. Make the picture smaller.", megabytes=5), field="body"
                    )
    except ClientDisconnect as error:
        raise FileIncomplete(
            _("The connection ended before the file was complete. Upload it again."), field="body"
        ) from error
    except TimeoutError as error:
        raise UploadTooSlow(_("The upload took too long. Try again on a faster connection.")) from error
    if not received:
        raise FileEmpty(_("The file is empty."), field="body")
    return bytes(received)


def deliver(request: Request, db: Database, picture: Picture, sha256: str, *, public: bool) -> Response:
    """Return a file of a picture, or 304 if the client has it. What everyone sees may be kept by every cache."""
    rendition = picture.rendition(sha256) or picture.largest
    tag = f'"{rendition.sha256}"'
    headers = {
        "ETag": tag,
        "Content-Security-Policy": SANDBOX,
        "Cache-Control": FOREVER if public else "private, no-cache",
        "Cross-Origin-Resource-Policy": "cross-origin" if public else "same-origin",
    }
    if is_current(request, tag):
        return Response(status_code=304, headers=headers)
    headers["Content-Length"] = str(rendition.size)
    content = BYTES.read(db, picture.stored_as(rendition), rendition.sha256)
    return StreamingResponse(content, media_type=rendition.media_type, headers=headers)
