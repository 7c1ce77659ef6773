"""The report of an import (pure): an outcome for every row, so that created, changed, unchanged and refused add up."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

from pydantic import BaseModel, Field

from services.calls.catalogue.domain import Conflict
from services.calls.imports.reading import Line, Refused
from services.calls.imports.record import Record
from shared.imports.outcomes import Outcome, counts_of

Numbered = tuple[int, Record]


class Row(BaseModel):
    """Outcome of one row of a file."""

    line: int = Field(description="Number of its first line in the file")
    outcome: Outcome
    id: str | None = Field(None, description="Id of the call")
    topic: str | None = Field(None, description="Id of the call in the source")
    title: str | None = None
    status: str | None = None
    ecosystems: list[str] = []
    changes: list[str] = Field([], description="What changed, in words")
    conflicts: list[Conflict] = Field([], description="Fields on which the sources disagree")
    reason: str | None = Field(None, description="Why the row was refused")


class Missing(BaseModel):
    """A call, not closed yet, that its source named before and no longer names."""

    id: str
    topic: str = Field(description="Id of the call in the source")
    title: str
    status: str
    source: str
    seen_at: datetime | None = Field(None, description="When an import last had it; null: before this was stored")
    missing_since: datetime


class Report(BaseModel):
    """Outcome of an import."""

    dry_run: bool = Field(description="Whether nothing was stored: this is what an import would do")
    counts: dict[Outcome, int] = Field(description="Number of rows by outcome; together, all rows of the file")
    rows: list[Row] = Field(description="One for each row that is not empty, in the order of the file")
    missing: list[Missing] = Field(description="Calls that their source named in an earlier import and not in this one")


class Repeat(NamedTuple):
    """A row about a call that an earlier row of the same source describes, too."""

    line: int
    topic: str
    first: Numbered
    same: bool


def first_mentions(lines: Iterable[Line]) -> tuple[list[Numbered], list[Repeat]]:
    """Return the records that count, the first of each source about a call, and the repetitions."""
    first: dict[tuple[str, str], Numbered] = {}
    repeats: list[Repeat] = []
    for line, what in lines:
        if isinstance(what, Record):
            known = first.setdefault((what.source, what.key), (line, what))
            if known[1] is not what:
                repeats.append(Repeat(line, what.id, known, known[1].content == what.content))
    return [*first.values()], repeats


def batches(records: Iterable[Numbered], size: int) -> Iterator[list[Numbered]]:
    """Yield the records in batches that have no call twice: what another source says of it comes in a later one."""
    rounds: dict[int, list[Numbered]] = {}
    seen: Counter[str] = Counter()
    for line, record in records:
        rounds.setdefault(seen[record.key], []).append((line, record))
        seen[record.key] += 1
    for of_round in rounds.values():
        for start in range(0, len(of_round), size):
            yield of_round[start : start + size]


def refused_rows(lines: Iterable[Line]) -> list[Row]:
    """Return the rows that could not be read."""
    refused = [(line, what) for line, what in lines if isinstance(what, Refused)]
    return [Row(line=line, outcome="refused", topic=what.topic or None, reason=what.reason) for line, what in refused]


def repeated_rows(repeats: Iterable[Repeat], rows: Iterable[Row]) -> list[Row]:
    """Return the rows that repeat others: unchanged if they say the same, else refused."""
    by_place = {(row.line, row.topic): row for row in rows}
    return [_repeated(repeat, by_place[repeat.first[0], repeat.first[1].id]) for repeat in repeats]


def _repeated(repeat: Repeat, first: Row) -> Row:
    if repeat.same:
        update = {"line": repeat.line, "outcome": "unchanged", "changes": [], "conflicts": []}
        return first.model_copy(update=update)
    reason = f"Line {repeat.first[0]} describes the same call differently. Keep only one of the two lines."
    return Row(line=repeat.line, outcome="refused", topic=repeat.topic, reason=reason)


def report(rows: Iterable[Row], missing: list[Missing], *, dry_run: bool) -> Report:
    """Return the report with its rows in the order of the file."""
    ordered = sorted(rows, key=lambda row: row.line)
    return Report(dry_run=dry_run, counts=counts_of(ordered), rows=ordered, missing=missing)
