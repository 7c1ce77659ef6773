"""The bus port: publish with confirmation, subscribe with settlement. Adapters: rabbit, memory."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True)
class Message:
    id: str
    type: str
    body: bytes
    fate: str = ""  # of what the broker gave up: what it says of why


class Outcome(Enum):
    CONFIRMED = "every listener's queue has it"
    UNROUTED = "nobody listens to this type"
    UNKNOWN = "no answer: publish again"


# Returning settles the message for good; raising leaves it with the bus, which delivers it again.
Receiver = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Subscription:
    """One listening service: its queue's name, the types it wants, and what takes the messages."""

    service: str
    types: Sequence[str]
    receive: Receiver
    receive_dead: Receiver  # what the broker gave up on


class Bus(Protocol):
    async def start(self, subscriptions: Sequence[Subscription]) -> None:
        """Begin delivering. Every subscription of a process is given here, once."""

    async def publish(self, messages: Sequence[Message], to: str | None = None) -> list[Outcome]:
        """Hand over a batch; one outcome each, in order. `to`: only to that queue, if it listens to the type."""

    async def stop_delivering(self) -> None:
        """No further deliveries; those in flight may still settle."""

    async def close(self) -> None: ...


def routes(listeners: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Which services listen to each event type."""
    routes: dict[str, list[str]] = {}
    for service, types in sorted(listeners.items()):
        for event_type in sorted(types):
            routes.setdefault(event_type, []).append(service)
    return routes
