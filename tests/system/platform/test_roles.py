"""Every route in every role: objects of others are not found, nothing private is shown, no input breaks a route."""

import base64
import copy
import itertools
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.__main__ import available, load
from shared import copies
from shared.bus.memory import MemoryBus
from shared.host import build_app
from shared.http.paging import encode_cursor
from shared.settings import Settings
from tests.support.people import Platform
from tests.support.roles import OUTSIDERS, ROLES, Thing, World, make_world

Place = tuple[str | int, ...]  # the path of a field in a body
METHODS = {"get", "put", "post", "patch", "delete"}

# Routes of public objects, and of collections, that every member may use. Visitors may use those without a token.
OPEN = {
    "GET /calls/{id}",
    "GET /calls/{id}.ics",
    "GET /calls/{id}/history",
    "GET /calls/{id}/updates",
    "GET /calls/{id}/questions",
    "POST /calls/{id}/questions",
    "GET /calls/{id}/form",
    "GET /calls/{id}/places",
    "GET /calls/{id}/files/{sha256}",
    "GET /gatherings/{id}",
    "GET /gatherings/{id}.ics",
    "PUT /gatherings/{id}/registration",
    "GET /gatherings/{id}/registration",
    "DELETE /gatherings/{id}/registration",
    "POST /gatherings/{id}/registration/decline",
    "GET /organisations/{id}",
    "POST /organisations/{id}/join-requests",
    "GET /organisations/{id}/showcase",
    "GET /organisations/{id}/affiliates",
    "GET /partner-requests/{id}",
    "GET /posts/{id}",
    "GET /achievements/{id}",
}
# Routes without an object in their path that not every member may use, with a body that names another's object.
GUARDED = {
    "GET /organisations/review",
    "GET /moderation",
    "GET /moderation/record",
    "POST /calls",
    "POST /gatherings",
    "POST /partner-requests",
    "POST /posts",
    "POST /achievements",
    "GET /achievements/review",
    "PUT /countries/{code}/text",
    "GET /countries/{code}/editions",
    "GET /countries/{code}/editions/{number}",
    "POST /countries/{code}/editions/{number}/publish",
    "POST /calls/import",
    "POST /organisations/import",
    "GET /calls/import/missing",
    "GET /applications",
    "GET /calls/own",
    "GET /gatherings/own",
    "GET /operators",
    "GET /operators/changes",
    "POST /operators",
    "DELETE /operators/{member_id}",
    "GET /deliveries",
    "GET /deliveries/summary",
    "POST /deliveries/resend",
    "GET /erasures",
    "POST /erasures",
}


# The history of deadlines names the editor of each change by id, so that every reader can verify its hash.
NAMES_EDITORS = {"GET /calls/{id}/history"}


