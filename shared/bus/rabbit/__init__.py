"""The RabbitMQ bus: quorum queues, publisher confirms, slow start. The only package that imports aio_pika."""

from shared.bus.rabbit.bus import WINDOW, RabbitBus, declare, remove
from shared.bus.rabbit.listener import FULL_PREFETCH

__all__ = ["FULL_PREFETCH", "WINDOW", "RabbitBus", "declare", "remove"]
