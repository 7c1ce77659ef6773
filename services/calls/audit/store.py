"""Where trails are kept: entries are added, and nothing changes them."""

from typing import Any, TypeVar

from services.calls.audit.domain import Audited, Entry, next_entry
from shared.mongo import Collection, Reader, Transaction, index

MOST_VERIFIED = 2_000  # entries; every aggregate bounds its steps below this
ENTRIES = Collection("trail", Entry, [index("of", "number", unique=True)])
A = TypeVar("A", bound=Audited)


async def change_audited(tx: Transaction, collection: Collection[A], it: A, what: str, actor: str, **values: Any) -> A:
    """The document's next version and the entry that tells of it. Raises Stale."""
    entry = next_entry(it.model_copy(update=values), what, actor, tx.now)
    after = await collection.change(tx, it, **values, entries=entry.number, head=entry.hash)
    await ENTRIES.insert(tx, entry)
    return after


async def insert_audited(tx: Transaction, collection: Collection[A], it: A, what: str, actor: str) -> A:
    """The document and its first entry."""
    entry = next_entry(it, what, actor, tx.now)
    made = it.model_copy(update={"entries": entry.number, "head": entry.hash})
    await collection.insert(tx, made)
    await ENTRIES.insert(tx, entry)
    return made


async def entries_of(reader: Reader, id: str) -> list[Entry]:
    return await ENTRIES.find(reader, {"of": id}, sort=[("number", 1)], limit=MOST_VERIFIED)
