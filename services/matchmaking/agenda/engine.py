"""The solver: a search for good agendas and a proof of optimality run in parallel, each in its own process."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any, Literal

from services.matchmaking.agenda import tables
from services.matchmaking.agenda.diagnosis import explain, obstacles
from services.matchmaking.agenda.problem import Problem, breaks_by_participant
from services.matchmaking.agenda.proof import prove
from services.matchmaking.agenda.search import search_agendas
from services.matchmaking.agenda.worker import Worker

LONGEST_EXPLANATION = 20.0  # seconds to find a smallest set of contradicting constraints
NO_MEMORY = "the proof was stopped because it needs more memory than its limit"
UNEXPLAINED = "there is no agenda although no participant is overbooked; the time was too short to find out why"
TABLE_SECONDS = 2e-4  # seconds per meeting reserved for the assignment of tables

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
Progress = Callable[[int | None, int], None]  # is called with the best cost so far and its lower bound


@dataclass(frozen=True)
class Solution:
    """Result of a solve: a 1-based slot and table for each meeting, and the proved lower bound of the breaks."""

    status: Status
    breaks: int | None = None
    lower_bound: int = 0
    seconds: float = 0.0
    slots: list[int] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def solve(problem: Problem, *, time_limit: float | None = None, progress: Progress | None = None) -> Solution:
    """Return the agenda with the fewest breaks, or the reasons why there is none.

    After `time_limit` seconds, return the best agenda found so far and the bound proved so far.
    """
    started = time.monotonic()
    race = Race(problem, lambda agenda: sum(breaks_by_participant(problem, agenda)), time_limit, progress)
    race.run((search_agendas, problem), (prove, problem))
    slots = race.best or []
    assigned = tables.assign(problem, slots) if slots else []
    return Solution(
        race.status,
        race.cost,
        race.bound,
        time.monotonic() - started,
        [slot + 1 for slot in slots],
        [table + 1 for table in assigned],
        race.reasons,
    )


class Race:
    """Parallel jobs that report agendas and lower bounds, until the best cost meets the bound or the time is over."""

    def __init__(
        self,
        problem: Problem,
        cost: Callable[[Sequence[int]], int],
        time_limit: float | None,
        progress: Progress | None,
    ) -> None:
        self.status: Status = "unknown"
        self.best: list[int] | None = None
        self.cost: int | None = None
        self.bound = 0
        self.reasons: list[str] = []
        self._problem, self._cost_of, self._progress = problem, cost, progress
        reserved = TABLE_SECONDS * len(problem.meetings)
        self._until = None if time_limit is None else time.monotonic() + max(time_limit - reserved, time_limit / 2)

    def run(self, *jobs: tuple[Any, ...]) -> None:
        """Run each job with its arguments in its own worker."""
        if reasons := obstacles(self._problem):
            self.status, self.reasons = "infeasible", reasons
            return
        with ExitStack() as stack:
            self._listen({(worker := stack.enter_context(Worker(*job))).messages: worker for job in jobs})
        if self.status == "infeasible":
            self._explain()

    def _listen(self, workers: dict[Any, Worker]) -> None:
        """Receive reports until the result is final, every worker has ended, or the time is over."""
        while workers and self.status not in {"optimal", "infeasible"}:
            left = self._left()
            ready = wait(list(workers), left) if left != 0 else []
            if not ready:
                return
            for messages in workers.keys() & ready:
                try:
                    self._receive(*workers[messages].messages.recv())
                except EOFError:
                    if not workers.pop(messages).wait_for_end():
                        self.reasons = [NO_MEMORY]

    def _receive(self, kind: str, value: Any) -> None:
        """Take over a report of a job: an agenda, a bound, or that there is no agenda."""
        if kind == "infeasible":
            self.status = "infeasible"
            return
        if kind == "bound":
            self.bound = max(self.bound, value)
        else:
            cost = self._cost_of(value)
            if self.cost is None or cost < self.cost:
                self.best, self.cost, self.status = value, cost, "feasible"
            if kind == "optimal":
                self.bound = cost
        if self.cost == self.bound:
            self.status, self.reasons = "optimal", []
        if self._progress:
            self._progress(self.cost, self.bound)

    def _left(self, at_most: float | None = None) -> float | None:
        """Return the seconds left; None if there is no limit."""
        if self._until is None:
            return at_most
        left = max(0.0, self._until - time.monotonic())
        return left if at_most is None else min(left, at_most)

    def _explain(self) -> None:
        """Find the smallest set of contradicting constraints that the time allows."""
        self.reasons = [UNEXPLAINED]
        until = time.monotonic() + (self._left(LONGEST_EXPLANATION) or 0.0)
        with Worker(explain, self._problem) as worker:
            while worker.messages.poll(max(0.0, until - time.monotonic())):
                try:
                    _, self.reasons = worker.messages.recv()
                except EOFError:
                    return
