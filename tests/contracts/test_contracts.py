"""Contracts: frozen once published; yesterday's samples open today, today's events fit yesterday's schemas."""

import json
from pathlib import Path

import jsonschema
import pytest

from ccp.generate import PUBLISHED, drifted
from services.__main__ import listeners
from shared.contracts import Event
from shared.envelope import LIMIT, Envelope, Unreadable, open_envelope, wrap
from shared.settings import Settings

SAMPLES = sorted(PUBLISHED.glob("*.sample.json"))


def test_what_is_generated_has_not_drifted() -> None:
    assert drifted() == []


def test_every_event_has_a_golden_sample() -> None:
    assert {path.name.removesuffix(".sample.json") for path in SAMPLES} == set(Event.registry)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_published_sample_opens_today_and_what_we_write_fits_the_published_schema(path: Path) -> None:
    envelope = open_envelope(path.read_bytes())
    event = envelope.event()
    schema = json.loads((PUBLISHED / f"{envelope.type}.schema.json").read_text())
    jsonschema.validate(envelope.data, schema)
    jsonschema.validate(json.loads(wrap(event, "test").to_bytes())["data"], schema)
    assert open_envelope(wrap(event, "test").to_bytes()).event() == event


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_a_reader_ignores_fields_that_come_later(path: Path) -> None:
    envelope = open_envelope(path.read_bytes())
    newer = envelope.model_copy(update={"data": {**envelope.data, "added_later": {"deep": [1]}}})
    assert open_envelope(newer.to_bytes()).event() == envelope.event()


def test_every_type_is_announced_by_the_service_it_is_named_after_and_heard_types_exist() -> None:
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
def test_what_is_not_an_envelope_is_said_to_be_none(body: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        open_envelope(body)


def test_an_unknown_type_or_broken_data_is_said_so() -> None:
    envelope = {"specversion": "1.0", "id": "1", "source": "/x", "time": "2016-05-09T00:00:00Z"}
    unknown = open_envelope(json.dumps(envelope | {"type": "a.b.c.v1", "data": {}}).encode())
    with pytest.raises(Unreadable, match="no contract"):
        unknown.event()
    broken = json.dumps(envelope | {"type": "calls.call.published.v1", "data": {"call_id": 7}}).encode()
    with pytest.raises(Unreadable, match="call_id"):
        open_envelope(broken).event()


def test_an_event_over_the_limit_never_leaves() -> None:
    envelope = Envelope.model_validate(
        {"id": "1", "source": "/x", "type": "a.b.c.v1", "time": "2016-05-09T00:00:00Z", "data": {"x": "y" * LIMIT}}
    )
    with pytest.raises(ValueError, match="the limit is"):
        envelope.to_bytes()
