"""Solving: core-guided MaxSAT (RC2) in a process of its own, with a time limit, a memory limit and proved bounds."""

import multiprocessing
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Literal

from pysat.examples.rc2 import RC2
from pysat.solvers import Solver

from services.matchmaking.agenda.diagnosis import reasons
from services.matchmaking.agenda.encoding import Encoding
from services.matchmaking.agenda.problem import Problem, breaks_by_participant

MEMORY = 4 * 1024**3  # bytes of the worker's address space
SOLVER = "cadical153"

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
Progress = Callable[[int], None]  # told each lower bound as it is proved


@dataclass(frozen=True)
class Solution:
    """Slots are 1-based, one per meeting; the lower bound is proved: no agenda has fewer breaks."""

    status: Status
    breaks: int | None = None
    lower_bound: int = 0
    seconds: float = 0.0
    slots: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def solve(problem: Problem, *, time_limit: float | None = None, progress: Progress | None = None) -> Solution:
    """The agenda with the fewest breaks, or why there is none. Past the limit: an agenda and the bound so far."""
    started = time.monotonic()
    if found := reasons(problem):
        return Solution("infeasible", seconds=time.monotonic() - started, reasons=found)
    ours, theirs = multiprocessing.Pipe(duplex=False)
    worker = multiprocessing.get_context("spawn").Process(target=_work, args=(problem, theirs), daemon=True)
    worker.start()
    theirs.close()
    try:
        return _listen(problem, ours, started, time_limit, progress)
    finally:
        worker.kill()
        worker.join()


def _listen(
    problem: Problem, worker: Connection, started: float, time_limit: float | None, progress: Progress | None
) -> Solution:
    """A first agenda, bounds as the worker proves them, then its answer."""
    bound, best = 0, Solution("unknown")
    while True:
        left = None if time_limit is None else max(0.0, started + time_limit - time.monotonic())
        if not worker.poll(left):
            return replace(best, lower_bound=bound, seconds=time.monotonic() - started)
        try:
            kind, value = worker.recv()
        except EOFError as error:
            raise MemoryError(f"the solver's process died; it may use {MEMORY >> 30} GiB") from error
        seconds = time.monotonic() - started
        if kind == "bound":
            bound = value
            if progress:
                progress(bound)
        elif kind == "found":
            best = _solution("feasible", problem, value)
        elif value is None:
            words = "the meetings exclude each other, though no participant is overbooked"
            return Solution("infeasible", seconds=seconds, reasons=[words])
        else:
            optimal = _solution("optimal", problem, value)
            return replace(optimal, lower_bound=optimal.breaks or 0, seconds=seconds)


def _solution(status: Status, problem: Problem, agenda: list[int]) -> Solution:
    return Solution(status, sum(breaks_by_participant(problem, agenda)), slots=[slot + 1 for slot in agenda])


def _work(problem: Problem, answer: Connection) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    encoding = Encoding(problem)
    with Solver(name=SOLVER, bootstrap_with=encoding.formula.hard) as any_agenda:
        if not any_agenda.solve():
            return answer.send(("answer", None))
        answer.send(("found", encoding.agenda(any_agenda.get_model())))
    with _Telling(encoding.formula, answer) as solver:
        model = solver.compute()
        answer.send(("answer", encoding.agenda(model) if model is not None else None))


class _Telling(RC2):  # type: ignore[misc]
    """RC2 that says what it has proved: its cost so far is a lower bound."""

    def __init__(self, formula: object, answer: Connection) -> None:
        super().__init__(formula, solver=SOLVER, adapt=True, exhaust=True, minz=True)
        self._answer = answer

    def process_core(self) -> None:
        super().process_core()
        self._answer.send(("bound", self.cost))
