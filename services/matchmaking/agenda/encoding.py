"""The problem as a SAT formula: hard clauses, a literal for each break, and implied clauses for speed."""

from collections.abc import Iterable, Sequence

from pysat.card import CardEnc, EncType
from pysat.formula import WCNF

from services.matchmaking.agenda.problem import FAIRNESS, Problem

Literal = int
PAIRWISE_UP_TO = 40  # literals in an at-most-one constraint: beyond, a ladder takes fewer clauses


class Clauses:
    """Clauses over numbered variables, with cardinality constraints."""

    def __init__(self) -> None:
        self.variables = 0
        self.clauses: list[list[Literal]] = []

    def new(self) -> Literal:
        """Return a new variable."""
        self.variables += 1
        return self.variables

    def add(self, *clauses: list[Literal]) -> None:
        """Add clauses."""
        self.clauses += clauses

    def at_most_one(self, literals: Sequence[Literal]) -> None:
        """Require that at most one of the literals is true."""
        if len(literals) > 1:
            kind = EncType.pairwise if len(literals) <= PAIRWISE_UP_TO else EncType.ladder
            self._add_encoded(CardEnc.atmost(literals, 1, top_id=self.variables, encoding=kind))

    def at_most(self, literals: Sequence[Literal], bound: int) -> None:
        """Require that at most `bound` of the literals are true."""
        if len(literals) > bound:
            self._add_encoded(CardEnc.atmost(literals, bound, top_id=self.variables, encoding=EncType.totalizer))

    def exactly(self, literals: Sequence[Literal], bound: int) -> None:
        """Require that exactly `bound` of the literals are true."""
        self._add_encoded(CardEnc.equals(literals, bound, top_id=self.variables, encoding=EncType.totalizer))

    def _add_encoded(self, encoded: CardEnc) -> None:
        self.variables = max(self.variables, encoded.nv)
        self.clauses += encoded.clauses


