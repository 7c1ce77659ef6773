"""The outcomes of an import (pure): one for every row, so that created, changed, unchanged and refused add up."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, Protocol, TypeVar, get_args

Outcome = Literal["created", "changed", "unchanged", "refused"]
ORDER: tuple[Outcome, ...] = ("refused", "created", "changed", "unchanged")


class Accounted(Protocol):
    """A row with its place in the file and its outcome."""

    line: int
    outcome: Outcome


R = TypeVar("R", bound=Accounted)
T = TypeVar("T")


def counts_of(rows: Iterable[Accounted]) -> dict[Outcome, int]:
    """Return the number of rows by outcome; together, all rows."""
    counted = Counter(row.outcome for row in rows)
    return {outcome: counted[outcome] for outcome in get_args(Outcome)}


def groups(rows: Iterable[R]) -> list[tuple[Outcome, list[R]]]:
    """Return rows by outcome, the refused ones first, each in the order of the file."""
    ordered = sorted(rows, key=lambda row: (ORDER.index(row.outcome), row.line))
    return [(outcome, [*of_it]) for outcome, of_it in groupby(ordered, key=lambda row: row.outcome)]


def chunks(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield items in parts of this size; the last may be smaller."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
