"""A trail as it is shown: a page of entries, and whether the whole is what was written."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from services.calls.audit.domain import Audited, fault
from services.calls.audit.store import entries_of
from shared.http.paging import Page, Paging, decode_number_cursor, encode_cursor
from shared.mongo import Reader


class EntryView(BaseModel):
    """An entry; `hash` is SHA-256 over the canonical JSON of [previous, facts]."""

    number: int
    at: datetime
    by: str
    what: str
    kept: dict[str, Any]
    previous: str
    hash: str


class Trail(Page[EntryView]):
    intact: bool = Field(description="Whether the whole chain is what was written, up to the document itself")
    fault: str = Field("", description="Where it is not")


async def read_trail(reader: Reader, it: Audited, q: Paging) -> Trail:
    """A page of it, oldest first. The whole chain is verified at each reading."""
    entries = await entries_of(reader, it.id)
    wrong = fault(entries, it)
    after = decode_number_cursor(q.cursor)
    shown = [entry for entry in entries if entry.number > after][: q.limit + 1]
    more = encode_cursor(str(shown[q.limit - 1].number)) if len(shown) > q.limit else None
    items = [EntryView(**entry.model_dump(exclude={"id", "of"})) for entry in shown[: q.limit]]
    return Trail(items=items, next=more, intact=not wrong, fault=wrong)
