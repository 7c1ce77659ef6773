"""Repair of a published agenda after changes: the fewest moved meetings first, then the fewest breaks."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.matchmaking.agenda import tables
from services.matchmaking.agenda.engine import Progress, Race, Status
from services.matchmaking.agenda.problem import Meeting, Problem, breaks_by_participant, violations
from services.matchmaking.agenda.proof import prove_repair
from services.matchmaking.agenda.search import MOVES, TO_STAY, Annealing, construct
from services.matchmaking.agenda.worker import Report

ATTEMPTS = 20  # searches for an agenda close to the published one


@dataclass(frozen=True)
class Changes:
    """Changes of the event after the agenda was published; indices are 0-based."""

    cancelled: frozenset[int] = frozenset()  # meetings
    away: frozenset[tuple[int, int]] = frozenset()  # (participant, slot)
    added: tuple[Meeting, ...] = ()
    frozen: frozenset[int] = frozenset()  # meetings that stay in their published slot


@dataclass(frozen=True)
class Place:
    """A 1-based slot and table."""

    slot: int
    table: int


@dataclass(frozen=True)
class Difference:
    """A meeting whose place changed: `was` is None for a new meeting, `now` for a cancelled one."""

    meeting: int
    participants: tuple[int, int]
    was: Place | None
    now: Place | None


@dataclass(frozen=True)
class Repaired:
    """Result of a repair.

    Slots and tables are 1-based, one for each meeting, new meetings last; None for cancelled meetings. `lower_bound` is
    proved: no agenda moves fewer of the published meetings.
    """

    status: Status
    moved: int | None = None
    lower_bound: int = 0
    breaks: int | None = None
    seconds: float = 0.0
    slots: list[int | None] = field(default_factory=list)
    tables: list[int | None] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def repair(
    problem: Problem,
    published: Sequence[Place | None],
    changes: Changes,
    *,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Repaired:
    """Return the valid agenda after the changes that moves the fewest meetings.

    `published` has a place for each meeting; None for a meeting that was cancelled earlier.
    """
    started = time.monotonic()
    after, kept = apply_changes(problem, published, changes)
    slots = [place.slot - 1 if place else None for place in kept]
    price = sum(map(len, after.meetings_of)) + 1  # more than all breaks together

    def cost(agenda: Sequence[int]) -> int:
        return price * _moved(slots, agenda) + sum(breaks_by_participant(after, agenda))

    def report_moves(best: int | None, bound: int) -> None:
        if progress:
            progress(None if best is None else best // price, bound // price)

    race = Race(after, cost, time_limit, report_moves)
    race.run((search_repairs, after, slots), (prove_repair, after, slots, price))
    repaired = Repaired(race.status, lower_bound=race.bound // price, reasons=race.reasons)
    if race.best is not None:
        places = _places(after, kept, race.best, len(published) + len(changes.added))
        repaired = replace(
            repaired,
            moved=_moved(slots, race.best),
            breaks=sum(breaks_by_participant(after, race.best)),
            slots=[place.slot if place else None for place in places],
            tables=[place.table if place else None for place in places],
            differences=_differences(problem, published, changes, places),
        )
    return replace(repaired, seconds=time.monotonic() - started)


def _places(after: Problem, kept: Sequence[Place | None], agenda: Sequence[int], meetings: int) -> list[Place | None]:
    """Return the place of each meeting in the repaired agenda. A meeting that keeps its slot keeps its table."""
    kept_tables = {m: place.table - 1 for m, place in enumerate(kept) if place and place.slot - 1 == agenda[m]}
    assigned = tables.assign(after, agenda, kept_tables)
    place_of = {n: Place(slot + 1, table + 1) for n, slot, table in zip(after.numbers, agenda, assigned, strict=True)}
    return [place_of.get(number) for number in range(1, meetings + 1)]


def apply_changes(
    problem: Problem, published: Sequence[Place | None], changes: Changes
) -> tuple[Problem, list[Place | None]]:
    """Return the problem after the changes, with its meetings numbered as before, and their published places."""
    meetings, remaining = list(problem.meetings), []
    for number, place in enumerate(published):
        if place and number not in changes.cancelled:
            remaining.append(number)
            if number in changes.frozen:
                meetings[number] = replace(meetings[number], fixed=place.slot - 1)
    away: list[set[int]] = [set() for _ in range(problem.participants)]
    for participant, slot in changes.away:
        away[participant].add(slot)
    new = {number: place for place, number in enumerate(remaining)}
    after = replace(
        problem,
        meetings=[*(meetings[number] for number in remaining), *changes.added],
        forbidden=[known | more for known, more in zip(problem.forbidden, away, strict=True)],
        precedences=[(new[one], new[two]) for one, two in problem.precedences if {one, two} <= new.keys()],
        numbers=[number + 1 for number in [*remaining, *range(len(meetings), len(meetings) + len(changes.added))]],
    )
    return after, [*(published[number] for number in remaining), *(None for _ in changes.added)]


def search_repairs(report: Report, problem: Problem, published: Sequence[int | None]) -> None:
    """Report valid agendas that are close to the published one. A job."""
    for seed in range(ATTEMPTS):
        rng = random.Random(seed)  # noqa: S311
        if (agenda := construct(problem, rng, published)) is None:
            continue
        moves = MOVES * len(agenda)
        for fairer in Annealing(problem, agenda).round(moves, *TO_STAY, rng) if agenda else [agenda]:
            if not violations(problem, fairer):
                report(("agenda", _move_back(problem, fairer, published)))
                break


def _move_back(problem: Problem, agenda: list[int], published: Sequence[int | None]) -> list[int]:
    """Return the agenda with every meeting back in its published slot if the agenda stays valid."""
    best = agenda
    for meeting, slot in enumerate(published):
        if slot in {None, best[meeting]}:
            continue
        back = [*best[:meeting], slot, *best[meeting + 1 :]]
        if not violations(problem, back):
            best = back
    return best


def _moved(published: Sequence[int | None], agenda: Sequence[int]) -> int:
    """Return the number of meetings that left their published slot."""
    return sum(was not in {None, now} for was, now in zip(published, agenda, strict=True))


def _differences(
    problem: Problem, published: Sequence[Place | None], changes: Changes, places: Sequence[Place | None]
) -> list[Difference]:
    meetings = [*problem.meetings, *changes.added]
    before = [*published, *(None for _ in changes.added)]
    return [
        Difference(number + 1, (one + 1, two + 1), was, now)
        for number, ((one, two), was, now) in enumerate(
            zip((meeting.participants for meeting in meetings), before, places, strict=True)
        )
        if was != now
    ]
