"""HTML pages: Jinja2 templates that escape every value, with one layout for the whole platform."""

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from shared.clock import moment, period, until
from shared.text import quoted
from shared.vocabulary import country_name

ROOT = Path(__file__).parent.parent


@cache
def environment() -> Environment:
    folders = [ROOT / "shared" / "templates", *sorted((ROOT / "services").glob("*/templates"))]
    made = Environment(
        loader=FileSystemLoader(folders),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["moment"] = moment
    made.filters["until"] = until
    made.filters["period"] = period
    made.filters["country"] = country_name
    made.filters["quoted"] = quoted
    return made


def render(template: str, **context: Any) -> str:
    return environment().get_template(template).render(**context)


def page(template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    headers = {"Vary": "Accept", "Content-Security-Policy": policy()}
    return HTMLResponse(render(template, **context), status, headers=headers)


@cache
def policy() -> str:
    """Return the content-security policy of pages: our own style sheet by its hash, forms to us, and nothing else."""
    layout = (ROOT / "shared" / "templates" / "base.html").read_text()
    [style] = re.findall(r"<style>(.*?)</style>", layout, re.DOTALL)
    digest = b64encode(sha256(style.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
