"""Repair: a published agenda after changes, with the fewest meetings moved and, among those, the fewest breaks."""

import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from services.matchmaking.agenda import tables
from services.matchmaking.agenda.engine import Progress, Race, Status
from services.matchmaking.agenda.problem import Meeting, Problem, breaks_by_participant, violations
from services.matchmaking.agenda.proof import prove_repair
from services.matchmaking.agenda.search import construct
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
    published: Sequence[Place],
    changes: Changes,
    *,
    time_limit: float | None = None,
    progress: Progress | None = None,
) -> Repaired:
    """The valid agenda after the changes that moves the fewest meetings. `published` has a place per meeting."""
    started = time.monotonic()
    after, kept = changed(problem, published, changes)
    slots = [place.slot - 1 if place else None for place in kept]
    price = sum(map(len, after.meetings_of)) + 1  # more than all breaks together

    def moved(agenda: Sequence[int]) -> int:
        return sum(was not in {None, now} for was, now in zip(slots, agenda, strict=True))

    def cost(agenda: Sequence[int]) -> int:
        return price * moved(agenda) + sum(breaks_by_participant(after, agenda))

    def told(best: int | None, bound: int) -> None:
        if progress:
            progress(None if best is None else best // price, bound // price)

    race = Race(after, cost, time_limit, told)
    race.run((mend, after, slots), (prove_repair, after, slots, price))
    found = Repaired(race.status, lower_bound=race.bound // price, reasons=race.reasons)
    if race.best:
        stay = {
            meeting: place.table - 1
            for meeting, (place, now) in enumerate(zip(kept, race.best, strict=True))
            if place and place.slot - 1 == now
        }
        at = tables.assign(after, race.best, stay)
        now = {n: Place(slot + 1, table + 1) for n, slot, table in zip(after.numbers, race.best, at, strict=True)}
        places = [now.get(number) for number in range(1, len(published) + len(changes.added) + 1)]
        found = replace(
            found,
            moved=moved(race.best),
            breaks=sum(breaks_by_participant(after, race.best)),
            slots=[place.slot if place else None for place in places],
            tables=[place.table if place else None for place in places],
            differences=_differences(problem, published, changes, places),
        )
    return replace(found, seconds=time.monotonic() - started)


def changed(problem: Problem, published: Sequence[Place], changes: Changes) -> tuple[Problem, list[Place | None]]:
    """The problem after the changes, its meetings numbered as before, and where each was published."""
    left = [number for number in range(len(problem.meetings)) if number not in changes.cancelled]
    meetings = [
        replace(meeting, fixed=published[number].slot - 1) if number in changes.frozen else meeting
        for number, meeting in enumerate(problem.meetings)
    ]
    away: list[set[int]] = [set() for _ in range(problem.participants)]
    for participant, slot in changes.away:
        away[participant].add(slot)
    place = {number: new for new, number in enumerate(left)}
    after = replace(
        problem,
        meetings=[*(meetings[number] for number in left), *changes.added],
        forbidden=[known | new for known, new in zip(problem.forbidden, away, strict=True)],
        precedences=[(place[one], place[two]) for one, two in problem.precedences if {one, two} <= place.keys()],
        numbers=[number + 1 for number in [*left, *range(len(meetings), len(meetings) + len(changes.added))]],
    )
    return after, [*(published[number] for number in left), *(None for _ in changes.added)]


def mend(tell: Tell, problem: Problem, published: Sequence[int | None]) -> None:
    """The job of finding agendas near to the published one: tells those that are fair."""
    for seed in range(ATTEMPTS):
        agenda = construct(problem, random.Random(seed), published)  # noqa: S311
        if agenda is not None and not violations(problem, agenda):
            tell(("agenda", agenda))


def _differences(
    problem: Problem, published: Sequence[Place], changes: Changes, places: Sequence[Place | None]
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
