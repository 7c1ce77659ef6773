"""Repair: a published agenda after changes, with the fewest meetings moved and, among those, the fewest breaks."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.matchmaking.agenda import tables
from services.matchmaking.agenda.engine import Progress, Race, Status
from services.matchmaking.agenda.problem import Meeting, Problem, breaks_by_participant, violations
from services.matchmaking.agenda.proof import prove_repair
from services.matchmaking.agenda.search import MOVES, TO_STAY, Annealing, construct
from services.matchmaking.agenda.worker import Tell

ATTEMPTS = 20  # at an agenda near to the published one


@dataclass(frozen=True)
class Changes:
    """What happened to a published agenda; all numbers are 0-based."""

    cancelled: frozenset[int] = frozenset()  # meetings
    away: frozenset[tuple[int, int]] = frozenset()  # (participant, slot)
    added: tuple[Meeting, ...] = ()
    frozen: frozenset[int] = frozenset()  # meetings that stay in their published slot


@dataclass(frozen=True)
class Place:
    """1-based."""

    slot: int
    table: int


@dataclass(frozen=True)
class Difference:
    """A meeting that is elsewhere than was published: `was` is None for a new one, `now` for a cancelled one."""

    meeting: int
    participants: tuple[int, int]
    was: Place | None
    now: Place | None


@dataclass(frozen=True)
class Repaired:
    """Slots and tables are 1-based, one per meeting, new ones last; None for cancelled meetings.

    `lower_bound` is proved: no agenda moves fewer of the published meetings.
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
    """The valid agenda after the changes that moves the fewest meetings.

    `published` has a place per meeting; None for those cancelled before, which count as cancelled still.
    """
    started = time.monotonic()
    after, kept = changed(problem, published, changes)
    slots = [place.slot - 1 if place else None for place in kept]
    price = sum(map(len, after.meetings_of)) + 1  # more than all breaks together

    def cost(agenda: Sequence[int]) -> int:
        return price * _moved(slots, agenda) + sum(breaks_by_participant(after, agenda))

    def told(best: int | None, bound: int) -> None:
        if progress:
            progress(None if best is None else best // price, bound // price)

    race = Race(after, cost, time_limit, told)
    race.run((mend, after, slots), (prove_repair, after, slots, price))
    found = Repaired(race.status, lower_bound=race.bound // price, reasons=race.reasons)
    if race.best is not None:
        stay = {m: place.table - 1 for m, place in enumerate(kept) if place and place.slot - 1 == race.best[m]}
        at = tables.assign(after, race.best, stay)
        now = {n: Place(slot + 1, table + 1) for n, slot, table in zip(after.numbers, race.best, at, strict=True)}
        places = [now.get(number) for number in range(1, len(published) + len(changes.added) + 1)]
        found = replace(
            found,
            moved=_moved(slots, race.best),
            breaks=sum(breaks_by_participant(after, race.best)),
            slots=[place.slot if place else None for place in places],
            tables=[place.table if place else None for place in places],
            differences=_differences(problem, published, changes, places),
        )
    return replace(found, seconds=time.monotonic() - started)


def changed(
    problem: Problem, published: Sequence[Place | None], changes: Changes
) -> tuple[Problem, list[Place | None]]:
    """The problem after the changes, its meetings numbered as before, and where each was published."""
    meetings, left = list(problem.meetings), []
    for number, place in enumerate(published):
        if place and number not in changes.cancelled:
            left.append(number)
            if number in changes.frozen:
                meetings[number] = replace(meetings[number], fixed=place.slot - 1)
    away: list[set[int]] = [set() for _ in range(problem.participants)]
    for participant, slot in changes.away:
        away[participant].add(slot)
    new = {number: place for place, number in enumerate(left)}
    after = replace(
        problem,
        meetings=[*(meetings[number] for number in left), *changes.added],
        forbidden=[known | more for known, more in zip(problem.forbidden, away, strict=True)],
        precedences=[(new[one], new[two]) for one, two in problem.precedences if {one, two} <= new.keys()],
        numbers=[number + 1 for number in [*left, *range(len(meetings), len(meetings) + len(changes.added))]],
    )
    return after, [*(published[number] for number in left), *(None for _ in changes.added)]


def mend(tell: Tell, problem: Problem, published: Sequence[int | None]) -> None:
    """The job of finding agendas near to the published one: tells those that are valid."""
    for seed in range(ATTEMPTS):
        rng = random.Random(seed)  # noqa: S311
        if (agenda := construct(problem, rng, published)) is None:
            continue
        moves = MOVES * len(agenda)
        for fairer in Annealing(problem, agenda).round(moves, *TO_STAY, rng) if agenda else [agenda]:
            if not violations(problem, fairer):
                tell(("agenda", _move_back(problem, fairer, published)))
                break


def _move_back(problem: Problem, agenda: list[int], published: Sequence[int | None]) -> list[int]:
    """Meetings go back to their published slots where the agenda stays valid."""
    best = agenda
    for meeting, slot in enumerate(published):
        if slot in {None, best[meeting]}:
            continue
        back = [*best[:meeting], slot, *best[meeting + 1 :]]
        if not violations(problem, back):
            best = back
    return best


def _moved(published: Sequence[int | None], agenda: Sequence[int]) -> int:
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
