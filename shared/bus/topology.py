"""RabbitMQ's topology as data: a quorum queue per service, bound once per type to the events and to their replays."""

from collections.abc import Mapping, Sequence
from typing import Any

EXCHANGE = "ccp.events"
REPLAY_EXCHANGE = "ccp.replay"
DEAD_EXCHANGE = "ccp.dead"
DELIVERY_LIMIT = 20


def queue_name(service: str) -> str:
    """Return a service's queue. The name has a version, because the arguments of a queue can never change."""
    return f"{service}.events.v1"


def dead_queue_name(service: str) -> str:
    """Return the queue for messages of a service that the broker gave up on."""
    return f"{service}.dead.v1"


def replay_key(event_type: str, queue: str) -> str:
    """Return the routing key of a replay. It begins with the type, so that each service can replay only its own."""
    return f"{event_type}.to.{queue}"


def type_in(key: str) -> str:
    """Return the event type in a routing key: its first four words."""
    return ".".join(key.split(".")[:4])


def queue_arguments(service: str) -> dict[str, Any]:
    """Return the arguments of a service's queue."""
    return {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": DEAD_EXCHANGE,
        "x-dead-letter-routing-key": service,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }


def definitions(listeners: Mapping[str, Sequence[str]], vhost: str = "/") -> dict[str, Any]:
    """Return the topology in the form that the broker loads at boot, so that queues exist before their services."""
    durable = {"vhost": vhost, "durable": True}
    exchange = {"auto_delete": False, "internal": False, "arguments": {}}
    queues, bindings = [], []
    for service, types in sorted(listeners.items()):
        own, dead = {"auto_delete": False, "arguments": queue_arguments(service)}, {"x-queue-type": "quorum"}
        queues.append({"name": queue_name(service), **durable, **own})
        queues.append({"name": dead_queue_name(service), **durable, "auto_delete": False, "arguments": dead})
        routes = [(EXCHANGE, queue_name(service), key) for key in sorted(types)]
        routes += [(REPLAY_EXCHANGE, queue, replay_key(key, queue)) for _, queue, key in routes]
        for source, queue, key in [*routes, (DEAD_EXCHANGE, dead_queue_name(service), service)]:
            route = {"source": source, "destination": queue, "destination_type": "queue", "routing_key": key}
            bindings.append({"vhost": vhost, **route, "arguments": {}})
    return {
        "exchanges": [
            {"name": EXCHANGE, "type": "topic", **durable, **exchange},
            {"name": REPLAY_EXCHANGE, "type": "topic", **durable, **exchange},
            {"name": DEAD_EXCHANGE, "type": "direct", **durable, **exchange},
        ],
        "queues": queues,
        "bindings": bindings,
    }
