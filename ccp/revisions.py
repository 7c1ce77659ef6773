"""Published revisions of an event type's schema: each stays as it is, the next may only add optional fields."""

import json
from collections.abc import Iterator, Mapping
from itertools import count, pairwise, takewhile
from pathlib import Path
from typing import Any

from shared import contracts
from shared.contracts.base import EventType

Schema = dict[str, Any]

PUBLISHED = Path(contracts.__file__).parent / "published"
WORDS = {"$id", "$defs", "title", "description", "examples"}  # what a schema may say anew at any time
SCHEMAS = {"items", "additionalProperties"}
LISTS = {"anyOf", "oneOf", "allOf", "prefixItems"}


class NotPublishable(ValueError):
    """What today's contracts break of what was published; the text says where, and the next step."""


def stem(event_type: str, number: int) -> str:
    """What a revision's files are called; a name that was given once is never another file's."""
    return event_type if number == 1 else f"{event_type}.r{number}"


def revisions(event_type: str, folder: Path) -> list[str]:
    """The stems of all that was published of a type, oldest first."""
    stems = (stem(event_type, number) for number in count(1))
    return list(takewhile(lambda name: schema_file(name, folder).exists(), stems))


def schema_file(name: str, folder: Path) -> Path:
    return folder / f"{name}.schema.json"


def sample_file(name: str, folder: Path) -> Path:
    return folder / f"{name}.sample.json"


def read(path: Path) -> Schema:
    return dict(json.loads(path.read_text()))


def current(contract: EventType, folder: Path) -> str:
    """The stem of today's revision: the newest that was published if it has the same shape, else the next."""
    published = revisions(contract.type, folder)
    if published and shape(read(schema_file(published[-1], folder))) == shape(contract.model_json_schema()):
        return published[-1]
    return stem(contract.type, len(published) + 1)


def render(contract: EventType, name: str) -> str:
    return json.dumps({"$id": f"urn:ccp:event:{name}", **contract.model_json_schema()}, indent=2) + "\n"


def require_publishable(registry: Mapping[str, EventType], folder: Path) -> None:
    """Raises NotPublishable: a line for each break and each type that is gone, else for each sample that is missing."""
    found = [*gone(registry, folder), *broken(registry, folder)] or [*without_sample(registry, folder)]
    if found:
        raise NotPublishable("\n".join(found))


def gone(registry: Mapping[str, EventType], folder: Path) -> Iterator[str]:
    published = {path.name.removesuffix(".schema.json") for path in folder.glob("*.schema.json")}
    known = {name for event_type in registry for name in revisions(event_type, folder)}
    for name in sorted(published - known):
        yield f"{name} was published and has no contract any more; bring its class back, others rely on it"


def broken(registry: Mapping[str, EventType], folder: Path) -> Iterator[str]:
    """Every revision against the one before, and today's contract against the newest."""
    for event_type, contract in registry.items():
        published = [read(schema_file(name, folder)) for name in revisions(event_type, folder)]
        for old, new in pairwise([*published, contract.model_json_schema()]):
            for what in breaks(old, new):
                yield f"{event_type} is published and may only gain optional fields: {what}; {beside(event_type)}"


def beside(event_type: str) -> str:
    name, _, major = event_type.rpartition(".v")
    return f"leave it as it was and make {name}.v{int(major) + 1} beside it"


def without_sample(registry: Mapping[str, EventType], folder: Path) -> Iterator[str]:
    for event_type, contract in registry.items():
        for name in sorted({*revisions(event_type, folder), current(contract, folder)}):
            sample = sample_file(name, folder)
            if not sample.exists():
                where = f"{folder.name}/{sample.name}"
                yield f"{event_type} needs a golden sample: write one event with every field in it to {where}"


def shape(schema: Schema, definitions: Mapping[str, Schema] | None = None) -> Schema:
    """The schema without its words, every reference replaced by what it refers to."""
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
    """Where the new schema is more than the old one and some optional fields; empty if nowhere."""
    return list(_differences("data", shape(old), shape(new)))


def _differences(path: str, old: Schema, new: Schema) -> Iterator[str]:
    yield from _fields(path, old, new)
    for key in sorted({*old, *new} - {"properties", "required"}):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict):
            yield from _differences(f"{path}.{key}", before, after)
        elif key in LISTS and before and after and len(before) == len(after):
            for one, other in zip(before, after, strict=True):
                yield from _differences(path, one, other)
        elif before != after:
            yield f"{path}: {key} {_said(before)} became {_said(after)}"


def _fields(path: str, old: Schema, new: Schema) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    needed, needs = old.get("required", set()), new.get("required", set())
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{path}.{name} is gone"
        elif name not in before and name in needs:
            yield f"{path}.{name} is new and required"
        elif name not in before and old.get("additionalProperties", True) is not True:
            yield f"{path}.{name} is new where readers refuse what they do not know"
        elif name in before and (name in needed) != (name in needs):
            yield f"{path}.{name} is {'required now' if name in needs else 'not required any more'}"
        elif name in before:
            yield from _differences(f"{path}.{name}", before[name], after[name])


def _said(value: Any) -> str:
    return "nothing" if value is None else json.dumps(sorted(value, key=str) if isinstance(value, set) else value)
