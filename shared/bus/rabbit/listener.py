"""A consumer of one queue: slow at first, with acknowledgements for many messages, reopened after an error."""

import asyncio
import os
import random
from collections import deque
from dataclasses import dataclass
from typing import Any, Literal, cast

import aiormq.abc
from aio_pika.abc import AbstractRobustConnection
from aio_pika.exceptions import AMQPError
from aiormq.abc import DeliveredMessage

from shared import failpoint, log
from shared.bus import Message, Receiver
from shared.bus.topology import type_in

CONFIRM_SECONDS = 5
SLOW_PREFETCH, FULL_PREFETCH, SLOW_ACKS = 1, 250, 20
# Errors of a broken connection; aiormq reports some of them as RuntimeError.
BROKEN = (AMQPError, OSError, TimeoutError, RuntimeError)


@dataclass
class Delivery:
    """A message that is not acknowledged yet, and the channel that delivered it."""

    tag: int
    channel: aiormq.abc.AbstractChannel
    outcome: Literal["settled", "failed"] | None = None


class Listener:
    """Receives one message at a time at first, so that a message that kills its process affects no other."""

    def __init__(self, connection: AbstractRobustConnection, queue: str, receive: Receiver) -> None:
        self._connection = connection
        self._name = queue
        self._receive = receive
        self._service = queue.partition(".")[0]
        self._acks = 0
        self._open: deque[Delivery] = deque()  # in order of arrival
        self._settling: asyncio.Task[None] | None = None
        self._tag: str | None = None
        self._requested: set[str] = set()
        self._changing: asyncio.Task[None] | None = None
        self._stopping = False
        self._log = log.get(queue=queue)

    async def start(self) -> None:
        await self._connection.ready()
        async with asyncio.timeout(CONFIRM_SECONDS):
            self._channel = await self._connection.channel()
        await self._consume(SLOW_PREFETCH)
        self._channel.reopen_callbacks.add(self._reconnected)

    async def _consume(self, prefetch: int) -> None:
        """Consume through the low-level driver: half the work of `Queue.consume`."""
        self._acks, self._prefetch = 0, prefetch
        channel = await self._channel.get_underlay_channel()
        channel.on_consumer_cancel_callbacks.add(self._cancelled)
        await channel.basic_qos(prefetch_count=prefetch, timeout=CONFIRM_SECONDS)
        answer = await channel.basic_consume(self._name, self._on_message, timeout=CONFIRM_SECONDS)
        self._tag = answer.consumer_tag

    def _reconnected(self, *_: object) -> None:
        self._request("resume")

    def _cancelled(self, *_: object) -> None:
        """React to a consumer that the broker cancelled, for example with its queue."""
        self._request("reopen")

    async def stop(self) -> None:
        """Stop deliveries; those in flight may still settle."""
        self._stopping = True
        if self._changing:  # otherwise it would consume again
            self._changing.cancel()
        if self._tag and not self._channel.is_closed:
            try:
                async with asyncio.timeout(CONFIRM_SECONDS):
                    await self._cancel(self._tag)
            except BROKEN as error:
                self._log.info("cancel_unanswered", reason=repr(error))
        deadline = asyncio.get_running_loop().time() + CONFIRM_SECONDS
        while self._has_work() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)

    async def _cancel(self, tag: str) -> None:
        await (await self._channel.get_underlay_channel()).basic_cancel(tag)

    def _has_work(self) -> bool:
        acknowledging = self._settling is not None and not self._settling.done()
        return acknowledging or any(not delivery.outcome and not delivery.channel.is_closed for delivery in self._open)

    async def _on_message(self, message: DeliveredMessage) -> None:
        if message.channel.is_closed:  # the broker delivers the message again on the next channel
            return
        properties, key = message.header.properties, message.routing_key or ""
        dead, id = key == self._service, properties.message_id or ""
        kind = properties.message_type or "" if dead else type_in(key)
        headers = properties.headers or {}
        if before := headers.get("x-delivery-count"):  # it may have killed the process that handled it
            self._log.warning("delivered_again", type=kind, id=id, before=before, pid=os.getpid())
        delivery = Delivery(cast(int, message.delivery_tag), message.channel)
        self._open.append(delivery)
        try:
            await self._receive(Message(id, kind, message.body, dead_letter_reason(headers) if dead else ""))
        except Exception as error:
            self._log.warning("delivery_failed", type=kind, id=id, reason=repr(error))
            delivery.outcome = "failed"
            self._request("reopen")
        else:
            delivery.outcome = "settled"
            self._settle()

    def _settle(self) -> None:
        """Acknowledge soon, together with other deliveries, in a task that a closing channel cannot cancel."""
        if self._settling is None or self._settling.done():
            self._settling = asyncio.create_task(self._acknowledge())

    async def _acknowledge(self) -> None:
        """Acknowledge all settled deliveries before the first unsettled one, with one frame per channel."""
        await asyncio.sleep(0)
        last: dict[aiormq.abc.AbstractChannel, int] = {}  # by channel: after a reconnection there may be two
        while self._open and (self._open[0].outcome == "settled" or self._open[0].channel.is_closed):
            delivery = self._open.popleft()  # of a closed channel: the broker delivers it again
            if delivery.outcome == "settled":
                last[delivery.channel] = delivery.tag
                self._acks += 1
        for channel, tag in last.items():
            try:
                await channel.basic_ack(tag, multiple=True)
            except BROKEN as error:  # the broker delivers them again on the next connection
                self._log.warning("ack_unanswered", tag=tag, reason=repr(error))
            else:
                failpoint.hit("consumer.after_ack")
        if self._acks >= SLOW_ACKS and self._prefetch == SLOW_PREFETCH:
            self._request("widen")
        if self._open and self._open[0].outcome == "settled":  # settled while this task waited for the broker
            self._settling = asyncio.create_task(self._acknowledge())

    def _request(self, change: str) -> None:
        """Request a change of the consumer; changes are applied one after another."""
        self._requested.add(change)
        if self._changing is None or self._changing.done():
            self._changing = asyncio.create_task(self._change())

    async def _change(self) -> None:
        while self._requested and not self._stopping:
            try:
                if "reopen" in self._requested:
                    await self._reopen()
                elif "resume" in self._requested:
                    self._requested.clear()
                    # Slowly again: a message may have broken the connection.
                    await self._consume(SLOW_PREFETCH)
                else:
                    self._requested.clear()
                    await self._widen()
            except (*BROKEN, asyncio.CancelledError) as error:
                if cancelled():
                    raise
                self._log.warning("consumer_interrupted", reason=repr(error))
                self._requested.add("reopen")  # start again from a clean state
                await asyncio.sleep(1)

    async def _reopen(self) -> None:
        """Open a new channel. The broker redelivers unsettled messages and counts the delivery."""
        await asyncio.sleep(random.uniform(0.2, 1))  # noqa: S311
        self._requested.clear()
        await self._channel.close()  # the failed delivery comes first and blocks all others
        self._open.clear()
        await self.start()
        self._requested.discard("resume")  # a request of the closed channel

    async def _widen(self) -> None:
        """Replace the consumer by one with a larger prefetch, which applies to new consumers only."""
        old = self._tag
        await self._consume(FULL_PREFETCH)
        if old:
            await self._cancel(old)


def dead_letter_reason(headers: Any) -> str:
    """Return why the broker gave up on a message, see https://www.rabbitmq.com/docs/dlx#effects."""
    deaths: Any = headers.get("x-death") or [{}]
    last = {"reason": "unknown reason", "queue": "its queue", "time": "an unknown time", **deaths[0]}
    return f"{last['reason']} in {last['queue']} at {last['time']}"


def cancelled() -> bool:
    """Return whether the task was asked to end. aiormq also cancels waiting tasks when the heartbeats stop."""
    task = asyncio.current_task()
    return bool(task and task.cancelling())
