"""Small files of every accepted type, and their upload."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from typing import Any

import httpx

from shared.files.store import ORPHANED
from shared.testing import until
from tests.support.people import Member, Platform

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<< >>\nendobj\ntrailer\n<< >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.text"


def archive(packed: int = zipfile.ZIP_STORED, **members: bytes) -> bytes:
    """Return a ZIP of these members, the same bytes each time."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", packed) as out:
        for name, content in members.items():
            out.writestr(zipfile.ZipInfo(name), content, packed)
    return made.getvalue()


def office(*names: str) -> bytes:
    return archive(**dict.fromkeys(names, b"<xml/>"))


DOCX = office("[Content_Types].xml", "word/document.xml")
GOOD: dict[str, bytes] = {
    "guide.pdf": PDF,
    "photo.png": PNG,
    "photo.JPG": JPEG,
    "photo.jpeg": JPEG,
    "notes.txt": "Zürich – 48 €\n".encode(),
    "costs.csv": b"\xef\xbb\xbfday;cents\r\n2016-07-20;4800\r\n",
    "form.docx": DOCX,
    "budget.xlsx": office("[Content_Types].xml", "xl/workbook.xml"),
    "talk.pptx": office("[Content_Types].xml", "ppt/presentation.xml"),
    "form.odt": archive(mimetype=OPEN_DOCUMENT),
}


async def uploads(by: Member, owner: str, name: str, content: Any, **more: str) -> httpx.Response:
    """Upload a file; `content` is bytes or an iterator of bytes."""
    params = {"name": name, **more}
    return await by.platform.http.post(f"{owner}/files", params=params, content=content, headers=by.headers)


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def stored(ccp: Platform) -> int:
    """Return the number of files that have bytes in the database."""
    at = ccp.system.db("calls")
    return len(await at.raw("uploads.chunks").distinct("files_id"))


async def swept(ccp: Platform, left: int) -> None:
    """Wait until only this number of files is left."""

    async def gone() -> bool:
        return await stored(ccp) == left and not await ORPHANED.count(ccp.system.db("calls"), {})

    await until(gone, f"{left} files to be left")


async def pieces(content: bytes, size: int = 65536) -> AsyncIterator[bytes]:
    for start in range(0, len(content), size):
        yield content[start : start + size]
