"""Solving: a search for good agendas and a proof that none is better race, each in a process of its own."""

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
from services.matchmaking.agenda.search import improve
from services.matchmaking.agenda.worker import Worker

EXPLAINING = 20.0  # seconds, at most, for a smallest set of clashing wishes
NO_MEMORY = "the proof was given up: it needs more memory than it may have"
UNEXPLAINED = "there is no agenda, though no participant is overbooked; time did not suffice to say why"
TABLES = 2e-4  # seconds a meeting that are set aside for its table

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
Progress = Callable[[int | None, int], None]  # told the cost of the best agenda so far, and the lower bound of the cost


@dataclass(frozen=True)
class Solution:
    """Slots and tables are 1-based, one per meeting; the lower bound is proved: no agenda has fewer breaks."""

    status: Status
    breaks: int | None = None
    lower_bound: int = 0
    seconds: float = 0.0
    slots: list[int] = field(default_factory=list)
    tables: list[int] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def solve(problem: Problem, *, time_limit: float | None = None, progress: Progress | None = None) -> Solution:
    """The agenda with the fewest breaks, or why there is none. At the limit (in seconds): the best found so far."""
    started = time.monotonic()
    race = Race(problem, lambda agenda: sum(breaks_by_participant(problem, agenda)), time_limit, progress)
    race.run((improve, problem), (prove, problem))
    slots = race.best or []
    at = tables.assign(problem, slots) if slots else []
    return Solution(
        race.status,
        race.cost,
        race.bound,
        time.monotonic() - started,
        [slot + 1 for slot in slots],
        [table + 1 for table in at],
        race.reasons,
    )


class Race:
    """Jobs that tell agendas and bounds of their cost, until the two meet or time is over."""

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
        reserved = TABLES * len(problem.meetings)
        self._until = None if time_limit is None else time.monotonic() + max(time_limit - reserved, time_limit / 2)

    def run(self, *jobs: tuple[Any, ...]) -> None:
        """Each job with its arguments, in a worker of its own."""
        if found := obstacles(self._problem):
            self.status, self.reasons = "infeasible", found
            return
        with ExitStack() as stack:
            self._listen({(worker := stack.enter_context(Worker(*job))).messages: worker for job in jobs})
        if self.status == "infeasible":
            self._explain()

    def _listen(self, workers: dict[Any, Worker]) -> None:
        while workers and self.status not in {"optimal", "infeasible"}:
            left = self._left()
            ready = wait(list(workers), left) if left != 0 else []
            if not ready:
                return
            for messages in workers.keys() & ready:
                try:
                    self._told(*workers[messages].messages.recv())
                except EOFError:
                    if not workers.pop(messages).ended_in_order():
                        self.reasons = [NO_MEMORY]

    def _told(self, kind: str, value: Any) -> None:
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
        if self._until is None:
            return at_most
        left = max(0.0, self._until - time.monotonic())
        return left if at_most is None else min(left, at_most)

    def _explain(self) -> None:
        """Say which wishes clash: the smallest set that is found in time."""
        self.reasons = [UNEXPLAINED]
        until = time.monotonic() + (self._left(EXPLAINING) or 0.0)
        with Worker(explain, self._problem) as worker:
            while worker.messages.poll(max(0.0, until - time.monotonic())):
                try:
                    _, self.reasons = worker.messages.recv()
                except EOFError:
                    return
