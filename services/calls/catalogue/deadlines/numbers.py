"""Numbers of cut-offs that stay when others are added, moved or dropped (pure). Calendars know a cut-off by it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime

from services.calls.catalogue.deadlines.domain import CutOff
from services.calls.terms import MOST_CUT_OFFS
from shared.models import Model, Moment


class Dropped(Model):
    """A cut-off that was dropped before it passed."""

    number: int
    cut_off: CutOff
    at: Moment


def numbers_after(before: Mapping[int, CutOff], dropped: Sequence[Dropped], after: Sequence[CutOff]) -> list[int]:
    """Return the number of each cut-off after a change.

    A cut-off is known by its deadline, also if it was dropped and comes back, else by its name. If as many are left on
    both sides, they were moved in their order. The others are new.
    """
    known = {**{each.number: each.cut_off for each in dropped}, **before}
    unused, found = max(known, default=0) + 1, dict[int, int]()  # position after the change -> number
    _match(known, after, found, lambda cut_off: cut_off.deadline)
    _match(before, after, found, lambda cut_off: cut_off.name)
    rest = [number for number in before if number not in found.values()]
    new = [position for position in range(len(after)) if position not in found]
    if len(rest) != len(new):
        rest = [*range(unused, unused + len(new))]
    found.update(zip(new, rest, strict=True))
    return [found[position] for position in range(len(after))]


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
    """Return the cut-offs that are dropped after a change, at most the latest 50; those that passed are not."""
    lost = {number: cut_off for number, cut_off in before.items() if number not in numbers and cut_off.deadline > now}
    kept = [each for each in dropped if each.number not in numbers]
    return [*kept, *(Dropped(number=n, cut_off=cut_off, at=now) for n, cut_off in lost.items())][-MOST_CUT_OFFS:]
