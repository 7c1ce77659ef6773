"""HTTP for the history of a call's deadlines: read it, and see whether it is unchanged since it was written."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from services.calls.catalogue.access import visible_call
from services.calls.catalogue.deadlines.domain import CutOff, deadlines_in_words
from services.calls.catalogue.deadlines.store import MOST_VERIFIED, DeadlineChange, fault, list_changes
from services.calls.dependencies import CallId, CurrentRuntime, OptionalCaller
from shared.http.negotiation import page_or_json
from shared.http.paging import Page, Paging, decode_number_cursor, encode_cursor
from shared.http.problems import refusals

router = APIRouter(tags=["Deadlines"])


class ChangeView(BaseModel):
    """One change of the deadlines."""

    number: int = Field(description="Position in the history, from 1")
    at: datetime = Field(description="Time of the change")
    by: str = Field(description="Id of the member who made it")
    before: list[CutOff]
    after: list[CutOff]
    reason: str
    words: list[str] = Field(description="The change in words, cut-off by cut-off")
    previous: str = Field(description="Hash of the entry before")
    hash: str = Field(description="SHA-256 over the canonical JSON of [previous, facts]")

    @classmethod
    def of(cls, entry: DeadlineChange) -> "ChangeView":
        """Return the view of an entry."""
        return cls(**entry.model_dump(exclude={"id", "call_id"}), words=deadlines_in_words(entry.before, entry.after))


class History(Page[ChangeView]):
    """A page of the history, and whether the whole history is intact."""

    intact: bool = Field(description="Whether no entry was changed, and the newest one has the call's own deadlines")
    fault: str = Field("", description="What is wrong if the history is not intact")


@router.get(
    "/calls/{id}/history",
    operation_id="list_deadline_changes",
    summary="List the changes of deadlines",
    response_model=History,
    responses=refusals({404: "Call not found, or a draft of another organisation"}),
)
async def list_deadline_changes(
    id: CallId, request: Request, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[Paging, Query()]
) -> Response:
    """Return every change of the deadlines, the publication first; each reading verifies the whole history."""
    call = await visible_call(runtime.db, id, caller)
    after = decode_number_cursor(q.cursor)
    entries = await list_changes(runtime.db, id, 0, MOST_VERIFIED)
    wrong = fault(entries, call.history, call.cut_offs)
    shown = [entry for entry in entries if entry.number > after][: q.limit + 1]
    more = encode_cursor(str(shown[q.limit - 1].number)) if len(shown) > q.limit else None
    items = [ChangeView.of(entry) for entry in shown[: q.limit]]
    history = History(items=items, next=more, intact=not wrong, fault=wrong)
    return page_or_json(request, "history.html", history, call=call)
