"""The OpenAPI document: every route describes itself, and its errors are sentences for people."""

import itertools
import json
import re
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi.dependencies.models import Dependant

from services.__main__ import available
from shared.auth import Caller
from shared.http import caller, throttling
from shared.http.throttling import Throttle
from tests.support.routes import APP, DOCUMENT, OPERATIONS, ROUTES

# Words of the validation library and of Python that must not reach the people who read an error.
LIBRARY_WORDS = re.compile(
    r"regex|pattern|should be|should have|should match|input|pydantic|unexpected|value error|traceback|type="
    r"|NoneType|\b(dict|str|int|bool|tuple)\b|\^\[",
    re.IGNORECASE,
)
ASKED_AGAIN = {  # limited as log-ins are, because they check the password or a code
    "POST /me/second-factor",
    "POST /me/second-factor/on",
    "POST /me/second-factor/off",
    "POST /me/recovery-codes",
    "POST /me/address",
}
WRONG_VALUES: list[Any] = [None, [], {}, [7], "line\nbreak \x00", "x" * 20_000, -1.5, True, 10**30, "2016-13-45"]


def dependencies(dependant: Dependant) -> Iterator[tuple[str, Any]]:
    """Yield the functions that a route depends on, at any depth, each after the name of the function that made it."""
    for dependency in dependant.dependencies:
        yield getattr(dependency.call, "__qualname__", "").partition(".")[0], dependency.call
        yield from dependencies(dependency)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_an_id_a_summary_and_one_described_tag(name: str) -> None:
    operation = OPERATIONS[name]
    assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", operation["operationId"])
    assert 2 <= len(operation["summary"].split()) <= 8
    assert operation["summary"][0].isupper()
    assert not operation["summary"].endswith(".")
    [tag] = operation["tags"]
    assert tag in {each["name"] for each in DOCUMENT["tags"] if each["description"]}


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_describes_its_parameters_and_errors(name: str) -> None:
    operation = OPERATIONS[name]
    parameters = operation.get("parameters", [])
    assert [each["name"] for each in parameters if not each.get("description")] == []
    if any(each["in"] == "path" for each in parameters):
        assert [status for status in operation["responses"] if status.startswith(("4", "5"))]
    assert all(response["description"] for response in operation["responses"].values())


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_asks_for_a_token_exactly_if_it_needs_a_caller(name: str) -> None:
    makers = {maker for maker, _ in dependencies(ROUTES[name].dependant)}
    if makers & {"current_caller", "logged_in_caller"}:
        expected: list[Any] = [{"bearer": []}]
    elif "optional_caller" in makers:
        expected = [{}, {"bearer": []}]
    else:
        expected = []
    assert OPERATIONS[name].get("security", []) == expected


def test_no_api_token_changes_an_account() -> None:
    """Changes that need no caller, such as a registration, do not look at the token."""
    accounts = {name for name in OPERATIONS if OPERATIONS[name]["tags"] == ["Accounts"] and not name.startswith("GET ")}
    makers = {name: {maker for maker, _ in dependencies(ROUTES[name].dependant)} for name in accounts}
    assert {name for name, made in makers.items() if "current_caller" in made} == set()
    assert {"POST /me/tokens", "DELETE /me/tokens/{id}", "DELETE /me/sessions/{id}", "POST /me/password"} <= {
        name for name, made in makers.items() if "logged_in_caller" in made
    }


@pytest.mark.parametrize("field", ["operationId", "summary"])
def test_ids_and_summaries_are_unique(field: str) -> None:
    counts = Counter(operation[field] for operation in OPERATIONS.values())
    assert [value for value, count in counts.items() if count > 1] == []


