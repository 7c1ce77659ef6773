"""Copies of documents that other services own; a request may arrive before the event that updates the copy."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
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
