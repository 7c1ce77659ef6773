"""The form that a reader wants: a page for people, JSON for programs (RFC 9110, section 12.5.1)."""

from typing import Any

from fastapi import Request, Response
from pydantic import BaseModel

from shared import pages


def wants_html(request: Request) -> bool:
    """Whether HTML is preferred to JSON by the Accept header (RFC 9110, section 12.5.1)."""
    return _quality(request, "text/html") > _quality(request, "application/json")


def _quality(request: Request, media: str) -> float:
    best = 0.0
    for part in request.headers.get("accept", "*/*").split(","):
        name, *parameters = part.replace(" ", "").lower().split(";")
        if name == media or (name == "application/*" and media.startswith("application/")):
            weights = [p[2:] for p in parameters if p.startswith("q=")]
            try:
                best = max(best, float(weights[0]) if weights else 1.0)
            except ValueError:
                continue
    return best


def page_or_json(request: Request, template: str, model: BaseModel, **context: Any) -> Response:
    """The same resource as a page for people, or as JSON for programs."""
    if wants_html(request):
        return pages.page(template, it=model, asked=request.query_params, **context)
    return Response(model.model_dump_json(), media_type="application/json", headers={"Vary": "Accept"})
