"""The RabbitMQ bus: quorum queues, publisher confirms, slow start. The only module that imports aio_pika."""

import asyncio
import os
import random
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

import aio_pika
import aiormq
import aiormq.abc
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage, AbstractRobustConnection
from aio_pika.exceptions import AMQPError, DeliveryError, PublishError
from aiormq import spec
from aiormq.exceptions import ChannelAccessRefused

from shared import crash, log
from shared.bus import Message, Outcome, Receiver, Subscription
from shared.bus.topology import (
    EXCHANGE,
    REPLAY_EXCHANGE,
    dead_queue_name,
    definitions,
    queue_name,
    replay_key,
    type_in,
)

WINDOW = 250
CONFIRM_SECONDS = 5
CONNECT_SECONDS = 20
PERSISTENT = 2
# What a broken connection raises; aiormq says some of it with a bare RuntimeError.
BROKEN = (AMQPError, OSError, TimeoutError, RuntimeError)
SLOW_PREFETCH, FULL_PREFETCH, SLOW_ACKS = 1, 250, 20


async def declare(url: str, listeners: Mapping[str, Sequence[str]]) -> bool:
    """Make the topology over AMQP; False where the account may not, and the broker loads it by itself."""
    wanted = definitions(listeners)
    async with asyncio.timeout(CONNECT_SECONDS), await aio_pika.connect(url, timeout=CONFIRM_SECONDS) as connection:
        channel = await connection.channel()
        try:
            for exchange in wanted["exchanges"]:
                await channel.declare_exchange(exchange["name"], exchange["type"], durable=True)
            for queue in wanted["queues"]:
                await channel.declare_queue(queue["name"], durable=True, arguments=queue["arguments"])
            for binding in wanted["bindings"]:
                queue = await channel.get_queue(binding["destination"], ensure=False)
                await queue.bind(binding["source"], binding["routing_key"])
        except ChannelAccessRefused:
            return False
        else:
            return True


