"""The problem: meetings, participants, slots, tables and constraints; agendas and their validity."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from shared.text import counted

FAIRNESS = 2  # largest difference between the numbers of breaks of two participants

Agenda = Sequence[int]  # the slot of each meeting


@dataclass(frozen=True)
class Meeting:
    """A meeting of two participants, in a slot of its session or in a fixed slot."""

    participants: tuple[int, int]
    session: range
    fixed: int | None = None


@dataclass(frozen=True)
class Problem:
    """An event. Indices are 0-based here, and 1-based in files and texts."""

    participants: int
    slots: int
    tables: int
    meetings: Sequence[Meeting]
    forbidden: Sequence[frozenset[int]]  # for each participant, the slots in which they are away
    precedences: Sequence[tuple[int, int]] = ()  # (before, after)
    numbers: Sequence[int] = ()  # 1-based numbers of the meetings in texts, if not consecutive

    def number(self, meeting: int) -> int:
        """Return the 1-based number of a meeting."""
        return self.numbers[meeting] if self.numbers else meeting + 1

    @cached_property
    def allowed(self) -> list[list[int]]:
        """For each meeting, the slots that its session, fixed slot and participants allow, in order."""
        allowed = []
        for meeting in self.meetings:
            one, two = meeting.participants
            slots = set(meeting.session if meeting.fixed is None else [meeting.fixed]) & set(meeting.session)
            allowed.append(sorted(slots - self.forbidden[one] - self.forbidden[two]))
        return allowed

    @cached_property
    def meetings_of(self) -> list[list[int]]:
        """For each participant, their meetings."""
        meetings: list[list[int]] = [[] for _ in range(self.participants)]
        for number, meeting in enumerate(self.meetings):
            for participant in meeting.participants:
                meetings[participant].append(number)
        return meetings


def count_breaks(slots: Sequence[int]) -> int:
    """Return the number of breaks of one participant: maximal idle runs between two of their meetings."""
    return sum(after - before > 1 for before, after in pairwise(sorted(slots)))


def breaks_by_participant(problem: Problem, agenda: Agenda) -> list[int]:
    """Return the number of breaks of each participant."""
    return [count_breaks([agenda[meeting] for meeting in mine]) for mine in problem.meetings_of]


def violations(problem: Problem, agenda: Agenda) -> list[str]:
    """Return the violated constraints in words; none for a valid agenda."""
    wrong = [
        f"meeting {problem.number(meeting)} is in slot {slot + 1}, which is not allowed"
        for meeting, slot in enumerate(agenda)
        if slot not in problem.allowed[meeting]
    ]
    for participant, mine in enumerate(problem.meetings_of):
        if len({agenda[m] for m in mine}) < len(mine):
            wrong.append(f"participant {participant + 1} has two meetings in one slot")
    for slot, number in sorted(Counter(agenda).items()):
        if number > problem.tables:
            wrong.append(f"{number} meetings are in slot {slot + 1}, which has {counted(problem.tables, 'table')}")
    wrong += [
        f"meeting {problem.number(before)} is not before meeting {problem.number(after)}"
        for before, after in problem.precedences
        if agenda[before] >= agenda[after]
    ]
    counts = breaks_by_participant(problem, agenda)
    if counts and max(counts) - min(counts) > FAIRNESS:
        wrong.append(f"one participant has {counted(max(counts), 'break')}, another {min(counts)}")
    return wrong
