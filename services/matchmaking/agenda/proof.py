"""Proof by core-guided MaxSAT (RC2): every core shows that one break more, or one move more, cannot be avoided."""

from pysat.examples.rc2 import RC2, RC2Stratified
from pysat.formula import WCNF
from pysat.solvers import Solver

from services.matchmaking.agenda.encoding import Encoding
from services.matchmaking.agenda.problem import Problem
from services.matchmaking.agenda.worker import Tell

SOLVER = "cadical153"


def prove(tell: Tell, problem: Problem) -> None:
    """The job of finding the agenda with the fewest breaks: tells bounds, then the answer."""
    encoding = Encoding(problem)
    _search(tell, encoding, _Telling(tell, encoding.fewest_breaks()))


def prove_repair(tell: Tell, problem: Problem, published: list[int | None], price: int) -> None:
    """The same where each meeting that leaves its published slot costs as much as that many breaks."""
    encoding = Encoding(problem)
    formula, must_move = encoding.fewest_breaks(), 0
    for meeting, slot in enumerate(published):
        if slot in encoding.at[meeting]:
            formula.append([encoding.at[meeting][slot]], weight=price)
        elif slot is not None:
            must_move += price
    kind = _TellingByWeight if formula.soft else _Telling  # stratification fails on a formula without wishes
    _search(tell, encoding, kind(tell, formula, must_move))


def any_agenda(problem: Problem) -> list[int] | None:
    """Some agenda that is valid and fair; None if there is none."""
    encoding = Encoding(problem)
    with Solver(name=SOLVER, bootstrap_with=encoding.clauses) as solver:
        return encoding.agenda(solver.get_model()) if solver.solve() else None


def _search(tell: Tell, encoding: Encoding, solver: RC2) -> None:
    with solver:
        model = solver.compute()
        tell(("infeasible", None) if model is None else ("optimal", encoding.agenda(model)))


class _Telling(RC2):  # type: ignore[misc]
    """RC2 that tells what it has proved: its cost so far is a lower bound."""

    def __init__(self, tell: Tell, formula: WCNF, already: int = 0) -> None:
        super().__init__(formula, solver=SOLVER, adapt=True, exhaust=True, minz=True)
        self._tell, self._already = tell, already

    def process_core(self) -> None:
        super().process_core()
        self._tell(("bound", self._already + self.cost))


class _TellingByWeight(_Telling, RC2Stratified):  # type: ignore[misc]
    """The same, the heavy wishes first."""
