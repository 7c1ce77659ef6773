"""The problem: meetings, participants, slots, tables and wishes; what a solution is, and whether it is one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

MORNING, AFTERNOON, ANY = 1, 2, 3
FAIRNESS = 2  # no two participants' numbers of breaks may be further apart


class BadProblem(ValueError):
    """The file does not describe a problem; the text says where."""


@dataclass(frozen=True)
class Problem:
    """All indices are 0-based here, and 1-based in files and in what people read."""

    participants: int
    slots: int
    tables: int
    meetings: Sequence[tuple[int, int]]  # two participants each
    allowed: Sequence[frozenset[int]]  # slots each meeting may have: session, forbidden slots of both, fixed slot
    precedences: Sequence[tuple[int, int]]  # (before, after)

    @cached_property
    def meetings_of(self) -> list[list[int]]:
        """Each participant's meetings."""
        found: list[list[int]] = [[] for _ in range(self.participants)]
        for meeting, pair in enumerate(self.meetings):
            for participant in pair:
                found[participant].append(meeting)
        return found


def breaks(slots: Sequence[int]) -> int:
    """Maximal idle runs between the first and the last of one participant's slots."""
    return sum(after - before > 1 for before, after in pairwise(sorted(slots)))


def breaks_by_participant(problem: Problem, agenda: Sequence[int]) -> list[int]:
    return [breaks([agenda[meeting] for meeting in mine]) for mine in problem.meetings_of]


def violations(problem: Problem, agenda: Sequence[int]) -> list[str]:
    """What is wrong with an agenda (a slot per meeting), in words; empty if it is one."""
    wrong = [f"meeting {m + 1} is in slot {t + 1}" for m, t in enumerate(agenda) if t not in problem.allowed[m]]
    for participant, mine in enumerate(problem.meetings_of):
        if len({agenda[m] for m in mine}) < len(mine):
            wrong.append(f"participant {participant + 1} has two meetings in one slot")
    for slot in range(problem.slots):
        if (number := list(agenda).count(slot)) > problem.tables:
            wrong.append(f"{number} meetings in slot {slot + 1}, and {problem.tables} tables")
    wrong += [
        f"meeting {before + 1} is not before meeting {after + 1}"
        for before, after in problem.precedences
        if agenda[before] >= agenda[after]
    ]
    counts = breaks_by_participant(problem, agenda)
    if counts and max(counts) - min(counts) > FAIRNESS:
        wrong.append(f"one participant has {max(counts)} breaks, another {min(counts)}")
    return wrong


# --- MiniZinc data files ------------------------------------------------------------------------

ASSIGNMENT = re.compile(r"(\w+)\s*=\s*(.*?)\s*;", re.DOTALL)
NUMBERS = ("nBusiness", "nMeetings", "nTables", "nTotalSlots", "nMorningSlots")


def read_dzn(text: str) -> Problem:
    """Read a data file of the benchmark's family. Raises BadProblem."""
    given = dict(ASSIGNMENT.findall(re.sub(r"%.*", "", text)))
    people, meetings, tables, slots, morning = (_number(given, name) for name in NUMBERS)
    rows = _rows(_needed(given, "requested"))
    if len(rows) != meetings or any(len(row) != 3 for row in rows):
        raise BadProblem(f"requested: {meetings} rows of three numbers were announced")
    forbidden = _sets(given.get("forbidden", ""), people, "forbidden")
    fixed = _integers(given.get("fixed", "")) or [0] * meetings
    before = _sets(given.get("precedences", ""), meetings, "precedences")
    if len(fixed) != meetings:
        raise BadProblem(f"fixed: {meetings} numbers were announced")
    sessions = {
        MORNING: range(morning),
        AFTERNOON: range(morning, slots),
        ANY: range(slots),
    }
    pairs, allowed = [], []
    for number, (one, two, session) in enumerate(rows):
        if not (1 <= one <= people and 1 <= two <= people and one != two and session in sessions):
            raise BadProblem(f"requested, row {number + 1}: two participants of {people} and a session 1 to 3")
        possible = set(sessions[session]) - {t - 1 for t in forbidden[one - 1] | forbidden[two - 1]}
        pairs.append((one - 1, two - 1))
        allowed.append(frozenset(possible & {fixed[number] - 1} if fixed[number] else possible))
    order = [(b - 1, after) for after, names in enumerate(before) for b in sorted(names) if b > 0]
    if any(not 0 <= b < meetings for b, _ in order):
        raise BadProblem(f"precedences: meetings are numbered 1 to {meetings}")
    return Problem(people, slots, tables, pairs, allowed, order)


def _needed(given: dict[str, str], name: str) -> str:
    if name not in given:
        raise BadProblem(f"{name} is missing")
    return given[name]


def _number(given: dict[str, str], name: str) -> int:
    text = _needed(given, name)
    if not text.isdigit() or not 0 < int(text) <= 100_000:
        raise BadProblem(f"{name}: a number from 1 to 100,000, not {text[:40]!r}")
    return int(text)


def _integers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d+", text)]


def _rows(text: str) -> list[list[int]]:
    return [row for part in text.strip("[]| \n").split("|") if (row := _integers(part))]


def _sets(text: str, size: int, name: str) -> list[set[int]]:
    """An array of sets; a range a..b is its numbers, and 0 stands for none."""
    if not text:
        return [set() for _ in range(size)]
    found = []
    for braces, first, last in re.findall(r"\{([^}]*)\}|(\d+)\s*\.\.\s*(\d+)", text):
        found.append(set(range(int(first), int(last) + 1)) if first else set(_integers(braces)) - {0})
    if len(found) != size:
        raise BadProblem(f"{name}: {size} sets were announced, {len(found)} are there")
    return found
