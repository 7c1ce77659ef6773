"""The in-process bus: it confirms an event after every listener has committed it."""

import asyncio
from collections.abc import Sequence

from shared import log
from shared.bus import Message, Outcome, Subscription, routes_of
from shared.bus.topology import queue_name


class MemoryBus:
    """Delivers within one process. Events without confirmation stay in the outbox and are published again."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, Subscription] = {}
        self._routes: dict[str, list[str]] = {}
        self._started = asyncio.Event()
        self._delivering = False

    async def start(self, subscriptions: Sequence[Subscription]) -> None:
        self._subscriptions = {s.service: s for s in subscriptions}
        self._routes = routes_of({s.service: s.types for s in subscriptions})
        self._delivering = True
        self._started.set()

    async def publish(self, messages: Sequence[Message], to: str | None = None) -> list[Outcome]:
        await self._started.wait()  # services may publish before all of them listen
        return list(await asyncio.gather(*(self._deliver(message, to) for message in messages)))

    async def _deliver(self, message: Message, to: str | None) -> Outcome:
        services = [name for name in self._routes.get(message.type, []) if to in {None, queue_name(name)}]
        if not self._delivering:
            return Outcome.UNKNOWN
        if not services:
            return Outcome.UNROUTED
        results = await asyncio.gather(
            *(self._subscriptions[service].receive(message) for service in services), return_exceptions=True
        )
        failures = [result for result in results if isinstance(result, BaseException)]
        for failure in failures:
            log.get().warning("delivery_failed", type=message.type, id=message.id, reason=repr(failure))
        return Outcome.UNKNOWN if failures else Outcome.CONFIRMED

    async def stop_delivering(self) -> None:
        self._delivering = False

    async def close(self) -> None:
        self._delivering = False
