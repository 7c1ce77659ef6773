"""Every field that a client can send has a rule: no control characters, no text, list, day or number without bounds.

The walk starts from the routes, so that a new field without a rule fails here, whatever type it has.
"""

from collections.abc import Callable, Iterator
from datetime import date, datetime
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin

import pytest
from fastapi.dependencies.models import Dependant
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from services.calls.imports.record import Record
from services.calls.selection.applications.form import (
    LONGEST_ANSWERS,
    AnswersInvalid,
    FieldKind,
    FormField,
    check_answers,
)
from shared.fields import BYTES_PER_CHARACTER
from shared.host import BODY_LIMIT, body_limits
from shared.models import Body, Document
from tests.support.routes import DOCUMENT, OPERATIONS, ROUTES, SERVICES

HOSTILE = ["\0", "\v", "\f", "\x1b", "\x1c", "\x7f", "\x9b", "\u202e", "\uffff"]
VALID = [
    "a text of 26 characters..",
    "abc",
    "en",
    "FR",
    "a" * 64,
    "https://files.example/x",
    "Europe/Brussels",
    "anna@example.org",
    "2016-06-30",
    "17:00",
    "FR10",
    "26",
    "go-cluster",
    "/partnerships/x",
]
NOT_OUR_TIME = ["0001-01-01", "1989-12-31", "2101-01-01", "9999-12-31"]
ELSEWHERE = {
    "Paging.cursor": "decode_cursor refuses it",
    "ApplicationBody.answers": "check_answers refuses it; see below",
    "token": "verify refuses it",
}


class Leaf(NamedTuple):
    """A field that holds no other model: its name, its type, and its type with its rules."""

    name: str
    type: Any
    rules: Any


def leaves(name: str, annotation: Any, metadata: tuple[Any, ...] = ()) -> Iterator[Leaf]:
    """Yield the fields below a type, and the lists on the way."""
    rules = Annotated[annotation, *metadata] if metadata else annotation
    if get_origin(annotation) is Annotated:
        inner, *own = get_args(annotation)
        yield from leaves(name, inner, (*own, *metadata))
    elif get_origin(annotation) in {Union, UnionType}:
        for option in get_args(annotation):
            yield from leaves(name, option, metadata)
    elif get_origin(annotation) is list:
        yield Leaf(name, list, rules)
        yield from leaves(name, get_args(annotation)[0])
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from of_model(annotation)
    elif annotation is not type(None):
        yield Leaf(name, annotation, rules)


def of_model(model: type[BaseModel]) -> Iterator[Leaf]:
    for name, field in model.model_fields.items():
        owner = next(each for each in reversed(model.__mro__) if name in getattr(each, "model_fields", {}))
        yield from leaves(f"{owner.__name__}.{name}", field.annotation, tuple(field.metadata))


def sent(dependant: Dependant) -> Iterator[Leaf]:
    """Yield what a route takes in its path, query, form and body."""
    for parameter in (*dependant.path_params, *dependant.query_params, *dependant.body_params):
        field = parameter.field_info
        yield from leaves(parameter.name, field.annotation, tuple(field.metadata))
    for dependency in dependant.dependencies:
        yield from sent(dependency)


