"""Copies of documents that other services own; a request may arrive before the event that updates the copy."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from shared.models import Versioned
from shared.mongo import Collection, Transaction

T = TypeVar("T")
V = TypeVar("V", bound=Versioned)
TIMEOUT = 1.0  # seconds
WAITING = asyncio.Semaphore(50)  # requests that wait at a time; further ones do not wait


async def wait_for_copy(find: Callable[[], Awaitable[T | None]]) -> T | None:
    """Return the result of `find`; repeat it for up to a second while it is None, as the event may still arrive."""
    copy = await find()
    if copy is not None or WAITING.locked():
        return copy
    async with WAITING:
        deadline = asyncio.get_running_loop().time() + TIMEOUT
        while copy is None and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.05)
            copy = await find()
    return copy


async def keeps(tx: Transaction, versions: Collection[V], version: V) -> bool:
    """Store the version of an event about a document that can end, and return whether none with a higher one came.

    The version stays after the end, so that an old event that comes again does not bring the document back.
    """
    await versions.keep_newest(tx, version)
    newest = await versions.get(tx, version.id)
    return newest is not None and newest.version == version.version
