"""What is done to the platform: kills, pauses and restarts in an order that a seed decides."""

import random
import threading
import time
from collections import Counter

from tests.chaos.parts import LEASE_SECONDS, Part
from tests.chaos.platform import Platform

DOWN = (0.1, 1.5)  # seconds that a killed process stays away
APART = (0.05, 0.6)  # seconds between two deeds
WEIGHTS = {"kill": 16, "pause": 2, "kill mongo": 2, "kill rabbitmq": 1}  # a replica is as likely as any service


class Nemesis:
    """Does one deed after the other until it is stopped; counts them by what was hit."""

    def __init__(self, platform: Platform, seed: int) -> None:
        self.platform = platform
        self.deeds: Counter[str] = Counter()
        self._rng = random.Random(seed)
        self._stopped = threading.Event()

    @property
    def kills(self) -> int:
        return sum(number for deed, number in self.deeds.items() if deed.startswith("kill"))

    def rage(self, seconds: float) -> None:
        """For so long. Nobody waits until what was started again is ready: the next deed may hit it half awake."""
        site, end = self.platform.site, time.monotonic() + seconds
        while time.monotonic() < end:
            self._supervise()
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

    def _supervise(self) -> None:
        """Who ended by itself, since its database was not there, is started again, as compose would do."""
        for part in self.platform.site.parts:
            if not part.is_running:
                part.start()

    def _pause(self, part: Part) -> None:
        """Longer than its leases last, so that others take over what it holds; then it goes on, unaware."""
        part.pause()
        self._count("pause", part)
        self._stopped.wait(LEASE_SECONDS + 1)
        part.resume()

    def _count(self, deed: str, part: Part) -> None:
        self.deeds[f"{deed} {part.name}"] += 1
        self.platform.deaths += self.platform.site.senders(part)
