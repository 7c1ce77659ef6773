"""Limits of requests: how often one client, member or address may do something, counted for all replicas together."""

import time
from math import ceil

import limits
from cachetools import TTLCache
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from shared.errors import TooManyRequests
from shared.ids import stable_id
from shared.keyed_lock import KeyedLock
from shared.mongo import Database, RequestCounters
from shared.sentences import _

MONTH = limits.parse("1 per 30 days")
MOST_REFUSED = 10_000  # keys


class Throttle:
    """The counters of one service. A key is stored as a hash, because it may contain an address.

    Requests with one key queue here, and a refusal is remembered for a second, so that a flood of requests which are
    refused costs the database nothing.
    """

    def __init__(self, db: Database) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(RequestCounters(db))
        self._queues = KeyedLock()
        self._refused: TTLCache[str, float] = TTLCache(MOST_REFUSED, 1)

    async def count(self, rate: str, *key: str, refusal: type[TooManyRequests] = TooManyRequests) -> None:
        """Count a request under a key. Raises TooManyRequests if the rate, such as `10 per hour`, is reached."""
        item, id = limits.parse(rate), stable_id(*key)
        async with self._queues.hold(id):
            if id not in self._refused:
                if await self._limiter.hit(item, id):
                    return
                self._refused[id] = (await self._limiter.get_window_stats(item, id)).reset_time
        seconds = min(max(ceil(self._refused.get(id, 0) - time.time()), 1), item.get_expiry())
        raise refusal(_("Too many requests. Try again in {time}.", time=_in_words(seconds)), retry_after=seconds)

    async def give_back(self, rate: str, *key: str) -> None:
        """Take back a request that was counted under a key."""
        id = stable_id(*key)
        await self._limiter.hit(limits.parse(rate), id, cost=-1)
        self._refused.pop(id, None)

    async def remember(self, *key: str) -> None:
        """Remember a key for a month."""
        await self._limiter.hit(MONTH, stable_id("remembered", *key))

    async def remembers(self, *key: str) -> bool:
        """Return whether a key was remembered in the last month."""
        return not await self._limiter.test(MONTH, stable_id("remembered", *key))


def _in_words(seconds: int) -> str:
    if seconds < 120:
        return _("{count:,} second(s)", count=seconds)
    return _("{count:,} minute(s)", count=ceil(seconds / 60))
