"""The bus port: publishing with confirmations, subscriptions with settlement. Adapters: rabbit, memory."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol


@dataclass(frozen=True)
class Message:
    """An event on the bus; `body` is its envelope."""

    id: str
    type: str
    body: bytes
    dead_letter_reason: str = ""  # why the broker gave up on it, in the broker's words


class Outcome(Enum):
    """The result of publishing one message."""

    CONFIRMED = "the queue of every listener has it"
    UNROUTED = "no service listens to this type"
    UNKNOWN = "no confirmation: publish it again"


# A receiver that returns settles the message. If it raises, the bus delivers the message again.
Receiver = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Subscription:
    """A listening service: its name, the types it listens to, and the receivers of its messages."""

    service: str
    types: Sequence[str]
    receive: Receiver
    receive_dead: Receiver  # for messages that the broker gave up on


class Bus(Protocol):
    """Delivers events between services."""

    async def start(self, subscriptions: Sequence[Subscription]) -> None:
        """Begin delivering. Called once, with all subscriptions of the process."""

    async def publish(self, messages: Sequence[Message], to: str | None = None) -> list[Outcome]:
        """Publish a batch and return its outcomes in order. `to`: only to this queue, if it is bound to the type."""

    async def stop_delivering(self) -> None:
        """Stop deliveries; those in flight may still settle."""

    async def close(self) -> None:
        """Stop deliveries and close connections."""


def routes_of(listeners: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Return the services that listen to each event type."""
    routes: dict[str, list[str]] = {}
    for service, types in sorted(listeners.items()):
        for event_type in sorted(types):
            routes.setdefault(event_type, []).append(service)
    return routes
