"""The history of deadlines: entries are added, never changed; each carries the hash of the one before."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.calls.audit.domain import GENESIS_HASH, chain_hash, hashed_time
from services.calls.catalogue.deadlines.domain import CutOff
from shared.models import Document, Moment
from shared.mongo import Collection, Reader, Transaction, index
from shared.sentences import _

MOST_VERIFIED = 10_000


class DeadlineChange(Document):
    """An entry: who changed the deadlines of a call, when, from what, to what, and why. The first is publication."""

    call_id: str
    number: int
    at: Moment
    by: str
    before: list[CutOff]
    after: list[CutOff]
    reason: str
    previous: str
    hash: str

    @classmethod
    def next(
        cls,
        last: "DeadlineChange | None",
        call_id: str,
        *,
        at: datetime,
        by: str,
        before: Sequence[CutOff],
        after: Sequence[CutOff],
        reason: str,
    ) -> "DeadlineChange":
        """Return the entry that follows the last one."""
        number = last.number + 1 if last else 1
        entry = cls(
            id=f"{call_id}:{number:06}",
            call_id=call_id,
            number=number,
            at=at,
            by=by,
            before=[*before],
            after=[*after],
            reason=reason,
            previous=last.hash if last else GENESIS_HASH,
            hash="",
        )
        return entry.replace(hash=chain_hash(entry.previous, entry.facts()))

    def facts(self) -> dict[str, Any]:
        """Return the values that the hash covers."""
        return {
            "call_id": self.call_id,
            "number": self.number,
            "at": hashed_time(self.at),
            "by": self.by,
            "before": [as_fact(cut_off) for cut_off in self.before],
            "after": [as_fact(cut_off) for cut_off in self.after],
            "reason": self.reason,
        }


def as_fact(cut_off: CutOff) -> dict[str, str]:
    """Return a cut-off as hashes cover it."""
    return {"name": cut_off.name, "deadline": hashed_time(cut_off.deadline), "timezone": cut_off.timezone}


CHANGES = Collection("deadline_changes", DeadlineChange, [index("call_id", "number", unique=True), index("by")])


async def last_change(reader: Reader, call_id: str) -> DeadlineChange | None:
    """Return the newest entry of a call."""
    entries = await CHANGES.find(reader, {"call_id": call_id}, sort=[("number", -1)], limit=1)
    return entries[0] if entries else None


async def record(
    tx: Transaction, call_id: str, before: Sequence[CutOff], after: Sequence[CutOff], actor: str, reason: str
) -> DeadlineChange:
    """Add an entry and return it; the call keeps its hash, and events publish it."""
    last = await last_change(tx, call_id)
    entry = DeadlineChange.next(last, call_id, at=tx.now, by=actor, before=before, after=after, reason=reason)
    await CHANGES.insert(tx, entry)
    return entry


async def list_changes(reader: Reader, call_id: str, after: int, limit: int) -> list[DeadlineChange]:
    """Return the entries of a call after a number, the oldest first."""
    query = {"call_id": call_id, "number": {"$gt": after}}
    return await CHANGES.find(reader, query, sort=[("number", 1)], limit=limit)


def fault(entries: Sequence[DeadlineChange], newest_hash: str, cut_offs: Sequence[CutOff]) -> str:
    """Return what is wrong with a history, empty if nothing is; the hash and the cut-offs are those of the call."""
    previous, before = GENESIS_HASH, None
    for number, entry in enumerate(entries, 1):
        if entry.number != number:
            return _("entry {number} is missing", number=number)
        if entry.previous != previous or entry.hash != chain_hash(previous, entry.facts()):
            return _("entry {number} was changed after it was written", number=number)
        if before is not None and entry.before != before:
            return _("entry {number} does not follow from the one before", number=number)
        previous, before = entry.hash, entry.after
    if entries and (previous != newest_hash or before != [*cut_offs]):
        return _("the call's deadlines are not those of the newest entry")
    return "" if entries or not newest_hash else _("every entry is missing")
