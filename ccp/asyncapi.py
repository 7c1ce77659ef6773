"""The events as an AsyncAPI 3.0.0 document: who tells whom, over what, in which form (https://www.asyncapi.com)."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic.json_schema import models_json_schema

from ccp.revisions import current, read, sample_file
from shared import __version__
from shared.bus.topology import EXCHANGE, definitions, queue_name
from shared.contracts import Event
from shared.contracts.base import EventType
from shared.envelope import LIMIT, Envelope

Object = dict[str, Any]
Listeners = Mapping[str, Sequence[str]]  # the types each service listens to

AMQP = {"bindingVersion": "0.3.0"}
CONTENT_TYPE = "application/cloudevents+json"
HOW_TO_LISTEN = (
    f"Every event is a CloudEvent 1.0 in structured JSON, of at most {LIMIT // 1024} KiB, on the topic exchange "
    f"`{EXCHANGE}`; its type is its routing key. A service of your own declares a durable quorum queue called "
    "`outside.<its name>` and binds it once for each type it wants. An event may come twice: remember its `id`. Events "
    "come in any order: what they are about carries a `version`. Ignore fields that you do not know: a type may gain "
    "optional ones, and changes in no other way."
)


def render(document: Object) -> str:
    """As YAML, without anchors: JSON between them shares nothing."""
    plain = json.loads(json.dumps(document))
    first = "# Generated from the contracts and the services' handlers by `ccp generate`.\n"
    return first + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120)


def document(project: Mapping[str, Any], listeners: Listeners, published: Path) -> Object:
    """`project` is the table of that name in pyproject.toml; `published` holds the golden samples."""
    contracts = [contract for _, contract in sorted(Event.registry.items())]
    data, schemas = described(contracts)
    return {
        "asyncapi": "3.0.0",
        "id": "urn:ccp:events",
        "info": info(project, listeners),
        "defaultContentType": CONTENT_TYPE,
        "servers": {"compose": server()},
        "channels": {contract.type: channel(contract) for contract in contracts},
        "operations": operations(listeners),
        "components": {
            "messages": {each.type: message(each, data[each], published) for each in contracts},
            "schemas": schemas,
            "correlationIds": {"correlationid": correlation_id()},
            "securitySchemes": {"user": {"type": "userPassword", "description": "A RabbitMQ user and its password."}},
        },
    }


def info(project: Mapping[str, Any], listeners: Listeners) -> Object:
    return {
        "title": "Cluster Collaboration Platform: events",
        "version": __version__,
        "description": HOW_TO_LISTEN,
        "license": {"name": project["license"]},
        "tags": [{"name": service} for service in listeners],
    }


def server() -> Object:
    return {
        "host": "127.0.0.1:5673",
        "protocol": "amqp",
        "protocolVersion": "0.9.1",
        "description": "RabbitMQ of docker-compose.yml. Services of your own are the user `outside`, who hears "
        "calls.call.*, calls.cutoff.*, calls.deadline.*, calls.gathering.*, matchmaking.request.*, "
        "profiles.organisation.* and profiles.key.*: what concerns no single member.",
        "security": [reference("components", "securitySchemes", "user")],
    }


def channel(contract: EventType) -> Object:
    declared = next(each for each in definitions({})["exchanges"] if each["name"] == EXCHANGE)
    exchange = {key: declared[key] for key in ("name", "type", "durable", "vhost")} | {"autoDelete": False}
    return {
        "address": contract.type,
        "summary": contract.__doc__,
        "messages": {contract.type: reference("components", "messages", contract.type)},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, **AMQP}},
    }


def operations(listeners: Listeners) -> Object:
    """A service sends the types that begin with its name and receives those in its table of handlers."""
    sends = {(event_type.partition(".")[0], event_type) for event_type in Event.registry}
    receives = {(service, event_type) for service, types in listeners.items() for event_type in types}
    return {
        **{f"{service}.sends.{each}": send(service, each) for service, each in sorted(sends)},
        **{f"{service}.receives.{each}": receive(service, each) for service, each in sorted(receives)},
    }


def send(service: str, event_type: str) -> Object:
    binding = {"deliveryMode": 2, "mandatory": True, **AMQP}
    return operation("send", f"{service} announces it, persistent and confirmed.", service, event_type, binding)


def receive(service: str, event_type: str) -> Object:
    words = f"{service} hears of it in its queue {queue_name(service)}."
    return operation("receive", words, service, event_type, {"ack": True, **AMQP})


def operation(action: str, words: str, service: str, event_type: str, binding: Object) -> Object:
    return {
        "action": action,
        "channel": reference("channels", event_type),
        "summary": words,
        "tags": [{"name": service}],
        "messages": [reference("channels", event_type, "messages", event_type)],
        "bindings": {"amqp": binding},
    }


def message(contract: EventType, data: Object, published: Path) -> Object:
    """The envelope with this type's data in it; the example is the golden sample."""
    service = contract.type.partition(".")[0]
    own = {
        "type": {"const": contract.type},
        "source": {"const": f"/services/{service}"},
        "data": data,
    }
    return {
        "name": contract.type,
        "title": contract.__name__,
        "summary": contract.__doc__,
        "contentType": CONTENT_TYPE,
        "tags": [{"name": service}],
        "correlationId": reference("components", "correlationIds", "correlationid"),
        "payload": {"allOf": [reference("components", "schemas", "Envelope"), {"type": "object", "properties": own}]},
        "bindings": {"amqp": {"messageType": contract.type, **AMQP}},
        "examples": [{"name": "golden", "payload": read(sample_file(current(contract, published), published))}],
    }


def described(contracts: Sequence[EventType]) -> tuple[Mapping[EventType, Object], Object]:
    """A reference to each contract's schema; and all schemas by name, those of parts and envelope included."""
    models = [(model, "validation") for model in (Envelope, *contracts)]
    references, found = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    # What we always write is required of the envelope, also where a reader would do without.
    always = [name for name, field in Envelope.model_fields.items() if field.default is not None]
    envelope = {**found["$defs"]["Envelope"], "required": always}
    return {each: references[each, "validation"] for each in contracts}, {**found["$defs"], "Envelope": envelope}


def correlation_id() -> Object:
    return {"location": "$message.payload#/correlationid", "description": "Names the request that it all began with."}


def reference(*path: str) -> Object:
    return {"$ref": "#/" + "/".join(path)}
