"""Examples in the OpenAPI document: every operation with JSON shows some, and each is one that the platform takes."""

import json
from collections import Counter

import jsonschema_rs
import pytest
from pydantic import TypeAdapter

from shared.bus.memory import MemoryBus
from shared.host import build_app
from shared.http.examples import COMMON, add_examples, contents
from shared.service import Service
from tests.support.routes import DOCUMENT, OPERATIONS, ROUTES, SERVICES, SETTINGS

COMPONENTS = DOCUMENT["components"]
SCHEMAS = COMPONENTS["schemas"]
TABLE = dict(COMMON) | {name: value for service in SERVICES for name, value in service.examples.items()}
WITH_JSON = [name for name, operation in OPERATIONS.items() if list(contents(operation))]
WITH_BODY = [name for name in WITH_JSON if any(is_request for _, is_request in contents(OPERATIONS[name]))]


@pytest.mark.parametrize("name", WITH_JSON)
def test_the_examples_of_an_operation_fit_their_schemas(name: str) -> None:
    for content, _ in contents(OPERATIONS[name]):
        schema = content["schema"] | {"components": COMPONENTS}
        found = jsonschema_rs.validator_for(schema, validate_formats=True).iter_errors(content["example"])
        assert [f"{[*error.instance_path]}: {error.message}" for error in found] == []


@pytest.mark.parametrize("name", WITH_BODY)
def test_the_example_of_a_request_is_one_that_the_operation_takes(name: str) -> None:
    [example] = [content["example"] for content, is_request in contents(OPERATIONS[name]) if is_request]
    assert example
    TypeAdapter(ROUTES[name].body_field.field_info.annotation).validate_json(json.dumps(example))


def test_every_operation_with_json_shows_examples() -> None:
    assert len(WITH_BODY) > 50
    assert all("example" in content for name in WITH_JSON for content, _ in contents(OPERATIONS[name]))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_text_of_an_example_has_a_value_if_a_service_runs_alone(service: Service) -> None:
    """Each is in the table of its service: `services/<name>/examples.py`."""
    app = build_app([service], settings=SETTINGS, mongo_url="mongodb://nowhere", bus=MemoryBus())
    document = app.openapi()
    assert add_examples(document, dict(COMMON) | dict(service.examples)).missing == set()
    known = {name for schema in document["components"]["schemas"].values() for name in schema.get("properties", {})}
    assert service.examples.keys() - document["components"]["schemas"].keys() - known == set()


def test_the_tables_name_fields_and_schemas_that_exist_each_once() -> None:
    fields = {name for schema in SCHEMAS.values() for name in schema.get("properties", {})}
    assert {name for name in TABLE if name not in SCHEMAS.keys() | fields} == set()
    unknown = {
        f"{name}.{field}"
        for name in TABLE.keys() & SCHEMAS.keys()
        for field in TABLE[name].keys() - SCHEMAS[name]["properties"].keys()
    }
    assert unknown == set()
    counts = Counter(name for table in [COMMON, *(service.examples for service in SERVICES)] for name in table)
    assert [name for name, count in counts.items() if count > 1] == []
