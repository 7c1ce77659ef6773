"""The audit log of an application or a claim: entries that are chained by hashes, so that tampering shows (pure)."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shared.models import Document, Moment, Versioned

GENESIS_HASH = "0" * 64
PLATFORM_ACTOR = "platform"  # the actor of a step that no member takes


def canonical_hash(value: Any) -> str:
    """Return SHA-256 over canonical JSON: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_hash(previous: str, facts: dict[str, Any]) -> str:
    """Return the hash of an entry, over the hash of the previous entry and the facts of this one."""
    return canonical_hash([previous, facts])


def hashed_time(when: datetime) -> str:
    """Return a time in the form that hashes cover: ISO 8601 in UTC, with milliseconds."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


class Audited(Versioned, ABC):
    """A document with an audit log; it stores the number of entries and the hash of the newest entry."""

    entries: int = 0
    head: str = ""

    @abstractmethod
    def audited_state(self) -> dict[str, Any]:
        """Return the part of the document that the newest entry must repeat, as plain JSON."""


class AuditEntry(Document):
    """Who did what, when, and the state of the document afterwards."""

    of: str
    number: int
    at: Moment
    by: str
    what: str
    kept: dict[str, Any]
    previous: str
    hash: str = ""

    def facts(self) -> dict[str, Any]:
        """Return what the hash covers."""
        return {
            "of": self.of,
            "number": self.number,
            "at": hashed_time(self.at),
            "by": self.by,
            "what": self.what,
            "kept": self.kept,
        }


def next_entry(document: Audited, what: str, actor: str, when: datetime) -> AuditEntry:
    """Return the entry that follows the newest one of the document."""
    number = document.entries + 1
    entry = AuditEntry(
        id=f"{document.id}:{number:06}",
        of=document.id,
        number=number,
        at=when,
        by=actor,
        what=what,
        kept=document.audited_state(),
        previous=document.head or GENESIS_HASH,
    )
    return entry.replace(hash=chain_hash(entry.previous, entry.facts()))


def first_defect(entries: Sequence[AuditEntry], document: Audited) -> str:
    """Return the first thing wrong with an audit log or its document; empty if the whole is intact."""
    previous = GENESIS_HASH
    for number, entry in enumerate(entries, 1):
        if entry.number != number:
            return f"Entry {number} is missing."
        if entry.previous != previous or entry.hash != chain_hash(previous, entry.facts()):
            return f"Entry {number} was changed after it was written."
        previous = entry.hash
    if len(entries) != document.entries or previous != (document.head or GENESIS_HASH):
        return "The newest entry is missing or was replaced."
    if entries and entries[-1].kept != document.audited_state():
        return "The stored document differs from its newest entry."
    return ""
