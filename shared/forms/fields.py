"""The fields of a form, from the JSON schema of a request body (pure)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

Json = Mapping[str, Any]
LONGEST_LINE = 300  # characters; a text that may be longer has several lines
COUNTRY = r"^\w{2}$"
NUMBER = re.compile(r"\d{1,4}")


class Kind(StrEnum):
    """Kind of a field: what people enter, and how."""

    LINE = "line"
    TEXT = "text"
    LINES = "lines"  # a list of texts, one on each line
    NUMBER = "number"
    WHOLE = "whole"
    MONEY = "money"  # in euros; the API has cents
    EUROS = "euros"  # whole euros, as the API has them
    YES_NO = "yes_no"
    YES_OR_NO = "yes_or_no"  # without an answer at first
    CHOICE = "choice"
    CHOICES = "choices"
    DAY = "day"
    MOMENT = "moment"  # a local time; its zone is in the field `timezone` beside it, or in the form
    START = "start"  # a day, or a local time of a day; a day begins with its first moment
    END = "end"  # the same; a day is included
    EMAIL = "email"
    LINK = "link"
    PASSWORD = "password"  # noqa: S105
    HIDDEN = "hidden"
    GROUP = "group"
    GROUPS = "groups"  # a list of groups


NOT_TYPED = {Kind.CHOICE, Kind.CHOICES, Kind.GROUPS, Kind.YES_OR_NO}


@dataclass(frozen=True)
class Field:
    """One field: `name` is its key in the JSON; `fields` are the parts of a group."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool = False
    default: Any = None
    options: tuple[tuple[str, str], ...] = ()
    least: int | float | None = None
    most: int | float | None = None
    longest: int | None = None
    fields: tuple["Field", ...] = ()
    optional: bool = False  # a group that may be left out
    switch: str = ""  # label of the box that says whether the group is sent; without it, a group without values is not
    is_country: bool = False  # its options are all countries
    read_as: Kind | None = None  # of a hidden field that is no text
    sought: str | None = None  # of a choice among very many: the beginning of a name whose matches are the options

    def with_words(self, label: str, hint: str) -> "Field":
        """Return the field with other words for people."""
        return replace(self, label=label or self.label, hint=hint)


@dataclass(frozen=True)
class Words:
    """Words of a form for a field, instead of those of the API: label, hint, options and kind."""

    label: str = ""
    hint: str = ""
    kind: Kind | None = None
    switch: str = ""  # of a group that may be left out: label of the box that says whether it is sent
    options: tuple[tuple[str, str], ...] = ()
    optional_choice: str = ""  # label of "none of these"


def fields_of(schema: Json, words: Mapping[str, Words] | None = None) -> tuple[Field, ...]:
    """Return the fields of an object; `words` are looked up by the path of a field, or by its name."""
    return tuple(_properties(schema, schema.get("$defs", {}), words or {}, ""))


def labels_at(fields: Sequence[Field], path: str) -> list[str]:
    """Return the labels on the way to a field, with the numbers of groups: "parts.0.name" is in "Parts", "1"."""
    labels: list[str] = []
    for name in path.split("."):
        if labels and name.isdigit():
            labels.append(str(int(name) + 1))
            continue
        found = next((field for field in fields if field.name == name and field.kind is not Kind.HIDDEN), None)
        if found is None:
            break
        labels.append(found.label)
        fields = found.fields
    return labels


def _properties(schema: Json, definitions: Json, words: Mapping[str, Words], prefix: str) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, described in schema.get("properties", {}).items():
        path = f"{prefix}{name}"
        said = words.get(path) or words.get(name) or Words()
        yield _field(name, described, definitions, words, path, name in required, said)


def _field(
    name: str, described: Json, definitions: Json, words: Mapping[str, Words], path: str, required: bool, said: Words
) -> Field:
    shape, optional = resolved(described, definitions)
    items = resolved(shape.get("items", {}), definitions)[0] if shape.get("type") == "array" else {}
    kind = said.kind or _kind(name, shape, items)
    parts = items if kind is Kind.GROUPS else shape
    inner = tuple(_properties(parts, definitions, words, f"{path}.")) if kind in {Kind.GROUP, Kind.GROUPS} else ()
    label = described.get("label", "")  # of a form that people wrote: their words stay as they are
    values = [str(value) for value in (items or shape).get("enum", ())]
    hidden = {"integer": Kind.WHOLE, "number": Kind.NUMBER, "boolean": Kind.YES_NO} if kind is Kind.HIDDEN else {}
    choices = said.options or tuple((value, value if label else said_of(value)) for value in values)
    is_country = not choices and COUNTRY in (shape.get("pattern"), items.get("pattern"))
    if kind is Kind.CHOICE and said.optional_choice:
        choices = (("", said.optional_choice), *choices)
    return Field(
        name=name,
        kind=kind,
        label=said.label or label or said_of(name),
        hint=said.hint.strip() if said.label or said.hint else described.get("description", ""),
        required=required and not optional and (kind in NOT_TYPED or _has_length(shape)),
        default=described.get("default"),
        options=choices,
        least=_bound(shape, "minimum", "exclusiveMinimum"),
        most=_bound(shape, "maximum", "exclusiveMaximum"),
        longest=shape.get("maxLength"),
        fields=inner,
        optional=optional and kind is Kind.GROUP,
        switch=said.switch,
        read_as=hidden.get(shape.get("type", "")),
        is_country=is_country,
    )


