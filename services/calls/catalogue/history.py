"""HTTP for the history of a call's deadlines: read it, and see whether it is what was written."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.access import visible
from services.calls.catalogue.deadlines.domain import CutOff, deadlines_in_words
from services.calls.catalogue.deadlines.store import MOST_VERIFIED, DeadlineChange, fault, list_changes
from services.calls.dependencies import CurrentRuntime, OptionalCaller
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_number_cursor, encode_cursor
from shared.ids import Id

router = APIRouter()


class ChangeView(BaseModel):
    """An entry; `hash` is SHA-256 over the canonical JSON of [previous, facts]."""

    number: int
    at: datetime
    by: str
    before: list[CutOff]
    after: list[CutOff]
    reason: str
    words: list[str]
    previous: str
    hash: str

    @classmethod
    def of(cls, entry: DeadlineChange) -> "ChangeView":
        return cls(**entry.model_dump(exclude={"id", "call_id"}), words=deadlines_in_words(entry.before, entry.after))


class History(Page[ChangeView]):
    intact: bool = Field(description="Whether the whole chain is what was written, up to the call's own deadlines")
    fault: str = Field("", description="Where it is not")


@router.get("/calls/{id}/history", response_model=History)
async def read_history(
    id: Id, request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[Paging, Query()]
) -> Response:
    """Every change of the deadlines, the publication first. The chain is verified at each reading."""
    call = await visible(runtime.db, id, caller)
    after = decode_number_cursor(q.cursor)
    entries = await list_changes(runtime.db, id, 0, MOST_VERIFIED)
    wrong = fault(entries, call.history, call.cut_offs)
    shown = [entry for entry in entries if entry.number > after][: q.limit + 1]
    more = encode_cursor(str(shown[q.limit - 1].number)) if len(shown) > q.limit else None
    items = [ChangeView.of(entry) for entry in shown[: q.limit]]
    return page_or_json(
        request, "history.html", History(items=items, next=more, intact=not wrong, fault=wrong), call=call
    )
