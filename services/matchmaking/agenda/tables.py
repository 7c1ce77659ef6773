"""Tables for an agenda: participants shall change as little as possible between their meetings."""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

from services.matchmaking.agenda.problem import Problem

TRIES, PASSES = 200_000, 100  # of meetings to find a better table, and over all meetings, at most
IDLE_PASSES = 15  # without an improvement


def changes(problem: Problem, agenda: Sequence[int], tables: Sequence[int]) -> int:
    """How often anybody's next meeting is at another table than the last."""
    return sum(tables[one] != tables[two] for one, two in _in_turn(problem, agenda))


def assign(problem: Problem, agenda: Sequence[int], kept: Mapping[int, int] | None = None) -> list[int]:
    """A table for each meeting, 0-based; those of `kept`, a table by meeting, stay where they are.

    First slot by slot, each meeting where one of its two was last; then meetings change places with those of the same
    slot while that saves changes, and now and then where it costs nothing, for that opens the way to others.
    """
    kept = kept or {}
    tables = _sweep(problem, agenda, kept)
    neighbours: list[list[int]] = [[] for _ in agenda]
    for one, two in _in_turn(problem, agenda):
        neighbours[one].append(two)
        neighbours[two].append(one)
    there = {(slot, tables[meeting]): meeting for meeting, slot in enumerate(agenda)}
    movable = [meeting for meeting in range(len(agenda)) if meeting not in kept and neighbours[meeting]]
    rng, idle = random.Random(1), 0  # noqa: S311
    for _ in range(min(PASSES, TRIES // max(1, len(movable)))):
        rng.shuffle(movable)
        saved = sum(_improve(meeting, agenda[meeting], tables, neighbours, there, kept) for meeting in movable)
        idle = 0 if saved else idle + 1
        if idle == IDLE_PASSES:
            break
    return tables


def _sweep(problem: Problem, agenda: Sequence[int], kept: Mapping[int, int]) -> list[int]:
    tables = [kept.get(meeting, -1) for meeting in range(len(agenda))]
    last = [-1] * problem.participants
    free = [set(range(problem.tables)) for _ in range(problem.slots)]
    for meeting, table in kept.items():
        free[agenda[meeting]].discard(table)
    waiting = sorted(range(len(agenda)), key=lambda m: agenda[m])
    for slot in range(problem.slots):
        here = [meeting for meeting in waiting if agenda[meeting] == slot]
        wishes = {m: [last[p] for p in problem.meetings[m].participants] for m in here}
        for meeting in sorted(here, key=lambda m: len(set(wishes[m]))):  # those first whose two agree
            if meeting not in kept:
                wanted = [table for table in wishes[meeting] if table in free[slot]]
                tables[meeting] = wanted[0] if wanted else -1
                free[slot] -= set(wanted[:1])
        for meeting in here:
            if tables[meeting] < 0:
                tables[meeting] = min(free[slot])
                free[slot].discard(tables[meeting])
            for participant in problem.meetings[meeting].participants:
                last[participant] = tables[meeting]
    return tables


def _improve(
    meeting: int,
    slot: int,
    tables: list[int],
    neighbours: Sequence[Sequence[int]],
    there: dict[tuple[int, int], int],
    kept: Mapping[int, int],
) -> int:
    """Go to a table of an earlier or later meeting if that does no harm; how many changes it saved."""

    def price(meeting: int, table: int) -> int:
        return sum(tables[other] != table for other in neighbours[meeting])

    here = tables[meeting]
    for table in {tables[other] for other in neighbours[meeting]} - {here}:
        other = there.get((slot, table))
        if other in kept:
            continue
        saved = price(meeting, here) - price(meeting, table)
        if other is not None:
            saved += price(other, table) - price(other, here)
        if saved >= 0:
            tables[meeting], there[slot, table] = table, meeting
            there.pop((slot, here))
            if other is not None:
                tables[other], there[slot, here] = here, other
            return saved
    return 0


def _in_turn(problem: Problem, agenda: Sequence[int]) -> list[tuple[int, int]]:
    """Every two meetings that one participant has one after the other."""
    return [pair for mine in problem.meetings_of for pair in pairwise(sorted(mine, key=lambda m: agenda[m]))]
