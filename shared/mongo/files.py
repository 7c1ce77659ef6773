"""Files in GridFS: streamed in and out a piece at a time, hashed on their way, read back through their hash."""

import asyncio
import hashlib
from collections.abc import AsyncIterable, AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO, TypeVar, cast

from gridfs.errors import GridFSError, NoFile

from shared.clock import real_now
from shared.models import Document
from shared.mongo.collection import Collection, index
from shared.mongo.database import Database

PIECE = 1024 * 1024  # bytes that are in memory at a time, of each file under way
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
        chunks = Collection(f"{self.name}.chunks", Document, [index("files_id", "n", unique=True)])
        return Collection(f"{self.name}.files", Document), chunks

    async def write(self, at: Database, id: str, content: AsyncIterable[bytes]) -> Written:
        """Store what comes. If it ends by an error, what was stored of it is still to be erased.

        In GridFS's own layout, by hand: the driver's writer keeps up to 48 MB of a file in memory before it sends any.
        """
        digest, size, number = hashlib.sha256(), 0, 0
        async for piece in _pieces(content):
            await asyncio.to_thread(digest.update, piece)
            await at.raw(f"{self.name}.chunks").insert_one({"files_id": id, "n": number, "data": piece})
            size, number = size + len(piece), number + 1
        file = {"_id": id, "length": size, "chunkSize": PIECE, "uploadDate": real_now(), "filename": id}
        await at.raw(f"{self.name}.files").insert_one(file)
        return Written(size, digest.hexdigest())

    async def read(self, at: Database, id: str, sha256: str) -> AsyncIterator[bytes]:
        """The file in pieces, the last one only if the whole is what was written. Raises FileDamaged."""
        digest, last = hashlib.sha256(), b""
        async for piece in self._stored(at, id):
            await asyncio.to_thread(digest.update, piece)
            if last:
                yield last
            last = piece
        if digest.hexdigest() != sha256:
            raise FileDamaged(f"{id} is not what was stored")
        yield last

    async def _stored(self, at: Database, id: str) -> AsyncIterator[bytes]:
        try:
            async for piece in await at.bucket(self.name).open_download_stream(id):
                yield piece
        except GridFSError as error:
            raise FileDamaged(str(error)) from error

    async def look(self, at: Database, id: str, reader: Callable[[BinaryIO], R]) -> R:
        """What `reader` makes of the file, in a thread of its own; it may seek, and should not read all at once."""
        opened = await at.bucket(self.name).open_download_stream(id)
        return await asyncio.to_thread(reader, cast(BinaryIO, opened.delegate))

    async def erase(self, at: Database, id: str) -> None:
        """Every byte of it, also of one that never became whole. Again: nothing happens."""
        with suppress(NoFile):
            await at.bucket(self.name).delete(id)


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