@dataclass(frozen=True)
class Operation:
    """A route of the API, as its description has it."""

    method: str
    path: str
    described: dict[str, Any]

    @property
    def label(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def needs_token(self) -> bool:
        return self.described.get("security") == [{"bearer": []}]

    @property
    def group(self) -> str:
        return re.split(r"[/.]", self.path)[1]

    @property
    def query(self) -> dict[str, Any]:
        return {each["name"]: each["schema"] for each in self.described.get("parameters", []) if each["in"] == "query"}

    @property
    def schema(self) -> dict[str, Any]:
        """The schema of the JSON body; empty without one."""
        content = self.described.get("requestBody", {}).get("content", {})
        return resolved(content.get("application/json", {}).get("schema", {}))

    def body(self, world: World) -> Any:
        """A valid body, or None."""
        return copy.deepcopy(world.bodies.get(self.schema.get("title", "")))

    def parameters(self, organisation_id: str) -> dict[str, str]:
        """The parameters that the route requires."""
        required = [each["name"] for each in self.described.get("parameters", []) if each.get("required")]
        values = {"organisation_id": organisation_id, "name": "notes.txt", "source": "Register"}
        return {name: values[name] for name in required if name in values and "{" + name + "}" not in self.path}


def described() -> dict[str, Any]:
    settings = Settings()
    app = build_app(load(available(), settings, {}), settings=settings, mongo_url="mongodb://nowhere", bus=MemoryBus())
    return app.openapi()


DOCUMENT = described()


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema without a reference at its top, and without the choice of null."""
    while "$ref" in schema or "anyOf" in schema:
        chosen = [each for each in schema.get("anyOf", []) if each.get("type") != "null"] or [schema]
        schema = chosen[0]
        if "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


OPERATIONS = {
    operation.label: operation
    for path, item in DOCUMENT["paths"].items()
    for method, details in item.items()
    if method in METHODS
    for operation in [Operation(method.upper(), path, details)]
}
WITH_TOKEN = [label for label, operation in OPERATIONS.items() if operation.needs_token]
READING = [label for label, operation in OPERATIONS.items() if operation.method == "GET"]
WRITING = [label for label, each in OPERATIONS.items() if each.schema and each.schema.get("format") != "binary"]
ASKING = [label for label, operation in OPERATIONS.items() if operation.query]
WITH_ID = [label for label, operation in OPERATIONS.items() if "{" in operation.path]


@pytest.fixture(scope="module")
async def world(shared_ccp: Platform) -> AsyncIterator[World]:
    made = await make_world(shared_ccp)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copies, "TIMEOUT", 0)  # no request waits for a copy of an object that does not exist
        state = shared_ccp.system.app.state
        many = state.settings.model_copy(update={"limit_publications_by_member": "100000 per hour"})
        patch.setattr(state, "settings", many)
        yield made


def shown(role: str, operation: Operation, answer: httpx.Response) -> str:
    return f"{role}: {operation.label} answered {answer.status_code} {answer.text[:300]}"


def test_the_tables_name_routes_that_exist_and_have_a_body_for_each(world: World) -> None:
    assert set(OPERATIONS) >= OPEN | GUARDED | NAMES_EDITORS
    without = {label for label in WRITING if OPERATIONS[label].body(world) is None}
    assert without == {"PUT /gatherings/{id}/registration"}


# --- objects of others ----------------------------------------------------------------------------


@pytest.mark.parametrize("label", WITH_TOKEN)
async def test_a_visitor_is_asked_for_a_token(label: str, world: World) -> None:
    operation = OPERATIONS[label]
    more = {"params": operation.parameters("any"), "json": operation.body(world)}
    for thing in things_of(world, operation) or [None]:
        answer = await world.send("visitor", operation.method, world.path(operation.path, id_of(thing)), **more)
        assert answer.status_code == 401, shown("visitor", operation, answer)


@pytest.mark.parametrize("label", [label for label in WITH_ID if not label.startswith(("GET /op", "POST /op"))])
async def test_an_object_of_others_is_not_found(label: str, world: World) -> None:
    operation = OPERATIONS[label]
    refusals = {404} | ({403} & {int(status) for status in operation.described["responses"] if status.isdigit()})
    organisation = next(thing.id for thing in world.things if thing.group == "organisations" and thing.public)
    more = {"params": operation.parameters(organisation), "json": operation.body(world)}
    for thing, role in itertools.product(things_of(world, operation), ROLES):
        if role in thing.belongs_to or (thing.public and label in OPEN):
            continue
        answer = await world.send(role, operation.method, world.path(operation.path, thing.id), **more)
        expected = {401} if role == "visitor" and operation.needs_token else refusals
        assert answer.status_code in expected, shown(role, operation, answer)


@pytest.mark.parametrize("label", [label for label in OPERATIONS if label in GUARDED or "/operations/" in label])
async def test_a_collection_of_others_is_refused(label: str, world: World) -> None:
    operation = OPERATIONS[label]
    organisation = next(thing.id for thing in world.things if thing.group == "organisations" and thing.public)
    params = operation.parameters(organisation)
    for role in ("member", "stranger", "applicant", "assessor"):
        path = world.path(operation.path, "unknown")
        answer = await world.send(role, operation.method, path, params=params, json=operation.body(world))
        assert answer.status_code in {403, 404}, shown(role, operation, answer)


@pytest.mark.parametrize("label", READING)
async def test_outsiders_read_nothing_private(label: str, world: World) -> None:
    operation, editor = OPERATIONS[label], world.members["editor"].id
    for role, thing in itertools.product(OUTSIDERS, things_of(world, operation) or [None]):
        organisation = thing.id if thing else "unknown"
        for accept in ("application/json", "text/html"):
            answer = await world.send(
                role,
                "GET",
                world.path(operation.path, id_of(thing)),
                params=operation.parameters(organisation),
                headers={"Accept": accept},
            )
            assert answer.status_code < 500, shown(role, operation, answer)
            public = editor if label in NAMES_EDITORS else ""
            leaked = [secret for secret in world.secrets if secret in answer.text and secret != public]
            assert leaked == [], shown(role, operation, answer)


def things_of(world: World, operation: Operation) -> list[Thing]:
    """Return the objects that a path can be about; none if its id is of another kind."""
    if "{id}" not in operation.path:
        return []
    return [thing for thing in world.things if thing.group == operation.group]


def id_of(thing: Thing | None) -> str:
    return thing.id if thing else "unknown"


# --- unexpected input --------------------------------------------------------------------

CHANGING = ("visitor", "applicant", "editor", "operator")  # one of them may use each route
MOST = 250_000  # characters of a body
CONTROLS = "a\x00b\x0bc\x0cd\x1be\x1cf\x85g\u2028h"
DATES = {
    "year 1": "0001-01-01T00:00:00+14:00",
    "year 9999": "9999-12-31T23:59:59-14:00",
    "29 February": "2016-02-29T12:00:00+01:00",
    "no 29 February": "2015-02-29T12:00:00+01:00",
    "no offset": "2016-12-01T12:00:00",
    "a day": "2016-12-01",
    "year 1, a day": "0001-01-01",
    "a number": "1e400",
    "a large number": "99999999999999999999",
}


def too_long(schema: dict[str, Any]) -> str:
    """Return a text far over the limit of its schema, or of every field that has no limit in its schema."""
    return "x" * min(10 * schema.get("maxLength", 10_000) + 1000, MOST)


def raw_cursor(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


CURSORS = {
    "deep": raw_cursor("[" * 1400),
    "deep and closed": raw_cursor("[" * 700 + "]" * 700),
    "year 1": encode_cursor("0001-01-01T00:00:00+14:00", "x"),
    "year 9999": encode_cursor("9999-12-31T23:59:59-14:00", "x"),
    "no offset": encode_cursor("2016-02-29T12:00:00", "x"),
    "controls": encode_cursor(CONTROLS, CONTROLS),
    "large": encode_cursor("9" * 1000, "x"),
    "surrogate": raw_cursor('["\\ud800", "\\ud800"]'),
    "objects": raw_cursor('[{"$gt": ""}, {"$gt": ""}]'),
    "one number": encode_cursor("9" * 30),
    "not ASCII": "é" * 100,
}
PARTS = ["%00", "x" * 3000, "%ED%A0%80", "..%2F..", "$ne", "%0d%0aSet-Cookie:%20a=b", "-1", "9" * 40]


def texts(schema: dict[str, Any], path: Place = ()) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the path and the schema of every text in a schema, at any depth."""
    schema = resolved(schema)
    for name, part in schema.get("properties", {}).items():
        yield from texts(part, (*path, name))
    if "items" in schema:
        yield from texts(schema["items"], (*path, 0))
    if schema.get("type") == "string":
        yield path, schema


def planted(body: Any, path: Place, value: Any) -> Any:
    """Return a body with a value at a path; what is missing on the way is made."""
    made = inner = copy.deepcopy(body if body is not None else {})
    for key, following in itertools.pairwise(path):
        empty: Any = [] if following == 0 else {}
        if key == 0:
            inner[:] = inner or [empty]
        elif not inner.get(key):
            inner[key] = empty
        inner = inner[key]
    if path[-1] == 0:
        inner[:] = [value]
    else:
        inner[path[-1]] = value
    return made


@pytest.mark.parametrize("label", WRITING)
async def test_no_text_of_a_body_breaks_a_route_and_none_is_too_long_for_it(label: str, world: World) -> None:
    operation = OPERATIONS[label]
    body, path = operation.body(world), world.path(operation.path, world.spare.get(operation.group, "unknown"))
    for place, schema in texts(operation.schema):
        for role in ROLES:
            answer = await world.send(role, operation.method, path, json=planted(body, place, too_long(schema)))
            assert 400 <= answer.status_code < 500, f"{place} {shown(role, operation, answer)}"
        dates = DATES.values() if schema.get("format", "").startswith("date") else ()
        for value, role in itertools.product([CONTROLS, *dates], CHANGING):
            answer = await world.send(role, operation.method, path, json=planted(body, place, value))
            assert answer.status_code < 500, f"{place} {value[:30]!r} {shown(role, operation, answer)}"


@pytest.mark.parametrize("label", ASKING)
async def test_no_parameter_breaks_a_list(label: str, world: World) -> None:
    operation = OPERATIONS[label]
    path = world.path(operation.path, world.spare.get(operation.group, "unknown"))
    required = operation.parameters("unknown")
    for name in operation.query:
        values = CURSORS.values() if name == "cursor" else ["x" * 3000, CONTROLS, "-1", *DATES.values()]
        for value, role in itertools.product(values, ("visitor", "editor", "operator")):
            answer = await world.send(role, operation.method, path, params=required | {name: value})
            assert answer.status_code < 500, f"{name}={value[:40]!r} {shown(role, operation, answer)}"


@pytest.mark.parametrize("label", WITH_ID)
async def test_no_part_of_a_path_breaks_a_route(label: str, world: World) -> None:
    operation = OPERATIONS[label]
    for name, part in itertools.product(re.findall(r"{\w+}", operation.path), PARTS):
        path = world.path(operation.path.replace(name, part), "unknown")
        for role in ("visitor", "operator"):
            answer = await world.send(role, operation.method, path, json=operation.body(world))
            assert answer.status_code < 500, f"{part[:30]} {shown(role, operation, answer)}"
            assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("label", [*READING, "POST /tokens", "POST /members", "POST /login"])
async def test_no_other_site_may_read_an_answer(label: str, world: World) -> None:
    method, path = label.split()
    foreign = {"Origin": "https://elsewhere.example", "Referer": "https://elsewhere.example/x"}
    foreign |= {"If-Modified-Since": "Fri, 31 Dec 9999 23:59:59 -1400", "If-None-Match": '"' + "x" * 3000}
    for role in ROLES:
        answer = await world.send(
            role, method, world.path(path, world.spare.get(path.split("/")[1], "unknown")), headers=foreign
        )
        assert answer.status_code < 500, f"{role}: {label} answered {answer.status_code}"
        assert [name for name in answer.headers if name.startswith("access-control-")] == []
