"""Copies of what other services own, kept by events: a request may be a moment ahead of its copy."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
PATIENCE = 1.0  # seconds


async def wait_for_copy(find: Callable[[], Awaitable[T | None]]) -> T | None:
    """Return what `find` returns; ask again for up to a second, as the event with the copy may be on its way."""
    found = await find()
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while found is None and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.05)
        found = await find()
    return found
