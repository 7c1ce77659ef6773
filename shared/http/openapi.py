"""The OpenAPI document: FastAPI's, with what all routes share: authentication, errors, rules of requests, parts."""

import json
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import BaseRoute

from shared.http.caller import OPTIONAL_SCHEME, SCHEME
from shared.http.examples import add_examples
from shared.http.problems import Problem, refusals
from shared.http.throttling import TOO_MANY, Throttle

Json = dict[str, Any]
TITLE = "Cluster Collaboration Platform"
REFERENCE = "#/components/schemas/{model}"
TAGS = {
    "Operations": "Operators look after parked messages and the event log.",
    "Health": "Whether the service runs, and its metrics.",
}
DESCRIPTION = """
Cluster organisations find calls, partners and each other.

## Authentication
Create an API token at `/me/tokens` in a browser, with a scope and an end, and send it with each request:
`Authorization: Bearer <token>`. A token with the scope `read` changes nothing (403). `POST /tokens` returns one with
all your rights for your e-mail address and password: `expires_in` is its lifetime in seconds, and
`POST /tokens/refresh` returns the next one. Requests without a token see what the public sees.

## Versions
Resources that can change carry their version in the `ETag` header. Send it back in `If-Match` when you change the
resource. If it was changed in the meantime, the answer is 412: read the resource again and repeat your change.

## Repeated requests
Routes that create something accept an `Idempotency-Key` header with a random value, such as a UUID. If you send the
same request with the same key within a day, for example after a timeout, you get the first answer and nothing is
created twice. The same request has the same address, `If-Match` and body, byte by byte.

## Lists
Lists come in pages of `limit` items. `next` is the cursor of the next page: send it as `cursor`, with the same other
parameters. On the last page `next` is null.

## Errors
Errors are problem documents (RFC 9457, `application/problem+json`). `code` names the kind of problem for programs,
`title` and `detail` explain it to people, `errors` lists the fields that are not valid. 429 and 503 come with
`Retry-After`.

## Formats
Times are ISO 8601 with an offset. Most addresses answer with HTML for browsers and JSON for programs (`Accept`).
"""


def function_name(route: APIRoute) -> str:
    """Return the operation id of a route that names none."""
    return route.name


def describe(app: FastAPI, tags: Mapping[str, str], public_url: str, examples: Mapping[str, Any]) -> Json:
    """Return the OpenAPI document of an application; the first call builds it. `examples`: by field or schema."""
    if app.openapi_schema is None:
        with warnings.catch_warnings(action="ignore"):  # a test checks that operation ids are unique
            document = get_openapi(
                title=TITLE,
                version=app.version,
                description=DESCRIPTION.strip(),
                routes=app.routes,
                separate_input_output_schemas=False,
                tags=[{"name": name, "description": words} for name, words in (dict(tags) | TAGS).items()],
                servers=[{"url": public_url, "description": "This platform"}],
            )
        _add_problem(document)
        _allow_visitors(document)
        _add_limits(document, app.routes)
        app.openapi_schema = _with_short_names(document)
        add_examples(app.openapi_schema, examples)
    return app.openapi_schema


def _add_problem(document: Json) -> None:
    """Add the schema of problem documents, which the errors of all routes refer to."""
    schema = Problem.model_json_schema(ref_template=REFERENCE)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    schemas |= {**schema.pop("$defs"), Problem.__name__: schema}


def _allow_visitors(document: Json) -> None:
    """Describe the routes for members and visitors: the bearer token is optional there."""
    schemes = document["components"].get("securitySchemes", {})
    schemes.pop(OPTIONAL_SCHEME, None)
    for path in document["paths"].values():
        for operation in path.values():
            if {OPTIONAL_SCHEME: []} in operation.get("security", []):
                operation["security"] = [{}, {SCHEME: []}]


def _add_limits(document: Json, routes: Sequence[BaseRoute]) -> None:
    """Describe the answer of routes whose requests are limited."""
    for route in iter_route_contexts(routes):
        limited = [each for each in getattr(route, "dependencies", ()) if isinstance(each.dependency, Throttle)]
        for method in route.methods or () if limited else ():
            document["paths"][route.path_format][method.lower()]["responses"] |= {
                str(status): described for status, described in refusals(TOO_MANY).items()
            }


def _with_short_names(document: Json) -> Json:
    """Rename schemas of classes with the same name: `ApplicationsState` instead of `services__calls__...__State`."""
    text = json.dumps(document)
    for long_name in [name for name in document["components"]["schemas"] if "__" in name]:
        *_, package, _module, name = long_name.split("__")
        text = text.replace(
            f'"{REFERENCE.format(model=long_name)}"', f'"{REFERENCE.format(model=package.title() + name)}"'
        )
        text = text.replace(f'"{long_name}": {{', f'"{package.title() + name}": {{')
    renamed: Json = json.loads(text)
    for name, schema in renamed["components"]["schemas"].items():
        schema["title"] = name
    return renamed
