"""Reading MiniZinc data files of the benchmark's family."""

import re

from services.matchmaking.agenda.problem import Meeting, Problem

MORNING, AFTERNOON, ANY = 1, 2, 3
ASSIGNMENT = re.compile(r"(\w+)\s*=\s*(.*?)\s*;", re.DOTALL)
NUMBERS = ("nBusiness", "nMeetings", "nTables", "nTotalSlots", "nMorningSlots")
AT_MOST = 100_000  # of anything
SLOTS_AT_MOST = 500


class BadProblem(ValueError):
    """The file does not describe a problem; the text says where."""


def read_dzn(text: str) -> Problem:
    """The problem in a data file. Raises BadProblem."""
    given = dict(ASSIGNMENT.findall(re.sub(r"%.*", "", text)))
    people, meetings, tables, slots, morning = (_number(given, name) for name in NUMBERS)
    if slots > SLOTS_AT_MOST or morning > slots:
        raise BadProblem(f"nTotalSlots: at most {SLOTS_AT_MOST}, and nMorningSlots at most that")
    forbidden = [slots_of - {0} for slots_of in _sets(given.get("forbidden", ""), people, "forbidden")]
    fixed = _integers(given.get("fixed", "")) or [0] * meetings
    before = _sets(given.get("precedences", ""), meetings, "precedences")
    if len(fixed) != meetings or not all(0 <= slot <= slots for slot in fixed):
        raise BadProblem(f"fixed: {meetings} numbers were announced, each a slot or 0")
    if any(not 0 <= number <= meetings for numbers in before for number in numbers):
        raise BadProblem(f"precedences: meetings are numbered 1 to {meetings}")
    return Problem(
        people,
        slots,
        tables,
        _meetings(_rows(_needed(given, "requested")), fixed, people, slots, morning),
        [frozenset(slot - 1 for slot in slots_of) for slots_of in forbidden],
        [(number - 1, after) for after, numbers in enumerate(before) for number in sorted(numbers - {0})],
    )


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


def _needed(given: dict[str, str], name: str) -> str:
    if name not in given:
        raise BadProblem(f"{name} is missing")
    return given[name]


def _number(given: dict[str, str], name: str) -> int:
    text = _needed(given, name)
    lowest = 0 if name == "nMorningSlots" else 1
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII) or not lowest <= int(text) <= AT_MOST:
        raise BadProblem(f"{name}: a number from {lowest} to {AT_MOST:,}, not {text[:40]!r}")
    return int(text)


def _integers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d{1,9}", text)]


def _rows(text: str) -> list[list[int]]:
    return [row for part in text.strip("[]| \n").split("|") if (row := _integers(part))]


def _sets(text: str, size: int, name: str) -> list[set[int]]:
    """An array of sets; a range a..b is its numbers."""
    if not text:
        return [set() for _ in range(size)]
    found = []
    for braces, first, last in re.findall(r"\{([^}]*)\}|(\d{1,6})\s*\.\.\s*(\d{1,6})", text):
        found.append(set(range(int(first), int(last) + 1)) if first else set(_integers(braces)))
    if len(found) != size:
        raise BadProblem(f"{name}: {size} sets were announced, {len(found)} are there")
    return found
