"""What a storm needs, wherever the platform runs: parts that can be killed, a site that has them, a way to wait."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")
PATIENCE = 60.0  # seconds
AWAKE = 180.0  # until what was killed is ready again, on a machine with nothing to spare
LEASE_SECONDS = 3
SETTINGS = {  # of the services under attack
    "CCP_LEASE_SECONDS": str(LEASE_SECONDS),
    "CCP_MAIL_SETTLE_SECONDS": "0.2",
    "CCP_OPERATOR_EMAIL": "operator@ccp.example",
    "CCP_OPERATOR_PASSWORD": "operator-under-attack",
}
OPERATOR = (SETTINGS["CCP_OPERATOR_EMAIL"], SETTINGS["CCP_OPERATOR_PASSWORD"])


class Part(Protocol):
    """A process or a container that is started, killed, paused and started again with the same data."""

    name: str  # "calls-1": what runs there, and which of its replicas

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...

    @property
    def is_running(self) -> bool: ...
    @property
    def answers(self) -> bool: ...


class Sink(Protocol):
    """An SMTP server that keeps everything it was given."""

    @property
    def counts(self) -> Counter[str]:
        """How often each Message-ID came."""

    def text_to(self, address: str) -> str | None:
        """What the last e-mail to an address says."""


@dataclass
class Site:
    """Where a platform runs: what can be killed there, and how outsiders reach it."""

    mongo: Part
    broker: Part
    services: Sequence[Part]
    sink: Sink
    mongo_url: str  # as somebody who may read every database
    broker_url: str  # as somebody who may put a message into every queue
    urls: Mapping[str, str]  # by service

    @property
    def parts(self) -> list[Part]:
        return [self.mongo, self.broker, *self.services]

    def senders(self, part: Part) -> int:
        """How many mailers lose hold of what they are handing over when this part dies."""
        mailers = [one for one in self.services if "notifications" in one.name]
        return len(mailers) if part is self.mongo else int(part in mailers)


def start_all(parts: Iterable[Part]) -> None:
    """Those that do not run; returns once every one answers. Raises TimeoutError."""
    for part in (parts := list(parts)):
        if not part.is_running:
            part.start()
    for part in parts:
        until(lambda part=part: part.answers, f"{part.name} to be ready", AWAKE)


def until(condition: Callable[[], T], what: str, patience: float = PATIENCE) -> T:
    """Wait for a condition of another process. Raises TimeoutError."""
    deadline = time.monotonic() + patience
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {patience:g} s in vain for {what}")
        time.sleep(0.05)
    return result
