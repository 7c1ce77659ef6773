"""The agenda solver against an independent judge: every agenda is checked, every optimum found by trying all."""

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pysat.examples.rc2 import RC2

from services.matchmaking.agenda.diagnosis import reasons
from services.matchmaking.agenda.encoding import Encoding
from services.matchmaking.agenda.engine import solve
from services.matchmaking.agenda.problem import BadProblem, Problem, breaks, read_dzn, violations


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    people, slots = draw(st.integers(2, 4)), draw(st.integers(2, 5))
    pairs = list(itertools.combinations(range(people), 2))
    meetings = draw(st.lists(st.sampled_from(pairs), min_size=1, max_size=5))
    some = st.frozensets(st.integers(0, slots - 1), min_size=1)
    allowed = [draw(some) for _ in meetings]
    before = st.tuples(st.integers(0, len(meetings) - 1), st.integers(0, len(meetings) - 1)).filter(
        lambda p: p[0] < p[1]
    )
    order = draw(st.lists(before, max_size=1)) if len(meetings) > 1 else []
    return Problem(people, slots, draw(st.integers(1, 3)), meetings, allowed, order)


def fewest_breaks(problem: Problem) -> int | None:
    """By trying every agenda: nothing of the solver is used."""
    best = None
    for agenda in itertools.product(*problem.allowed):
        if violations(problem, agenda):
            continue
        mine = [
            [agenda[m] for m, pair in enumerate(problem.meetings) if p in pair] for p in range(problem.participants)
        ]
        total = sum(map(breaks, mine))
        best = total if best is None else min(best, total)
    return best


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(problems())
def test_the_optimum_is_the_one_that_trying_everything_finds(problem: Problem) -> None:
    expected = fewest_breaks(problem)
    if reasons(problem):
        assert expected is None
        return
    encoding = Encoding(problem)
    with RC2(encoding.formula, solver="cadical153") as solver:
        model = solver.compute()
        if expected is None:
            assert model is None
        else:
            assert violations(problem, encoding.agenda(model)) == []
            assert solver.cost == expected


@pytest.mark.parametrize(
    ("slots", "expected"), [([], 0), ([3], 0), ([1, 2, 3], 0), ([1, 3], 1), ([5, 1, 2], 1), ([0, 2, 5, 9], 3)]
)
def test_a_break_is_an_idle_run_between_two_meetings(slots: list[int], expected: int) -> None:
    assert breaks(slots) == expected


SMALL = """
nBusiness = 3; nMeetings = 2; nTables = 1; nTotalSlots = 4; nMorningSlots = 2;
requested = [|1, 2, 1, |1, 3, 3, |];
forbidden = [{0}, {1}, {0}];
fixed = [0, 4];
precedences = [{}, {1}];
"""


def test_a_data_file_is_read_as_it_is_meant() -> None:
    problem = read_dzn(SMALL)
    assert problem.meetings == [(0, 1), (0, 2)]
    assert problem.allowed == [frozenset({1}), frozenset({3})]
    assert problem.precedences == [(0, 1)]
    solution = solve(problem)
    assert (solution.status, solution.slots, solution.breaks, solution.lower_bound) == ("optimal", [2, 4], 1, 1)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (SMALL.replace("nTables = 1;", ""), "nTables is missing"),
        (SMALL.replace("|1, 3, 3", "|1, 9, 3"), "row 2"),
        (SMALL.replace("{1}, {0}]", "{1}]"), "forbidden: 3 sets"),
        (SMALL.replace("[0, 4]", "[0]"), "fixed: 2 numbers"),
    ],
)
def test_a_broken_file_says_where(wrong: str, said: str) -> None:
    with pytest.raises(BadProblem, match=said):
        read_dzn(wrong)


def test_who_is_overbooked_is_named_in_words() -> None:
    problem = read_dzn(SMALL.replace("[0, 4]", "[0, 0]").replace("[{0}, {1}", "[{1,3,4}, {1}"))
    assert "participant 1 has 2 meetings and 1 usable slots" in reasons(problem)
    solution = solve(problem)
    assert solution.status == "infeasible"
    assert solution.reasons == reasons(problem)


def test_the_command_prints_one_json_object(tmp_path: Path) -> None:
    file = tmp_path / "small.dzn"
    file.write_text(SMALL)
    command = [sys.executable, "-m", "ccp", "agenda", "solve", str(file), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["slots"] == [2, 4]
