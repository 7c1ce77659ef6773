"""Pictures in the store of uploaded files: orphaned until a document embeds them, and swept after it drops them."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

from services.profiles.pictures.domain import Picture, Rendition, stored_id
from services.profiles.pictures.rendering import Rendered, rendered
from shared.files.store import drop_content, keep_content, release, store_content
from shared.ids import new_id
from shared.mongo import Database, Transaction

P = ParamSpec("P")
R = TypeVar("R")
DECODING = asyncio.Semaphore(1)  # pictures decoded at once in a process, each in a thread: they take memory


async def store_picture(db: Database, owner: str, content: bytes, alt: str) -> Picture:
    """Write a picture anew in all sizes and store them; they are orphaned until `keep_picture`.

    `owner` is the path under which its files are served. Raises PictureTypeRefused, PictureTooLarge, PictureDamaged.
    """
    async with DECODING:
        made = await asyncio.to_thread(rendered, content)
    id = new_id()
    picture = Picture(id=id, alt=alt, renditions=tuple(_rendition(owner, each) for each in made))
    for each in made:
        await store_content(db, stored_id(id, _hash(each)), each.content)
    return picture


async def attach_picture(
    db: Database,
    picture: Picture,
    work: Callable[Concatenate[Transaction, Picture, P], Awaitable[R]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Run the work that embeds a picture in its document by `keep_picture`; release the picture if it fails."""
    try:
        return await db.transact(work, picture, *args, **kwargs)
    except Exception:
        for id in picture.stored:
            await release(db, id)
        raise


async def keep_picture(tx: Transaction, picture: Picture) -> None:
    """Keep a picture that a document embeds from this transaction on. Raises FileIncomplete."""
    for id in picture.stored:
        await keep_content(tx, id)


async def drop_pictures(tx: Transaction, pictures: Sequence[Picture | None]) -> None:
    """Let the sweep delete pictures that no document embeds from this transaction on."""
    await drop_content(tx, [id for picture in pictures if picture for id in picture.stored])


def _rendition(owner: str, made: Rendered) -> Rendition:
    digest = _hash(made)
    return Rendition(
        url=f"{owner}/{digest}",
        sha256=digest,
        media_type=made.media_type,
        width=made.width,
        height=made.height,
        size=len(made.content),
    )


def _hash(made: Rendered) -> str:
    return hashlib.sha256(made.content).hexdigest()
