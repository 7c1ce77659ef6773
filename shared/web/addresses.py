"""Addresses of the page that is shown, with other query parameters."""

from typing import Any
from urllib.parse import urlencode

from fastapi import Request


def address_of(request: Request, **changes: Any) -> str:
    """Return the address of this page with other query parameters; None removes one, and the cursor always goes."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in changes | {"cursor": 0}]
    new = [
        (name, str(each))
        for name, value in changes.items()
        for each in (value if isinstance(value, list | tuple) else [value])
        if each not in (None, "")
    ]
    query = urlencode(kept + new)
    return f"{request.url.path}?{query}" if query else request.url.path
