"""Pages of a list, and the cursors that lead from one to the next."""

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
    items: list[T]
    next: str | None = Field(None, description="Cursor of the next page; absent on the last")


Limit = Annotated[int, Field(ge=1, le=100)]


def encode_cursor(*key: str) -> str:
    return base64.urlsafe_b64encode(json.dumps(key, ensure_ascii=False).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, parts: int) -> list[str]:
    """The sort key of the last item of the page before. Raises Invalid."""
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(key, list) and len(key) == parts and all(part.encode() for part in key):
            return key
    except (ValueError, AttributeError) as error:
        raise Invalid("the cursor is not one of ours", field="cursor") from error
    raise Invalid("the cursor is not one of ours", field="cursor")


def decode_time_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    """The time and id of the last item of the page before. Raises Invalid."""
    if cursor is None:
        return None
    text, id = decode_cursor(cursor, 2)
    try:
        return datetime.fromisoformat(text).astimezone(UTC), id
    except (ValueError, OverflowError) as error:
        raise Invalid("the cursor is not one of ours", field="cursor") from error


def decode_number_cursor(cursor: str | None) -> int:
    """The number of the last one on the page before; 0: there is none. Raises Invalid."""
    if cursor is None:
        return 0
    [text] = decode_cursor(cursor, 1)
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise Invalid("the cursor is not one of ours", field="cursor")
    return int(text)


def page_of(
    model: type[M], found: Sequence[Any], limit: int, field: str, view: Callable[[Any], M] | None = None
) -> Page[M]:
    """A page out of what was found; one more than the limit was asked for, to see whether there is a next one."""
    shown = found[:limit]
    more = None
    if len(found) > limit:
        key = getattr(shown[-1], field)
        more = encode_cursor(key.isoformat() if isinstance(key, datetime) else str(key), shown[-1].id)
    return Page[model](items=[view(one) if view else one for one in shown], next=more)  # type: ignore[valid-type]


class Paging(Body):
    """Query parameters of every list; unknown ones are refused."""

    limit: Limit = 20
    cursor: str | None = Field(None, max_length=2000)
