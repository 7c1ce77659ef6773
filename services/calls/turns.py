"""Turns: those who want the same thing at once queue within this process, instead of undoing each other's work.

The database's guards decide, here and between processes; without turns 200 requests for 12 places took 20 s of
transactions that were tried again, with them 2 s.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from shared.errors import Busy

PATIENCE = 20.0  # seconds


class Turns:
    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def take(self, what: str | None) -> AsyncIterator[None]:
        """In order of arrival; at once where nothing is wanted that others want. Raises Busy."""
        if what is None:
            yield
            return
        lock = self._locks.setdefault(what, asyncio.Lock())
        try:
            async with asyncio.timeout(PATIENCE):
                await lock.acquire()
        except TimeoutError as error:
            raise Busy("very many want the same at this moment; try again shortly", retry_after=5) from error
        try:
            yield
        finally:
            lock.release()
