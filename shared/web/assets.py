"""The files that pages load: style, script and icon, each under an address with a hash of its content."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from shared.fields import OneLine

FOLDER = Path(__file__).parent / "assets"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".ico": "image/x-icon"}
FOREVER = "public, max-age=31536000, immutable"
A_WHILE = "public, max-age=300"
Name = Annotated[str, OneLine(80, fewest=1)]
NOT_FOR_ROBOTS = ("/login", "/inbox", "/operations")
DIGITS = 12  # of a hash in an address


@dataclass(frozen=True)
class Asset:
    """A file in memory, as it is and compressed."""

    media_type: str
    content: bytes
    compressed: bytes
    digest: str


@cache
def assets() -> dict[str, Asset]:
    """Return the files by name."""
    return {path.name: _read(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


def _read(path: Path) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:DIGITS]
    return Asset(TYPES[path.suffix], content, gzip.compress(content, 9, mtime=0), digest)


def asset_path(name: str) -> str:
    """Return the address of a file; it changes with the content."""
    return f"/assets/{assets()[name].digest}/{name}"


def add_assets(app: FastAPI) -> None:
    """Serve the files, the icon that browsers request by themselves, and the rules for robots."""

    @app.get("/assets/{digest}/{name}", include_in_schema=False)
    async def show_asset(digest: Name, name: Name, request: Request) -> Response:
        asset = assets().get(name)
        if asset is None:
            raise HTTPException(404)
        # During an update a page of another version may ask for its file: it gets this one, for a while.
        return _answer(asset, request, FOREVER if digest == asset.digest else A_WHILE)

    @app.get("/favicon.ico", include_in_schema=False)
    async def show_icon(request: Request) -> Response:
        return _answer(assets()["icon.svg"], request, A_WHILE)

    @app.get("/robots.txt", include_in_schema=False)
    async def show_robots(request: Request) -> Response:
        url = request.app.state.settings.public_url
        rules = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS), f"Sitemap: {url}/sitemap.xml", ""]
        return Response("\n".join(rules), media_type="text/plain", headers={"Cache-Control": A_WHILE})


def _answer(asset: Asset, request: Request, cached: str) -> Response:
    headers = {"Cache-Control": cached, "Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.compressed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)
