"""The methods that a path supports, over all its routes."""

from starlette.routing import Match
from starlette.types import Scope

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
OF_PEOPLE = [(b"accept", b"text/html"), (b"content-type", b"application/x-www-form-urlencoded")]


def allowed_methods(scope: Scope) -> str:
    """Return the value of the Allow header for the path of a request; empty if no route has this path.

    Those of pages and of their forms count too, whatever the request accepts.
    """
    routes = scope["app"].router.routes
    askers = ({**scope, "headers": []}, {**scope, "headers": OF_PEOPLE})
    found = [
        method
        for method in METHODS
        if any(route.matches({**asker, "method": method})[0] is Match.FULL for asker in askers for route in routes)
    ]
    if "GET" in found:
        found.insert(1, "HEAD")
    return ", ".join([*found, "OPTIONS"]) if found else ""
