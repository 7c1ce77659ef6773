"""`ccp agenda solve`: a meeting agenda with the fewest breaks, and proof of it."""

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from services.matchmaking.agenda.engine import Solution, solve
from services.matchmaking.agenda.problem import Problem, read_dzn

STYLES = {"optimal": "green", "infeasible": "red", "unknown": "yellow", "feasible": "cyan"}


def run(console: Console, file: Path, time_limit: float | None, *, as_json: bool, progress: bool) -> None:
    """Raises BadProblem."""
    problem = read_dzn(file.read_text())
    with console.status("placing meetings") as status:

        def told(bound: int) -> None:
            status.update(f"placing meetings: at least {bound} breaks")

        solution = solve(problem, time_limit=time_limit, progress=told if progress else None)
    if as_json:
        print(json.dumps(asdict(solution)))
    else:
        show(console, problem, solution)


def show(console: Console, problem: Problem, solution: Solution) -> None:
    console.print(f"[{STYLES[solution.status]}]{solution.status}[/] in {solution.seconds:.2f} s")
    for reason in solution.reasons:
        console.print(f"  {reason}")
    if not solution.slots:
        if solution.status == "unknown":
            console.print(f"stopped at the time limit; proved: at least {solution.lower_bound} breaks")
        return
    console.print(f"{solution.breaks} breaks; no agenda has fewer than {solution.lower_bound}")
    table = Table("Slot", "Meetings (participant-participant)", title="Agenda", title_justify="left")
    for slot in range(1, problem.slots + 1):
        here = [f"{a + 1}-{b + 1}" for (a, b), s in zip(problem.meetings, solution.slots, strict=True) if s == slot]
        table.add_row(str(slot), "  ".join(here))
    console.print(table)
