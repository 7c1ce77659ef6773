"""Published revisions of an event type's schema. A revision keeps its shape; the next may only add optional fields."""

import json
from collections.abc import Iterator, Mapping
from itertools import count, pairwise, takewhile
from pathlib import Path
from typing import Any

from shared import contracts
from shared.contracts.base import EventType

Schema = dict[str, Any]

PUBLISHED = Path(contracts.__file__).parent / "published"
WORDS = {"$id", "$defs", "title", "description", "examples"}  # descriptions, which may change at any time
SCHEMAS = {"items", "additionalProperties"}
LISTS = {"anyOf", "oneOf", "allOf", "prefixItems"}


class NotPublishable(ValueError):
    """A contract that breaks a published revision. The text says where, and what to do next."""


def stem(event_type: str, number: int) -> str:
    """Return the name of a revision's files, without extension. A name is never reused."""
    return event_type if number == 1 else f"{event_type}.r{number}"


def revisions(event_type: str, folder: Path) -> list[str]:
    """Return the stems of all published revisions of a type, the oldest first."""
    stems = (stem(event_type, number) for number in count(1))
    return list(takewhile(lambda name: schema_file(name, folder).exists(), stems))


def schema_file(name: str, folder: Path) -> Path:
    return folder / f"{name}.schema.json"


def sample_file(name: str, folder: Path) -> Path:
    return folder / f"{name}.sample.json"


def read(path: Path) -> Schema:
    return dict(json.loads(path.read_text()))


def current(contract: EventType, folder: Path) -> str:
    """Return the stem of the contract's revision: the newest published one if its shape is the same, else the next."""
    published = revisions(contract.type, folder)
    if published and shape(read(schema_file(published[-1], folder))) == shape(contract.model_json_schema()):
        return published[-1]
    return stem(contract.type, len(published) + 1)


def render(contract: EventType, name: str) -> str:
    return json.dumps({"$id": f"urn:ccp:event:{name}", **contract.model_json_schema()}, indent=2) + "\n"


def require_publishable(registry: Mapping[str, EventType], folder: Path) -> None:
    """Raise NotPublishable with a line for each break and each removed type, or else for each missing sample."""
    errors = [*gone(registry, folder), *broken(registry, folder)] or [*without_sample(registry, folder)]
    if errors:
        raise NotPublishable("\n".join(errors))


def gone(registry: Mapping[str, EventType], folder: Path) -> Iterator[str]:
    published = {path.name.removesuffix(".schema.json") for path in folder.glob("*.schema.json")}
    known = {name for event_type in registry for name in revisions(event_type, folder)}
    for name in sorted(published - known):
        yield f"{name} was published, but its contract is gone; restore the class, because others rely on it"


def broken(registry: Mapping[str, EventType], folder: Path) -> Iterator[str]:
    """Yield the breaks between each revision and the next, and between the newest and the contract."""
    for event_type, contract in registry.items():
        published = [read(schema_file(name, folder)) for name in revisions(event_type, folder)]
        for old, new in pairwise([*published, contract.model_json_schema()]):
            for difference in breaks(old, new):
                yield f"{event_type} may only gain optional fields: {difference}; {beside(event_type)}"


def beside(event_type: str) -> str:
    name, _, major = event_type.rpartition(".v")
    return f"leave it unchanged and add {name}.v{int(major) + 1}"


def without_sample(registry: Mapping[str, EventType], folder: Path) -> Iterator[str]:
    for event_type, contract in registry.items():
        for name in sorted({*revisions(event_type, folder), current(contract, folder)}):
            sample = sample_file(name, folder)
            if not sample.exists():
                path = f"{folder.name}/{sample.name}"
                yield f"{event_type} needs a golden sample: write an event with every field to {path}"


def shape(schema: Schema, definitions: Mapping[str, Schema] | None = None) -> Schema:
    """Return the schema without descriptions, with every reference replaced by its target."""
    definitions = definitions or schema.get("$defs", {})
    if "$ref" in schema:
        schema = {**definitions[schema["$ref"].rpartition("/")[2]], **schema}
    return {key: _inner(key, value, definitions) for key, value in schema.items() if key not in {*WORDS, "$ref"}}


def _inner(key: str, value: Any, definitions: Mapping[str, Schema]) -> Any:
    if key == "properties":
        return {name: shape(field, definitions) for name, field in value.items()}
    if key in LISTS:
        return [shape(each, definitions) for each in value]
    if key in SCHEMAS and isinstance(value, dict):
        return shape(value, definitions)
    return set(value) if key in {"enum", "required"} else value


def breaks(old: Schema, new: Schema) -> list[str]:
    """Return the differences between the schemas that are more than added optional fields."""
    return list(_differences("data", shape(old), shape(new)))


def _differences(path: str, old: Schema, new: Schema) -> Iterator[str]:
    yield from _fields(path, old, new)
    for key in sorted({*old, *new} - {"properties", "required"}):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _differences(f"{path}.{key}", before, after)
        elif key in LISTS and before and after and len(before) == len(after):
            for old_schema, new_schema in zip(before, after, strict=True):
                yield from _differences(path, old_schema, new_schema)
        elif before != after:
            yield f"{path}: {key} {_render(before)} became {_render(after)}"


def _fields(path: str, old: Schema, new: Schema) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    was_required, is_required = old.get("required", set()), new.get("required", set())
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{path}.{name} is gone"
        elif name not in before and name in is_required:
            yield f"{path}.{name} is new and required"
        elif name not in before and old.get("additionalProperties", True) is not True:
            yield f"{path}.{name} is new, but readers refuse unknown fields"
        elif name in before and (name in was_required) != (name in is_required):
            yield f"{path}.{name} is {'now required' if name in is_required else 'no longer required'}"
        elif name in before:
            yield from _differences(f"{path}.{name}", before[name], after[name])


def _render(value: Any) -> str:
    return "nothing" if value is None else json.dumps(sorted(value, key=str) if isinstance(value, set) else value)
