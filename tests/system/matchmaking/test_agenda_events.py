"""The agenda solver on real brokerage events, against the published optima; each agenda is checked against the file."""

import csv
import random
from pathlib import Path

import pytest

from services.matchmaking.agenda.dzn import read_dzn
from services.matchmaking.agenda.engine import Solution, solve
from services.matchmaking.agenda.problem import Meeting, Problem, violations
from services.matchmaking.agenda.repair import Changes, Place, repair
from services.matchmaking.agenda.tables import count_changes
from tests.support.agendas import verdict

EVENTS = "forum-13 forum-13crafc forum-14 forumt-14 forumt-14crafc tic-12 tic-12crafc tic-13 tic-13crafb tic-14crafa"
VARIANTS = ["original", "forb0003", "fixed020-Forb", "prec15"]


def event(real_data: Path, name: str) -> str:
    return (real_data / "b2bsp" / f"{name}.dzn").read_text()


def published(real_data: Path, name: str) -> str:
    with (real_data / "b2bsp" / "best_results.csv").open() as rows:
        return next(row["optimum"] for row in csv.DictReader(rows) if row["file"] == f"{name}.dzn")


def assert_valid(text: str, solution: Solution) -> None:
    assert verdict(text, solution.slots, solution.tables) == ([], solution.breaks)


@pytest.mark.parametrize("name", [*EVENTS.split(), "ticf-13crafa"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_real_events_reach_the_published_optimum(real_data: Path, name: str, variant: str) -> None:
    text, optimum = event(real_data, f"{name}.{variant}"), published(real_data, f"{name}.{variant}")
    solution = solve(read_dzn(text), time_limit=110)
    if optimum == "UNSAT":
        assert solution.status == "infeasible"
        assert solution.reasons
        return
    assert (solution.status, solution.breaks, solution.lower_bound) == ("optimal", int(optimum), int(optimum))
    assert_valid(text, solution)


def test_300_meetings_have_an_agenda_in_two_seconds_and_a_better_one_later(real_data: Path) -> None:
    text = event(real_data, "forum-14.prec15")
    at_first = solve(read_dzn(text), time_limit=2)
    later = solve(read_dzn(text), time_limit=8)
    for solution in (at_first, later):
        assert solution.status in {"feasible", "optimal"}
        assert solution.lower_bound <= solution.breaks
        assert_valid(text, solution)
    assert at_first.seconds < 3
    assert later.breaks <= at_first.breaks


def test_progress_is_reported_until_the_bounds_meet(real_data: Path) -> None:
    reports: list[tuple[int | None, int]] = []
    solution = solve(
        read_dzn(event(real_data, "forumt-14.original")), progress=lambda best, bound: reports.append((best, bound))
    )
    assert reports[-1] == (solution.breaks, solution.lower_bound)
    bounds = [bound for _, bound in reports]
    assert bounds == sorted(bounds)
    assert len({best for best, _ in reports}) > 2


def test_ten_thousand_meetings_have_an_agenda_within_a_minute() -> None:
    problem = large(participants=1000, meetings=10_000, slots=30, tables=400)
    solution = solve(problem, time_limit=30)
    assert solution.status == "feasible"
    assert solution.seconds < 40
    assert violations(problem, [slot - 1 for slot in solution.slots]) == []
    places = [Place(slot, table) for slot, table in zip(solution.slots, solution.tables, strict=True)]
    participant = problem.meetings[0].participants[0]
    repaired = repair(problem, places, Changes(away=frozenset({(participant, places[0].slot - 1)})), time_limit=20)
    assert repaired.status in {"feasible", "optimal"}
    assert repaired.moved < 100


def large(participants: int, meetings: int, slots: int, tables: int) -> Problem:
    rng, pairs, degree = random.Random(7), set(), [0] * participants
    while len(pairs) < meetings:
        one, two = sorted(rng.sample(range(participants), 2))
        if (one, two) not in pairs and max(degree[one], degree[two]) < slots - 4:
            pairs.add((one, two))
            degree[one] += 1
            degree[two] += 1
    held = [Meeting(pair, range(slots)) for pair in sorted(pairs)]
    return Problem(participants, slots, tables, held, [frozenset()] * participants)


def test_participants_keep_their_tables_as_far_as_that_goes(real_data: Path) -> None:
    problem = read_dzn(event(real_data, "forum-13.original"))
    solution = solve(problem)
    slots, tables = [slot - 1 for slot in solution.slots], [table - 1 for table in solution.tables]
    by_number = [sorted(m for m, s in enumerate(slots) if s == slot).index(n) for n, slot in enumerate(slots)]
    turns = sum(len(mine) - 1 for mine in problem.meetings_of if mine)
    joined = len(slots) - max(map(slots.count, slots))  # every turn without a change joins two groups at one table
    assert turns - joined <= count_changes(problem, slots, tables) <= 1.1 * (turns - joined)
    assert count_changes(problem, slots, tables) < 0.6 * count_changes(problem, slots, by_number)


def test_a_cancellation_and_an_absence_move_as_few_as_possible(real_data: Path) -> None:
    problem = read_dzn(event(real_data, "forum-14.original"))
    solution = solve(problem)
    places = [Place(slot, table) for slot, table in zip(solution.slots, solution.tables, strict=True)]
    participant = problem.meetings[28].participants[0]
    other = next(m for m in problem.meetings_of[participant] if m != 28)
    away = (participant, places[other].slot - 1)
    repaired = repair(problem, places, Changes(cancelled=frozenset({28}), away=frozenset({away})))
    assert (repaired.status, repaired.moved, repaired.lower_bound) == ("optimal", 1, 1)
    assert [(d.meeting, d.now is None) for d in repaired.differences] == sorted([(29, True), (other + 1, False)])
    assert repaired.slots[28] is None
