"""Members whose data was erased: events and requests in their name change nothing any more."""

from collections.abc import Collection as Many
from datetime import datetime

from shared.contracts import Event
from shared.contracts.base import ErasedThings, ErasureAnswered
from shared.contracts.profiles import ErasureCompleted, MemberErased, MemberLeft
from shared.models import Versioned
from shared.mongo import Collection, Query, Reader, index
from shared.sentences import Sentence, _

FORMER_MEMBER = Sentence(_("a former member"))
HARMLESS = (MemberErased, ErasureAnswered, ErasureCompleted, MemberLeft)  # events that bring no member back


class ErasedMember(Versioned):
    """The id of a member whose data was erased here, and what that was. It is kept, and names no one."""

    at: datetime
    things: list[ErasedThings] | None = None  # None: nothing was erased yet
    again_at: datetime | None = None  # when to look again for what requests in flight stored meanwhile

    @property
    def is_done(self) -> bool:
        """Whether the service has erased everything and answered."""
        return self.version > 1


ERASED = Collection("erased_members", ErasedMember, [index("again_at", where={"again_at": {"$type": "date"}})])


def due_at(now: datetime) -> Query:
    """Return the query for the members after whom the service looks again; its first part lets the index be used."""
    return {"again_at": {"$type": "date", "$lte": now}}


async def erased_among(reader: Reader, ids: Many[str]) -> set[str]:
    """Return those of the members whose data was erased."""
    rows = await ERASED.rows(reader, {"_id": {"$in": [*ids]}}, ["_id"], limit=len(ids)) if ids else []
    return {row["_id"] for row in rows}


async def is_erased(reader: Reader, member_id: str) -> bool:
    """Return whether the data of a member was erased."""
    return bool(await erased_among(reader, [member_id]))


def brings_back(event: Event) -> str | None:
    """Return the member whom an event is about, and who would come back with it if they were erased; else None."""
    if event.subject_field != "member_id" or isinstance(event, HARMLESS):
        return None
    return event.subject
