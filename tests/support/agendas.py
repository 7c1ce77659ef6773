"""Small agendas, and an independent checker of agendas: it reads the data file itself, without the solver."""

import re
from functools import cache
from itertools import pairwise
from typing import Any

from services.matchmaking.agenda.problem import Meeting, Problem

SET = r"\{[^}]*\}|\d+\s*\.\.\s*\d+"


def verdict(dzn: str, slots: list[int], tables: list[int]) -> tuple[list[str], int]:
    """Return the violations of an agenda (1-based slots and tables per meeting), and its number of breaks."""
    number, rows, away, fixed, before = read(dzn)
    assert len(rows) == len(slots) == len(tables) == len(fixed) == len(before) == number["nMeetings"]
    morning, day = number["nMorningSlots"], number["nTotalSlots"]
    windows = {1: range(1, morning + 1), 2: range(morning + 1, day + 1), 3: range(1, day + 1)}
    wrong = [
        violation
        for (one, two, session), slot, table, wanted, others in zip(rows, slots, tables, fixed, before, strict=True)
        for violation, is_violated in {
            "session": slot not in windows[session],
            "forbidden": slot in away[one - 1] | away[two - 1],
            "fixed": wanted not in {0, slot},
            "order": any(slots[other - 1] >= slot for other in others if other),
            "no such table": not 1 <= table <= number["nTables"],
        }.items()
        if is_violated
    ]
    if len(set(zip(slots, tables, strict=True))) < len(slots):
        wrong.append("two meetings at one table")
    people = range(1, number["nBusiness"] + 1)
    days = [sorted(slot for row, slot in zip(rows, slots, strict=True) if person in row[:2]) for person in people]
    if any(len(set(mine)) < len(mine) for mine in days):
        wrong.append("a participant in two places")
    counts = [sum(later > earlier + 1 for earlier, later in pairwise(mine)) for mine in days]
    if max(counts) - min(counts) > 2:
        wrong.append("unfair")
    return wrong, sum(counts)


@cache
def read(dzn: str) -> tuple[dict[str, int], list[tuple[int, ...]], list[set[int]], list[int], list[set[int]]]:
    number = {name: int(value) for name, value in re.findall(r"(n[A-Z]\w+)\s*=\s*(\d+)\s*;", dzn)}
    text = dict(re.findall(r"(\w+)\s*=\s*\[(.*?)\]\s*;", dzn, re.DOTALL))
    rows = [tuple(map(int, row)) for row in re.findall(r"(\d+)\s*,\s*(\d+)\s*,\s*([123])\b", text["requested"])]
    fixed = [int(slot) for slot in re.findall(r"\d+", text["fixed"])]
    sets = {name: [numbers(group) for group in re.findall(SET, text[name])] for name in ("forbidden", "precedences")}
    return number, rows, sets["forbidden"], fixed, sets["precedences"]


def numbers(group: str) -> set[int]:
    parts = [int(number) for number in re.findall(r"\d+", group)]
    return set(range(parts[0], parts[1] + 1)) if ".." in group else set(parts)


def meet(one: int, two: int, slots: range, fixed: int | None = None) -> Meeting:
    return Meeting((one - 1, two - 1), slots, fixed)


def event(people: int, slots: int, places: int, *meetings: Meeting, **more: Any) -> Problem:
    return Problem(people, slots, places, meetings, [frozenset()] * people, **more)


def reports_of(job: Any, *arguments: object) -> list[tuple[str, Any]]:
    """Return the reports of a job that runs in this process."""
    reports: list[tuple[str, Any]] = []
    job(reports.append, *arguments)
    return reports


SMALL = """
nBusiness = 3; nMeetings = 2; nTables = 1; nTotalSlots = 4; nMorningSlots = 2;
requested = [|1, 2, 1, |1, 3, 3, |];
forbidden = [{0}, {1}, {0}];
fixed = [0, 4];
precedences = [{}, {1}];
"""
