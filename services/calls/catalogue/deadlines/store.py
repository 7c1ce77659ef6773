"""The history of deadlines: entries are added, never changed; each carries the hash of the one before."""

from collections.abc import Sequence
from typing import Any

from services.calls.audit.domain import GENESIS_HASH, chain_hash, hashed_time
from services.calls.catalogue.deadlines.domain import CutOff
from shared.models import Document, Moment
from shared.mongo import Collection, Reader, Transaction, index

MOST_VERIFIED = 10_000


class DeadlineChange(Document):
    """Who changed the deadlines of a call, when, from what, to what, and why. The first entry is the publication."""

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
    def next(cls, last: "DeadlineChange | None", call_id: str, **facts: Any) -> "DeadlineChange":
        """The entry that follows the last one."""
        number = last.number + 1 if last else 1
        previous = last.hash if last else GENESIS_HASH
        bare = cls(id=f"{call_id}:{number:06}", call_id=call_id, number=number, previous=previous, hash="", **facts)
        return bare.replace(hash=chain_hash(previous, bare.facts()))

    def facts(self) -> dict[str, Any]:
        """What the hash covers."""
        return {
            "call_id": self.call_id,
            "number": self.number,
            "at": hashed_time(self.at),
            "by": self.by,
            "before": [written(cut_off) for cut_off in self.before],
            "after": [written(cut_off) for cut_off in self.after],
            "reason": self.reason,
        }


def written(cut_off: CutOff) -> dict[str, str]:
    return {"name": cut_off.name, "deadline": hashed_time(cut_off.deadline), "timezone": cut_off.timezone}


CHANGES = Collection("deadline_changes", DeadlineChange, [index("call_id", "number", unique=True)])


async def last_change(reader: Reader, call_id: str) -> DeadlineChange | None:
    found = await CHANGES.find(reader, {"call_id": call_id}, sort=[("number", -1)], limit=1)
    return found[0] if found else None


async def record(
    tx: Transaction, call_id: str, before: Sequence[CutOff], after: Sequence[CutOff], actor: str, reason: str
) -> DeadlineChange:
    """One more entry; its hash is kept by the call and announced."""
    last = await last_change(tx, call_id)
    entry = DeadlineChange.next(last, call_id, at=tx.now, by=actor, before=[*before], after=[*after], reason=reason)
    await CHANGES.insert(tx, entry)
    return entry


async def list_changes(reader: Reader, call_id: str, after: int, limit: int) -> list[DeadlineChange]:
    query = {"call_id": call_id, "number": {"$gt": after}}
    return await CHANGES.find(reader, query, sort=[("number", 1)], limit=limit)


def fault(entries: Sequence[DeadlineChange], head: str, now_kept: Sequence[CutOff]) -> str:
    """What is wrong with a history: empty if nothing is. `head` and the cut-offs are those that the call keeps."""
    previous, before = GENESIS_HASH, None
    for number, entry in enumerate(entries, 1):
        if entry.number != number:
            return f"entry {number} is missing"
        if entry.previous != previous or entry.hash != chain_hash(previous, entry.facts()):
            return f"entry {number} is not what was written"
        if before is not None and entry.before != before:
            return f"entry {number} does not follow from the one before"
        previous, before = entry.hash, entry.after
    if entries and (previous != head or before != [*now_kept]):
        return "the call's deadlines are not those of the newest entry"
    return "" if entries or not head else "every entry is missing"