def subclasses(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for each in model.__subclasses__():
        yield each
        yield from subclasses(each)


BODIES = [body for body in subclasses(Body) if not issubclass(body, Document) and not body.__name__.endswith("View")]
ALL = {
    repr(leaf): leaf
    for leaf in (
        *(leaf for route in ROUTES.values() for leaf in sent(route.dependant)),
        *(
            leaf
            for body in [*BODIES, Record]
            if body.__module__.startswith(("services", "shared"))
            for leaf in of_model(body)
        ),
    )
    if leaf.name not in ELSEWHERE
}


def of_type(*types: type) -> list[Any]:
    return [
        pytest.param(leaf, id=leaf.name)
        for leaf in ALL.values()
        if isinstance(leaf.type, type) and issubclass(leaf.type, types) and not issubclass(leaf.type, Enum)
    ]


def checking(leaf: Leaf) -> Callable[[Any], Any]:
    """Return a function that returns what a value becomes, or None if it is refused."""
    adapter = TypeAdapter(leaf.rules)

    def passes(value: Any) -> Any:
        try:
            return adapter.validate_python(value)
        except ValidationError:
            return None

    return passes


def test_the_walk_finds_the_fields_of_every_service() -> None:
    names = {leaf.name for leaf in ALL.values()}
    assert {"Registration.name", "CallContent.description", "Speaker.role", "PartnerRequestBody.title"} <= names
    assert {
        "InterestBody.keywords",
        "CallFilter.text",
        "ParkedFilter.reason",
        "Credentials.email",
        "Record.summary",
    } <= names
    others = (leaf for leaf in ALL.values() if not isinstance(leaf.type, type))
    assert [leaf.name for leaf in others if get_origin(leaf.type) is not Literal] == []


@pytest.mark.parametrize("leaf", of_type(str, SecretStr))
def test_a_text_has_bounds_and_no_control_characters(leaf: Leaf) -> None:
    passes = checking(leaf)
    valid = [text for text in VALID if passes(text) is not None]
    assert valid, "add a valid value of this type to VALID"
    for text in valid:
        assert passes(text + text[-1] * 100_000) is None
        for character in HOSTILE if leaf.type is not SecretStr else ():
            for bad in (text[:1] + character + text[1:], text + character + text[-1]):
                assert character not in str(passes(bad))


@pytest.mark.parametrize("leaf", of_type(date, datetime))
def test_a_day_and_a_moment_are_of_our_time(leaf: Leaf) -> None:
    passes = checking(leaf)
    for day in NOT_OUR_TIME:
        assert passes(f"{day}T12:00:00Z" if issubclass(leaf.type, datetime) else day) is None


@pytest.mark.parametrize("leaf", of_type(int, float))
def test_a_number_has_bounds(leaf: Leaf) -> None:
    passes = checking(leaf)
    assert leaf.type is bool or (passes(10**30) is None and passes(-(10**30)) is None)


@pytest.mark.parametrize("leaf", of_type(list))
def test_a_list_has_bounds_and_each_value_once(leaf: Leaf) -> None:
    passes = checking(leaf)
    schema = TypeAdapter(leaf.rules).json_schema()
    [bounded] = [each for each in (schema, *schema.get("anyOf", [])) if each.get("type") == "array"]
    assert bounded["maxItems"] <= 250
    for text in [*VALID, "digital", "mission", "company", "select", "coordinator"]:
        assert passes([text, text, text]) is None
        assert passes([text, "other", text]) is None


# --- answers to a form, whose fields the publisher of a call defines --------------------------------


@pytest.mark.parametrize("kind", FieldKind)
def test_an_answer_of_any_kind_has_no_control_characters(kind: FieldKind) -> None:
    options = ["one", "two"] if kind in {FieldKind.CHOICE, FieldKind.CHOICES} else []
    field = FormField(name="plan", label="Plan", kind=kind, options=options)
    for character in HOSTILE:
        for answer in (f"A pl{character}an", [f"o{character}ne"]):
            with pytest.raises(AnswersInvalid, match="plan"):
                check_answers([field], {"plan": answer}, complete=True)


# --- limits in characters fit under the limits of bodies in bytes ------------------------------------


def longest_texts(schema: Any) -> Iterator[int]:
    """Yield the limits of the texts in a schema, also of the models that it refers to."""
    if isinstance(schema, dict):
        if schema.get("type") == "string" and "maxLength" in schema:
            yield schema["maxLength"]
        if reference := schema.get("$ref"):
            yield from longest_texts(DOCUMENT["components"]["schemas"][reference.rpartition("/")[2]])
        for value in schema.values():
            yield from longest_texts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from longest_texts(value)


def limit_of(path: str) -> int:
    return next((size for pattern, size in body_limits(SERVICES) if pattern.match(path)), BODY_LIMIT)


@pytest.mark.parametrize("name", [name for name, each in OPERATIONS.items() if "requestBody" in each])
def test_the_longest_text_of_any_script_fits_into_the_body(name: str) -> None:
    """Greek letters take two bytes and, as many programs write JSON, six: they have the room of Latin ones."""
    path = name.partition(" ")[2].replace("{id}", "abc").replace("{number}", "1").replace("{question_id}", "x")
    content = OPERATIONS[name]["requestBody"]["content"].get("application/json", {})
    assert max(longest_texts(content), default=0) * BYTES_PER_CHARACTER < limit_of(path)


def test_answers_of_any_script_fit_into_the_body() -> None:
    for path in ("/calls/abc/applications", "/applications/abc"):
        assert limit_of(path) > LONGEST_ANSWERS * BYTES_PER_CHARACTER
