"""What readers see of calls (the view of one, a page of a list), and the query for what a reader asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pydantic import Field, SkipValidation

from services.calls.catalogue.access import call_path
from services.calls.catalogue.content import CallContent
from services.calls.catalogue.deadlines.domain import CutOff, current_cut_off
from services.calls.catalogue.documents import DocumentView
from services.calls.catalogue.domain import Call, Conflict
from services.calls.catalogue.eligibility.domain import in_words
from services.calls.catalogue.search import (
    CallFilter,
    CallSearch,
    Matching,
    Order,
    ranked,
    ranked_query,
    unranked,
    unranked_query,
)
from services.calls.catalogue.status import Stage, Status, status
from services.calls.catalogue.store import list_calls
from services.calls.organisations.domain import Applicant, applicant_of
from services.calls.organisations.usecases import own_organisation
from shared.auth import Caller
from shared.errors import NotAuthenticated
from shared.http.paging import Page, decode_score_cursor, decode_time_cursor, encode_cursor, page_of
from shared.mongo import Query
from shared.sentences import _
from shared.service import Runtime

# The field that each order sorts by, and whether the last comes first.
ORDERS = {Order.DEADLINE: ("deadline", False), Order.LATEST: ("deadline", True), Order.NEWEST: ("published_at", True)}


class CallView(CallContent):
    """A call as readers see it at this moment."""

    id: str
    version: int
    status: Status
    deadline: datetime = Field(description="Time of the next cut-off, or of the last one if all have passed")
    timezone: str = Field(description="Time zone in which the deadline is shown")
    cut_offs: list[CutOff]
    cut_off_numbers: list[int] = Field(description="Number of each cut-off; it stays when others are added or dropped")
    organisation_name: str
    published_at: datetime | None
    withdrawn_because: str = Field(description="Reason for the withdrawal; empty if the call was not withdrawn")
    source_id: str | None = Field(description="Id of an imported call in its source")
    provenance: dict[str, str] = Field(description="For an imported call: the source of each field")
    conflicts: list[Conflict] = Field(description="For an imported call: fields on which its sources disagree")
    files: list[DocumentView] = Field(description="Documents to download; those in `documents` are links")
    history: str = Field(description="Hash of the newest entry in the history of the deadlines")
    eligibility_words: list[SkipValidation[str]] = Field(description="The rules of eligibility as sentences")

    @classmethod
    def of(cls, call: Call, now: datetime) -> "CallView":
        """Return the view of a call at a time."""
        stored = cls.model_fields.keys() & Call.model_fields.keys()
        shown = current_cut_off(call.cut_offs, now)
        values = {
            **call.model_dump(include=set(stored)),
            "deadline": shown.deadline,
            "timezone": shown.timezone,
            "status": status(call, now),
            "files": [DocumentView.of(file, call_path(call.id)) for file in call.files],
            "source_id": call.source.id if call.source else None,
            "eligibility_words": in_words(call.eligibility),
        }
        return cls.model_validate(values)


async def results(runtime: Runtime, q: CallSearch, caller: Caller | None) -> Page[CallView]:
    """Return a page of the calls that pass the filters."""
    query, now = await query_of(runtime, q, caller), runtime.db.now()
    if q.order is Order.MATCH:
        return ranked_page(await matches(runtime, q, caller), q.limit, now)
    field, newest_first = ORDERS[q.order]
    after = decode_time_cursor(q.cursor)
    calls = await list_calls(runtime.db, query, after, q.limit + 1, by=field, newest_first=newest_first)
    return page_of(CallView, calls, q.limit, field, lambda call: CallView.of(call, now))


async def matches(runtime: Runtime, q: CallSearch, caller: Caller | None) -> list[tuple[float, Call]]:
    """Return a page of the best matches and one more; what only descriptions match fills it up.

    Most pages are full before: calls that are found by their descriptions are many, and each is read.
    """
    db, limit, after = runtime.db, q.limit + 1, decode_score_cursor(q.cursor)
    best = await query_of(runtime, q, caller, words=ranked_query)
    found = await ranked(db, best, after, limit) if after is None or after[0] else []
    if len(found) < limit:
        others = await query_of(runtime, q, caller, words=unranked_query)
        last = "" if after is None or after[0] else after[1]
        found += await unranked(db, others, best, last, limit - len(found))
    return found


async def query_of(
    runtime: Runtime,
    q: CallFilter,
    caller: Caller | None,
    stage: Any = Stage.PUBLISHED,
    words: Matching | None = None,
) -> Query:
    """Return the query for the calls that pass the filters. Raise NotAuthenticated or NotFound as `profile`."""
    applicant = await profile(runtime, q, caller)
    return q.query(runtime.db.now(), applicant, stage, runtime.resources.vocabulary, words)


async def profile(runtime: Runtime, q: CallFilter, caller: Caller | None) -> Applicant | None:
    """Return the organisation that the search is for. Raise NotAuthenticated or NotFound if it is not the caller's."""
    if q.for_profile is None:
        return None
    if caller is None:
        raise NotAuthenticated(_("Log in to search for one of your profiles."))
    return applicant_of(await own_organisation(runtime.db, q.for_profile, caller, "for_profile"))


def ranked_page(matches: Sequence[tuple[float, Call]], limit: int, now: datetime) -> Page[CallView]:
    """Return a page of matches; there is one more than the limit if another page follows."""
    shown = matches[:limit]
    more = encode_cursor(repr(shown[-1][0]), shown[-1][1].id) if len(matches) > limit else None
    return Page[CallView](items=[CallView.of(call, now) for _, call in shown], next=more)