class Encoding(Clauses):
    """The formula of a problem.

    `at[m][t]`: meeting m is in slot t. `busy[p][t]`: participant p has a meeting in slot t. `over[p][k]`: participant p
    has more than k breaks.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
        self.at = [{slot: self.new() for slot in slots} for slots in problem.allowed]
        self.busy = [[self.new() for _ in range(problem.slots)] for _ in range(problem.participants)]
        self._most_breaks = [self._possible_breaks(len(mine)) for mine in problem.meetings_of]
        # By fairness, every participant has fewer breaks than this.
        self.fewer_than = FAIRNESS + min(self._most_breaks, default=0) + 1
        for meeting in self.at:
            self.add(list(meeting.values()))
            self.at_most_one(list(meeting.values()))
        for participant, mine in enumerate(problem.meetings_of):
            self._participant(participant, mine)
        self.over = [self._breaks(participant, mine) for participant, mine in enumerate(problem.meetings_of)]
        self._fairness()
        self._tables()
        self._precedences()

    def agenda(self, model: Iterable[Literal]) -> list[int]:
        """Return the slot of each meeting in a model."""
        true = {literal for literal in model if literal > 0}
        return [next(slot for slot, literal in meeting.items() if literal in true) for meeting in self.at]

    def fewest_breaks(self) -> WCNF:
        """Return the formula in which each break of a participant costs one."""
        formula = WCNF()
        formula.hard, formula.nv = self.clauses, self.variables
        formula.extend([[-literal] for literals in self.over for literal in literals], [1] * sum(map(len, self.over)))
        return formula

    def _participant(self, participant: int, mine: Sequence[int]) -> None:
        """Relate the busy slots of a participant to their meetings, of which no two are in one slot."""
        busy = self.busy[participant]
        for slot, literal in enumerate(busy):
            here = [self.at[m][slot] for m in mine if slot in self.at[m]]
            self.add([-literal, *here], *([-meeting, literal] for meeting in here))
            self.at_most_one(here)
        if mine:
            self.exactly(busy, len(mine))  # implied: as many busy slots as meetings

    # --- breaks ---------------------------------------------------------------------------------

    def _possible_breaks(self, meetings: int) -> int:
        """Return the largest number of breaks of a participant with so many meetings."""
        return max(0, min(meetings - 1, self.problem.slots - meetings))

    def _breaks(self, participant: int, mine: Sequence[int]) -> list[Literal]:
        """Return the literals for more than 0 breaks, more than 1, and so on.

        A break ends in a busy slot that follows an idle slot, if an earlier slot is busy.
        """
        most = self._most_breaks[participant]
        if not most:
            return []
        busy = self.busy[participant]
        begun = [self.new() for _ in busy]
        self.add([-begun[0], busy[0]], [begun[0], -busy[0]])
        count: list[Literal] = []
        for slot in range(1, len(busy)):
            self.add([-begun[slot], begun[slot - 1], busy[slot]])
            self.add([begun[slot], -busy[slot]], [begun[slot], -begun[slot - 1]])
            if slot > 1:
                ends = self.new()
                self.add([ends, -busy[slot], busy[slot - 1], -begun[slot - 1]])
                self.add([-ends, busy[slot]], [-ends, -busy[slot - 1]], [-ends, begun[slot - 1]])
                count = self._one_more(count, ends, min(most, self.fewer_than))
        for slot in range(len(busy)):  # implied: without a break, the meetings are in consecutive slots
            self.add(*([-busy[slot], -busy[later], count[0]] for later in range(slot + len(mine), len(busy))))
        if len(count) == self.fewer_than:
            self.add([-count.pop()])
        return count

    def _one_more(self, count: list[Literal], literal: Literal, bound: int) -> list[Literal]:
        """Return a unary counter, up to the bound, that counts one more literal."""
        counted = [self.new() for _ in range(min(bound, len(count) + 1))]
        for k, more in enumerate(counted):
            already, one_less = count[k : k + 1], count[k - 1 : k] if k else []
            self.add([more, -literal, *(-less for less in one_less)], [-more, literal, *already])
            self.add(*([more, -same] for same in already), *([-more, less, *already] for less in one_less))
        return counted

    def _fairness(self) -> None:
        """Require that if one participant has k breaks, every participant has at least k - 2."""
        for k in range(FAIRNESS + 1, self.fewer_than):
            reached = self.new()
            for over in self.over:
                self.add([-reached, over[k - FAIRNESS - 1]], *([-more, reached] for more in over[k - 1 : k]))

    # --- tables and order -----------------------------------------------------------------------

    def _tables(self) -> None:
        """Limit the meetings in a slot, counted by groups: only one meeting of a participant can be in the slot."""
        groups = self._groups()
        for slot in range(self.problem.slots):
            counted = [literal for group in groups if (literal := self._group_in(*group, slot))]
            self.at_most(counted, self.problem.tables)
            busy = [mine[slot] for mine, meetings in zip(self.busy, self.problem.meetings_of, strict=True) if meetings]
            self.at_most(busy, 2 * self.problem.tables)  # implied: two participants a table

    def _groups(self) -> list[tuple[int, list[int]]]:
        """Return participants and the meetings counted with them, the busiest first; each meeting once."""
        left = [set(mine) for mine in self.problem.meetings_of]
        groups = []
        while any(left):
            participant = max(range(len(left)), key=lambda p: len(left[p]))
            group = sorted(left[participant])
            groups.append((participant, group))
            for meeting in group:
                for attendee in self.problem.meetings[meeting].participants:
                    left[attendee].discard(meeting)
        return groups

    def _group_in(self, participant: int, group: Sequence[int], slot: int) -> Literal | None:
        """Return a literal that is true if a meeting of the group is in the slot; None if none can be."""
        here = [self.at[m][slot] for m in group if slot in self.at[m]]
        if len(here) <= 1:
            return here[0] if here else None
        if len(group) == len(self.problem.meetings_of[participant]):
            return self.busy[participant][slot]
        one_of = self.new()
        self.add(*([-literal, one_of] for literal in here))
        return one_of

    def _precedences(self) -> None:
        """Require that each meeting is in a later slot than those before it."""
        for before, after in self.problem.precedences:
            for slot, literal in self.at[after].items():
                self.add([-literal, *(earlier for t, earlier in self.at[before].items() if t < slot)])
            for slot, literal in self.at[before].items():
                self.add([-literal, *(later for t, later in self.at[after].items() if t > slot)])
