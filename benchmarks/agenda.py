"""Meeting agendas: compare our solver with CP-SAT, a first-common-slot scheduler and published times.

python -m benchmarks.agenda [--all] [--limit SECONDS]    the 11 real events, or all 44 variants of them
"""

import argparse
import csv
import os
import statistics
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
from ortools.sat.python import cp_model
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.report import HERE, machine, markdown, write_section
from services.matchmaking.agenda.dzn import read_dzn
from services.matchmaking.agenda.engine import solve
from services.matchmaking.agenda.problem import FAIRNESS, Problem, breaks_by_participant

DATA = Path(os.environ.get("CCP_REAL_DATA", "../shared/data")) / "b2bsp"
PROCESSES = 2  # of our solver: one searches, one proves
SOLVERS = {  # name: colour
    "ours": "#047857",
    "CP-SAT": "#2563eb",
    "MaxSAT, published": "#9ca3af",
    "CP, published": "#d1d5db",
    "MIP, published": "#e5e7eb",
}


@dataclass(frozen=True)
class Result:
    """A measurement: `breaks` is None without an agenda, `seconds` is None if the time ended before the proof."""

    breaks: int | None
    seconds: float | None
    words: str


def ours(problem: Problem, limit: float) -> Result:
    solution = solve(problem, time_limit=limit)
    proved = solution.status in {"optimal", "infeasible"}
    return Result(
        solution.breaks, solution.seconds if proved else None, _words(solution.breaks, solution.seconds, proved)
    )


def cp_sat(problem: Problem, limit: float) -> Result:
    """Solve the same problem as a constraint model, with as many workers as our solver uses."""
    started = time.perf_counter()
    model = cp_model.CpModel()
    at = [{slot: model.new_bool_var("") for slot in slots} for slots in problem.allowed]
    for meeting in at:
        model.add_exactly_one(meeting.values())
    for slot in range(problem.slots):
        model.add(sum(meeting[slot] for meeting in at if slot in meeting) <= problem.tables)
    for before, after in problem.precedences:
        earlier, later = (sum(slot * literal for slot, literal in at[m].items()) for m in (before, after))
        model.add(earlier + 1 <= later)
    counts = [_breaks(model, problem, mine, at) for mine in problem.meetings_of]
    most, least = (model.new_int_var(0, problem.slots, name) for name in ("most", "least"))
    for count in counts:
        model.add(count <= most)
        model.add(count >= least)
    model.add(most - least <= FAIRNESS)
    model.minimize(sum(counts))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = PROCESSES
    solver.parameters.max_time_in_seconds = limit
    status = solver.solve(model)
    seconds = time.perf_counter() - started
    found = round(solver.objective_value) if status in {cp_model.OPTIMAL, cp_model.FEASIBLE} else None
    proved = status in {cp_model.OPTIMAL, cp_model.INFEASIBLE}
    return Result(found, seconds if proved else None, _words(found, seconds, proved))


def _breaks(
    model: cp_model.CpModel, problem: Problem, mine: list[int], at: list[dict[int, cp_model.IntVar]]
) -> cp_model.LinearExprT:
    """Count runs of busy slots, less one. An implied constraint: there are as many busy slots as meetings."""
    if not mine:
        return 0
    busy = [model.new_bool_var("") for _ in range(problem.slots)]
    for slot, literal in enumerate(busy):
        model.add(sum(at[m][slot] for m in mine if slot in at[m]) == literal)
    model.add(sum(busy) == len(mine))
    begins = [busy[0]]
    for before, literal in pairwise(busy):
        begins.append(model.new_bool_var(""))
        model.add_bool_and(literal, ~before).only_enforce_if(begins[-1])
        model.add_bool_or(begins[-1], ~literal, before)
    model.add_bool_or(begins)  # an implied constraint; without it the bound starts below zero
    return sum(begins) - 1


def first_common_slot(problem: Problem) -> str:
    """Schedule like other platforms: each request in turn gets the first slot that is free for both."""
    busy: list[set[int]] = [set() for _ in range(problem.participants)]
    used = [0] * problem.slots
    agenda: dict[int, int] = {}
    for number, meeting in enumerate(problem.meetings):
        taken = busy[meeting.participants[0]] | busy[meeting.participants[1]]
        free = [s for s in problem.allowed[number] if s not in taken and used[s] < problem.tables]
        if free:
            agenda[number] = free[0]
            used[free[0]] += 1
            for participant in meeting.participants:
                busy[participant].add(free[0])
    kept = Problem(
        problem.participants,
        problem.slots,
        problem.tables,
        [problem.meetings[number] for number in agenda],
        problem.forbidden,
    )
    left = len(problem.meetings) - len(agenda)
    return f"{left} left out, {sum(breaks_by_participant(kept, list(agenda.values())))} breaks"


