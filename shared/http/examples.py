"""Examples of requests and answers for the OpenAPI document, composed from its schemas and a table of values.

The table has two kinds of keys: a field (`"country": "SE"`), and a schema, whose value replaces or adds fields
(`"Review": {"outcome": "publish"}`). A request shows what is required and what the entry of its schema names; an
answer shows every field.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]
JSON = "application/json"
ID = "01975d2e-0000-7000-8000-000000000001"
MOMENT, DAY = "2027-03-15T16:00:00Z", "2027-06-07"
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}
COMMON: Mapping[str, Any] = {
    "at": "2027-03-01T09:30:00Z",
    "city": "Stockholm",
    "country": "SE",
    "detail": "Correct this field and send the request again: country.",
    "email": "anna@members.example",
    "errors": [],
    "fault": "",
    "message": "Use a code of ISO 3166-1.",
    "next": None,
    "organisation_name": "Nordic ICT Cluster",
    "reason": "The programme was changed.",
    "reasons": ["Add the address of your website."],
    "timezone": "Europe/Brussels",
    "version": 2,
    "Failure": {"reason": "It is not parked any more."},
    "ParkedDetail": {"traceback": "Traceback (most recent call last): ...", "body": "{}"},
    "ParkedIds": {"ids": [ID]},
    "EventDetail": {"body": {"specversion": "1.0", "type": "calls.call.closed.v1", "data": {"call_id": ID}}},
    "ReplayRequest": {"to": "calls.events.v1", "type": "profiles.*", "since": "2027-03-01T00:00:00Z"},
    "SentPage": {"sent": {"calls.call.closed.v1": 12}, "unrouted": {}},
    "SnapshotRequest": {"to": "calls.events.v1"},
    "event_type": "calls.call.closed.v1",
    "listener": "notifications",
    "state": "sent",
    "subject": ID,
    "type": "calls.call.closed.v1",
}


@dataclass
class Examples:
    """Composes examples; `missing` are the texts that the table should have, as `Schema.field`."""

    schemas: Mapping[str, Json]
    table: Mapping[str, Any]
    missing: set[str] = field(default_factory=set)

    def of(self, schema: Json, *, whole: bool, name: str = "", place: str = "") -> Any:
        """Return an example for a schema. `name`: that of the field that has it; `place`: where the schema is."""
        if reference := schema.get("$ref", "").rpartition("/")[2]:
            return self._of_schema(reference, whole, name)
        given = [self.table[name]] if name in self.table and self._fits(self.table[name], schema) else []
        given += [schema[each] for each in ("const", "default") if schema.get(each) is not None]
        if given := [*given, *schema.get("enum", [])]:
            return given[0]
        choices = [each for each in choices_of(schema) if each.get("type") != "null"]
        if choices:
            return self.of(choices[0], whole=whole, name=name, place=place)
        if schema.get("type") == "array":
            return [self.of(schema["items"], whole=whole, name=name, place=place)]
        return self._text(schema, name, place) if schema.get("type") == "string" else plain(schema)

    def _of_schema(self, schema_name: str, whole: bool, name: str) -> Any:
        schema = self.schemas[schema_name]
        if "properties" not in schema:
            return self.of(schema, whole=whole, name=name, place=schema_name)
        own = self.table.get(schema_name, {})
        shown = [each for each in schema["properties"] if whole or each in own or each in schema.get("required", ())]
        return {
            each: own[each]
            if each in own
            else self.of(schema["properties"][each], whole=whole, name=each, place=schema_name)
            for each in shown
        }

    def _text(self, schema: Json, name: str, place: str) -> str:
        if schema.get("format") in {"date-time", "date"}:
            return MOMENT if schema["format"] == "date-time" else DAY
        if name == "id" or name.endswith(("_id", "ids", "done")):
            return ID
        self.missing.add(f"{place}.{name}")
        return ""

    def _fits(self, value: Any, schema: Json) -> bool:
        """Return whether a value is of the type of a schema, and one of its options."""
        if reference := schema.get("$ref", "").rpartition("/")[2]:
            return self._fits(value, self.schemas[reference])
        if choices := choices_of(schema):
            return any(self._fits(value, each) for each in choices)
        if "enum" in schema or "const" in schema:
            return value in schema.get("enum", [schema.get("const")])
        if isinstance(value, bool) and schema.get("type") != "boolean":
            return False
        if not isinstance(value, TYPES[schema.get("type", "object")]):
            return False
        return not isinstance(value, list) or all(self._fits(each, schema["items"]) for each in value)


def choices_of(schema: Json) -> list[Json]:
    """Return the schemas of which one holds; empty if there is no choice."""
    return [*schema.get("anyOf", []), *schema.get("oneOf", [])]


def plain(schema: Json) -> Any:
    """Return a value for a number, a truth value or an object with any fields."""
    if schema.get("type") == "boolean":
        return True
    return max(1, int(schema.get("minimum", 1))) if schema.get("type") in {"integer", "number"} else {}


def add_examples(document: Json, table: Mapping[str, Any]) -> Examples:
    """Add an example to every request and answer in JSON that has a schema. Return the maker of the examples."""
    examples = Examples(document["components"]["schemas"], table)
    for item in document["paths"].values():
        for operation in item.values():
            for content, is_request in contents(operation):
                content["example"] = examples.of(content["schema"], whole=not is_request)
    return examples


def contents(operation: Json) -> Iterator[tuple[Json, bool]]:
    """Yield the contents of an operation in JSON that have a schema: of its answers, and of its request (True)."""
    described = [(operation.get("requestBody", {}), True)]
    described += [(answer, False) for status, answer in operation["responses"].items() if status.startswith("2")]
    for part, is_request in described:
        content = part.get("content", {}).get(JSON, {})
        if content.get("schema", {}).get("format", "") != "binary" and content.get("schema"):
            yield content, is_request
