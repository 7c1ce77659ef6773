"""Consuming one queue: slowly at first, acknowledged together, reopened when something failed."""

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
# What a broken connection raises; aiormq says some of it with a bare RuntimeError.
BROKEN = (AMQPError, OSError, TimeoutError, RuntimeError)


@dataclass
class Delivery:
    """A message of ours until the broker has our answer, on the channel that it came by."""

    tag: int
    channel: aiormq.abc.AbstractChannel
    outcome: Literal["settled", "failed"] | None = None


class Listener:
    """One message at a time at first, so that a killer message takes nobody with it."""

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
        await self._connection.ready()
        async with asyncio.timeout(CONFIRM_SECONDS):
            self._channel = await self._connection.channel()
        await self._consume(SLOW_PREFETCH)
        self._channel.reopen_callbacks.add(self._reconnected)

    async def _consume(self, prefetch: int) -> None:
        """Straight from the driver: half the work of `Queue.consume`."""
        self._acks, self._prefetch = 0, prefetch
        channel = await self._channel.get_underlay_channel()
        channel.on_consumer_cancel_callbacks.add(self._cancelled)
        await channel.basic_qos(prefetch_count=prefetch, timeout=CONFIRM_SECONDS)
        answer = await channel.basic_consume(self._name, self._on_message, timeout=CONFIRM_SECONDS)
        self._tag = answer.consumer_tag

    def _reconnected(self, *_: object) -> None:
        self._want("resume")

    def _cancelled(self, *_: object) -> None:
        """By the broker, with the queue."""
        self._want("reopen")

    async def stop(self) -> None:
        """No further deliveries; those under way may still settle."""
        self._stopping = True
        if self._changing:  # or it would consume again
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
        return acknowledging or any(not one.outcome and not one.channel.is_closed for one in self._open)

    async def _on_message(self, message: DeliveredMessage) -> None:
        if message.channel.is_closed:  # gone since: the broker gives it again on the next one
            return
        properties, key = message.header.properties, message.routing_key or ""
        dead, id = key == self._service, properties.message_id or ""
        kind = properties.message_type or "" if dead else type_in(key)
        headers = properties.headers or {}
        if before := headers.get("x-delivery-count"):  # perhaps it killed the process that had it
            self._log.warning("delivered_again", type=kind, id=id, before=before, pid=os.getpid())
        delivery = Delivery(cast(int, message.delivery_tag), message.channel)
        self._open.append(delivery)
        try:
            await self._receive(Message(id, kind, message.body, fate_of(headers) if dead else ""))
        except Exception as error:
            self._log.warning("delivery_failed", type=kind, id=id, reason=repr(error))
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
        last: dict[aiormq.abc.AbstractChannel, int] = {}  # of each channel: after a reconnection there may be two
        while self._open and (self._open[0].outcome == "settled" or self._open[0].channel.is_closed):
            delivery = self._open.popleft()  # of a closed channel: the broker gives it again on the next one
            if delivery.outcome == "settled":
                last[delivery.channel] = delivery.tag
                self._acks += 1
        for channel, tag in last.items():
            try:
                await channel.basic_ack(tag, multiple=True)
            except BROKEN as error:  # the broker has them still, and gives them again on the next connection
                self._log.warning("ack_unanswered", tag=tag, reason=repr(error))
            else:
                failpoint.hit("consumer.after_ack")
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
                elif "resume" in self._wanted:
                    self._wanted.clear()
                    # Slowly again: perhaps it was a message that broke the connection.
                    await self._consume(SLOW_PREFETCH)
                else:
                    self._wanted.clear()
                    await self._widen()
            except (*BROKEN, asyncio.CancelledError) as error:
                if cancelled():
                    raise
                self._log.warning("consumer_interrupted", reason=repr(error))
                self._wanted.add("reopen")  # whatever was half done is begun anew
                await asyncio.sleep(1)

    async def _reopen(self) -> None:
        """Give unsettled messages back; the broker counts it."""
        await asyncio.sleep(random.uniform(0.2, 1))  # noqa: S311
        self._wanted.clear()
        await self._channel.close()  # until then the failed one is first in line: nothing behind it passes
        self._open.clear()
        await self.start()
        self._wanted.discard("resume")  # of the channel that is closed

    async def _widen(self) -> None:
        """A new prefetch counts for new consumers only; the old one goes when the new one is there."""
        old = self._tag
        await self._consume(FULL_PREFETCH)
        if old:
            await self._cancel(old)


def fate_of(headers: Any) -> str:
    """Why the broker gave a message up, in its own words: https://www.rabbitmq.com/docs/dlx#effects."""
    deaths: Any = headers.get("x-death") or [{}]
    last = {"reason": "no reason given", "queue": "its queue", "time": "an unknown time", **deaths[0]}
    return f"{last['reason']} in {last['queue']} at {last['time']}"


def cancelled() -> bool:
    """Whether this task was told to end; aiormq cancels what waits when the heartbeats stop, which is no such order."""
    task = asyncio.current_task()
    return bool(task and task.cancelling())
