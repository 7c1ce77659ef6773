"""Pages for developers: the API, the events with their fields and samples, and how to listen."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from inspect import getdoc
from pathlib import Path
from typing import Annotated, Any

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from shared.contracts import Event
from shared.contracts.base import EventType
from shared.fields import OneLine
from shared.forms.fields import resolved
from shared.web import pages
from shared.web.routes import page_router

PUBLISHED = Path(__file__).parent.parent / "contracts" / "published"
LISTEN = Path(__file__).parent / "assets" / "listen.txt"  # `ccp generate` copies it from the tested example
DEEPEST = 3  # levels of nested fields that a table shows


def add_developer_pages(app: FastAPI, services: Sequence[str]) -> None:
    """Serve the pages for developers; `services`: those whose API this application describes."""
    router = page_router()
    documents = ["/docs"] if len(services) > 1 else [f"/docs/{name}" for name in pages.navigation()["services"]]

    @router.get("/developers")
    async def show_developers(request: Request) -> Response:
        return pages.page(request, "developers.html", documents=documents, listen=LISTEN.read_text())

    @router.get("/developers/events")
    async def show_event_types(request: Request) -> Response:
        rows = [(kind, summary(contract)) for kind, contract in sorted(Event.registry.items())]
        return pages.page(request, "event_types.html", rows=rows)

    @router.get("/developers/events/{kind}")
    async def show_event_type(kind: Annotated[str, OneLine(80, fewest=1)], request: Request) -> Response:
        contract = Event.registry.get(kind)
        if contract is None:
            raise HTTPException(404)
        return pages.page(
            request,
            "event_type.html",
            kind=kind,
            summary=summary(contract),
            fields=fields_of(kind),
            sample=sample(kind),
        )

    app.router.routes.extend(router.routes)


def summary(contract: EventType) -> str:
    """Return what an event says, in one sentence."""
    return (getdoc(contract) or "").partition("\n")[0]


@cache
def sample(kind: str) -> str:
    """Return the newest published sample of an event type."""
    found = sorted(PUBLISHED.glob(f"{kind}*.sample.json"), key=lambda path: (len(path.name), path.name))
    return found[-1].read_text() if found else ""


@cache
def fields_of(kind: str) -> list[tuple[str, str, str]]:
    """Return the fields of an event's data: path, type and description."""
    schema = Event.registry[kind].model_json_schema()
    return [*_fields(schema, schema.get("$defs", {}), "", 1)]


def _fields(schema: Mapping[str, Any], definitions: Mapping[str, Any], prefix: str, depth: int) -> Iterator[Any]:
    required = set(schema.get("required", ()))
    for name, described in schema.get("properties", {}).items():
        shape, optional = resolved(described, definitions)
        items = resolved(shape.get("items", {}), definitions)[0] if shape.get("type") == "array" else {}
        kind = f"list of {_type(items)}" if items else _type(shape)
        left_out = optional or name not in required
        yield f"{prefix}{name}", f"{kind}{', may be missing' if left_out else ''}", described.get("description", "")
        inner = items or shape
        if inner.get("type") == "object" and depth < DEEPEST:
            yield from _fields(inner, definitions, f"{prefix}{name}{'[]' if items else ''}.", depth + 1)


def _type(shape: Mapping[str, Any]) -> str:
    if "enum" in shape:
        return " | ".join(json.dumps(value) for value in shape["enum"])
    return str(shape.get("format") or shape.get("type", "any"))
