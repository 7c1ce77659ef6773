"""Collections of uploaded files. A file to which no document refers is orphaned; a sweep deletes it later."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from shared.clock import real_now
from shared.files import domain
from shared.files.domain import StoredFile
from shared.ids import new_id
from shared.models import Document
from shared.mongo import Bucket, Collection, Database, FileDamaged, Transaction, Written, index
from shared.sentences import _
from shared.service import Loop, Runtime

UPLOAD_SECONDS = 600.0  # the longest upload
TIME_TO_ATTACH = timedelta(hours=1)  # from the beginning of the upload, therefore longer than any upload
BATCH = 100
SWEEP = "sweep_files"
F = TypeVar("F", bound=StoredFile)
P = ParamSpec("P")


class OrphanedFile(Document):
    """A stored file to which no document refers: still arriving, abandoned or deleted. Its id is the stored file's."""

    sweep_at: datetime
    being_erased: bool = False  # a sweep erases its bytes, so no document may refer to it any more


BYTES = Bucket("uploads")
INSPECTIONS = asyncio.Semaphore(2)  # files inspected at once, each in a thread
ORPHANED = Collection("loose_files", OrphanedFile, [index("sweep_at", "_id")])


async def store_upload(db: Database, name: str, content: AsyncIterable[bytes], actor: str) -> StoredFile:
    """Store and inspect an upload; the file is orphaned until `keep`.

    Raises FileNameUnusable, FileTypeRefused, FileEmpty, TimeoutError.
    """
    name = domain.clean_name(name)
    file_type = domain.file_type_of(name)
    id = new_id()
    await ORPHANED.insert_new(db, [OrphanedFile(id=id, sweep_at=real_now() + TIME_TO_ATTACH)])
    try:
        async with asyncio.timeout(UPLOAD_SECONDS):
            written = await BYTES.write(db, id, content)
        if not written.size:
            raise domain.FileEmpty(_("The file is empty."), field="body")
        async with INSPECTIONS:
            matches = await BYTES.look(db, id, file_type.matches)
        if not matches:
            raise domain.FileTypeRefused(
                _("The content of {name} is not {file_type}.", name=name, file_type=file_type.label), field="name"
            )
    except Exception:
        await release(db, id)
        raise
    return StoredFile(
        sha256=written.sha256,
        size=written.size,
        name=name,
        media_type=file_type.media_type,
        stored_as=id,
        by=actor,
        at=db.now(),
    )


async def attach_upload(
    db: Database,
    file: F,
    work: Callable[Concatenate[Transaction, F, P], Awaitable[F]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> F:
    """Run the work that attaches a file to its document; release the file if it is not attached.

    The work returns the attached file: another one if the document already has a file with the same content.
    """
    try:
        attached = await db.transact(work, file, *args, **kwargs)
    except Exception:
        await release(db, file.stored_as)
        raise
    if attached.stored_as != file.stored_as:
        await release(db, file.stored_as)
    return attached


async def release(db: Database, id: str) -> None:
    """Let the sweep delete an orphaned file at once."""
    await ORPHANED.update(db, {"_id": id}, {"$set": {"sweep_at": real_now()}})
    db.notify(SWEEP)


async def keep(tx: Transaction, file: StoredFile) -> None:
    """Keep a file to which a document refers from this transaction on. Raises FileIncomplete."""
    await keep_content(tx, file.stored_as)


async def drop(tx: Transaction, files: Sequence[StoredFile]) -> None:
    """Let the sweep delete files to which no document refers from this transaction on."""
    await drop_content(tx, [file.stored_as for file in files])


async def store_content(db: Database, id: str, made: bytes) -> Written:
    """Store what the platform made itself; it is orphaned until `keep_content`."""
    await ORPHANED.insert_new(db, [OrphanedFile(id=id, sweep_at=real_now() + TIME_TO_ATTACH)])
    return await BYTES.write(db, id, _whole(made))


async def keep_content(tx: Transaction, id: str) -> None:
    """Keep stored content to which a document refers from this transaction on. Raises FileIncomplete."""
    if not await ORPHANED.delete(tx, {"_id": id, "being_erased": {"$ne": True}}):
        detail = _("The upload expired before it was attached. Upload the file again.")
        raise domain.FileIncomplete(detail, field="body")


async def drop_content(tx: Transaction, ids: Sequence[str]) -> None:
    """Let the sweep delete stored content to which no document refers from this transaction on."""
    if ids:
        await ORPHANED.insert(tx, *[OrphanedFile(id=id, sweep_at=real_now()) for id in ids])
        tx.notify(SWEEP)


async def sweep(db: Database) -> int:
    """Delete a batch of orphaned files that are due and return their number.

    It can run in any number of replicas, and again after a crash.
    """
    due = await ORPHANED.find(db, {"sweep_at": {"$lte": real_now()}}, sort=[("sweep_at", 1), ("_id", 1)], limit=BATCH)
    for orphan in due:
        if await ORPHANED.update(db, {"_id": orphan.id}, {"$set": {"being_erased": True}}):  # else it was just kept
            await BYTES.erase(db, orphan.id)
            await ORPHANED.delete(db, {"_id": orphan.id})
    if len(due) == BATCH:
        db.notify(SWEEP)
    return len(due)


async def content(db: Database, file: StoredFile) -> AsyncIterator[bytes]:
    """Yield the content of a file. Raises FileDamaged before the last part if the bytes have changed."""
    async for piece in BYTES.read(db, file.stored_as, file.sha256):
        yield piece


async def is_whole(db: Database, file: StoredFile, sha256: str) -> bool:
    """Return whether the stored bytes still have this hash."""
    try:
        async for _ in BYTES.read(db, file.stored_as, sha256):
            pass
    except FileDamaged:
        return False
    return True


async def _whole(made: bytes) -> AsyncIterator[bytes]:
    yield made


async def _sweep(runtime: Runtime) -> int:
    return await sweep(runtime.db)


LOOP = Loop(SWEEP, every=60, work=_sweep)
