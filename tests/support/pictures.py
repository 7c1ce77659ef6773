"""Small pictures for tests, in every accepted format; the pictures on a page, and those in the database."""

import struct
import zlib
from io import BytesIO
from typing import Any

from PIL import Image

from shared.files.store import ORPHANED
from shared.testing import until
from tests.support.browsing import Page
from tests.support.people import Platform

RED, BLUE, GREEN = (200, 30, 30), (30, 30, 200), (30, 160, 60)
ORIENTATION, GPS, MAKER = 0x0112, 0x8825, 0x010F


def encoded(image: Image.Image, kind: str = "PNG", **more: Any) -> bytes:
    """Return a picture as a file."""
    written = BytesIO()
    image.save(written, kind, **more)
    return written.getvalue()


def plain(width: int = 40, height: int = 30, colour: Any = RED, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), colour)


def halves(width: int = 64, height: int = 32) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    image = plain(width, height, BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image


def photo(width: int = 64, height: int = 32, orientation: int = 6) -> bytes:
    """Return a JPEG as a telephone writes it: lying on its side, with its maker and the place."""
    image = halves(width, height)
    exif = image.getexif()
    exif[ORIENTATION], exif[MAKER] = orientation, "Quokka Phones"
    exif.get_ifd(GPS)[2] = (48.0, 51.0, 29.6)
    exif.get_ifd(GPS)[1] = "N"
    return encoded(image, "JPEG", exif=exif, quality=95, comment=b"at home")


def logo(width: int = 300, height: int = 200, colour: Any = GREEN) -> bytes:
    """Return a PNG with a transparent ground."""
    image = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    image.paste((*colour, 255), (width // 4, height // 4, 3 * width // 4, 3 * height // 4))
    return encoded(image)


def opened(content: bytes) -> Image.Image:
    image = Image.open(BytesIO(content))
    image.load()
    return image


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_header(width: int, height: int) -> bytes:
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def webp_header(width: int, height: int) -> bytes:
    sizes = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0" + sizes


def jpeg_header(width: int, height: int) -> bytes:
    good = bytearray(encoded(plain(), "JPEG"))
    at = good.index(b"\xff\xc0") + 5
    good[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(good)


def pictures_on(page: Page) -> list[dict[str, Any]]:
    """Return the attributes of the pictures on a page."""
    return [image.attrs for image in page.soup.select("main img")]


async def stored_pictures(ccp: Platform) -> set[str]:
    """Return the ids of the pictures that have bytes in the database."""
    ids = await ccp.system.db("profiles").raw("uploads.chunks").distinct("files_id")
    return {id.partition(".")[0] for id in ids}


async def swept(ccp: Platform, gone: str) -> None:
    """Wait until the bytes of a picture are deleted."""

    async def is_gone() -> bool:
        return gone not in await stored_pictures(ccp) and not await ORPHANED.count(ccp.system.db("profiles"), {})

    await until(is_gone, "the bytes of the picture to be deleted")
