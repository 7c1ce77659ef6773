"""All paths of the platform with their methods, also those that are not described, for tests that walk over them."""

import re

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts


def paths(app: FastAPI) -> dict[str, set[str]]:
    """Return the methods of each path; `x` takes the place of each parameter."""
    found: dict[str, set[str]] = {}
    for route in iter_route_contexts(app.routes):
        found.setdefault(re.sub(r"\{\w+\}", "x", route.path), set()).update(route.methods)
    return found


def with_method(app: FastAPI, *methods: str) -> list[tuple[str, str]]:
    """Return method and path of each route with one of the methods."""
    return [(method, path) for path, known in paths(app).items() for method in methods if method in known]
