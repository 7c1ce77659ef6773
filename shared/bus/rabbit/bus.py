"""RabbitMQ: topology, two connections, publishing with confirmations."""

import asyncio
import random
from collections.abc import Iterable, Mapping, Sequence
from typing import cast

import aio_pika
import aiormq
from aio_pika.abc import AbstractChannel, AbstractRobustConnection
from aio_pika.exceptions import DeliveryError, PublishError
from aiormq import spec
from aiormq.abc import ConfirmationFrameType
from aiormq.exceptions import ChannelAccessRefused

from shared import failpoint, log
from shared.bus import Message, Outcome, Subscription
from shared.bus.rabbit.listener import BROKEN, CONFIRM_SECONDS, Listener, cancelled
from shared.bus.topology import EXCHANGE, REPLAY_EXCHANGE, dead_queue_name, definitions, queue_name, replay_key

WINDOW = 250
CONNECT_SECONDS = 20
PERSISTENT = 2

Publication = asyncio.Task[ConfirmationFrameType | None]


async def declare(url: str, listeners: Mapping[str, Sequence[str]]) -> bool:
    """Declare the topology. Return False if the account lacks the rights; the broker then loads it at boot."""
    topology = definitions(listeners)
    async with asyncio.timeout(CONNECT_SECONDS), await aio_pika.connect(url, timeout=CONFIRM_SECONDS) as connection:
        channel = await connection.channel()
        try:
            for exchange in topology["exchanges"]:
                await channel.declare_exchange(exchange["name"], exchange["type"], durable=True)
            for queue in topology["queues"]:
                await channel.declare_queue(queue["name"], durable=True, arguments=queue["arguments"])
            for binding in topology["bindings"]:
                queue = await channel.get_queue(binding["destination"], ensure=False)
                await queue.bind(binding["source"], binding["routing_key"])
        except ChannelAccessRefused:
            return False
        else:
            return True


