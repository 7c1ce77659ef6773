"""The OpenAPI document, and Swagger UI under /docs, with its files from a package: no other host is needed."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from importlib.resources import files

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse

from shared.web import pages

ASSETS = files("fastapi_swagger") / "resources"
MEDIA_TYPES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
# The page itself has neither script nor style, so that the policy can forbid both. Everything begins closed, because
# to draw all operations at once takes a browser seconds.
START = """
SwaggerUIBundle({
  url: document.currentScript.dataset.document,
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "none",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  filter: true,
  validatorUrl: null,
});
"""
POLICY = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
CACHE = "public, max-age=86400"


def add_document(app: FastAPI, path: str) -> None:
    """Serve the OpenAPI document. The first request builds it, in a thread, because that takes half a second."""
    building, built = asyncio.Lock(), list[bytes]()

    @app.get(path, include_in_schema=False)
    async def show_document(request: Request) -> Response:
        async with building:
            if not built:
                built.append(await asyncio.to_thread(_document, request.app))
        return Response(built[0], media_type="application/json")


def add_docs(app: FastAPI, path: str, document: str) -> None:
    """Serve Swagger UI at a path, and its files below it; `document` is the path of the OpenAPI document."""

    @app.get(path, include_in_schema=False)
    async def show_docs(request: Request) -> Response:
        page = pages.page(request, "docs.html", title=request.app.title, assets=path, document=document)
        page.headers["Content-Security-Policy"] = POLICY
        return page

    @app.get(f"{path}/start.js", include_in_schema=False)
    async def start_docs() -> Response:
        return Response(START, media_type="text/javascript", headers={"Cache-Control": CACHE})

    for name, media_type in MEDIA_TYPES.items():
        app.add_api_route(f"{path}/{name}", _asset(name, media_type), include_in_schema=False)


def _document(app: FastAPI) -> bytes:
    return json.dumps(app.openapi(), ensure_ascii=False).encode()


def _asset(name: str, media_type: str) -> Callable[[], Awaitable[FileResponse]]:
    async def asset() -> FileResponse:
        return FileResponse(str(ASSETS / name), media_type=media_type, headers={"Cache-Control": CACHE})

    return asset
