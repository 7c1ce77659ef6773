"""asyncapi.yaml by itself: valid AsyncAPI 3.0.0, complete, and in agreement with contracts and handlers."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ccp.revisions import PUBLISHED, read, revisions, sample_file, schema_file, shape
from services.__main__ import listeners
from shared.contracts import Event
from shared.envelope import wrap
from shared.settings import Settings
from tests.support.events import events

OFFICIAL = jsonschema_rs.validator_for(read(Path(__file__).parent / "asyncapi" / "3.0.0.schema.json"))
DOCUMENT = yaml.safe_load((PUBLISHED / "asyncapi.yaml").read_text())
COMPONENTS, CHANNELS, OPERATIONS = DOCUMENT["components"], DOCUMENT["channels"], DOCUMENT["operations"]
TYPES = sorted(Event.registry)
Document = dict[str, Any]


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield node["$ref"]
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from references(inner)


def resolved(reference: str) -> Any:
    node = DOCUMENT
    for step in reference.removeprefix("#/").split("/"):
        node = node[step]
    return node


def payload(event_type: str) -> jsonschema_rs.Validator:
    """Return the validator of the payload of a type."""
    message = resolved(CHANNELS[event_type]["messages"][event_type]["$ref"])
    schema = {**message["payload"], "components": COMPONENTS}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


def test_the_official_schema_accepts_it() -> None:
    assert [f"{error.instance_path}: {error.message}" for error in OFFICIAL.iter_errors(DOCUMENT)] == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda document: document["info"].pop("version"),
        lambda document: document["servers"]["compose"].pop("protocol"),
        lambda document: document["channels"]["calls.call.closed.v1"].update(publish={}),
        lambda document: document["operations"]["calls.sends.calls.call.closed.v1"].update(action="publish"),
        lambda document: document["channels"]["calls.call.closed.v1"]["bindings"]["amqp"].pop("exchange"),
        lambda document: document["components"]["messages"]["calls.call.closed.v1"]["examples"].append({}),
        lambda document: document["components"]["schemas"]["CallFacts"].update(type="record"),
    ],
)
def test_the_official_schema_refuses_what_is_not_asyncapi_3(spoil: Callable[[Document], Any]) -> None:
    spoiled = deepcopy(DOCUMENT)
    spoil(spoiled)
    assert not OFFICIAL.is_valid(spoiled)


def test_every_reference_resolves() -> None:
    found = set(references(DOCUMENT))
    assert len(found) > len(TYPES)
    for reference in found:
        assert resolved(reference), reference


def test_the_channels_are_the_types_and_their_addresses_the_routing_keys() -> None:
    assert sorted(CHANNELS) == TYPES
    assert {name: channel["address"] for name, channel in CHANNELS.items()} == {each: each for each in TYPES}
    assert {name for channel in CHANNELS.values() for name in channel["messages"]} == set(COMPONENTS["messages"])


def test_the_operations_name_the_publisher_and_the_handlers() -> None:
    operations = {
        (operation["tags"][0]["name"], operation["action"], resolved(operation["channel"]["$ref"])["address"])
        for operation in OPERATIONS.values()
    }
    sends = {(each.split(".")[0], "send", each) for each in TYPES}
    receives = {(name, "receive", each) for name, types in listeners(Settings()).items() for each in types}
    assert operations == sends | receives
    assert len(OPERATIONS) == len(operations)


def test_an_operation_is_about_its_channels_messages() -> None:
    for operation in OPERATIONS.values():
        for message in operation["messages"]:
            assert message["$ref"].startswith(f"{operation['channel']['$ref']}/messages/")


@pytest.mark.parametrize("event_type", TYPES)
def test_the_example_is_the_golden_sample_and_fits_its_payload(event_type: str) -> None:
    (example,) = COMPONENTS["messages"][event_type]["examples"]
    assert example["payload"] == read(sample_file(revisions(event_type, PUBLISHED)[-1], PUBLISHED))
    payload(event_type).validate(example["payload"])
    assert COMPONENTS["correlationIds"]["correlationid"]["location"] == "$message.payload#/correlationid"
    assert example["payload"]["correlationid"]


@pytest.mark.parametrize("event_type", TYPES)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_every_event_fits_its_payload(event_type: str, data: st.DataObject) -> None:
    event = data.draw(events(Event.registry[event_type]))
    payload(event_type).validate(json.loads(wrap(event, event_type.split(".", maxsplit=1)[0]).to_bytes()))


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "calls.call.published.v1"},
        {"source": "/services/profiles"},
        {"specversion": "0.3"},
        {"time": "yesterday"},
        {"data": {"call_id": "1"}},
    ],
)
def test_a_payload_of_another_type_is_refused(wrong: Document) -> None:
    sample = read(sample_file("calls.call.closed.v1", PUBLISHED))
    assert payload("calls.call.closed.v1").is_valid(sample)
    assert not payload("calls.call.closed.v1").is_valid(sample | wrong)
    assert not payload("calls.call.closed.v1").is_valid({key: sample[key] for key in sample if key not in wrong})


@pytest.mark.parametrize("event_type", TYPES)
def test_the_payloads_data_is_the_newest_published_schema(event_type: str) -> None:
    data = COMPONENTS["messages"][event_type]["payload"]["allOf"][1]["properties"]["data"]
    newest = read(schema_file(revisions(event_type, PUBLISHED)[-1], PUBLISHED))
    assert shape(data, COMPONENTS["schemas"]) == shape(newest)
