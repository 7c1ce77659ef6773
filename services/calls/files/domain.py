"""Which files are taken (pure): their names, and whether their content is what the name says."""

import codecs
import os
import unicodedata
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath, PureWindowsPath
from typing import BinaryIO, TypeVar

from pydantic import Field

from shared.errors import Invalid, Refusal
from shared.models import Body

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 30  # of one call, and of one application
LONGEST_NAME = 120
SNIFFED = 64 * 1024  # bytes read at a time
LARGEST_DIRECTORY = 512 * 1024  # of a ZIP: some thousand members
END, END_RECORD, LONGEST_COMMENT = b"PK\x05\x06", 22, 65_535
LOCATES_64, LOCATOR = b"PK\x06\x07", 20
CONTROLS = {*map(chr, range(32))} - {*"\t\n\r\f"} | {"\x7f"}


class FileName(Body):
    """How the sender calls it; a path before it and what no name should have in it are left away."""

    name: str = Field(min_length=1, max_length=500, description="With its extension: ticket.pdf")


class StoredFile(Body):
    """A file as its owner keeps it: named by its SHA-256, so that the same one is there once."""

    sha256: str
    size: int
    name: str
    media_type: str
    stored_as: str
    by: str
    at: datetime


F = TypeVar("F", bound=StoredFile)
Shows = Callable[[BinaryIO, str], bool]  # content and media type: whether the one is of the other


class FileNameUnusable(Invalid):
    """Nothing is left of the name once it is cleaned."""


class FileTypeRefused(Refusal):
    """The extension is not one of those that are taken, or the content is not what it says."""

    status = 415
    title = "Files of this type are not taken"


class FileEmpty(Invalid):
    """There is nothing in it."""


class FileIncomplete(Invalid):
    """The connection ended before the file did."""


class UploadTooSlow(Refusal):
    status = 408
    title = "It took too long to arrive"


class TooManyFiles(Refusal):
    """There is room for so many and no more: delete one first."""


def cleaned(name: str) -> str:
    """The last part of a path of any system; without control, direction and reserved characters, short enough.

    Raises FileNameUnusable.
    """
    last = PureWindowsPath(unicodedata.normalize("NFC", name)).name
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '<>:"/\\|?*')
    tidy = " ".join(shown.split()).strip(". ")
    suffix = PurePath(tidy).suffix
    short = tidy.removesuffix(suffix)[: LONGEST_NAME - len(suffix)].rstrip(". ") + suffix
    if not suffix or len(suffix) > 10 or len(short) == len(suffix):
        raise FileNameUnusable("name the file with its extension, like ticket.pdf", field="name")
    return short


@dataclass(frozen=True)
class Kind:
    """A type of file: what it is called on the web and by people, and how its content shows that it is one."""

    media_type: str
    words: str
    shows: Shows

    def shown_by(self, content: BinaryIO) -> bool:
        return self.shows(content, self.media_type)


def signed(signature: bytes) -> Shows:
    """By its first bytes, as the format's standard has them."""
    return lambda content, _: content.read(len(signature)) == signature


def is_text(content: BinaryIO, _: str) -> bool:
    """UTF-8 that no browser could take for a page."""
    decode = codecs.getincrementaldecoder("utf-8-sig")().decode
    begun = False
    try:
        while piece := content.read(SNIFFED):
            text = decode(piece)
            if not CONTROLS.isdisjoint(text) or (not begun and text.lstrip().startswith("<")):
                return False
            begun = begun or bool(text.strip())
        decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def office(main: str) -> Shows:
    """A ZIP from its first byte on, with that member in it and no macros."""

    def shows(content: BinaryIO, media_type: str) -> bool:
        if content.read(4) != b"PK\x03\x04":
            return False
        try:
            if directory_of(content) > LARGEST_DIRECTORY:
                return False
            with zipfile.ZipFile(content) as archive:
                names = archive.namelist()
                if main == "mimetype" and not says(archive, main, media_type):
                    return False
        except Exception:  # zipfile has a dozen words for a broken archive
            return False
        return main in names and not any(is_macro(name.lower()) for name in names)

    return shows


def directory_of(content: BinaryIO) -> int:
    """Bytes of a ZIP's directory, before it is read into objects: found as zipfile finds it. Raises ValueError.

    The end record is PKWARE's APPNOTE, 4.3.16. An archive of 64 bits (4.3.15) is larger than what is taken.
    """
    size = content.seek(0, os.SEEK_END)
    content.seek(max(0, size - LONGEST_COMMENT - END_RECORD - LOCATOR))
    tail = content.read()
    plain = tail[-END_RECORD:].startswith(END) and tail.endswith(b"\0\0")
    place = len(tail) - END_RECORD if plain else tail.rindex(END)
    if tail[max(0, place - LOCATOR) : place].startswith(LOCATES_64):
        raise ValueError("an archive of 64 bits")
    return int.from_bytes(tail[place + 12 : place + 16], "little")


def says(archive: zipfile.ZipFile, member: str, media_type: str) -> bool:
    """As OpenDocument has it: stored, not compressed, so that it can be read without unpacking anything."""
    stored = archive.getinfo(member).compress_type == zipfile.ZIP_STORED
    return stored and archive.open(member).read(100) == media_type.encode()


def is_macro(member: str) -> bool:
    return member.endswith("vbaproject.bin") or member.startswith(("basic/", "scripts/"))


OPEN_XML, OPEN_DOCUMENT = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
PLAIN, NO_MACROS = "text in UTF-8, or begins like a web page", "without macros"
JPEG = Kind("image/jpeg", "a JPEG image", signed(b"\xff\xd8\xff"))
KINDS: Mapping[str, Kind] = {
    "pdf": Kind("application/pdf", "a PDF", signed(b"%PDF-")),
    "png": Kind("image/png", "a PNG image", signed(b"\x89PNG\r\n\x1a\n")),
    "jpg": JPEG,
    "jpeg": JPEG,
    "txt": Kind("text/plain", PLAIN, is_text),
    "csv": Kind("text/csv", PLAIN, is_text),
    "docx": Kind(f"{OPEN_XML}wordprocessingml.document", f"a Word document {NO_MACROS}", office("word/document.xml")),
    "xlsx": Kind(f"{OPEN_XML}spreadsheetml.sheet", f"an Excel workbook {NO_MACROS}", office("xl/workbook.xml")),
    "pptx": Kind(f"{OPEN_XML}presentationml.presentation", f"slides {NO_MACROS}", office("ppt/presentation.xml")),
    "odt": Kind(f"{OPEN_DOCUMENT}text", f"an OpenDocument text {NO_MACROS}", office("mimetype")),
    "ods": Kind(f"{OPEN_DOCUMENT}spreadsheet", f"an OpenDocument sheet {NO_MACROS}", office("mimetype")),
    "odp": Kind(f"{OPEN_DOCUMENT}presentation", f"OpenDocument slides {NO_MACROS}", office("mimetype")),
}


def kind_of(name: str) -> Kind:
    """By the extension of a cleaned name. Raises FileTypeRefused."""
    extension = PurePath(name).suffix.lower()[1:]
    if extension not in KINDS:
        raise FileTypeRefused(f"'.{extension}' is none of {', '.join(KINDS)}", field="name")
    return KINDS[extension]


def find(files: Sequence[F], sha256: str) -> F | None:
    return next((file for file in files if file.sha256 == sha256), None)


def check_room(files: Sequence[StoredFile]) -> None:
    """Raises TooManyFiles."""
    if len(files) >= MOST_FILES:
        raise TooManyFiles(f"there are {len(files)} files already: delete one first", field="files")