async def remove(url: str, services: Sequence[str]) -> None:
    """Delete the queues of services with their messages: for tests, and for a service that no longer exists."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for service in services:
            for name in (queue_name(service), dead_queue_name(service)):
                await channel.queue_delete(name)


class RabbitBus:
    """Uses two connections, so that a broker alarm that blocks publishers does not stop consumers."""

    def __init__(self, url: str, listeners: Mapping[str, Sequence[str]]) -> None:
        """Set up without connecting. `listeners`: the services and their types, as far as this process knows them."""
        self._url = url
        self._known = listeners
        self._publishing = asyncio.Lock()
        self._publisher: AbstractRobustConnection | None = None
        self._outgoing: dict[str, AbstractChannel] = {}  # by exchange
        self._consumer: AbstractRobustConnection | None = None
        self._listeners: list[Listener] = []
        self._starting: asyncio.Task[None] | None = None
        self._stopping = False
        self._log = log.get(bus="rabbit")

    async def start(self, subscriptions: Sequence[Subscription]) -> None:
        self._starting = asyncio.create_task(self._start(subscriptions))

    async def _start(self, subscriptions: Sequence[Subscription]) -> None:
        pause = 0.5
        while not self._stopping:  # the broker may start later; the API does not wait for it
            try:
                return await self._subscribe(subscriptions)
            except (*BROKEN, asyncio.CancelledError) as error:
                if cancelled():
                    raise
                self._log.warning("broker_unavailable", reason=repr(error))
                await self._drop_consumer()
                await asyncio.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311
                pause = min(pause * 2, 5)

    async def _subscribe(self, subscriptions: Sequence[Subscription]) -> None:
        await declare(self._url, {**self._known, **{s.service: s.types for s in subscriptions}})
        self._consumer = await self._connect()
        for subscription in subscriptions:
            for queue, receive in (
                (queue_name(subscription.service), subscription.receive),
                (dead_queue_name(subscription.service), subscription.receive_dead),
            ):
                listener = Listener(self._consumer, queue, receive)
                await listener.start()
                self._listeners.append(listener)
        self._log.info("bus_delivering", queues=len(self._listeners))

    async def _connect(self) -> AbstractRobustConnection:
        return await aio_pika.connect_robust(
            self._url,
            heartbeat=10,
            timeout=5,
            reconnect_interval=random.uniform(0.5, 1.5),  # noqa: S311
        )

    async def _publish_channel(self, exchange: str) -> AbstractChannel:
        """Return the channel of an exchange. Each has its own, so that a failed replay does not disturb new events."""
        async with self._publishing:
            if self._publisher is None:
                await declare(self._url, self._known)  # a queue must exist before the first event for it
                self._publisher = await self._connect()
            if exchange not in self._outgoing:
                channel = await self._publisher.channel(publisher_confirms=True, on_return_raises=True)
                self._outgoing[exchange] = channel
            return self._outgoing[exchange]

    async def publish(self, messages: Sequence[Message], to: str | None = None) -> list[Outcome]:
        try:
            outgoing = await self._publish_channel(REPLAY_EXCHANGE if to else EXCHANGE)
            async with asyncio.timeout(CONFIRM_SECONDS):  # longer: the connection is being restored
                channel = cast(aiormq.Channel, await outgoing.get_underlay_channel())
        except (*BROKEN, asyncio.CancelledError):
            if cancelled():
                raise
            return [Outcome.UNKNOWN] * len(messages)
        outcomes: list[Outcome] = []
        for start in range(0, len(messages), WINDOW):
            window = [publication(channel, message, to) for message in messages[start : start + WINDOW]]
            try:
                await failpoint.during("relay.after_publish", asyncio.wait(window, timeout=CONFIRM_SECONDS))
            finally:
                outcomes += settled(window)
        return outcomes

    async def stop_delivering(self) -> None:
        self._stopping = True
        if self._starting:  # let a connection attempt end
            await asyncio.wait([self._starting], timeout=CONFIRM_SECONDS)
            self._starting.cancel()
        for listener in self._listeners:
            await listener.stop()

    async def _drop_consumer(self) -> None:
        self._listeners.clear()
        if self._consumer:
            await self._consumer.close()
            self._consumer = None

    async def close(self) -> None:
        await self.stop_delivering()
        await self._drop_consumer()
        if self._publisher:
            await self._publisher.close()


def publication(channel: aiormq.Channel, message: Message, to: str | None) -> Publication:
    """Publish through the low-level driver, without waiting for each message: half the work of `Exchange.publish`."""
    properties = spec.Basic.Properties(
        message_id=message.id,
        message_type=message.type,
        content_type="application/cloudevents+json",
        delivery_mode=PERSISTENT,
    )
    sending = channel.basic_publish(
        message.body,
        exchange=REPLAY_EXCHANGE if to else EXCHANGE,
        routing_key=replay_key(message.type, to) if to else message.type,
        properties=properties,
        mandatory=True,
        wait=False,
    )
    return asyncio.create_task(sending)


def settled(window: Iterable[Publication]) -> list[Outcome]:
    """Return the outcomes, and stop waiting for the confirmations that are missing."""
    outcomes = [outcome(task) for task in window]
    for task in window:
        task.cancel()
    return outcomes


def outcome(task: Publication) -> Outcome:
    """Return the outcome of one publication. It is never "failed": an unconfirmed message may have arrived."""
    if not task.done() or task.cancelled():
        return Outcome.UNKNOWN
    match task.exception():
        case None:
            return Outcome.CONFIRMED if isinstance(task.result(), spec.Basic.Ack) else Outcome.UNKNOWN
        case PublishError():
            return Outcome.UNROUTED
        case error:
            if not isinstance(error, (DeliveryError, *BROKEN)):
                log.get(bus="rabbit").warning("publishing_failed", reason=repr(error))
            return Outcome.UNKNOWN
