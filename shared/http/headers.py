"""Headers that every answer has: they protect pages and downloads, and keep personal answers out of caches."""

from collections.abc import Mapping

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import Message

NO_STORE = "no-store"
# For what is no page: if a browser shows it all the same, nothing in it is loaded or run. Pages have their own policy.
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
SANDBOX = f"{POLICY}; sandbox"  # for files that people uploaded
DEFAULTS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": NO_STORE,
}
HSTS = {"strict-transport-security": "max-age=31536000; includeSubDomains"}


def is_https(public_url: str) -> bool:
    return public_url.lower().startswith("https:")


def default_headers(public_url: str) -> Mapping[str, str]:
    """Return the headers of every answer of a platform at this address, unless a route sets its own."""
    return DEFAULTS | HSTS if is_https(public_url) else DEFAULTS


def complete(message: Message, request: Request, defaults: Mapping[str, str]) -> None:
    """Add the defaults to the start of an answer. No cache stores the answer to a request with credentials."""
    headers = MutableHeaders(raw=list(message.get("headers", [])))
    for name, value in defaults.items():
        headers.setdefault(name, value)
    personal = "authorization" in request.headers or "cookie" in request.headers
    if personal and not headers["cache-control"].startswith("public"):
        headers["cache-control"] = NO_STORE
    message["headers"] = headers.raw
