"""Numbers of cut-offs that stay when others are added, moved or dropped (pure).

Applications, rounds, events and calendars know a cut-off by its number.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime

from services.calls.catalogue.deadlines.domain import CutOff
from shared.models import Model, Moment

MOST_DROPPED = 200  # cut-offs that are remembered, so that their applications and rounds stay readable


class Dropped(Model):
    """A cut-off that was dropped."""

    number: int
    cut_off: CutOff
    at: Moment


def numbers_after(before: Mapping[int, CutOff], dropped: Sequence[Dropped], after: Sequence[CutOff]) -> list[int]:
    """Return the number of each cut-off after a change.

    A cut-off is known by its deadline, also if it was dropped and comes back, else by its name. If as many are left on
    both sides, they were moved, unless one of them would pass another cut-off. The others are new.
    """
    known = {**{each.number: each.cut_off for each in dropped}, **before}
    unused, found = max(known, default=0) + 1, dict[int, int]()  # position after the change -> number
    _match(known, after, found, lambda cut_off: cut_off.deadline)
    _match(before, after, found, lambda cut_off: cut_off.name)
    rest = [number for number in before if number not in found.values()]
    new = [position for position in range(len(after)) if position not in found]
    moved = dict(zip(new, rest, strict=False))
    if len(rest) != len(new) or not _in_order(before, found | moved):
        moved = dict(zip(new, range(unused, unused + len(new)), strict=True))
    found.update(moved)
    return [found[position] for position in range(len(after))]


def _in_order(before: Mapping[int, CutOff], found: Mapping[int, int]) -> bool:
    """Return whether the cut-offs that stay have the order that they had."""
    after = [found[position] for position in sorted(found) if found[position] in before]
    return after == [number for number in before if number in after]


def _match(
    before: Mapping[int, CutOff],
    after: Sequence[CutOff],
    found: dict[int, int],
    key: Callable[[CutOff], Hashable],
) -> None:
    """Add the numbers of cut-offs that have the same key, if it is not empty."""
    by_key = {key(cut_off): number for number, cut_off in before.items() if number not in found.values()}
    for position, cut_off in enumerate(after):
        if position not in found and key(cut_off) and key(cut_off) in by_key:
            found[position] = by_key.pop(key(cut_off))


def dropped_after(
    before: Mapping[int, CutOff], dropped: Sequence[Dropped], numbers: Sequence[int], now: datetime
) -> list[Dropped]:
    """Return the cut-offs that are dropped after a change, at most the latest 200."""
    lost = {number: cut_off for number, cut_off in before.items() if number not in numbers}
    kept = [each for each in dropped if each.number not in numbers]
    return [*kept, *(Dropped(number=n, cut_off=cut_off, at=now) for n, cut_off in lost.items())][-MOST_DROPPED:]
