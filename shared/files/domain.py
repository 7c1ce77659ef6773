"""Which files are accepted (pure): their names, their types, and whether the content matches the type."""

import codecs
import os
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath, PureWindowsPath
from typing import Annotated, BinaryIO, TypeVar

from pydantic import AfterValidator, Field

from shared.errors import Invalid, Refusal
from shared.models import Body, Model
from shared.sentences import _
from shared.text import mended_line

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 30  # of one call or one application
LONGEST_NAME = 120
READ_SIZE = 64 * 1024  # bytes read at a time
LARGEST_DIRECTORY = 512 * 1024  # bytes of the directory of a ZIP, enough for some thousand members
END, END_RECORD, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
LOCATES_64, LOCATOR = b"PK\x06\x07", 20
CONTROLS = {*map(chr, range(32))} - {*"\t\n\r\f"} | {"\x7f"}


class FileName(Body):
    """Name of an uploaded file; a path before it and characters that no name should have are removed."""

    name: Annotated[
        str,
        Field(min_length=1, max_length=500, description="Name of the file with its extension, for example ticket.pdf"),
        AfterValidator(mended_line),
    ]


class StoredFile(Model):
    """A file as its document stores it. Its SHA-256 identifies it, so that equal content is stored once."""

    sha256: str
    size: int
    name: str
    media_type: str
    stored_as: str
    by: str
    at: datetime


F = TypeVar("F", bound=StoredFile)
Check = Callable[[BinaryIO, str], bool]  # whether the content is of the media type


class FileNameUnusable(Invalid):
    """Refusal of a name that has no usable characters or no extension."""


class FileTypeRefused(Refusal):
    """Refusal of a file with another extension, or with content that does not match the extension."""

    status = 415
    title = _("File type not accepted")


class FileEmpty(Invalid):
    """Refusal of an empty file."""


class FileIncomplete(Invalid):
    """Refusal of a file that is not stored completely, because its upload broke off or expired."""


class UploadTooSlow(Refusal):
    """Refusal of an upload that takes too long."""

    status = 408
    title = _("Upload too slow")


class TooManyFiles(Refusal):
    """Refusal of a file beyond the largest number of files."""


def clean_name(name: str) -> str:
    """Return the last part of a path without control, direction and reserved characters, at most 120 characters.

    Raises FileNameUnusable.
    """
    last = PureWindowsPath(unicodedata.normalize("NFC", name)).name
    printable = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"/\\|?*')
    tidy = " ".join(printable.split()).strip(". ")
    suffix = PurePath(tidy).suffix
    short = tidy.removesuffix(suffix)[: LONGEST_NAME - len(suffix)].rstrip(". ") + suffix
    if not suffix or len(suffix) > 10 or len(short) == len(suffix):
        raise FileNameUnusable(_("Name the file with its extension, for example ticket.pdf."), field="name")
    return short


@dataclass(frozen=True)
class FileType:
    """A type of file: its media type, its name for people, and a check of the content."""

    media_type: str
    label: str
    check: Check

    def matches(self, content: BinaryIO) -> bool:
        """Return whether the content is of this type."""
        return self.check(content, self.media_type)


def begins_with(signature: bytes) -> Check:
    """Return a check of the first bytes, as the standard of the format gives them."""
    return lambda content, _: content.read(len(signature)) == signature


def is_text(content: BinaryIO, _: str) -> bool:
    """Return whether the content is UTF-8 text that no browser would read as a web page."""
    decode = codecs.getincrementaldecoder("utf-8-sig")().decode
    begun = False
    try:
        while piece := content.read(READ_SIZE):
            text = decode(piece)
            if not CONTROLS.isdisjoint(text) or (not begun and text.lstrip().startswith("<")):
                return False
            begun = begun or bool(text.strip())
        decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def office(main: str) -> Check:
    """Return a check for a ZIP file that has a member of this name and no macros."""

    def check(content: BinaryIO, media_type: str) -> bool:
        if content.read(4) != b"PK\x03\x04":
            return False
        try:
            if directory_of(content) > LARGEST_DIRECTORY:
                return False
            with zipfile.ZipFile(content) as archive:
                names = archive.namelist()
                if main == "mimetype" and not has_media_type(archive, main, media_type):
                    return False
        except Exception:  # zipfile raises a dozen different errors for a broken archive
            return False
        return main in names and not any(is_macro(name.lower()) for name in names)

    return check


