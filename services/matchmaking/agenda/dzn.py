"""Reading MiniZinc data files of the benchmark's family, strictly: what is not understood is refused."""

import re
from collections.abc import Mapping

from services.matchmaking.agenda.problem import Meeting, Problem

MORNING, AFTERNOON, ANY = 1, 2, 3
COMMENT = re.compile(r"/\*.*?\*/|%[^\n]*", re.DOTALL)
ASSIGNMENT = re.compile(r"(\w+)\s*=\s*(.+)", re.DOTALL)
RANGE = re.compile(r"(\d{1,6})(?:\s*\.\.\s*(\d{1,6}))?", re.ASCII)
NUMBERS = ("nBusiness", "nMeetings", "nTables", "nTotalSlots", "nMorningSlots")
AT_MOST = 100_000  # of anything, but
SLOTS_AT_MOST = 500
ORDERS_AT_MOST = 1_000_000  # precedences


class BadProblem(ValueError):
    """The file does not describe a problem; the text says where."""


def read_dzn(text: str) -> Problem:
    """The problem in a data file. Raises BadProblem."""
    given = _assignments(text)
    people, meetings, tables, slots, morning = (_number(given, name) for name in NUMBERS)
    if slots > SLOTS_AT_MOST or morning > slots:
        raise BadProblem(f"nTotalSlots: at most {SLOTS_AT_MOST}, and nMorningSlots at most that")
    forbidden = _sets(given, "forbidden", people, highest=slots)
    before = _sets(given, "precedences", meetings, highest=meetings)
    if sum(map(len, before)) > ORDERS_AT_MOST:
        raise BadProblem(f"precedences: at most {ORDERS_AT_MOST:,}")
    fixed = _integers(given["fixed"], "fixed") if "fixed" in given else [0] * meetings
    if len(fixed) != meetings or not all(0 <= slot <= slots for slot in fixed):
        raise BadProblem(f"fixed: {meetings} numbers were announced, each a slot or 0")
    return Problem(
        people,
        slots,
        tables,
        _meetings(_rows(_needed(given, "requested")), fixed, people, slots, morning),
        [frozenset(slot - 1 for slot in away) for away in forbidden],
        [(number - 1, after) for after, numbers in enumerate(before) for number in sorted(numbers)],
    )


def _assignments(text: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in filter(None, map(str.strip, COMMENT.sub(" ", text).split(";"))):
        found = ASSIGNMENT.fullmatch(part)
        if not found or found[1] in given:
            raise BadProblem(f"wanted one `name = value;` for each name, not {part[:60]!r}")
        given[found[1]] = found[2]
    return given


def _meetings(rows: list[list[int]], fixed: list[int], people: int, slots: int, morning: int) -> list[Meeting]:
    sessions = {MORNING: range(morning), AFTERNOON: range(morning, slots), ANY: range(slots)}
    if len(rows) != len(fixed) or any(len(row) != 3 for row in rows):
        raise BadProblem(f"requested: {len(fixed)} rows of three numbers were announced")
    for number, (one, two, session) in enumerate(rows):
        if not (1 <= one <= people and 1 <= two <= people and one != two and session in sessions):
            raise BadProblem(f"requested, row {number + 1}: two participants of {people} and a session 1 to 3")
    return [
        Meeting((one - 1, two - 1), sessions[session], slot - 1 if slot else None)
        for (one, two, session), slot in zip(rows, fixed, strict=True)
    ]


def _needed(given: Mapping[str, str], name: str) -> str:
    if name not in given:
        raise BadProblem(f"{name} is missing")
    return given[name]


def _number(given: Mapping[str, str], name: str) -> int:
    numbers = _integers(_needed(given, name), name)
    lowest = 0 if name == "nMorningSlots" else 1
    if len(numbers) != 1 or not lowest <= numbers[0] <= AT_MOST:
        raise BadProblem(f"{name}: a number from {lowest} to {AT_MOST:,}, not {given[name][:40]}")
    return numbers[0]


def _integers(text: str, name: str) -> list[int]:
    """Numbers with commas between them, and perhaps after them, in brackets or not."""
    parts = [part.strip() for part in _inside(text, "[", "]").split(",")]
    if parts[-1] == "":
        parts.pop()
    for part in parts:
        if not re.fullmatch(r"-?\d{1,9}", part, re.ASCII):
            raise BadProblem(f"{name}: a number was expected, not {part[:40]!r}")
    return [int(part) for part in parts]


def _rows(text: str) -> list[list[int]]:
    """A two-dimensional array: [|1, 2, 3, |4, 5, 6|]."""
    rows = [_integers(row, "requested") for row in _inside(text, "[", "]").strip("| \n\t\r").split("|")]
    return [row for row in rows if row]


def _sets(given: Mapping[str, str], name: str, size: int, highest: int) -> list[set[int]]:
    """An array of sets of numbers up to the highest, written as {1, 3..5} or 1..5; 0 stands for none."""
    if name not in given:
        return [set() for _ in range(size)]
    parts = re.split(r",(?![^{]*\})", _inside(given[name], "[", "]").rstrip(", \n\t\r"))
    if len(parts) != size:
        raise BadProblem(f"{name}: {size} sets were announced, {len(parts)} are there")
    return [_set(part.strip(), name, highest) for part in parts]


def _set(text: str, name: str, highest: int) -> set[int]:
    found: set[int] = set()
    for part in filter(None, map(str.strip, _inside(text, "{", "}").split(","))):
        ends = RANGE.fullmatch(part)
        first, last = (int(ends[1]), int(ends[2] or ends[1])) if ends else (0, highest + 1)
        if last > highest:
            raise BadProblem(f"{name}: numbers from 1 to {highest}, not {part[:40]!r}")
        found.update(range(first, last + 1))
    return found - {0}


def _inside(text: str, opening: str, closing: str) -> str:
    text = text.strip()
    return text[1:-1] if text.startswith(opening) and text.endswith(closing) else text
