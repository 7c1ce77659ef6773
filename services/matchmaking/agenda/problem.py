"""The problem: meetings, participants, slots, tables and wishes; what an agenda is, and whether one is valid."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

FAIRNESS = 2  # no two participants' numbers of breaks may be further apart

Agenda = Sequence[int]  # the slot of each meeting


@dataclass(frozen=True)
class Meeting:
    """Two participants who agreed to meet, in one of the session's slots, or in the one that is fixed."""

    participants: tuple[int, int]
    session: range
    fixed: int | None = None


@dataclass(frozen=True)
class Problem:
    """All indices are 0-based here, and 1-based in files and in what people read."""

    participants: int
    slots: int
    tables: int
    meetings: Sequence[Meeting]
    forbidden: Sequence[frozenset[int]]  # slots that each participant cannot use
    precedences: Sequence[tuple[int, int]] = ()  # (before, after)
    numbers: Sequence[int] = ()  # what people call the meetings, if not by their place from 1

    def number(self, meeting: int) -> int:
        return self.numbers[meeting] if self.numbers else meeting + 1

    @cached_property
    def allowed(self) -> list[list[int]]:
        """The slots each meeting may have, in order."""
        found = []
        for meeting in self.meetings:
            one, two = meeting.participants
            slots = set(meeting.session if meeting.fixed is None else [meeting.fixed]) & set(meeting.session)
            found.append(sorted(slots - self.forbidden[one] - self.forbidden[two]))
        return found

    @cached_property
    def meetings_of(self) -> list[list[int]]:
        """Each participant's meetings."""
        found: list[list[int]] = [[] for _ in range(self.participants)]
        for number, meeting in enumerate(self.meetings):
            for participant in meeting.participants:
                found[participant].append(number)
        return found


def breaks(slots: Sequence[int]) -> int:
    """Maximal idle runs between the first and the last of one participant's slots."""
    return sum(after - before > 1 for before, after in pairwise(sorted(slots)))


def breaks_by_participant(problem: Problem, agenda: Agenda) -> list[int]:
    return [breaks([agenda[meeting] for meeting in mine]) for mine in problem.meetings_of]


def violations(problem: Problem, agenda: Agenda) -> list[str]:
    """What is wrong with an agenda, in words; empty if nothing is."""
    wrong = [
        f"meeting {problem.number(m)} is in slot {t + 1}" for m, t in enumerate(agenda) if t not in problem.allowed[m]
    ]
    for participant, mine in enumerate(problem.meetings_of):
        if len({agenda[m] for m in mine}) < len(mine):
            wrong.append(f"participant {participant + 1} has two meetings in one slot")
    for slot, number in sorted(Counter(agenda).items()):
        if number > problem.tables:
            wrong.append(f"{number} meetings in slot {slot + 1}, and {problem.tables} tables")
    wrong += [
        f"meeting {problem.number(before)} is not before meeting {problem.number(after)}"
        for before, after in problem.precedences
        if agenda[before] >= agenda[after]
    ]
    counts = breaks_by_participant(problem, agenda)
    if counts and max(counts) - min(counts) > FAIRNESS:
        wrong.append(f"one participant has {max(counts)} breaks, another {min(counts)}")
    return wrong
