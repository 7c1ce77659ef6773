"""Pages of lists, and the cursors that lead to the next page."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field

from shared.errors import Invalid
from shared.models import Body
from shared.parsing import parsed
from shared.sentences import _

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class Page(BaseModel, Generic[T]):
    """A page of a list."""

    items: list[T]
    next: str | None = Field(None, description="Cursor of the next page; null on the last page")


Limit = Annotated[int, Field(ge=1, le=100, description="Most items on one page")]
INVALID_CURSOR = _("Invalid cursor. Use `next` of the previous page unchanged.")


def encode_cursor(*key: str) -> str:
    """Return the cursor for the sort key of the last item of a page."""
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """Return the sort key of the last item of the previous page. Raises Invalid."""
    key = _read(_sort_key, cursor)
    if len(key) != parts:
        raise Invalid(INVALID_CURSOR, field="cursor")
    return key


def _sort_key(cursor: str) -> list[str]:
    key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    if not isinstance(key, list) or not all(part.encode() for part in key):
        raise ValueError("not a list of texts")
    return key


def _read(parser: Callable[[str], T], text: str) -> T:
    try:
        return parsed(parser, text)
    except ValueError as error:
        raise Invalid(INVALID_CURSOR, field="cursor") from error


def decode_time_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """Return time and id of the last item of the previous page. Raises Invalid."""
    if cursor is None:
        return None
    text, id = decode_cursor(cursor, 2)
    return _read(lambda time: datetime.fromisoformat(time).astimezone(UTC), text), id


def decode_score_cursor(cursor: str | None) -> tuple[float, str] | None:
    """Return score and id of the last match of the previous page. Raises Invalid."""
    if cursor is None:
        return None
    text, id = decode_cursor(cursor, 2)
    score = _read(float, text)
    if not isfinite(score):
        raise Invalid(INVALID_CURSOR, field="cursor")
    return score, id


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