def _has_length(shape: Json) -> bool:
    """Return whether an empty text is refused."""
    return "pattern" in shape or "format" in shape or shape.get("type") != "string" or shape.get("minLength", 0) > 0


def _bound(shape: Json, *names: str) -> int | float | None:
    return next((shape[name] for name in names if name in shape), None)


def resolved(described: Json, definitions: Json) -> tuple[Json, bool]:
    """Return a schema without references, and whether null is allowed."""
    optional = False
    while True:
        if "$ref" in described:
            described = definitions[described["$ref"].rpartition("/")[2]]
        elif len(described.get("allOf", ())) == 1:
            described = described["allOf"][0]
        elif any(each.get("type") == "null" for each in described.get("anyOf", ())):
            optional = True
            others = [each for each in described["anyOf"] if each.get("type") != "null"]
            described = others[0] if len(others) == 1 else {"anyOf": others}
        elif "anyOf" in described or "oneOf" in described:
            return _united(described.get("anyOf") or described["oneOf"], definitions), optional
        else:
            return described, optional


def _united(choices: Sequence[Json], definitions: Json) -> Json:
    """Return alternatives of objects as one object with the fields of all; of other alternatives the last one."""
    shapes = [resolved(each, definitions)[0] for each in choices]
    if not all(shape.get("type") == "object" for shape in shapes):
        return shapes[-1]
    properties: dict[str, Any] = {}
    for shape in shapes:
        for name, described in shape.get("properties", {}).items():
            known = properties.get(name, {})
            values = [*known.get("enum", ()), *([described["const"]] if "const" in described else ())]
            merged = {key: value for key, value in described.items() if key not in {"const", "default"} or not values}
            properties[name] = {**merged, "enum": values} if values else described
    always = set.intersection(*(set(shape.get("required", ())) for shape in shapes))
    return {"type": "object", "properties": properties, "required": sorted(always)}


def _kind(name: str, shape: Json, items: Json) -> Kind:
    match shape.get("type"):
        case "array":
            return _list_kind(items)
        case "integer":
            return AMOUNTS.get(shape.get("format", ""), Kind.WHOLE)
        case "boolean" if shape.get("format") == "yes_or_no":
            return Kind.YES_OR_NO
        case str(other) if other in TYPES:
            return TYPES[other]
        case _:
            return _text_kind(name, shape)


def _list_kind(items: Json) -> Kind:
    if items.get("type") == "object":
        return Kind.GROUPS
    return Kind.CHOICES if "enum" in items or items.get("pattern") == COUNTRY else Kind.LINES


TYPES = {"object": Kind.GROUP, "boolean": Kind.YES_NO, "number": Kind.NUMBER}
AMOUNTS = {"cents": Kind.MONEY, "euros": Kind.EUROS}
FORMATS = {
    "date-time": Kind.MOMENT,
    "date": Kind.DAY,
    "email": Kind.EMAIL,
    "uri": Kind.LINK,
    "password": Kind.PASSWORD,
    "line": Kind.LINE,
    "text": Kind.TEXT,
}


def _text_kind(name: str, shape: Json) -> Kind:
    if "enum" in shape or shape.get("pattern") == COUNTRY:
        return Kind.CHOICE
    if shape.get("format") in FORMATS:
        return FORMATS[shape["format"]]
    if name == "link" or name.endswith(("_link", "website")):
        return Kind.LINK
    longest = shape.get("maxLength", LONGEST_LINE + 1)
    return Kind.TEXT if longest > LONGEST_LINE and "pattern" not in shape else Kind.LINE


def said_of(name: str) -> str:
    """Return the words of a name: `cut_offs` is "Cut offs"."""
    words = name.replace("_", " ").strip()
    return words[:1].upper() + words[1:]
