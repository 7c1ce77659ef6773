"""The reasons why there is no agenda: obstacles, or a smallest set of constraints that contradict each other."""

import itertools

import pytest
from pysat.solvers import Solver

from services.matchmaking.agenda.diagnosis import UNFAIR, Constraints, explain, obstacles
from services.matchmaking.agenda.dzn import read_dzn
from services.matchmaking.agenda.engine import solve
from services.matchmaking.agenda.problem import Meeting, Problem
from tests.support.agendas import SMALL, event, meet, reports_of


def test_an_overbooked_participant_is_named_in_words() -> None:
    problem = read_dzn(SMALL.replace("[0, 4]", "[0, 0]").replace("[{0}, {1}", "[{1,3,4}, {1}"))
    assert "participant 1 has 2 meetings and 1 usable slot" in obstacles(problem)
    solution = solve(problem)
    assert solution.status == "infeasible"
    assert solution.reasons == obstacles(problem)


def pairs_in(slots: range, number: int) -> list[Meeting]:
    return [meet(2 * n + 1, 2 * n + 2, slots) for n in range(number)]


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        (
            event(10, 6, 2, *pairs_in(range(2), 5)),
            "5 meetings are for slots 1 and 2, which have 4 places: 2 tables each",
        ),
        (
            event(7, 6, 9, *(meet(one, two, range(6)) for one, two in itertools.combinations(range(1, 8), 2))),
            "21 meetings are for slots 1 to 6, which have 18 places: 7 participants can hold 3 meetings at a time",
        ),
        (
            event(2, 4, 1, meet(1, 2, range(2), 3)),
            "meeting 1 of participants 1 and 2 is in slot 4, and its session is slots 1 and 2",
        ),
        (event(2, 4, 1, meet(1, 2, range(0))), "meeting 1 of participants 1 and 2 is for a session that has no slots"),
        (
            Problem(2, 3, 1, [meet(1, 2, range(3))], [frozenset({0, 1, 2}), frozenset({0})]),
            "meeting 1 of participants 1 and 2 is held, and participant 1 is away in slots 1 to 3",
        ),
        (
            Problem(2, 3, 1, [meet(1, 2, range(3))], [frozenset({0}), frozenset({1, 2})]),
            "meeting 1 of participants 1 and 2 is held, "
            "and participant 1 is away in slot 1 and participant 2 is away in slots 2 and 3",
        ),
    ],
)
def test_each_obstacle_is_named_in_words(problem: Problem, text: str) -> None:
    assert obstacles(problem) == [text]


def test_obstacles_are_found_among_many_slots() -> None:
    """Each partner can come to two slots only, one after the other, so that a place is found along a path of 400."""
    away = [frozenset(range(500)) - {n, n + 1} for n in range(400)]
    meetings = [meet(1, n + 2, range(500)) for n in range(400)]
    last = meet(1, 402, range(500))
    problem = Problem(402, 500, 99, [*meetings, last], [frozenset(), *away, frozenset(range(500)) - {0, 1}])
    assert obstacles(problem) == []


DAY = range(2)

CONTRADICTIONS = {
    "a triangle": event(5, 2, 3, meet(1, 2, DAY), meet(4, 5, DAY), meet(2, 3, DAY), meet(1, 3, DAY)),
    "two absences, three meetings apart": Problem(
        4, 2, 3, [meet(1, 2, DAY), meet(2, 3, DAY), meet(3, 4, DAY)], [frozenset(away) for away in ([1], [], [], [0])]
    ),
    "a table and an order": event(4, 2, 1, meet(1, 2, DAY), meet(3, 4, DAY), precedences=[(0, 1), (1, 0)]),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_no_smaller_set_of_constraints_is_contradictory(name: str) -> None:
    """Every smaller set has an agenda."""
    problem = CONTRADICTIONS[name]
    assert obstacles(problem) == []
    *_, (_, (words, *reasons)) = reports_of(explain, problem)
    assert "and no smaller set does" in words
    constraints = Constraints(problem)
    with Solver(name="m22", bootstrap_with=constraints.clauses) as solver:
        by_words = {text: literal for literal, text in constraints.words.items()}
        assert not solver.solve(assumptions=[by_words[reason] for reason in reasons])
        for smaller in itertools.combinations(constraints.words, len(reasons) - 1):
            assert solver.solve(assumptions=list(smaller)), smaller


def test_a_smallest_contradiction_is_named_if_no_participant_is_overbooked() -> None:
    solution = solve(CONTRADICTIONS["a triangle"])
    assert solution.status == "infeasible"
    assert solution.reasons == [
        "these 3 constraints contradict each other, and no smaller set does:",
        "meeting 1 of participants 1 and 2 is held",
        "meeting 3 of participants 2 and 3 is held",
        "meeting 4 of participants 1 and 3 is held",
    ]


def test_a_circle_of_meetings_each_before_the_next_is_named() -> None:
    day = range(4)
    circle = event(6, 4, 3, meet(1, 2, day), meet(3, 4, day), meet(5, 6, day), precedences=[(0, 1), (1, 2), (2, 0)])
    assert "meeting 3 comes before meeting 1" in solve(circle).reasons


def test_unfairness_alone_is_named() -> None:
    scattered = [meet(1, 2 + n % 2, range(9), 2 * n) for n in range(5)]
    assert solve(event(4, 9, 2, *scattered)).reasons == [UNFAIR]
