"""Proofs by core-guided MaxSAT (RC2): each unsatisfiable core raises the lower bound of the cost."""

from pysat.examples.rc2 import RC2, RC2Stratified
from pysat.formula import WCNF
from pysat.solvers import Solver

from services.matchmaking.agenda.encoding import Encoding
from services.matchmaking.agenda.problem import Problem
from services.matchmaking.agenda.worker import Report

SOLVER = "cadical153"


def prove(report: Report, problem: Problem) -> None:
    """Report lower bounds of the number of breaks, then an optimal agenda or that there is none. A job."""
    encoding = Encoding(problem)
    _search(report, encoding, _BoundReporter(report, encoding.fewest_breaks()))


def prove_repair(report: Report, problem: Problem, published: list[int | None], price: int) -> None:
    """Do the same for a repair: each meeting that leaves its published slot costs as much as `price` breaks. A job."""
    encoding = Encoding(problem)
    formula, unavoidable = encoding.fewest_breaks(), 0
    for meeting, slot in enumerate(published):
        if slot in encoding.at[meeting]:
            formula.append([encoding.at[meeting][slot]], weight=price)
        elif slot is not None:
            unavoidable += price
    # Stratification fails on a formula without soft clauses.
    kind = _StratifiedBoundReporter if formula.soft else _BoundReporter
    _search(report, encoding, kind(report, formula, unavoidable))


def any_agenda(problem: Problem) -> list[int] | None:
    """Return a valid agenda, or None if there is none."""
    encoding = Encoding(problem)
    with Solver(name=SOLVER, bootstrap_with=encoding.clauses) as solver:
        return encoding.agenda(solver.get_model()) if solver.solve() else None


def _search(report: Report, encoding: Encoding, solver: RC2) -> None:
    with solver:
        model = solver.compute()
        report(("infeasible", None) if model is None else ("optimal", encoding.agenda(model)))


class _BoundReporter(RC2):  # type: ignore[misc]
    """RC2 that reports its cost after each core: the cost so far is a lower bound."""

    def __init__(self, report: Report, formula: WCNF, unavoidable: int = 0) -> None:
        super().__init__(formula, solver=SOLVER, adapt=True, exhaust=True, minz=True)
        self._report, self._unavoidable = report, unavoidable

    def process_core(self) -> None:
        """Process a core and report the new bound."""
        super().process_core()
        self._report(("bound", self._unavoidable + self.cost))


class _StratifiedBoundReporter(_BoundReporter, RC2Stratified):  # type: ignore[misc]
    """The same, with the soft clauses of the highest weight first."""