def _words(breaks: int | None, seconds: float, proved: bool) -> str:
    found = "none" if breaks is None else str(breaks)
    return f"{found} in {seconds:.2f} s" if proved else f"{found}, unproved"


def published(row: dict[str, str], solver: str) -> Result:
    seconds = row[f"{solver}_s"]
    best = row["optimum"] if solver == "maxsat" else row[f"{solver}_best"]
    breaks = None if best == "UNSAT" else int(best)
    return Result(
        breaks,
        float(seconds) if seconds != "TO" else None,
        f"{best if seconds == 'TO' else seconds} " + ("unproved" if seconds == "TO" else "s"),
    )


def plot(names: list[str], results: list[dict[str, Result]], limit: float) -> None:
    figure, axes = plt.subplots(figsize=(11, 0.42 * len(names) * len(SOLVERS) / 3 + 1.5))
    height = 0.85 / len(SOLVERS)
    for place, (solver, colour) in enumerate(SOLVERS.items()):
        for line, result in enumerate(results):
            seconds = result[solver].seconds
            unproved = seconds is None
            axes.barh(
                line + place * height,
                max(seconds, 0.01) if seconds is not None else (7200 if "published" in solver else limit),
                height,
                color=colour,
                hatch="///" if unproved else None,
                edgecolor="white",
                label=solver if line == 0 else None,
            )
    axes.set_yticks([line + 0.85 / 2 for line in range(len(names))], names)
    axes.set_xscale("log")
    axes.set_xlabel(f"seconds to the proof (hatched: given up without one; in this run after {limit:.0f} s)")
    axes.invert_yaxis()
    figure.legend(loc="upper center", ncols=len(SOLVERS), frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout(rect=(0, 0, 1, 0.97))
    figure.savefig(HERE / "agenda.svg", metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--limit", type=float, default=60.0)
    chosen = parser.parse_args()
    if not DATA.exists():
        sys.exit(f"{DATA} is not there; set CCP_REAL_DATA to the folder that has b2bsp/")
    with (DATA / "best_results.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if chosen.all or row["variant"] == "original"]
    names, results, greedy = [], [], []
    for row in track(rows, "agendas", console=Console(stderr=True)):
        problem = read_dzn((DATA / row["file"]).read_text())
        names.append(row["file"].removesuffix(".dzn").removesuffix(".original"))
        greedy.append(first_common_slot(problem))
        results.append(
            {
                "ours": ours(problem, chosen.limit),
                "CP-SAT": cp_sat(problem, chosen.limit),
                "MaxSAT, published": published(row, "maxsat"),
                "CP, published": published(row, "chuffed"),
                "MIP, published": published(row, "mip"),
            }
        )
    header = ["event", *SOLVERS, "first common slot"]
    lines = [
        [name, *(result[solver].words for solver in SOLVERS), simple]
        for name, result, simple in zip(names, results, greedy, strict=True)
    ]
    table = Table(*header, title="Breaks and seconds to the proof", title_justify="left")
    for line in lines:
        table.add_row(*line)
    Console(width=150).print(table)
    text = "\n\n".join([summary(results, chosen.limit), markdown(header, lines), "![seconds to the proof](agenda.svg)"])
    write_section("agenda", text)
    plot(names, results, chosen.limit)
    print(summary(results, chosen.limit))


def to_the_proof(result: Result) -> float:
    return float("inf") if result.seconds is None else result.seconds


def summary(results: list[dict[str, Result]], limit: float) -> str:
    seconds = [min(to_the_proof(result["ours"]), limit) for result in results]
    ahead = {
        solver: sum(to_the_proof(result["ours"]) < to_the_proof(result[solver]) for result in results)
        for solver in list(SOLVERS)[1:]
    }
    agree = sum(
        result["ours"].seconds is not None and result["ours"].breaks == result["MaxSAT, published"].breaks
        for result in results
    )
    peers = ", ".join(f"of {solver} on {count}" for solver, count in ahead.items())
    return (
        f"{len(results)} events, {agree} as published; median {statistics.median(seconds):.2f} s, "
        f"worst {max(seconds):.2f} s; ahead {peers}. ({machine()})"
    )


if __name__ == "__main__":
    main()
