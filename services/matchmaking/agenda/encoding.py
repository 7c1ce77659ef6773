"""The problem as clauses: what must hold, a literal for each break, and implied constraints for speed."""

from collections.abc import Iterable, Sequence

from pysat.card import CardEnc, EncType
from pysat.formula import WCNF

from services.matchmaking.agenda.problem import FAIRNESS, Problem

Literal = int
PAIRS_UP_TO = 40  # literals of which at most one holds: until here a clause for each pair, a ladder beyond


class Clauses:
    """Clauses over numbered variables, with the cardinalities that are needed."""

    def __init__(self) -> None:
        self.variables = 0
        self.clauses: list[list[Literal]] = []

    def new(self) -> Literal:
        self.variables += 1
        return self.variables

    def add(self, *clauses: list[Literal]) -> None:
        self.clauses += clauses

    def at_most_one(self, literals: Sequence[Literal]) -> None:
        if len(literals) > 1:
            kind = EncType.pairwise if len(literals) <= PAIRS_UP_TO else EncType.ladder
            self._counted(CardEnc.atmost(literals, 1, top_id=self.variables, encoding=kind))

    def at_most(self, literals: Sequence[Literal], bound: int) -> None:
        if len(literals) > bound:
            self._counted(CardEnc.atmost(literals, bound, top_id=self.variables, encoding=EncType.totalizer))

    def exactly(self, literals: Sequence[Literal], bound: int) -> None:
        self._counted(CardEnc.equals(literals, bound, top_id=self.variables, encoding=EncType.totalizer))

    def _counted(self, encoded: CardEnc) -> None:
        self.variables = max(self.variables, encoded.nv)
        self.clauses += encoded.clauses


class Encoding(Clauses):
    """`at[m][t]`: meeting m is in slot t; `busy[p][t]`: p meets somebody in t; `most[p][k]`: p has over k breaks."""

    def __init__(self, problem: Problem) -> None:
        super().__init__()
        self.problem = problem
        self.at = [{slot: self.new() for slot in slots} for slots in problem.allowed]
        self.busy = [[self.new() for _ in range(problem.slots)] for _ in range(problem.participants)]
        self._most_breaks = [self._possible_breaks(len(mine)) for mine in problem.meetings_of]
        self.fewer_than = FAIRNESS + min(self._most_breaks, default=0) + 1  # anybody has fewer breaks than this
        for meeting in self.at:
            self.add(list(meeting.values()))
            self.at_most_one(list(meeting.values()))
        for participant, mine in enumerate(problem.meetings_of):
            self._participant(participant, mine)
        self.most = [self._breaks(participant, mine) for participant, mine in enumerate(problem.meetings_of)]
        self._fairness()
        self._tables()
        self._precedences()

    def agenda(self, model: Iterable[Literal]) -> list[int]:
        """The slot of each meeting in a model."""
        true = {literal for literal in model if literal > 0}
        return [next(slot for slot, literal in meeting.items() if literal in true) for meeting in self.at]

    def fewest_breaks(self) -> WCNF:
        """The formula in which each break of a participant costs one."""
        formula = WCNF()
        formula.hard, formula.nv = self.clauses, self.variables
        formula.extend([[-literal] for mine in self.most for literal in mine], [1] * sum(map(len, self.most)))
        return formula

    def _participant(self, participant: int, mine: Sequence[int]) -> None:
        busy = self.busy[participant]
        for slot, literal in enumerate(busy):
            here = [self.at[m][slot] for m in mine if slot in self.at[m]]
            self.add([-literal, *here], *([-meeting, literal] for meeting in here))
            self.at_most_one(here)
        if mine:
            self.exactly(busy, len(mine))  # implied: as many busy slots as meetings

    # --- breaks ---------------------------------------------------------------------------------

    def _possible_breaks(self, meetings: int) -> int:
        return max(0, min(meetings - 1, self.problem.slots - meetings))

    def _breaks(self, participant: int, mine: Sequence[int]) -> list[Literal]:
        """Literals for "over 0 breaks", "over 1", ...: a break ends in a busy slot after an idle one, once begun."""
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
        for slot in range(len(busy)):  # implied: whoever has no break is within as many slots as meetings
            self.add(*([-busy[slot], -busy[later], count[0]] for later in range(slot + len(mine), len(busy))))
        if len(count) == self.fewer_than:
            self.add([-count.pop()])
        return count

    def _one_more(self, count: list[Literal], literal: Literal, bound: int) -> list[Literal]:
        """A unary counter up to the bound after one literal more."""
        counted = [self.new() for _ in range(min(bound, len(count) + 1))]
        for k, more in enumerate(counted):
            already, one_less = count[k : k + 1], count[k - 1 : k] if k else []
            self.add([more, -literal, *(-less for less in one_less)], [-more, literal, *already])
            self.add(*([more, -same] for same in already), *([-more, less, *already] for less in one_less))
        return counted

    def _fairness(self) -> None:
        """If anybody has k breaks, everybody has at least k - 2."""
        for k in range(FAIRNESS + 1, self.fewer_than):
            somebody = self.new()
            for mine in self.most:
                self.add([-somebody, mine[k - FAIRNESS - 1]], *([-more, somebody] for more in mine[k - 1 : k]))

    # --- tables and order -----------------------------------------------------------------------

    def _tables(self) -> None:
        """Counted by groups: of one participant's meetings at most one is in a slot, so a group counts as one."""
        groups = self._groups()
        for slot in range(self.problem.slots):
            counted = [literal for group in groups if (literal := self._group_in(*group, slot))]
            self.at_most(counted, self.problem.tables)
            busy = [mine[slot] for mine, meetings in zip(self.busy, self.problem.meetings_of, strict=True) if meetings]
            self.at_most(busy, 2 * self.problem.tables)  # implied: two participants a table

    def _groups(self) -> list[tuple[int, list[int]]]:
        """Participants with the meetings that are counted with them, the busiest first; every meeting once."""
        left = [set(mine) for mine in self.problem.meetings_of]
        groups = []
        while any(left):
            participant = max(range(len(left)), key=lambda p: len(left[p]))
            group = sorted(left[participant])
            groups.append((participant, group))
            for meeting in group:
                for one in self.problem.meetings[meeting].participants:
                    left[one].discard(meeting)
        return groups

    def _group_in(self, participant: int, group: Sequence[int], slot: int) -> Literal | None:
        here = [self.at[m][slot] for m in group if slot in self.at[m]]
        if len(here) <= 1:
            return here[0] if here else None
        if len(group) == len(self.problem.meetings_of[participant]):
            return self.busy[participant][slot]
        one_of = self.new()
        self.add(*([-literal, one_of] for literal in here))
        return one_of

    def _precedences(self) -> None:
        for before, after in self.problem.precedences:
            for slot, literal in self.at[after].items():
                self.add([-literal, *(earlier for t, earlier in self.at[before].items() if t < slot)])
            for slot, literal in self.at[before].items():
                self.add([-literal, *(later for t, later in self.at[after].items() if t > slot)])
