"""Reasons why a problem has no agenda: overbooked participants and slots, or constraints that contradict each other."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence

from pysat.examples.musx import MUSX
from pysat.examples.optux import OptUx
from pysat.formula import WCNF
from pysat.solvers import Solver

from services.matchmaking.agenda.encoding import Clauses
from services.matchmaking.agenda.problem import FAIRNESS, Meeting, Problem
from services.matchmaking.agenda.worker import Report
from shared.text import counted

UNFAIR = (
    "every meeting could be held, but one participant would have "
    f"over {FAIRNESS} breaks more than another, which is not allowed"
)


def obstacles(problem: Problem) -> list[str]:
    """Return the reasons that a matching of meetings to slots finds, in words; none if all meetings fit."""
    reasons = [_without_slot(problem, meeting) for meeting, slots in enumerate(problem.allowed) if not slots]
    reasons += [reason for p in range(problem.participants) if (reason := _overbooked(problem, p))]
    return reasons or _overcrowded(problem)


def _without_slot(problem: Problem, number: int) -> str:
    meeting, words = problem.meetings[number], _meeting(problem, number)
    if not meeting.session:
        return f"{words} is for a session that has no slots"
    possible = set(_possible_slots(meeting))
    if not possible:
        return f"{words}{_when(problem, number)}, and its session is {_slots(list(meeting.session))}"
    away = {p: sorted(problem.forbidden[p] & possible) for p in meeting.participants}
    absent = [p for p, slots in away.items() if len(slots) == len(possible)] or meeting.participants
    absences = " and ".join(f"participant {p + 1} is away in {_slots(away[p])}" for p in absent)
    return f"{words}{_when(problem, number)}, and {absences}"


def _overbooked(problem: Problem, participant: int) -> str | None:
    mine = problem.meetings_of[participant]
    competing, slots = _unmatched(problem, [meeting for meeting in mine if problem.allowed[meeting]], places=1)
    if not competing:
        return None
    usable = counted(len(slots), "usable slot")
    if len(competing) == len(mine):
        return f"participant {participant + 1} has {counted(len(mine), 'meeting')} and {usable}"
    which = ", ".join(str(problem.number(meeting)) for meeting in competing)
    return f"participant {participant + 1} has {counted(len(competing), 'meeting')} ({which}) that share {usable}"


def _overcrowded(problem: Problem) -> list[str]:
    """Return the reason if some slots have more meetings than tables, or than pairs of participants, can hold."""
    people = sum(map(bool, problem.meetings_of))
    places = min(problem.tables, people // 2)
    meetings, slots = _unmatched(problem, range(len(problem.meetings)), places)
    if not meetings:
        return []
    at_a_time = f"{people} participants can hold {counted(places, 'meeting')} at a time"
    limit = f"{counted(places, 'table')} each" if places == problem.tables else at_a_time
    return [
        f"{len(meetings)} meetings are for {_slots(slots)}, which have {counted(len(slots) * places, 'place')}: {limit}"
    ]


def _unmatched(problem: Problem, meetings: Sequence[int], places: int) -> tuple[list[int], list[int]]:
    """Return meetings that need more places than their slots have (Hall's theorem), and these slots; empty if all fit.

    Computes a maximum matching of meetings to slots with so many places each, by augmenting paths.
    """
    taken: list[list[int]] = [[] for _ in range(problem.slots)]
    for meeting in sorted(meetings, key=lambda m: len(problem.allowed[m])):
        # For each slot that is reached: the meeting that can move there, and its present slot.
        came = {slot: (meeting, slot) for slot in problem.allowed[meeting]}
        reached = deque(sorted(came, key=lambda slot: len(taken[slot]) >= places))  # first those with a free place
        while reached and len(taken[slot := reached.popleft()]) >= places:
            for other in taken[slot]:
                for further in problem.allowed[other]:
                    if further not in came:
                        came[further] = (other, slot)
                        reached.append(further)
        if len(taken[slot]) >= places:
            return [m for m in meetings if came.keys() >= set(problem.allowed[m])], sorted(came)
        _shift(taken, came, slot)
    return [], []


def _shift(taken: list[list[int]], came: Mapping[int, tuple[int, int]], slot: int) -> None:
    """Move each meeting of an augmenting path one slot further; the last slot has a free place."""
    while True:
        meeting, before = came[slot]
        taken[slot].append(meeting)
        if before == slot:
            return
        taken[before].remove(meeting)
        slot = before


# --- constraints that contradict each other -----------------------------------------------------


def explain(report: Report, problem: Problem) -> None:
    """Report a minimal set of contradicting constraints, then a smallest one. A job."""
    constraints = Constraints(problem)
    formula = constraints.formula()
    with Solver(name="cadical153", bootstrap_with=formula.hard) as solver:
        if solver.solve(assumptions=list(constraints.words)):
            return report(("reasons", [UNFAIR]))
    words = list(constraints.words.values())
    for core, size in _minimal_sets(formula):
        heading = f"these {len(core)} constraints contradict each other, {size}:"
        report(("reasons", [heading, *(words[number - 1] for number in sorted(core))]))


def _minimal_sets(formula: WCNF) -> Iterator[tuple[list[int], str]]:
    with MUSX(formula, solver="m22", verbosity=0) as quick:
        yield quick.compute(), "and each of them is needed, though a smaller set may exist"
    with OptUx(formula, solver="g3", adapt=True, exhaust=True, minz=True) as smallest:
        yield smallest.compute(), "and no smaller set does"


class Constraints(Clauses):
    """The problem without fairness: each clause holds only if the literal of its constraint is true."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.words: dict[int, str] = {}  # by the literal of the constraint
        self.problem = problem
        self.at = [{slot: self.new() for slot in _possible_slots(meeting)} for meeting in problem.meetings]
        self._meetings()
        for participant, mine in enumerate(problem.meetings_of):
            self._participant(participant, mine)
        self._order()
        self._tables()

    def formula(self) -> WCNF:
        """Return the formula in which each constraint is a soft clause."""
        formula = WCNF()
        formula.hard, formula.nv = self.clauses, self.variables
        formula.extend([[literal] for literal in self.words], [1] * len(self.words))
        return formula

    def _constraint(self, words: str) -> int:
        """Return the literal of a new constraint."""
        literal = self.new()
        self.words[literal] = words
        return literal

    def _meetings(self) -> None:
        for number, meeting in enumerate(self.at):
            held = self._constraint(_meeting(self.problem, number) + _when(self.problem, number))
            self.add([-held, *meeting.values()])
            self.at_most_one(list(meeting.values()))

    def _participant(self, participant: int, mine: Sequence[int]) -> None:
        here = {slot: [self.at[m][slot] for m in mine if slot in self.at[m]] for slot in range(self.problem.slots)}
        for literals in here.values():
            self.at_most_one(literals)
        if away := sorted(self.problem.forbidden[participant] & here.keys()):
            is_away = self._constraint(f"participant {participant + 1} is away in {_slots(away)}")
            self.add(*([-is_away, -literal] for slot in away for literal in here[slot]))

    def _order(self) -> None:
        number = self.problem.number
        for before, after in self.problem.precedences:
            ordered = self._constraint(f"meeting {number(before)} comes before meeting {number(after)}")
            first, second = self.at[before].items(), self.at[after].items()
            self.add(*([-ordered, -one, -two] for t, one in first for u, two in second if t >= u))

    def _tables(self) -> None:
        limit = self._constraint(f"a slot has {counted(self.problem.tables, 'table')}")
        for slot in range(self.problem.slots):
            first = len(self.clauses)
            self.at_most([meeting[slot] for meeting in self.at if slot in meeting], self.problem.tables)
            for clause in self.clauses[first:]:
                clause.append(-limit)


def _possible_slots(meeting: Meeting) -> list[int]:
    """Return the slots of a meeting if no participant is away."""
    return [slot for slot in meeting.session if meeting.fixed in {None, slot}]


def _meeting(problem: Problem, meeting: int) -> str:
    one, two = problem.meetings[meeting].participants
    return f"meeting {problem.number(meeting)} of participants {one + 1} and {two + 1}"


def _when(problem: Problem, meeting: int) -> str:
    fixed, session = problem.meetings[meeting].fixed, problem.meetings[meeting].session
    if fixed is not None:
        return f" is in slot {fixed + 1}"
    return " is held" if session == range(problem.slots) else f" is in {_slots(list(session))}"


def _slots(slots: list[int]) -> str:
    """Return slots in words; a run of more than two by its ends."""
    if len(slots) == 1:
        return f"slot {slots[0] + 1}"
    if len(slots) > 2 and slots[-1] - slots[0] == len(slots) - 1:
        return f"slots {slots[0] + 1} to {slots[-1] + 1}"
    *first, last = (str(slot + 1) for slot in slots)
    return f"slots {', '.join(first)} and {last}"
