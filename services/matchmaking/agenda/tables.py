"""Tables for an agenda, with few changes of table between consecutive meetings of a participant."""

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

from services.matchmaking.agenda.problem import Problem

MOST_MOVES, MOST_PASSES = 200_000, 100  # moves tried in total; passes over all meetings
IDLE_PASSES = 15  # passes without an improvement, after which the search ends


def count_changes(problem: Problem, agenda: Sequence[int], tables: Sequence[int]) -> int:
    """Return how many consecutive meetings of a participant are at different tables."""
    return sum(tables[first] != tables[second] for first, second in _consecutive(problem, agenda))


def assign(problem: Problem, agenda: Sequence[int], kept: Mapping[int, int] | None = None) -> list[int]:
    """Return a 0-based table for each meeting. The meetings in `kept` stay at the given tables.

    A sweep over the slots seats each meeting where one of its participants met last. A local search then moves and
    swaps tables within a slot if that saves changes or costs nothing: equal moves help to leave local optima.
    """
    kept = kept or {}
    tables = _sweep(problem, agenda, kept)
    neighbours: list[list[int]] = [[] for _ in agenda]
    for first, second in _consecutive(problem, agenda):
        neighbours[first].append(second)
        neighbours[second].append(first)
    meeting_at = {(slot, tables[meeting]): meeting for meeting, slot in enumerate(agenda)}
    movable = [meeting for meeting in range(len(agenda)) if meeting not in kept and neighbours[meeting]]
    rng, idle = random.Random(1), 0  # noqa: S311
    for _ in range(min(MOST_PASSES, MOST_MOVES // max(1, len(movable)))):
        rng.shuffle(movable)
        saved = sum(_improve(meeting, agenda[meeting], tables, neighbours, meeting_at, kept) for meeting in movable)
        idle = 0 if saved else idle + 1
        if idle == IDLE_PASSES:
            break
    return tables


def _sweep(problem: Problem, agenda: Sequence[int], kept: Mapping[int, int]) -> list[int]:
    """Assign tables slot by slot, where a participant met last if that table is free."""
    tables = [kept.get(meeting, -1) for meeting in range(len(agenda))]
    last = [-1] * problem.participants
    free = [set(range(problem.tables)) for _ in range(problem.slots)]
    for meeting, table in kept.items():
        free[agenda[meeting]].discard(table)
    in_order = sorted(range(len(agenda)), key=lambda m: agenda[m])
    for slot in range(problem.slots):
        here = [meeting for meeting in in_order if agenda[meeting] == slot]
        preferred = {m: [last[p] for p in problem.meetings[m].participants] for m in here}
        # First the meetings whose participants both met last at the same table.
        for meeting in sorted(here, key=lambda m: len(set(preferred[m]))):
            if meeting not in kept:
                wanted = [table for table in preferred[meeting] if table in free[slot]]
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
    meeting_at: dict[tuple[int, int], int],
    kept: Mapping[int, int],
) -> int:
    """Move or swap a meeting to the table of a neighbour if that costs nothing. Return the number of changes saved."""

    def changes_at(meeting: int, table: int) -> int:
        return sum(tables[other] != table for other in neighbours[meeting])

    current = tables[meeting]
    for table in {tables[other] for other in neighbours[meeting]} - {current}:
        other = meeting_at.get((slot, table))
        if other in kept:
            continue
        saved = changes_at(meeting, current) - changes_at(meeting, table)
        if other is not None:
            saved += changes_at(other, table) - changes_at(other, current)
        if saved >= 0:
            tables[meeting], meeting_at[slot, table] = table, meeting
            meeting_at.pop((slot, current))
            if other is not None:
                tables[other], meeting_at[slot, current] = current, other
            return saved
    return 0


def _consecutive(problem: Problem, agenda: Sequence[int]) -> list[tuple[int, int]]:
    """Return every pair of consecutive meetings of a participant."""
    return [pair for meetings in problem.meetings_of for pair in pairwise(sorted(meetings, key=lambda m: agenda[m]))]
