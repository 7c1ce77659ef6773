"""Where trails are kept: entries are added, and nothing changes them."""

from typing import TypeVar

from services.calls.audit.domain import Audited, Entry, next_entry
from shared.mongo import Collection, Reader, Transaction, index

MOST_VERIFIED = 2_000  # entries; every aggregate bounds its steps below this
ENTRIES = Collection("trail", Entry, [index("of", "number", unique=True)])
A = TypeVar("A", bound=Audited)


async def change_audited(tx: Transaction, collection: Collection[A], before: A, after: A, what: str, actor: str) -> A:
    """Store the next version of a document and the audit entry about it. Raises Stale."""
    entry = next_entry(after, what, actor, tx.now)
    stored = await collection.change(tx, before, after.replace(entries=entry.number, head=entry.hash))
    await ENTRIES.insert(tx, entry)
    return stored


async def insert_audited(tx: Transaction, collection: Collection[A], it: A, what: str, actor: str) -> A:
    """The document and its first entry."""
    entry = next_entry(it, what, actor, tx.now)
    made = it.replace(entries=entry.number, head=entry.hash)
    await collection.insert(tx, made)
    await ENTRIES.insert(tx, entry)
    return made


async def entries_of(reader: Reader, id: str) -> list[Entry]:
    return await ENTRIES.find(reader, {"of": id}, sort=[("number", 1)], limit=MOST_VERIFIED)
