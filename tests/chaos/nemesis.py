"""The nemesis: kills, pauses and restarts parts of the platform in an order that a seed decides."""

import random
import threading
import time
from collections import Counter

from tests.chaos.parts import LEASE_SECONDS, Part, revive
from tests.chaos.platform import Platform

DOWN = (0.1, 1.5)  # seconds until a killed process is started again
APART = (0.05, 0.6)  # seconds between two actions
LEAST_KILLS = 5
WEIGHTS = {"kill": 16, "pause": 2, "kill mongo": 2, "kill rabbitmq": 1}  # replicas are as likely as other services


class Nemesis:
    """Performs one action after the other until it is stopped, and counts them by part."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self.platform = platform
        self.deeds: Counter[str] = Counter()
        self._rng = random.Random(seed)
        self._stopped = threading.Event()

    @property
    def kills(self) -> int:
        return sum(number for deed, number in self.deeds.items() if deed.startswith("kill"))

    def rage(self, seconds: float) -> None:
        """Act for so many seconds, and until parts were killed often: a slow machine takes seconds for each.

        A restarted part may be hit again before it is ready.
        """
        site, end = self.platform.site, time.monotonic() + seconds
        while time.monotonic() < end or self.kills < LEAST_KILLS:
            revive(site.parts)
            [deed] = self._rng.choices(list(WEIGHTS), list(WEIGHTS.values()))
            if deed == "pause":
                self._pause(self._rng.choice(site.services))
            else:
                server = {"kill mongo": site.mongo, "kill rabbitmq": site.broker}.get(deed)
                self._kill(server or self._rng.choice(site.services))
            self._stopped.wait(self._rng.uniform(*APART))

    def _kill(self, part: Part) -> None:
        part.kill()
        self._count("kill", part)
        self._stopped.wait(self._rng.uniform(*DOWN))
        part.start()

    def _pause(self, part: Part) -> None:
        """Pause a part for longer than its leases last, so that others take over its work; then resume it."""
        part.pause()
        self._count("pause", part)
        self._stopped.wait(LEASE_SECONDS + 1)
        part.resume()

    def _count(self, deed: str, part: Part) -> None:
        self.deeds[f"{deed} {part.name}"] += 1
        self.platform.deaths += self.platform.site.senders(part)