def directory_of(content: BinaryIO) -> int:
    """Return the size in bytes of a ZIP's directory, located as zipfile does it, before zipfile reads it.

    The end record is described in PKWARE's APPNOTE, section 4.3.16. Raises ValueError for a 64-bit archive
    (section 4.3.15), which is larger than what is accepted.
    """
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - LONGEST_COMMENT - END_RECORD - LOCATOR))
    tail = content.read()
    plain = tail[-END_RECORD:].startswith(END) and tail.endswith(b"\0\0")
    start = len(tail) - END_RECORD if plain else tail.rindex(END)
    if tail[max(0, start - LOCATOR) : start].startswith(LOCATES_64):
        raise ValueError("a 64-bit archive")
    return int.from_bytes(tail[start + 12 : start + 16], "little")


def has_media_type(archive: zipfile.ZipFile, member: str, media_type: str) -> bool:
    """Return whether a member contains the media type, uncompressed, as OpenDocument requires."""
    stored = archive.getinfo(member).compress_type == zipfile.ZIP_STORED
    return stored and archive.open(member).read(100) == media_type.encode()


def is_macro(member: str) -> bool:
    """Return whether a member of this name, in lower case, contains macros."""
    return member.endswith("vbaproject.bin") or member.startswith(("basic/", "scripts/"))


OPEN_XML, OPEN_DOCUMENT = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
PLAIN, NO_MACROS = "plain text in UTF-8", "without macros"
JPEG = FileType("image/jpeg", "a JPEG image", begins_with(b"\xff\xd8\xff"))
FILE_TYPES: Mapping[str, FileType] = {
    "pdf": FileType("application/pdf", "a PDF", begins_with(b"%PDF-")),
    "png": FileType("image/png", "a PNG image", begins_with(b"\x89PNG\r\n\x1a\n")),
    "jpg": JPEG,
    "jpeg": JPEG,
    "txt": FileType("text/plain", PLAIN, is_text),
    "csv": FileType("text/csv", PLAIN, is_text),
    "docx": FileType(
        f"{OPEN_XML}wordprocessingml.document", f"a Word document {NO_MACROS}", office("word/document.xml")
    ),
    "xlsx": FileType(f"{OPEN_XML}spreadsheetml.sheet", f"an Excel workbook {NO_MACROS}", office("xl/workbook.xml")),
    "pptx": FileType(f"{OPEN_XML}presentationml.presentation", f"slides {NO_MACROS}", office("ppt/presentation.xml")),
    "odt": FileType(f"{OPEN_DOCUMENT}text", f"an OpenDocument text {NO_MACROS}", office("mimetype")),
    "ods": FileType(f"{OPEN_DOCUMENT}spreadsheet", f"an OpenDocument sheet {NO_MACROS}", office("mimetype")),
    "odp": FileType(f"{OPEN_DOCUMENT}presentation", f"OpenDocument slides {NO_MACROS}", office("mimetype")),
}


def file_type_of(name: str) -> FileType:
    """Return the type of a file by the extension of its clean name. Raises FileTypeRefused."""
    extension = PurePath(name).suffix.lower()[1:]
    if extension not in FILE_TYPES:
        accepted = ", ".join(FILE_TYPES)
        raise FileTypeRefused(
            _(
                "Files of type .{extension} are not accepted. Send one of: {accepted}.",
                extension=extension,
                accepted=accepted,
            ),
            field="name",
        )
    return FILE_TYPES[extension]


def find(files: Sequence[F], sha256: str) -> F | None:
    """Return the file with this hash."""
    return next((file for file in files if file.sha256 == sha256), None)


def check_room(files: Sequence[StoredFile]) -> None:
    """Raise TooManyFiles if there is no room for another file."""
    if len(files) >= MOST_FILES:
        raise TooManyFiles(
            _("There are {count} files already, which is the limit. Delete one first.", count=len(files)), field="files"
        )