def test_the_document_describes_the_platform() -> None:
    assert DOCUMENT["servers"][0]["url"] == "https://ccp.example"
    assert DOCUMENT["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for word in ("Authorization", "If-Match", "Idempotency-Key", "cursor", "problem+json"):
        assert word in DOCUMENT["info"]["description"]


def test_operations_with_a_limit_say_when_to_try_again() -> None:
    limited = {
        name
        for name in OPERATIONS
        if any(isinstance(call, Throttle) for _, call in dependencies(ROUTES[name].dependant))
    }
    described = {name for name, operation in OPERATIONS.items() if "429" in operation["responses"]}
    erased = {"POST /me/erasure", "POST /erasures"}
    assert described == limited | erased | {"POST /tokens", "POST /me/password", *ASKED_AGAIN}
    assert {"POST /members", "POST /calls/{id}/files", "POST /calls/{id}/publish"} <= limited
    assert all("Retry-After" in OPERATIONS[name]["responses"]["429"]["headers"] for name in described)


def test_operations_that_take_a_file_have_a_limit_or_are_for_operators() -> None:
    """A file is much larger than any other body, and what is stored of it fills the disk."""

    def takes_a_file(operation: dict[str, Any]) -> bool:
        content = operation.get("requestBody", {}).get("content", {})
        return any(each["schema"].get("format") == "binary" for each in content.values())

    taking = {name: operation for name, operation in OPERATIONS.items() if takes_a_file(operation)}
    for_operators = {"POST /calls/import", "POST /organisations/import"}
    assert {name for name, operation in taking.items() if "429" not in operation["responses"]} == for_operators
    assert len(taking) > len(for_operators) + 5


def parts(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas inside a schema, each with its place."""
    if name := schema.get("$ref", "").rpartition("/")[2]:
        yield "", DOCUMENT["components"]["schemas"][name]
    for each in [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]:
        yield "", each
    for field, each in schema.get("properties", {}).items():
        yield f".{field}", each
    for each in (schema.get("items"), schema.get("additionalProperties")):
        if isinstance(each, dict):
            yield "[]", each


def values(schema: dict[str, Any], path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the schemas of all texts and lists that a client may send, each with its path."""
    if schema.get("type") in {"string", "array"}:
        yield path, schema
    for place, part in parts(schema):
        yield from values(part, path + place)


def is_bounded(value: dict[str, Any]) -> bool:
    """Return whether a text or a list has a greatest length, given directly or by its form."""
    by_form = re.search(r"\{\d+(,\d+)?\}\$$", value.get("pattern", "")) or value.get("format") in {
        "date",
        "date-time",
        "binary",
    }
    return bool({"maxLength", "maxItems", "enum", "const"} & value.keys() or by_form)


@pytest.mark.parametrize("name", OPERATIONS)
def test_no_text_or_list_that_a_client_sends_is_unlimited(name: str) -> None:
    """The limit of the body bounds what is left out here: texts of other media types."""
    operation = OPERATIONS[name]
    sent = [(each["name"], each["schema"]) for each in operation.get("parameters", []) if each["name"] != "if-match"]
    if takes_json(operation):
        sent.append(("body", operation["requestBody"]["content"]["application/json"]["schema"]))
    found = [each for label, schema in sent for each in values(schema, label)]
    assert [path for path, value in found if not is_bounded(value)] == []


def test_all_errors_share_one_schema() -> None:
    schemas = {
        json.dumps(content["schema"])
        for operation in OPERATIONS.values()
        for response in operation["responses"].values()
        for media_type, content in response.get("content", {}).items()
        if media_type == "application/problem+json"
    }
    assert schemas == {'{"$ref": "#/components/schemas/Problem"}'}
    assert {"Problem", "FieldError"} <= DOCUMENT["components"]["schemas"].keys()


def test_names_of_schemas_are_short_and_every_reference_leads_to_one() -> None:
    names = DOCUMENT["components"]["schemas"].keys()
    assert [name for name in names if "__" in name or "-" in name] == []
    assert set(re.findall(r'#/components/schemas/([^"]+)"', json.dumps(DOCUMENT))) <= names


# --- Swagger UI -----------------------------------------------------------------------------------


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(APP, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://ccp.test") as client:
        yield client


async def test_swagger_ui_loads_everything_from_this_host(http: httpx.AsyncClient) -> None:
    page = await http.get("/docs")
    assert "default-src 'none'; script-src 'self'; connect-src 'self'" in page.headers["content-security-policy"]
    links = re.findall(r'(?:src|href|data-document)="([^"]+)"', page.text)
    assert links == ["/docs/swagger-ui.css", "/docs/favicon-32x32.png", "/docs/swagger-ui-bundle.js",
                     "/docs/start.js", "/openapi.json"]  # fmt: skip
    for link in links:
        answer = await http.get(link)
        assert answer.status_code == 200, link
        assert answer.content
    assert "validatorUrl: null" in (await http.get("/docs/start.js")).text


# --- errors ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def open_doors() -> Iterator[None]:
    """Let every request through to the validation: no services run here, and every caller is an operator."""

    async def operator(*_: object) -> Caller:
        return Caller(id="anna", operator=True)

    async def count(*_: object, **__: object) -> None:
        """Count nothing."""

    nothing_waits = SimpleNamespace(
        relay=SimpleNamespace(waiting_seconds=lambda: 0), throttle=SimpleNamespace(count=count)
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(caller, "caller_of", operator)
        patch.setattr(throttling, "caller_of", operator)
        patch.setattr(APP.state, "runtimes", dict.fromkeys(available(), nothing_waits))
        yield


def takes_json(operation: dict[str, Any]) -> bool:
    return "application/json" in operation.get("requestBody", {}).get("content", {})


def wrong_requests(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield requests with a value of a wrong kind for each field and parameter."""
    query = [each["name"] for each in operation.get("parameters", []) if each["in"] == "query"]
    for value in ("\x00☃", "-1", "x" * 3000):
        yield {"params": dict.fromkeys(query, value) | {"unknown": "1"}}
    if not takes_json(operation):
        return
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    name = schema.get("$ref", "").rpartition("/")[2]
    fields = DOCUMENT["components"]["schemas"].get(name, {}).get("properties", {})
    yield {"content": b"{", "headers": {"Content-Type": "application/json"}}
    yield {"json": []}
    yield {"json": {}}
    for shift in range(0, len(WRONG_VALUES), 3):
        values = itertools.islice(itertools.cycle(WRONG_VALUES), shift, None)
        yield {"json": dict(zip(fields, values, strict=False)) | {"unknown": 1}}


@pytest.mark.usefixtures("open_doors")
@pytest.mark.parametrize("name", OPERATIONS)
async def test_no_error_shows_words_of_a_library(http: httpx.AsyncClient, name: str) -> None:
    method, path = name.split()
    refused = 0
    for request in wrong_requests(OPERATIONS[name]):
        answer = await http.request(method, re.sub(r"{\w+}", "x", path), **request)
        if answer.status_code != 422:
            continue
        refused += 1
        problem = answer.json()
        texts = [problem["title"], problem["detail"], *(error["message"] for error in problem["errors"])]
        assert [text for text in texts if LIBRARY_WORDS.search(text)] == []
        assert all(text[0].isupper() and text.endswith((".", "?")) for text in texts[1:]), texts
    assert refused or not takes_json(OPERATIONS[name])


def test_no_name_of_the_database_is_in_the_description() -> None:
    names = {name for schema in DOCUMENT["components"]["schemas"].values() for name in schema.get("properties", {})}
    assert not [name for name in names if name.startswith("_")]
