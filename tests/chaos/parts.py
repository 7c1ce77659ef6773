"""Parts that can be killed, a site with all parts of a platform, waiting for conditions."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

T = TypeVar("T")
TIMEOUT = 60.0  # seconds
READY_TIMEOUT = 180.0  # seconds for a restart on a busy machine
LEASE_SECONDS = 3
SETTINGS = {  # of the services under attack
    "CCP_LEASE_SECONDS": str(LEASE_SECONDS),
    "CCP_MAIL_SETTLE_SECONDS": "0.2",
    "CCP_OPERATOR_EMAIL": "operator@ccp.example",
    "CCP_OPERATOR_PASSWORD": "operator-under-attack",
    "CCP_OPERATORS_NEED_SECOND_FACTOR": "false",
    "CCP_TOKEN_MINUTES": "600",
    # A few members and one network address send all requests of a storm.
    "CCP_LIMIT_REGISTRATIONS_BY_CLIENT": "100000 per hour",
    "CCP_LIMIT_PUBLICATIONS_BY_MEMBER": "1000000 per hour",
}
OPERATOR = (SETTINGS["CCP_OPERATOR_EMAIL"], SETTINGS["CCP_OPERATOR_PASSWORD"])


class Part(Protocol):
    """A process or container that can be started, killed, paused and started again with the same data."""

    name: str  # service and number of the replica: "calls-1"

    def start(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...

    @property
    def is_running(self) -> bool: ...
    @property
    def answers(self) -> bool: ...


class Sink(Protocol):
    """An SMTP server that keeps every message."""

    @property
    def counts(self) -> Counter[str]:
        """Return how often each Message-ID was received."""

    def text_to(self, address: str) -> str | None:
        """Return the text of the last e-mail to an address."""


@dataclass
class Site:
    """A running platform: the parts that can be killed, and the addresses of its servers."""

    mongo: Part
    broker: Part
    services: Sequence[Part]
    sink: Sink
    mongo_url: str  # with the right to read every database
    broker_url: str  # with the right to publish to every queue
    urls: Mapping[str, str]  # by service

    @property
    def parts(self) -> list[Part]:
        return [self.mongo, self.broker, *self.services]

    def senders(self, part: Part) -> int:
        """Return the number of mailers that may lose e-mails in delivery when this part dies."""
        mailers = [one for one in self.services if "notifications" in one.name]
        return len(mailers) if part is self.mongo else int(part in mailers)


def start_all(parts: Iterable[Part]) -> None:
    """Start the parts that do not run, and wait until all are ready. Raises TimeoutError."""
    revive(parts := list(parts))
    for part in parts:
        until(lambda part=part: revive([part]) or part.answers, f"{part.name} to be ready", READY_TIMEOUT)


def revive(parts: Iterable[Part]) -> None:
    """Start the parts that do not run, as compose would do after they ended by themselves."""
    for part in parts:
        if not part.is_running:
            part.start()


def until(condition: Callable[[], T], what: str, timeout: float = TIMEOUT) -> T:
    """Wait for a condition of another process. Raises TimeoutError."""
    deadline = time.monotonic() + timeout
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {timeout:g} s without success for {what}")
        time.sleep(0.05)
    return result
