"""Where uploaded files are kept. What no document names is loose, is known by its row, and is swept in time."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from services.calls.files import domain
from services.calls.files.domain import StoredFile
from shared.clock import real_now
from shared.ids import new_id
from shared.models import Document
from shared.mongo import Bucket, Collection, Database, FileDamaged, Transaction, index
from shared.service import Loop, Runtime

UPLOAD = 600.0  # seconds that an upload may take
PATIENCE = timedelta(hours=1)  # longer than any upload, then what nobody named is nobody's
BATCH = 100
SWEEP = "sweep_files"
F = TypeVar("F", bound=StoredFile)
P = ParamSpec("P")


class Loose(Document):
    """Bytes that no document names: still arriving, given up, or deleted. Its id is theirs."""

    sweep_at: datetime


BYTES = Bucket("uploads")
LOOKING = asyncio.Semaphore(2)  # files at once: each is looked at in a thread, which others then do without
LOOSE = Collection("loose_files", Loose, [index("sweep_at", "_id")])


async def take_in(db: Database, name: str, content: AsyncIterable[bytes], actor: str) -> StoredFile:
    """Store what arrives; loose until `keep`. Raises FileNameUnusable, FileTypeRefused, FileEmpty, TimeoutError."""
    name = domain.cleaned(name)
    kind = domain.kind_of(name)
    id = new_id()
    await LOOSE.insert_new(db, [Loose(id=id, sweep_at=real_now() + PATIENCE)])
    try:
        async with asyncio.timeout(UPLOAD):
            written = await BYTES.write(db, id, content)
        if not written.size:
            raise domain.FileEmpty("there is nothing in this file", field="body")
        async with LOOKING:
            shown = await BYTES.look(db, id, kind.shown_by)
        if not shown:
            raise domain.FileTypeRefused(f"the content of {name} is not {kind.words}", field="name")
    except Exception:
        await let_go(db, id)
        raise
    facts = {"sha256": written.sha256, "size": written.size}
    return StoredFile(name=name, media_type=kind.media_type, stored_as=id, by=actor, at=db.now(), **facts)


async def hand_over(
    db: Database,
    file: F,
    work: Callable[Concatenate[Transaction, F, P], Awaitable[F]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> F:
    """Have a transaction name it. What it does not name, for a reason or because it is there, is swept at once."""
    try:
        kept = await db.transact(work, file, *args, **kwargs)
    except Exception:
        await let_go(db, file.stored_as)
        raise
    if kept.stored_as != file.stored_as:
        await let_go(db, file.stored_as)
    return kept


async def let_go(db: Database, id: str) -> None:
    """It will not be named: it is swept at once."""
    await LOOSE.update(db, {"_id": id}, {"$set": {"sweep_at": real_now()}})
    db.notify(SWEEP)


async def keep(tx: Transaction, file: StoredFile) -> None:
    """From this transaction on a document names it. Raises FileIncomplete."""
    if not await LOOSE.delete(tx, {"_id": file.stored_as}):
        raise domain.FileIncomplete("it lay about too long and was swept; send it again", field="body")


async def drop(tx: Transaction, files: Sequence[StoredFile]) -> None:
    """From this transaction on no document names them: they are swept at once."""
    if files:
        await LOOSE.insert(tx, *[Loose(id=file.stored_as, sweep_at=real_now()) for file in files])
        tx.notify(SWEEP)


async def sweep(db: Database) -> int:
    """The loop: erase what is loose and due. In any number of replicas, and again after a crash."""
    due = await LOOSE.find(db, {"sweep_at": {"$lte": real_now()}}, sort=[("sweep_at", 1), ("_id", 1)], limit=BATCH)
    for one in due:
        await BYTES.erase(db, one.id)
        await LOOSE.delete(db, {"_id": one.id})
    if len(due) == BATCH:
        db.notify(SWEEP)
    return len(due)


async def content(db: Database, file: StoredFile) -> AsyncIterator[bytes]:
    """Raises FileDamaged, before the last of it."""
    async for piece in BYTES.read(db, file.stored_as, file.sha256):
        yield piece


async def is_whole(db: Database, file: StoredFile, sha256: str) -> bool:
    """Whether the stored bytes have this hash still."""
    try:
        async for _ in BYTES.read(db, file.stored_as, sha256):
            pass
    except FileDamaged:
        return False
    return True


async def _sweep(runtime: Runtime) -> int:
    return await sweep(runtime.db)


LOOP = Loop(SWEEP, every=60, work=_sweep)
