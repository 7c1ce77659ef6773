"""Pages of lists, and the cursors that lead to the next page."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field

from shared.errors import Invalid
from shared.models import Body

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class Page(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(None, description="Cursor of the next page; null on the last page")


Limit = Annotated[int, Field(ge=1, le=100, description="Most items on one page")]
INVALID_CURSOR = "Invalid cursor. Use `next` of the previous page unchanged."


def encode_cursor(*key: str) -> str:
    """Return the cursor for the sort key of the last item of a page."""
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """Return the sort key of the last item of the previous page. Raises Invalid."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, list) and len(key) == parts and all(part.encode() for part in key):
            return key
    except (ValueError, AttributeError) as error:
        raise Invalid(INVALID_CURSOR, field="cursor") from error
    raise Invalid(INVALID_CURSOR, field="cursor")


def decode_time_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """Return time and id of the last item of the previous page. Raises Invalid."""
    if cursor is None:
        return None
    text, id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(text).astimezone(UTC), id
    except (ValueError, OverflowError) as error:
        raise Invalid(INVALID_CURSOR, field="cursor") from error


def decode_number_cursor(cursor: str | None) -> int:
    """Return the number of the last item of the previous page, 0 without a cursor. Raises Invalid."""
    if cursor is None:
        return 0
    [text] = decode_cursor(cursor, 1)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid(INVALID_CURSOR, field="cursor")
    return int(text)


def page_of(
    model: type[M], rows: Sequence[Any], limit: int, field: str, view: Callable[[Any], M] | None = None
) -> Page[M]:
    """Return a page of at most `limit` rows; a row beyond the limit shows that a next page exists."""
    shown = rows[:limit]
    next_cursor = None
    if len(rows) > limit:
        key = getattr(shown[-1], field)
        next_cursor = encode_cursor(key.isoformat() if isinstance(key, datetime) else str(key), shown[-1].id)
    return Page[model](items=[view(row) if view else row for row in shown], next=next_cursor)  # type: ignore[valid-type]


class Paging(Body):
    """Query parameters of every list; unknown parameters are refused."""

    limit: Limit = 20
    cursor: str | None = Field(None, max_length=2000, description="`next` of the previous page")
