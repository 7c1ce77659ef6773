"""Files in GridFS: streamed in and out a piece at a time, hashed on their way, read back through their hash.

The layout is GridFS's, so that any tool of MongoDB's reads it. The driver's own writer and reader are not used: they
keep up to 48 MB and 16 MB of a file in memory.
"""

import asyncio
import hashlib
import io
from collections.abc import AsyncIterable, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar, cast

from pymongo.collection import Collection as Chunks

from shared.clock import real_now
from shared.models import Document
from shared.mongo.collection import Collection, index
from shared.mongo.database import Database

PIECE = 255 * 1024  # bytes that are in memory at a time, of each file under way
R = TypeVar("R")


class FileDamaged(Exception):
    """What is stored is not what was: bytes are missing, or others."""


@dataclass(frozen=True)
class Written:
    """What came in: how many bytes, and their SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Bucket:
    """A GridFS bucket. It has no part in transactions: keep an id until a transaction has named it, or erase it."""

    name: str

    @property
    def collections(self) -> tuple[Collection[Document], ...]:
        chunks = Collection(self.chunks, Document, [index("files_id", "n", unique=True)])
        return Collection(self.files, Document), chunks

    @property
    def files(self) -> str:
        return f"{self.name}.files"

    @property
    def chunks(self) -> str:
        return f"{self.name}.chunks"

    async def write(self, db: Database, id: str, content: AsyncIterable[bytes]) -> Written:
        """Store what comes. If it ends by an error, what was stored of it is still to be erased."""
        digest, size, number = hashlib.sha256(), 0, 0
        async for piece in _pieces(content):
            await asyncio.to_thread(digest.update, piece)
            await db.raw(self.chunks).insert_one({"files_id": id, "n": number, "data": piece})
            size, number = size + len(piece), number + 1
        file = {"_id": id, "length": size, "chunkSize": PIECE, "uploadDate": real_now(), "filename": id}
        await db.raw(self.files).insert_one(file)
        return Written(size, digest.hexdigest())

    async def read(self, db: Database, id: str, sha256: str) -> AsyncIterator[bytes]:
        """The file in pieces, the last one only if the whole is what was written. Raises FileDamaged."""
        digest, last = hashlib.sha256(), b""
        async for chunk in db.raw(self.chunks).find({"files_id": id}).sort("n", 1).batch_size(2):
            await asyncio.to_thread(digest.update, chunk["data"])
            if last:
                yield last
            last = chunk["data"]
        if digest.hexdigest() != sha256:
            raise FileDamaged(f"{id} is not what was stored")
        yield last

    async def look(self, db: Database, id: str, reader: Callable[[BinaryIO], R]) -> R:
        """What `reader` makes of the file, in a thread of its own; it may seek, and should not read all at once."""
        file = await db.raw(self.files).find_one({"_id": id})
        if file is None:
            raise FileDamaged(f"{id} is not there")
        seekable = _Seekable(db.raw(self.chunks).delegate, id, file["length"])
        return await asyncio.to_thread(reader, cast(BinaryIO, io.BufferedReader(seekable)))

    async def erase(self, db: Database, id: str) -> None:
        """Every byte of it, also of one that never became whole. Again: nothing happens."""
        await db.raw(self.files).delete_one({"_id": id})
        await db.raw(self.chunks).delete_many({"files_id": id})


class _Seekable(io.RawIOBase):
    """A stored file for those who want to go back and forth in it; for a thread."""

    def __init__(self, chunks: Chunks[Any], id: str, size: int) -> None:
        self._chunks, self._id, self._size = chunks, id, size
        self._position, self._number, self._piece = 0, -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        self._position = max(start + offset, 0)
        return self._position

    def readinto(self, buffer: Any) -> int:
        number, start = divmod(self._position, PIECE)
        if number != self._number:
            chunk = self._chunks.find_one({"files_id": self._id, "n": number})
            self._number, self._piece = number, chunk["data"] if chunk else b""
        found = self._piece[start : start + len(buffer)]
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)


async def _pieces(content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in equal pieces, as GridFS wants them; the last may be shorter."""
    waiting = bytearray()
    async for some in content:
        waiting += some
        while len(waiting) >= PIECE:
            yield bytes(waiting[:PIECE])
            del waiting[:PIECE]
    if waiting:
        yield bytes(waiting)
