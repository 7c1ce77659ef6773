"""The routes of all services and their description; the application is never started."""

from typing import Any

from fastapi.routing import APIRoute, iter_route_contexts

from services.__main__ import available, load
from shared.bus.memory import MemoryBus
from shared.host import build_app
from shared.settings import Settings

METHODS = {"get", "put", "post", "patch", "delete"}
SETTINGS = Settings(public_url="https://ccp.example/")
SERVICES = load(available(), SETTINGS, {})
APP = build_app(SERVICES, settings=SETTINGS, mongo_url="mongodb://nowhere", bus=MemoryBus())
DOCUMENT = APP.openapi()
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
}
ROUTES = {
    f"{method} {route.path}": route
    for route in iter_route_contexts(APP.routes)
    if isinstance(route.original_route, APIRoute)
    for method in route.methods or ()
}
