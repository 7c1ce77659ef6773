"""RabbitMQ's topology as data: a quorum queue a service, bound for each type it listens to: to news, and to replays."""

from collections.abc import Mapping, Sequence
from typing import Any

EXCHANGE = "ccp.events"
REPLAY_EXCHANGE = "ccp.replay"
DEAD_EXCHANGE = "ccp.dead"
DELIVERY_LIMIT = 20


def queue_name(service: str) -> str:
    """The version is part of the name: a queue's arguments can never change."""
    return f"{service}.events.v1"


def dead_queue_name(service: str) -> str:
    return f"{service}.dead.v1"


def replay_key(event_type: str, queue: str) -> str:
    """Begins with the type, so that the broker lets each service replay its own types only."""
    return f"{event_type}.to.{queue}"


def type_in(key: str) -> str:
    """The event type in a routing key: its first four words."""
    return ".".join(key.split(".")[:4])


def queue_arguments(service: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def definitions(listeners: Mapping[str, Sequence[str]], vhost: str = "/") -> dict[str, Any]:
    """The broker's topology as it loads it at boot, so that a service that never ran has its queue."""
    at = {"vhost": vhost, "durable": True}
    exchange = {"auto_delete": False, "internal": False, "arguments": {}}
    queues, bindings = [], []
    for service, types in sorted(listeners.items()):
        own, dead = {"auto_delete": False, "arguments": queue_arguments(service)}, {"x-queue-type": "quorum"}
        queues.append({"name": queue_name(service), **at, **own})
        queues.append({"name": dead_queue_name(service), **at, "auto_delete": False, "arguments": dead})
        routes = [(EXCHANGE, queue_name(service), key) for key in sorted(types)]
        routes += [(REPLAY_EXCHANGE, queue, replay_key(key, queue)) for _, queue, key in routes]
        for source, queue, key in [*routes, (DEAD_EXCHANGE, dead_queue_name(service), service)]:
            route = {"source": source, "destination": queue, "destination_type": "queue", "routing_key": key}
            bindings.append({"vhost": vhost, **route, "arguments": {}})
    return {
        "exchanges": [
            {"name": EXCHANGE, "type": "topic", **at, **exchange},
            {"name": REPLAY_EXCHANGE, "type": "topic", **at, **exchange},
            {"name": DEAD_EXCHANGE, "type": "direct", **at, **exchange},
        ],
        "queues": queues,
        "bindings": bindings,
    }
