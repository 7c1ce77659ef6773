"""Files in GridFS: written and read piece by piece, with a hash that is checked when they are read.

The layout is that of GridFS, so that all MongoDB tools can read it. The driver's own writer and reader are not used:
they keep up to 48 MB and 16 MB of a file in memory.
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

PIECE = 255 * 1024  # bytes in memory at a time, for each open file
R = TypeVar("R")


class FileDamaged(Exception):
    """The stored bytes are not those that were written."""


@dataclass(frozen=True)
class Written:
    """Size of a stored file in bytes, and its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Bucket:
    """A GridFS bucket. It takes no part in transactions: erase a file that no committed document refers to."""

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
        """Store a file. After an error the caller must erase what was stored."""
        digest, size, number = hashlib.sha256(), 0, 0
        async for piece in _pieces(content):
            await asyncio.to_thread(digest.update, piece)
            await db.raw(self.chunks).insert_one({"files_id": id, "n": number, "data": piece})
            size, number = size + len(piece), number + 1
        file = {"_id": id, "length": size, "chunkSize": PIECE, "uploadDate": real_now(), "filename": id}
        await db.raw(self.files).insert_one(file)
        return Written(size, digest.hexdigest())

    async def read(self, db: Database, id: str, sha256: str) -> AsyncIterator[bytes]:
        """Yield the file in pieces; the last one only if the hash is right. Raises FileDamaged."""
        digest, last = hashlib.sha256(), b""
        async for chunk in db.raw(self.chunks).find({"files_id": id}).sort("n", 1).batch_size(2):
            await asyncio.to_thread(digest.update, chunk["data"])
            if last:
                yield last
            last = chunk["data"]
        if digest.hexdigest() != sha256:
            raise FileDamaged(f"the content of file {id} does not match its hash")
        yield last

    async def look(self, db: Database, id: str, reader: Callable[[BinaryIO], R]) -> R:
        """Return the result of `reader`, which runs in a thread and can seek in the file."""
        file = await db.raw(self.files).find_one({"_id": id})
        if file is None:
            raise FileDamaged(f"file {id} not found")
        seekable = _Seekable(db.raw(self.chunks).delegate, id, file["length"])
        return await asyncio.to_thread(reader, cast(BinaryIO, io.BufferedReader(seekable)))

    async def erase(self, db: Database, id: str) -> None:
        """Delete a file, also one that was not stored completely. Repeating it has no effect."""
        await db.raw(self.files).delete_one({"_id": id})
        await db.raw(self.chunks).delete_many({"files_id": id})


class _Seekable(io.RawIOBase):
    """A stored file as a seekable stream, for use in a thread."""

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
        content = self._piece[start : start + len(buffer)]
        buffer[: len(content)] = content
        self._position += len(content)
        return len(content)


async def _pieces(content: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Yield the same bytes in pieces of equal size, as GridFS requires; the last may be shorter."""
    buffered = bytearray()
    async for received in content:
        buffered += received
        while len(buffered) >= PIECE:
            yield bytes(buffered[:PIECE])
            del buffered[:PIECE]
    if buffered:
        yield bytes(buffered)
