"""The events as an AsyncAPI 3.0.0 document: which service sends and receives what (https://www.asyncapi.com)."""

import json
import re
from collections.abc import Mapping, Sequence
from inspect import getdoc
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
    f"Every event is a CloudEvents 1.0 message in structured JSON of at most {LIMIT // 1024} KiB. Services publish it "
    f"to the topic exchange `{EXCHANGE}`, with its type as the routing key. To receive events, declare a durable "
    "quorum queue named `outside.<your service>` and bind it once for each type. An event may arrive twice: remember "
    "its `id`. Events may arrive in any order: compare the `version` of the entity. Ignore unknown fields: a type may "
    "gain optional fields and never changes in another way."
)
ATTRIBUTES = {  # of the envelope
    "specversion": "Version of CloudEvents",
    "id": "Id of the event; a repeated event has the same id",
    "source": "The service that published the event",
    "type": "Type of the event, which is also its routing key",
    "time": "Time at which the event occurred",
    "subject": "Id of the entity that the event is about",
    "datacontenttype": "Media type of the data",
    "correlationid": "Id of the request that caused the event",
    "traceparent": "W3C Trace Context of the place where the event was created",
    "data": "The event itself; its type determines the fields",
}


def render(document: Object) -> str:
    """Return the document as YAML. Going through JSON first avoids YAML anchors."""
    plain = json.loads(json.dumps(document))
    first = "# Generated from the contracts and the services' handlers by `ccp generate`.\n"
    return first + yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=120)


def document(project: Mapping[str, Any], listeners: Listeners, published: Path) -> Object:
    """Return the document. `project` is that table of pyproject.toml; `published` is the folder of golden samples."""
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
        "description": "RabbitMQ of docker-compose.yml. Your services connect as the user `outside`, which may receive "
        "calls.call.*, calls.cutoff.*, calls.deadline.*, calls.gathering.*, matchmaking.request.*, "
        "profiles.organisation.* and profiles.key.*: the events that do not concern a single member.",
        "security": [reference("components", "securitySchemes", "user")],
    }


def channel(contract: EventType) -> Object:
    declared = next(each for each in definitions({})["exchanges"] if each["name"] == EXCHANGE)
    exchange = {key: declared[key] for key in ("name", "type", "durable", "vhost")} | {"autoDelete": False}
    return {
        "address": contract.type,
        "title": title(contract),
        "summary": getdoc(contract),
        "messages": {contract.type: reference("components", "messages", contract.type)},
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange, **AMQP}},
    }


def operations(listeners: Listeners) -> Object:
    """Return the operations: a service sends the types with its name and receives those in its table of handlers."""
    sends = {(event_type.partition(".")[0], event_type) for event_type in Event.registry}
    receives = {(service, event_type) for service, types in listeners.items() for event_type in types}
    return {
        **{f"{service}.sends.{each}": send(service, each) for service, each in sorted(sends)},
        **{f"{service}.receives.{each}": receive(service, each) for service, each in sorted(receives)},
    }


def send(service: str, event_type: str) -> Object:
    binding = {"deliveryMode": 2, "mandatory": True, **AMQP}
    words = f"{service} publishes this event as a persistent message and awaits the broker's confirmation."
    return operation("send", words, service, event_type, binding)


def receive(service: str, event_type: str) -> Object:
    words = f"{service} receives this event from its queue {queue_name(service)}."
    return operation("receive", words, service, event_type, {"ack": True, **AMQP})


def operation(action: str, words: str, service: str, event_type: str, binding: Object) -> Object:
    return {
        "action": action,
        "title": f"{service} {action}s {event_type}",
        "channel": reference("channels", event_type),
        "summary": words,
        "tags": [{"name": service}],
        "messages": [reference("channels", event_type, "messages", event_type)],
        "bindings": {"amqp": binding},
    }


def message(contract: EventType, data: Object, published: Path) -> Object:
    """Return the envelope with this type's data in it; the example is the golden sample."""
    service = contract.type.partition(".")[0]
    own = {
        "type": {"const": contract.type},
        "source": {"const": f"/services/{service}"},
        "data": data,
    }
    return {
        "name": contract.type,
        "title": title(contract),
        "summary": getdoc(contract),
        "contentType": CONTENT_TYPE,
        "tags": [{"name": service}],
        "correlationId": reference("components", "correlationIds", "correlationid"),
        "payload": {"allOf": [reference("components", "schemas", "Envelope"), {"type": "object", "properties": own}]},
        "bindings": {"amqp": {"messageType": contract.type, **AMQP}},
        "examples": [{"name": "golden", "payload": read(sample_file(current(contract, published), published))}],
    }


def title(contract: EventType) -> str:
    """Return the contract's name in words: Call published."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", contract.__name__).capitalize()


def described(contracts: Sequence[EventType]) -> tuple[Mapping[EventType, Object], Object]:
    """Return a reference to each contract's schema, and all schemas by name, with those of parts and envelope."""
    models = [(model, "validation") for model in (Envelope, *contracts)]
    references, collected = models_json_schema(models, ref_template="#/components/schemas/{model}")  # type: ignore[arg-type]
    schemas = collected["$defs"]
    # Services write these fields in every message, although a reader accepts a message without some of them.
    always = [name for name, field in Envelope.model_fields.items() if field.default is not None]
    fields = {
        name: {**field, "description": ATTRIBUTES[name]} for name, field in schemas["Envelope"]["properties"].items()
    }
    envelope = {**schemas["Envelope"], "properties": fields, "required": always}
    return {each: references[each, "validation"] for each in contracts}, {**schemas, "Envelope": envelope}


def correlation_id() -> Object:
    return {"location": "$message.payload#/correlationid", "description": "Id of the request that caused the event."}


def reference(*path: str) -> Object:
    return {"$ref": "#/" + "/".join(path)}
