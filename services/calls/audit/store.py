"""The collection of audit entries; entries are added and never changed."""

from typing import TypeVar

from services.calls.audit.domain import Audited, AuditEntry, next_entry
from shared.mongo import Collection, Reader, Transaction, index

MOST_VERIFIED = 2_000  # entries; each aggregate limits its steps to fewer
ENTRIES = Collection("trail", AuditEntry, [index("of", "number", unique=True), index("by")])
A = TypeVar("A", bound=Audited)


async def change_audited(tx: Transaction, collection: Collection[A], before: A, after: A, what: str, actor: str) -> A:
    """Store the next version of a document and its audit entry. Raises Stale if another change came first."""
    entry = next_entry(after, what, actor, tx.now)
    stored = await collection.change(tx, before, after.replace(entries=entry.number, head=entry.hash))
    await ENTRIES.insert(tx, entry)
    return stored


async def insert_audited(tx: Transaction, collection: Collection[A], document: A, what: str, actor: str) -> A:
    """Store a new document and its first audit entry."""
    entry = next_entry(document, what, actor, tx.now)
    stored = document.replace(entries=entry.number, head=entry.hash)
    await collection.insert(tx, stored)
    await ENTRIES.insert(tx, entry)
    return stored


async def remove_audited(tx: Transaction, collection: Collection[A], document: A) -> None:
    """Delete a document with its audit log. Raises Stale if another change came first."""
    await collection.remove(tx, document)
    await ENTRIES.delete(tx, {"of": document.id})


async def entries_of(reader: Reader, document_id: str) -> list[AuditEntry]:
    """Return the whole audit log of a document, oldest entry first."""
    return await ENTRIES.find(reader, {"of": document_id}, sort=[("number", 1)], limit=MOST_VERIFIED)
