"""HTTP for the history of a call's deadlines: read it, and see whether it is unchanged since it was written."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field, SkipValidation

from services.calls.catalogue.access import visible_call
from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.catalogue.deadlines.store import MOST_VERIFIED, DeadlineChange, fault, list_changes
from services.calls.catalogue.deadlines.words import deadlines_in_words
from services.calls.catalogue.domain import Call
from services.calls.dependencies import CallId, CurrentRuntime, OptionalCaller
from shared.http.paging import Page, Paging, decode_number_cursor, encode_cursor
from shared.http.problems import refusals
from shared.mongo import Reader

router = APIRouter(tags=["Deadlines"])


class ChangeView(BaseModel):
    """One change of the deadlines."""

    number: int = Field(description="Position in the history, from 1")
    at: datetime = Field(description="Time of the change")
    by: str = Field(description="Id of the member who made it")
    before: list[CutOff]
    after: list[CutOff]
    reason: str
    words: list[SkipValidation[str]] = Field(description="The change in words, cut-off by cut-off")
    previous: str = Field(description="Hash of the entry before")
    hash: str = Field(description="SHA-256 over the canonical JSON of [previous, facts]")

    @classmethod
    def of(cls, entry: DeadlineChange) -> "ChangeView":
        """Return the view of an entry."""
        return cls(**entry.model_dump(exclude={"id", "call_id"}), words=deadlines_in_words(entry.before, entry.after))


class History(Page[ChangeView]):
    """A page of the history, and whether the whole history is intact."""

    intact: bool = Field(description="Whether no entry was changed, and the newest one has the call's own deadlines")
    fault: SkipValidation[str] = Field("", description="What is wrong if the history is not intact")


@router.get(
    "/calls/{id}/history",
    operation_id="list_deadline_changes",
    summary="List the changes of deadlines",
    responses=refusals({404: "Call not found, or a draft of another organisation"}),
)
async def list_deadline_changes(
    id: CallId, runtime: CurrentRuntime, caller: OptionalCaller, q: Annotated[Paging, Query()]
) -> History:
    """Return every change of the deadlines, the publication first; each reading verifies the whole history."""
    return await history_of(runtime.db, await visible_call(runtime.db, id, caller), q)


async def history_of(reader: Reader, call: Call, q: Paging) -> History:
    """Return a page of the history of a call, of which the whole is verified."""
    after = decode_number_cursor(q.cursor)
    entries = await list_changes(reader, call.id, 0, MOST_VERIFIED)
    wrong = fault(entries, call.history, call.cut_offs)
    shown = [entry for entry in entries if entry.number > after][: q.limit + 1]
    more = encode_cursor(str(shown[q.limit - 1].number)) if len(shown) > q.limit else None
    items = [ChangeView.of(entry) for entry in shown[: q.limit]]
    return History(items=items, next=more, intact=not wrong, fault=wrong)
