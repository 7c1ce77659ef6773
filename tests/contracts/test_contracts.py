"""Contracts hold both ways: published messages can be read today, and new messages fit every published schema."""

import json
from datetime import datetime
from typing import Any

import jsonschema_rs
import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event
from cloudevents.core.exceptions import CloudEventValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from ccp.generate import drifted
from ccp.revisions import PUBLISHED, current, read, revisions, sample_file, schema_file
from services.__main__ import listeners
from shared.contracts import Event
from shared.envelope import LIMIT, Envelope, Unreadable, open_envelope, wrap
from shared.log import correlated
from shared.settings import Settings
from tests.support.events import events

TYPES = sorted(Event.registry)
EVERY_REVISION = [(each, name) for each in TYPES for name in revisions(each, PUBLISHED)]


def written(event: Event) -> Any:
    return json.loads(wrap(event, event.type.partition(".")[0]).to_bytes())


def require_fit(data: Any, event_type: str) -> None:
    """Assert that the data fits every published schema of its type."""
    for name in revisions(event_type, PUBLISHED):
        jsonschema_rs.validate(read(schema_file(name, PUBLISHED)), data, validate_formats=True)


def test_what_is_generated_has_not_drifted() -> None:
    assert drifted() == []


@pytest.mark.parametrize("contract", Event.registry.values(), ids=list(Event.registry))
def test_every_event_and_every_field_has_a_description(contract: type[Event]) -> None:
    schema = contract.model_json_schema()
    parts = [schema, *(part for part in schema.get("$defs", {}).values() if "properties" in part)]
    assert all(part["description"] for part in parts)
    bare = [
        name for part in parts for name, field in part["properties"].items() if not {"description", "$ref"} & {*field}
    ]
    assert bare == []


def test_the_published_folder_has_only_revisions_samples_and_the_description() -> None:
    schemas = {schema_file(name, PUBLISHED) for _, name in EVERY_REVISION}
    samples = {sample_file(name, PUBLISHED) for _, name in EVERY_REVISION}
    assert set(PUBLISHED.iterdir()) == {*schemas, *samples, PUBLISHED / "asyncapi.yaml"}


@pytest.mark.parametrize(("event_type", "name"), EVERY_REVISION)
def test_a_published_sample_can_be_read_and_fits_every_revision(event_type: str, name: str) -> None:
    envelope = open_envelope(sample_file(name, PUBLISHED).read_bytes())
    event = envelope.event()
    assert event.type == event_type
    assert event.model_dump(mode="json", exclude_unset=True) == envelope.data
    assert open_envelope(wrap(event, "test").to_bytes()).event() == event
    require_fit(envelope.data, event_type)
    require_fit(written(event)["data"], event_type)


@pytest.mark.parametrize("contract", Event.registry.values(), ids=list(Event.registry))
def test_todays_sample_has_a_value_for_every_field(contract: type[Event]) -> None:
    event = open_envelope(sample_file(current(contract, PUBLISHED), PUBLISHED).read_bytes()).event()
    assert event.model_dump(exclude_unset=True) == event.model_dump()


@pytest.mark.parametrize("event_type", TYPES)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_every_event_fits_every_revision_and_is_read_back_unchanged(event_type: str, data: st.DataObject) -> None:
    event = data.draw(events(Event.registry[event_type]))
    require_fit(written(event)["data"], event_type)
    assert open_envelope(wrap(event, "test").to_bytes()).event() == event


@pytest.mark.parametrize("event_type", TYPES)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_the_cloudevents_sdk_reads_what_we_write(event_type: str, data: st.DataObject) -> None:
    event = data.draw(events(Event.registry[event_type]))
    with correlated("a-request"):
        body = wrap(event, "calls").to_bytes()
    ours = json.loads(body)
    theirs = from_rabbitmq_event(RabbitMQMessage({}, "application/cloudevents+json", body))
    assert theirs.get_extension("correlationid") == "a-request"
    assert theirs.get_data() == ours.pop("data")
    assert theirs.get_attributes() == ours | {"time": datetime.fromisoformat(ours["time"])}


@pytest.mark.parametrize("wrong", [{"correlationId": "x"}, {"specversion": "0.4"}, {"source": ""}, {"subject": ""}])
def test_the_cloudevents_sdk_refuses_other_messages(wrong: dict[str, str]) -> None:
    body = json.dumps(read(sample_file("calls.call.closed.v1", PUBLISHED)) | wrong).encode()
    with pytest.raises((CloudEventValidationError, ValueError)):
        from_rabbitmq_event(RabbitMQMessage({}, "application/cloudevents+json", body))


@pytest.mark.parametrize(("event_type", "name"), EVERY_REVISION)
def test_a_reader_ignores_unknown_fields(event_type: str, name: str) -> None:
    envelope = open_envelope(sample_file(name, PUBLISHED).read_bytes())
    newer = envelope.model_copy(update={"data": {**envelope.data, "added_later": {"deep": [1]}}})
    assert open_envelope(newer.to_bytes()).event() == envelope.event()
    require_fit(newer.data, event_type)


def test_each_type_has_its_service_as_publisher_and_handled_types_exist() -> None:
    heard = listeners(Settings())
    for event_type in Event.registry:
        assert event_type.split(".")[0] in heard
    assert {t for types in heard.values() for t in types} <= set(Event.registry)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"not json", "not a CloudEvents 1.0 JSON envelope"),
        (b"[]", "not a CloudEvents 1.0 JSON envelope"),
        (b'{"specversion": "0.3"}', "specversion"),
        (b'{"specversion": "1.0", "id": "1"}', "source"),
        (b"x" * (LIMIT + 1), "the limit is"),
    ],
)
def test_a_message_without_an_envelope_is_reported(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        open_envelope(body)


def test_an_unknown_type_and_invalid_data_are_reported() -> None:
    envelope = {"specversion": "1.0", "id": "1", "source": "/x", "time": "2016-05-09T00:00:00Z"}
    unknown = open_envelope(json.dumps(envelope | {"type": "a.b.c.v1", "data": {}}).encode())
    with pytest.raises(Unreadable, match="no contract"):
        unknown.event()
    broken = json.dumps(envelope | {"type": "calls.call.published.v1", "data": {"call_id": 7}}).encode()
    with pytest.raises(Unreadable, match="call_id"):
        open_envelope(broken).event()


def test_an_event_over_the_size_limit_is_not_published() -> None:
    envelope = Envelope.model_validate(
        {"id": "1", "source": "/x", "type": "a.b.c.v1", "time": "2016-05-09T00:00:00Z", "data": {"x": "y" * LIMIT}}
    )
    with pytest.raises(ValueError, match="the limit is"):
        envelope.to_bytes()
