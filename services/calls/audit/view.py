"""The audit log as API users read it: a page of entries, and whether the whole log is intact."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from services.calls.audit.domain import Audited, first_defect
from services.calls.audit.store import entries_of
from shared.http.paging import Page, Paging, decode_number_cursor, encode_cursor
from shared.mongo import Reader


class AuditEntryView(BaseModel):
    """An entry; `hash` is SHA-256 over the canonical JSON of [previous, facts]."""

    number: int = Field(description="Position in the log, from 1")
    at: datetime
    by: str = Field(description="Id of the member, or 'platform' for an automatic step")
    what: str = Field(description="The step that was taken")
    kept: dict[str, Any] = Field(description="State of the document after the step")
    previous: str = Field(description="Hash of the previous entry; zeros for the first one")
    hash: str


class AuditLog(Page[AuditEntryView]):
    """A page of an audit log, with the result of verifying the whole log."""

    intact: bool = Field(description="Whether no entry was changed and the document equals its newest entry")
    fault: str = Field("", description="First error in the log; empty if it is intact")


async def read_audit_log(reader: Reader, document: Audited, paging: Paging) -> AuditLog:
    """Return a page of the log, oldest entry first. Every request verifies the whole chain."""
    entries = await entries_of(reader, document.id)
    defect = first_defect(entries, document)
    after = decode_number_cursor(paging.cursor)
    shown = [entry for entry in entries if entry.number > after][: paging.limit + 1]
    more = encode_cursor(str(shown[paging.limit - 1].number)) if len(shown) > paging.limit else None
    items = [AuditEntryView(**entry.model_dump(exclude={"id", "of"})) for entry in shown[: paging.limit]]
    return AuditLog(items=items, next=more, intact=not defect, fault=defect)
