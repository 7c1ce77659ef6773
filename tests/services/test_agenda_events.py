"""The agenda solver on real brokerage events, against the published optima."""

import csv
from pathlib import Path

import pytest

from services.matchmaking.agenda.engine import solve
from services.matchmaking.agenda.problem import read_dzn, violations


def published(real_data: Path) -> dict[str, dict[str, str]]:
    with (real_data / "b2bsp" / "best_results.csv").open() as rows:
        return {row["file"]: row for row in csv.DictReader(rows)}


@pytest.mark.parametrize("name", ["tic-12", "tic-12crafc", "tic-13", "tic-13crafb", "tic-14crafa", "forumt-14"])
@pytest.mark.parametrize("variant", ["original", "forb0003", "fixed020-Forb", "prec15"])
def test_real_events_reach_the_published_optimum(real_data: Path, name: str, variant: str) -> None:
    file = real_data / "b2bsp" / f"{name}.{variant}.dzn"
    problem, optimum = read_dzn(file.read_text()), published(real_data)[file.name]["optimum"]
    solution = solve(problem, time_limit=110)
    if optimum == "UNSAT":
        assert solution.status == "infeasible"
        assert solution.reasons
        return
    assert (solution.status, solution.breaks) == ("optimal", int(optimum))
    assert violations(problem, [slot - 1 for slot in solution.slots]) == []


def test_stopped_at_the_limit_it_has_an_agenda_and_what_it_proved(real_data: Path) -> None:
    problem = read_dzn((real_data / "b2bsp" / "forum-14.prec15.dzn").read_text())
    solution = solve(problem, time_limit=12)
    assert solution.status in {"feasible", "optimal"}
    assert solution.seconds < 14
    assert violations(problem, [slot - 1 for slot in solution.slots]) == []
    assert solution.lower_bound <= solution.breaks
