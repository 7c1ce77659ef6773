"""Conditional responses: ETag, Last-Modified, and 304 if the client has the current version (RFC 9110, section 13)."""

import hashlib
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from fastapi import Request, Response

from shared.parsing import parsed


def conditional_response(request: Request, body: bytes, media: str, changed_at: datetime, **headers: str) -> Response:
    """Return the body, or 304 if the client has it already."""
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    changed_at = changed_at.astimezone(UTC).replace(microsecond=0)
    fields = {"ETag": tag, "Last-Modified": format_datetime(changed_at, usegmt=True), "Cache-Control": "no-cache"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    if is_fresh(request, tag, changed_at):
        return Response(status_code=304, headers=fields)
    return Response(body, media_type=media, headers=fields)


def is_fresh(request: Request, tag: str, changed_at: datetime) -> bool:
    """Return whether the client's copy is current: by its ETag, or by its date if it sends no ETag."""
    if "if-none-match" in request.headers:
        return is_current(request, tag)
    try:
        since = parsed(parsedate_to_datetime, request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return since.tzinfo is not None and changed_at <= since


def is_current(request: Request, tag: str) -> bool:
    """Return whether the client's copy has this ETag; weak ones count like strong ones (RFC 9110, section 13.1.2)."""
    tags = request.headers.get("if-none-match", "").split(",")
    return any(each.strip().removeprefix("W/") in {tag.removeprefix("W/"), "*"} for each in tags)
