"""A strict reader of MiniZinc data files of the benchmark's family: it refuses everything that it does not know."""

import re
from collections.abc import Mapping

from services.matchmaking.agenda.problem import Meeting, Problem

MORNING, AFTERNOON, ANY = 1, 2, 3
COMMENT = re.compile(r"/\*.*?\*/|%[^\r\n]*", re.DOTALL)
ASSIGNMENT = re.compile(r"(\w+)\s*=\s*(.+)", re.DOTALL)
RANGE = re.compile(r"(\d{1,6})(?:\s*\.\.\s*(\d{1,6}))?", re.ASCII)
NUMBERS = ("nBusiness", "nMeetings", "nTables", "nTotalSlots", "nMorningSlots")
MOST = 100_000  # participants, meetings, tables
MOST_SLOTS = 500
MOST_PRECEDENCES = 1_000_000


class BadProblem(ValueError):
    """The file does not describe a problem; the message names the place."""


def read_dzn(text: str) -> Problem:
    """Return the problem in a data file. Raises BadProblem."""
    given = _assignments(text)
    people, meetings, tables, slots, morning = (_number(given, name) for name in NUMBERS)
    if slots > MOST_SLOTS or morning > slots:
        raise BadProblem(f"nTotalSlots must be at most {MOST_SLOTS}, and nMorningSlots at most nTotalSlots.")
    forbidden = _sets(given, "forbidden", people, highest=slots)
    before = _sets(given, "precedences", meetings, highest=meetings)
    if sum(map(len, before)) > MOST_PRECEDENCES:
        raise BadProblem(f"precedences: there may be at most {MOST_PRECEDENCES:,}.")
    fixed = _integers(given["fixed"], "fixed") if "fixed" in given else [0] * meetings
    if len(fixed) != meetings or not all(0 <= slot <= slots for slot in fixed):
        raise BadProblem(f"fixed: {meetings} numbers are needed, each a slot from 1 to {slots}, or 0 for none.")
    return Problem(
        people,
        slots,
        tables,
        _meetings(_rows(_required(given, "requested")), fixed, people, slots, morning),
        [frozenset(slot - 1 for slot in away) for away in forbidden],
        [(number - 1, after) for after, numbers in enumerate(before) for number in sorted(numbers)],
    )


def _assignments(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in filter(None, map(str.strip, COMMENT.sub(" ", text).split(";"))):
        assignment = ASSIGNMENT.fullmatch(part)
        if not assignment or assignment[1] in given:
            raise BadProblem(f"Expected one `name = value;` for each name, not {part[:60]!r}.")
        given[assignment[1]] = assignment[2]
    return given


def _meetings(rows: list[list[int]], fixed: list[int], people: int, slots: int, morning: int) -> list[Meeting]:
    sessions = {MORNING: range(morning), AFTERNOON: range(morning, slots), ANY: range(slots)}
    if len(rows) != len(fixed) or any(len(row) != 3 for row in rows):
        raise BadProblem(f"requested: {len(fixed)} rows of three numbers are needed.")
    for number, (one, two, session) in enumerate(rows):
        if not (1 <= one <= people and 1 <= two <= people and one != two and session in sessions):
            raise BadProblem(
                f"requested, row {number + 1}: the first two numbers must be different participants, 1 to {people}, "
                "the third a session, 1 to 3."
            )
    return [
        Meeting((one - 1, two - 1), sessions[session], slot - 1 if slot else None)
        for (one, two, session), slot in zip(rows, fixed, strict=True)
    ]


def _required(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        raise BadProblem(f"{name} is missing.")
    return given[name]


def _number(given: Mapping[str, str], name: str) -> int:
    numbers = _integers(_required(given, name), name)
    lowest = 0 if name == "nMorningSlots" else 1
    if len(numbers) != 1 or not lowest <= numbers[0] <= MOST:
        raise BadProblem(f"{name}: expected a number from {lowest} to {MOST:,}, not {given[name][:40]}.")
    return numbers[0]


def _integers(text: str, name: str) -> list[int]:
    """Return numbers separated by commas, with or without brackets and a comma at the end."""
    parts = [part.strip() for part in _without_brackets(text, "[", "]").split(",")]
    if parts[-1] == "":
        parts.pop()
    for part in parts:
        if not re.fullmatch(r"-?\d{1,9}", part, re.ASCII):
            raise BadProblem(f"{name}: expected a number, not {part[:40]!r}.")
    return [int(part) for part in parts]


def _rows(text: str) -> list[list[int]]:
    """Return the rows of a two-dimensional array: [|1, 2, 3, |4, 5, 6|]."""
    rows = [_integers(row, "requested") for row in _without_brackets(text, "[", "]").strip("| \n\t\r").split("|")]
    return [row for row in rows if row]


def _sets(given: Mapping[str, str], name: str, size: int, highest: int) -> list[set[int]]:
    """Return an array of sets of numbers up to the highest, written as {1, 3..5} or 1..5; 0 stands for no number."""
    if name not in given:
        return [set() for _ in range(size)]
    parts = re.split(r",(?![^{]*\})", _without_brackets(given[name], "[", "]").rstrip(", \n\t\r"))
    if len(parts) != size:
        raise BadProblem(f"{name}: {size} sets are needed, {len(parts)} are given.")
    return [_set(part.strip(), name, highest) for part in parts]


def _set(text: str, name: str, highest: int) -> set[int]:
    numbers: set[int] = set()
    for part in filter(None, map(str.strip, _without_brackets(text, "{", "}").split(","))):
        ends = RANGE.fullmatch(part)
        first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (0, highest + 1)
        if last > highest:
            raise BadProblem(f"{name}: expected numbers from 1 to {highest}, not {part[:40]!r}.")
        numbers.update(range(first, last + 1))
    return numbers - {0}


def _without_brackets(text: str, opening: str, closing: str) -> str:
    text = text.strip()
    return text[1:-1] if text.startswith(opening) and text.endswith(closing) else text