async def remove(url: str, services: Sequence[str]) -> None:
    """Delete these services' queues with all that is in them: for tests, and for a service that is gone."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for service in services:
            for name in (queue_name(service), dead_queue_name(service)):
                await channel.queue_delete(name)


class RabbitBus:
    """Two connections, so that an alarm that blocks publishers does not stop consumers."""

    def __init__(self, url: str, listeners: Mapping[str, Sequence[str]]) -> None:
        """`listeners`: which services listen to which types, as far as is known here."""
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
        while not self._stopping:  # the broker may come after us; the API does not wait for it
            try:
                return await self._subscribe(subscriptions)
            except BROKEN as error:
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
        """One for each exchange: what goes wrong with a replay does not touch the news."""
        async with self._publishing:
            if self._publisher is None:
                await declare(self._url, self._known)  # a queue must be there before the first event for it
                self._publisher = await self._connect()
            if exchange not in self._outgoing:
                channel = await self._publisher.channel(publisher_confirms=True, on_return_raises=True)
                self._outgoing[exchange] = channel
            return self._outgoing[exchange]

    async def publish(self, messages: Sequence[Message], to: str | None = None) -> list[Outcome]:
        try:
            outgoing = await self._publish_channel(REPLAY_EXCHANGE if to else EXCHANGE)
            async with asyncio.timeout(CONFIRM_SECONDS):  # or it is reconnecting
                channel = cast(aiormq.Channel, await outgoing.get_underlay_channel())
        except (*BROKEN, asyncio.CancelledError):
            if cancelled():
                raise
            return [Outcome.UNKNOWN] * len(messages)
        outcomes: list[Outcome] = []
        for start in range(0, len(messages), WINDOW):
            window = messages[start : start + WINDOW]
            sending = asyncio.gather(*(self._publish_one(channel, message, to) for message in window))
            outcomes += await crash.during("relay.after_publish", sending)
        return outcomes

    async def _publish_one(self, channel: aiormq.Channel, message: Message, to: str | None) -> Outcome:
        """Straight into the driver, a window without a pause for each message: half the work of `Exchange.publish`."""
        properties = spec.Basic.Properties(
            message_id=message.id,
            message_type=message.type,
            content_type="application/cloudevents+json",
            delivery_mode=PERSISTENT,
        )
        try:
            answer = await channel.basic_publish(
                message.body,
                exchange=REPLAY_EXCHANGE if to else EXCHANGE,
                routing_key=replay_key(message.type, to) if to else message.type,
                properties=properties,
                mandatory=True,
                wait=False,
                timeout=CONFIRM_SECONDS,
            )
        except PublishError:
            return Outcome.UNROUTED
        except (DeliveryError, *BROKEN, asyncio.CancelledError):
            if cancelled():
                raise
            return Outcome.UNKNOWN  # never "failed": it may have arrived
        return Outcome.CONFIRMED if isinstance(answer, spec.Basic.Ack) else Outcome.UNKNOWN

    async def stop_delivering(self) -> None:
        self._stopping = True
        if self._starting:  # let a connection attempt end in order
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


def cancelled() -> bool:
    """Whether this task was told to end; aiormq cancels what waits when the heartbeats stop, which is no such order."""
    task = asyncio.current_task()
    return bool(task and task.cancelling())


@dataclass
class Delivery:
    """A message of ours until the broker has our answer, and the channel it came by."""

    message: AbstractIncomingMessage
    channel: aiormq.abc.AbstractChannel
    outcome: Literal["settled", "failed"] | None = None


class Listener:
    """Consumes one queue: one message at a time at first, so that a killer message takes nobody with it."""

    def __init__(self, connection: AbstractRobustConnection, queue: str, receive: Receiver) -> None:
        self._connection = connection
        self._name = queue
        self._receive = receive
        self._service = queue.partition(".")[0]
        self._acks = 0
        self._open: deque[Delivery] = deque()  # in the order of their coming
        self._settling: asyncio.Task[None] | None = None
        self._tag: str | None = None
        self._wanted: set[str] = set()
        self._changing: asyncio.Task[None] | None = None
        self._stopping = False
        self._log = log.get(queue=queue)

    async def start(self) -> None:
        self._channel = await self._connection.channel()
        self._queue = await self._channel.get_queue(self._name)
        await self._consume(SLOW_PREFETCH)

    async def _consume(self, prefetch: int) -> None:
        self._acks, self._prefetch = 0, prefetch
        await self._channel.set_qos(prefetch_count=prefetch)
        self._tag = await self._queue.consume(self._on_message)

    async def stop(self) -> None:
        """No further deliveries; those under way may still settle."""
        self._stopping = True
        if self._tag and not self._channel.is_closed:
            try:
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await self._queue.cancel(self._tag)
            except BROKEN as error:
                self._log.info("cancel_unanswered", reason=repr(error))
        deadline = asyncio.get_running_loop().time() + CONFIRM_SECONDS
        while self._has_work() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        if self._changing:
            self._changing.cancel()

    def _has_work(self) -> bool:
        acknowledging = self._settling is not None and not self._settling.done()
        return acknowledging or any(not one.outcome and not one.channel.is_closed for one in self._open)

    async def _on_message(self, message: AbstractIncomingMessage) -> None:
        dead = message.routing_key == self._service
        kind = message.type if dead else type_in(message.routing_key or "")
        if before := message.headers.get("x-delivery-count"):  # perhaps it killed the process that had it
            self._log.warning("delivered_again", type=kind, id=message.message_id, before=before, pid=os.getpid())
        try:
            delivery = Delivery(message, message.channel)
        except BROKEN:  # gone since: the broker gives it again on the next one
            return
        self._open.append(delivery)
        try:
            fate = fate_of(message) if dead else ""
            await self._receive(Message(message.message_id or "", kind or "", message.body, fate))
        except Exception as error:
            self._log.warning("delivery_failed", type=kind, id=message.message_id, reason=repr(error))
            delivery.outcome = "failed"
            self._want("reopen")
        else:
            delivery.outcome = "settled"
            self._settle()

    def _settle(self) -> None:
        """Soon, for all who settle in the same turn; by a task of ours, which no dying channel cancels."""
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._acknowledge())

    async def _acknowledge(self) -> None:
        """One acknowledgement for all that is settled, up to the first that is not."""
        await asyncio.sleep(0)
        last: dict[object, AbstractIncomingMessage] = {}  # of each channel: after a reconnection there may be two
        while self._open and (self._open[0].outcome == "settled" or self._open[0].channel.is_closed):
            delivery = self._open.popleft()  # of a closed channel: the broker gives it again on the next one
            if delivery.outcome == "settled":
                last[delivery.channel] = delivery.message
                self._acks += 1
        for message in last.values():
            try:
                await message.ack(multiple=True)
            except BROKEN as error:  # the broker has them still, and gives them again on the next connection
                self._log.warning("ack_unanswered", id=message.message_id, reason=repr(error))
            else:
                crash.point("consumer.after_ack")
        if self._acks >= SLOW_ACKS and self._prefetch == SLOW_PREFETCH:
            self._want("widen")
        if self._open and self._open[0].outcome == "settled":  # while we waited for the broker
            self._settling = asyncio.create_task(self._acknowledge())

    def _want(self, change: str) -> None:
        """Ask for a change; one after another, and none is forgotten."""
        self._wanted.add(change)
        if self._changing is None or self._changing.done():
            self._changing = asyncio.create_task(self._change())

    async def _change(self) -> None:
        while self._wanted and not self._stopping:
            try:
                if "reopen" in self._wanted:
                    await self._reopen()
                else:
                    await self._widen()
                    self._wanted.discard("widen")
            except BROKEN as error:
                self._log.warning("consumer_interrupted", reason=repr(error))
                await asyncio.sleep(1)

    async def _reopen(self) -> None:
        """Give unsettled messages back; the broker counts it."""
        await asyncio.sleep(random.uniform(0.2, 1))  # noqa: S311
        self._wanted.clear()
        try:
            await self._channel.close()  # until then the failed one is first in line: nothing behind it passes
            self._open.clear()
            await self.start()
        except BROKEN:
            self._wanted.add("reopen")
            raise

    async def _widen(self) -> None:
        """A new prefetch counts for new consumers only; the old one goes when the new one is there."""
        old = self._tag
        await self._consume(FULL_PREFETCH)
        if old:
            await self._queue.cancel(old)


def fate_of(delivery: AbstractIncomingMessage) -> str:
    """Why the broker gave a message up, in its own words: https://www.rabbitmq.com/docs/dlx#effects."""
    deaths: Any = delivery.headers.get("x-death") or [{}]
    last = {"reason": "no reason given", "queue": "its queue", "time": "an unknown time", **deaths[0]}
    return f"{last['reason']} in {last['queue']} at {last['time']}"
