"""A published type may gain optional fields, as its next revision; anything else is refused, by name and path."""

import json
import shutil
import sys
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import Field, create_model

from ccp import generate
from ccp.__main__ import main
from ccp.revisions import PUBLISHED, NotPublishable, breaks, current, read, revisions, sample_file, schema_file, stem
from shared.contracts import Event
from shared.contracts.base import Part, Short, Tag, Text
from shared.contracts.calls import CallClosed, CallFacts
from tests.support.events import events

CLOSED = CallClosed.type
NEWEST = current(CallClosed, PUBLISHED)


class Place(Part):
    city: Tag


class PlaceWithStreet(Place):
    street: Tag = ""


class PlaceNeedingStreet(Place):
    street: Tag


for part in (Place, PlaceWithStreet):
    st.register_type_strategy(part, events(part))

PUBLISHED_FIELDS: dict[str, Any] = {
    "title": (Short, ...),
    "kind": (Literal["mission", "cascade", "funding"], ...),
    "days": (int, 7),
    "place": (Place | None, None),
    "places": (list[Place], Field(max_length=5)),
}


def contract(**changes: Any) -> type[Event]:
    """The published contract with some fields changed, added, or (None) removed."""
    fields = {name: field for name, field in {**PUBLISHED_FIELDS, **changes}.items() if field}
    return create_model("Told", __base__=Event, **fields)


BREAKS = [
    ({"title": None}, "data.title is gone"),
    ({"title": None, "headline": (Short, "")}, "data.title is gone"),
    ({"budget": (int, ...)}, "data.budget is new and required"),
    ({"days": (int, ...)}, "data.days is now required"),
    ({"title": (Short, "")}, "data.title is no longer required"),
    ({"days": (int, 14)}, "data.days: default 7 became 14"),
    ({"title": (Tag, ...)}, "data.title: maxLength 300 became 80"),
    ({"title": (Text, ...)}, "data.title: maxLength 300 became 1000"),
    ({"days": (str, "7")}, 'data.days: type "integer" became "string"'),
    ({"days": (int | None, 7)}, 'data.days: type "integer" became nothing'),
    (
        {"kind": (Literal["mission", "cascade"], ...)},
        'data.kind: enum ["cascade", "funding", "mission"] became ["cascade", "mission"]',
    ),
    (
        {"kind": (Literal["mission", "cascade", "funding", "prize"], ...)},
        'data.kind: enum ["cascade", "funding", "mission"] became ["cascade", "funding", "mission", "prize"]',
    ),
    ({"place": (PlaceNeedingStreet | None, None)}, "data.place.street is new and required"),
    ({"places": (list[PlaceNeedingStreet], Field(max_length=5))}, "data.places.items.street is new and required"),
    ({"places": (list[Place], Field(max_length=6))}, "data.places: maxItems 5 became 6"),
]
ADDITIONS: list[dict[str, Any]] = [
    {},
    {"budget": (int | None, None)},
    {"budget": (int, 0)},
    {"audience": (Literal["clusters", "companies"] | None, None), "venue": (Place | None, None)},
    {"place": (PlaceWithStreet | None, None)},
    {"places": (list[PlaceWithStreet], Field(max_length=5, description="In other words"))},
    {"kind": (Literal["funding", "cascade", "mission"], Field(description="In another order", title="Sort"))},
]


@pytest.mark.parametrize(("changes", "what"), BREAKS)
def test_a_break_is_found_and_named(changes: dict[str, Any], what: str) -> None:
    assert what in breaks(contract().model_json_schema(), contract(**changes).model_json_schema())


@pytest.mark.parametrize("changes", ADDITIONS)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_with_optional_fields_added_old_and_new_understand_each_other(
    changes: dict[str, Any], data: st.DataObject
) -> None:
    old, new = contract(), contract(**changes)
    assert breaks(old.model_json_schema(), new.model_json_schema()) == []
    for writer, reader in [(old, new), (new, old)]:
        sent = data.draw(events(writer)).model_dump(mode="json")
        jsonschema_rs.validate(reader.model_json_schema(), sent, validate_formats=True)
        assert reader.read(sent).model_dump(include=set(PUBLISHED_FIELDS) - {"place", "places"}).items() <= sent.items()


def test_a_field_that_readers_would_refuse_cannot_be_added() -> None:
    strict = {"type": "object", "properties": {}, "additionalProperties": False}
    wider = {**strict, "properties": {"budget": {"type": "integer", "default": 0}}}
    assert breaks(strict, wider) == ["data.budget is new, but readers refuse unknown fields"]


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the published folder; `ccp generate` writes only to this copy."""
    folder = shutil.copytree(PUBLISHED, tmp_path / "published")
    targets = generate.targets
    monkeypatch.setattr(generate, "PUBLISHED", folder)
    monkeypatch.setattr(generate, "targets", lambda: (each for each in targets() if each[0].parent == folder))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


class WithReason(CallClosed):
    reason: Text = ""


class Reworded(CallClosed):
    """It is over."""


class Renamed(Event):
    id: Tag
    call: CallFacts


def test_an_optional_field_becomes_a_revision_beside_those_before(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(published)
    monkeypatch.setitem(Event.registry, CLOSED, WithReason)
    coming = stem(CLOSED, len(revisions(CLOSED, published)) + 1)
    with pytest.raises(NotPublishable, match=f"write an event with every field to published/{coming}.sample.json"):
        generate.generate()
    assert contents(published) == before

    sample = read(sample_file(NEWEST, published))
    sample["data"]["reason"] = "The budget is spent."
    sample_file(coming, published).write_text(json.dumps(sample))
    written = {path.name for path in generate.generate()}
    assert written == {"asyncapi.yaml", f"{coming}.schema.json"}
    assert {name for name, was in before.items() if contents(published)[name] != was} == {"asyncapi.yaml"}
    assert read(schema_file(coming, published))["$id"] == f"urn:ccp:event:{coming}"
    assert generate.drifted() == []

    monkeypatch.setitem(Event.registry, CLOSED, CallClosed)
    with pytest.raises(NotPublishable, match=r"data\.reason is gone"):
        generate.drifted()


def test_changed_descriptions_update_the_newest_revision(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Event.registry, CLOSED, Reworded)
    assert f"{NEWEST}.schema.json" in {path.name for path in generate.generate()}
    assert read(schema_file(NEWEST, published))["description"] == "It is over."
    assert generate.drifted() == []


def test_a_planted_break_is_refused_by_generate_and_by_its_check(
    published: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(published)
    Renamed.type = CLOSED
    monkeypatch.setitem(Event.registry, CLOSED, Renamed)
    for command in (["generate"], ["generate", "--check"]):
        monkeypatch.setattr(sys, "argv", ["ccp", *command])
        with pytest.raises(SystemExit, match="2"):
            main()
        error = capsys.readouterr().err
        assert f"{CLOSED} may only gain optional fields: data.call_id is gone" in error
        assert "leave it unchanged and add calls.call.closed.v2" in error
        assert "golden sample" not in error
    assert contents(published) == before


def test_a_published_type_cannot_be_removed(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(Event.registry, CLOSED)
    with pytest.raises(NotPublishable, match=f"{CLOSED} was published, but its contract is gone"):
        generate.drifted()


def test_an_edited_older_revision_is_detected(published: Path) -> None:
    path = schema_file(CLOSED, published)
    path.write_text(path.read_text().replace('"maxLength": 300', '"maxLength": 400'))
    with pytest.raises(NotPublishable, match=r"data\.call\.organisation_name: maxLength 400 became 300"):
        generate.drifted()
