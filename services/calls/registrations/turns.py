"""Taking turns: two hundred transactions at once on one gathering's places would only interrupt each other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from shared.errors import Busy

PATIENCE = 20.0  # seconds


class Turns:
    """First come, first served in this process; between replicas it is the transactions that see to it."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def turn(self, gathering_id: str) -> AsyncIterator[None]:
        """Raises Busy."""
        lock = self._locks.setdefault(gathering_id, asyncio.Lock())
        try:
            async with asyncio.timeout(PATIENCE):
                await lock.acquire()
        except TimeoutError as error:
            raise Busy("very many register at this moment; try again shortly", retry_after=5) from error
        try:
            yield
        finally:
            lock.release()
