"""What was done with an application or a claim, as a chain of hashes (pure)."""

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from shared.models import Document, Moment, Versioned

BEGINNING = "0" * 64


def chained(previous: str, facts: dict[str, Any]) -> str:
    """The hash of an entry: SHA-256 over the entry before and this one's facts, as canonical JSON."""
    text = json.dumps([previous, facts], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def said(when: datetime) -> str:
    """A time as hashes cover it."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds")


class Audited(Versioned, ABC):
    """A document with a trail; it keeps how many entries there are and the hash of the newest."""

    entries: int = 0
    head: str = ""

    @abstractmethod
    def kept(self) -> dict[str, Any]:
        """What the newest entry must say of it: plain JSON."""


class Entry(Document):
    """Who did what, when, and what the document was afterwards."""

    of: str
    number: int
    at: Moment
    by: str
    what: str
    kept: dict[str, Any]
    previous: str
    hash: str = ""

    def facts(self) -> dict[str, Any]:
        """What the hash covers."""
        named = {"of": self.of, "number": self.number, "at": said(self.at), "by": self.by, "what": self.what}
        return {**named, "kept": self.kept}


def next_entry(it: Audited, what: str, actor: str, when: datetime) -> Entry:
    number, previous = it.entries + 1, it.head or BEGINNING
    id = f"{it.id}:{number:06}"
    bare = Entry(id=id, of=it.id, number=number, at=when, by=actor, what=what, kept=it.kept(), previous=previous)
    return bare.replace(hash=chained(previous, bare.facts()))


def fault(entries: Sequence[Entry], it: Audited) -> str:
    """What is wrong with a trail, or with the document that it is about: empty if nothing is."""
    previous = BEGINNING
    for number, entry in enumerate(entries, 1):
        if entry.number != number:
            return f"entry {number} is missing"
        if entry.previous != previous or entry.hash != chained(previous, entry.facts()):
            return f"entry {number} is not what was written"
        previous = entry.hash
    if len(entries) != it.entries or previous != (it.head or BEGINNING):
        return "the newest entry is not the one that was written last"
    if entries and entries[-1].kept != it.kept():
        return "what is stored is not what the newest entry says"
    return ""
