"""Why a problem has no agenda, in words: who has more meetings than usable slots, or which wishes clash."""

from collections.abc import Iterator, Sequence

from pysat.examples.musx import MUSX
from pysat.examples.optux import OptUx
from pysat.formula import WCNF
from pysat.solvers import Solver

from services.matchmaking.agenda.encoding import Clauses
from services.matchmaking.agenda.problem import FAIRNESS, Meeting, Problem
from services.matchmaking.agenda.worker import Tell

UNFAIR = (
    "every meeting could be held, but some participant would have "
    f"over {FAIRNESS} breaks more than another, and nobody may"
)


def obstacles(problem: Problem) -> list[str]:
    """What is wrong by itself, found by matching meetings to slots; empty if nothing is."""
    found = [
        f"{_meeting(problem, meeting)} has no slot that suits both"
        for meeting, slots in enumerate(problem.allowed)
        if not slots
    ]
    found += [reason for p in range(problem.participants) if (reason := _overbooked(problem, p))]
    return found or _overcrowded(problem)


def _overbooked(problem: Problem, participant: int) -> str | None:
    mine = problem.meetings_of[participant]
    competing, slots = _unmatched(problem, [meeting for meeting in mine if problem.allowed[meeting]], places=1)
    if not competing:
        return None
    if len(competing) == len(mine):
        return f"participant {participant + 1} has {len(mine)} meetings and {len(slots)} usable slots"
    which = ", ".join(str(problem.number(meeting)) for meeting in competing)
    return f"participant {participant + 1} has {len(competing)} meetings ({which}) that share {len(slots)} usable slots"


def _overcrowded(problem: Problem) -> list[str]:
    meetings, slots = _unmatched(problem, range(len(problem.meetings)), places=problem.tables)
    if not meetings:
        return []
    places = f"{len(slots) * problem.tables} places: {len(slots)} slots of {problem.tables}"
    return [f"{len(meetings)} meetings are for {_slots(slots)}, and there are {places}"]


def _unmatched(problem: Problem, meetings: Sequence[int], places: int) -> tuple[list[int], list[int]]:
    """Meetings that compete for fewer slots than they need (Hall's theorem), and those slots; empty if all fit."""
    matching = _Matching(problem, places)
    for meeting in sorted(meetings, key=lambda m: len(problem.allowed[m])):
        seen: set[int] = set()
        if not matching.place(meeting, seen):
            return [m for m in meetings if seen.issuperset(problem.allowed[m])], sorted(seen)
    return [], []


class _Matching:
    """Meetings in slots of so many places each; to place one more, others give way along an augmenting path."""

    def __init__(self, problem: Problem, places: int) -> None:
        self._allowed, self._places = problem.allowed, places
        self._taken: list[list[int]] = [[] for _ in range(problem.slots)]

    def place(self, meeting: int, seen: set[int]) -> bool:
        """False if no path leads to a free place; `seen` are then the slots that were looked at."""
        unseen = [slot for slot in self._allowed[meeting] if slot not in seen]
        free = next((slot for slot in unseen if len(self._taken[slot]) < self._places), None)
        if free is not None:
            self._taken[free].append(meeting)
            return True
        return any(self._give_way(slot, meeting, seen) for slot in unseen if slot not in seen)

    def _give_way(self, slot: int, meeting: int, seen: set[int]) -> bool:
        seen.add(slot)
        for place, other in enumerate(self._taken[slot]):
            if self.place(other, seen):
                self._taken[slot][place] = meeting
                return True
        return False


# --- wishes that clash though nobody is overbooked ----------------------------------------------


def explain(tell: Tell, problem: Problem) -> None:
    """The job of finding clashing wishes: tells a set of which none can be spared, then a smallest such set."""
    wishes = _Wishes(problem)
    formula = wishes.formula()
    with Solver(name="cadical153", bootstrap_with=formula.hard) as solver:
        if solver.solve(assumptions=list(wishes.words)):
            return tell(("reasons", [UNFAIR]))
    words = list(wishes.words.values())
    for core in _ever_smaller(formula):
        clash = f"these {len(core)} wishes exclude each other, and without any one of them the others would not:"
        tell(("reasons", [clash, *(words[number - 1] for number in sorted(core))]))


def _ever_smaller(formula: WCNF) -> Iterator[list[int]]:
    with MUSX(formula, solver="m22", verbosity=0) as quick:
        yield quick.compute()
    with OptUx(formula, solver="g3", adapt=True, exhaust=True, minz=True) as smallest:
        yield smallest.compute()


class _Wishes(Clauses):
    """The problem without fairness, each of its clauses under the literal of the wish that it comes from."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.words: dict[int, str] = {}  # of each wish's literal
        self.problem = problem
        self.at = [{slot: self.new() for slot in _wanted(meeting)} for meeting in problem.meetings]
        self._meetings()
        for participant, mine in enumerate(problem.meetings_of):
            self._participant(participant, mine)
        self._order()
        self._tables()

    def formula(self) -> WCNF:
        formula = WCNF()
        formula.hard, formula.nv = self.clauses, self.variables
        formula.extend([[wish] for wish in self.words], [1] * len(self.words))
        return formula

    def _wish(self, words: str) -> int:
        literal = self.new()
        self.words[literal] = words
        return literal

    def _meetings(self) -> None:
        for number, meeting in enumerate(self.at):
            held = self._wish(_meeting(self.problem, number) + _when(self.problem, number))
            self.add([-held, *meeting.values()])
            self.at_most_one(list(meeting.values()))

    def _participant(self, participant: int, mine: Sequence[int]) -> None:
        here = {slot: [self.at[m][slot] for m in mine if slot in self.at[m]] for slot in range(self.problem.slots)}
        for literals in here.values():
            self.at_most_one(literals)
        if away := sorted(self.problem.forbidden[participant] & here.keys()):
            is_away = self._wish(f"participant {participant + 1} is away in {_slots(away)}")
            self.add(*([-is_away, -literal] for slot in away for literal in here[slot]))

    def _order(self) -> None:
        number = self.problem.number
        for before, after in self.problem.precedences:
            ordered = self._wish(f"meeting {number(before)} comes before meeting {number(after)}")
            first, second = self.at[before].items(), self.at[after].items()
            self.add(*([-ordered, -one, -two] for t, one in first for u, two in second if t >= u))

    def _tables(self) -> None:
        limit = self._wish(f"there are {self.problem.tables} tables")
        for slot in range(self.problem.slots):
            first = len(self.clauses)
            self.at_most([meeting[slot] for meeting in self.at if slot in meeting], self.problem.tables)
            for clause in self.clauses[first:]:
                clause.append(-limit)


def _wanted(meeting: Meeting) -> list[int]:
    """The slots of a meeting, whoever is away."""
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
    """In words; a run of more than two by its ends."""
    if len(slots) == 1:
        return f"slot {slots[0] + 1}"
    if len(slots) > 2 and slots[-1] - slots[0] == len(slots) - 1:
        return f"slots {slots[0] + 1} to {slots[-1] + 1}"
    return "slots " + ", ".join(str(slot + 1) for slot in slots)
