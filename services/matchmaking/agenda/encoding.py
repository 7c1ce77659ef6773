"""The problem as clauses: hard ones for what must hold, a soft one for each break, implied ones for speed."""

from collections.abc import Iterable, Sequence

from pysat.card import CardEnc, EncType
from pysat.formula import WCNF, IDPool

from services.matchmaking.agenda.problem import FAIRNESS, Problem

Clause = list[int]
PAIRWISE = 6  # literals up to which every pair is excluded by a clause of its own


class Encoding:
    """x(m, t): meeting m is in slot t; y(p, t): participant p meets somebody in t; h(p, t): a break of p ends at t."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.pool = IDPool()
        self.formula = WCNF()
        self._meetings()
        for participant, mine in enumerate(problem.meetings_of):
            self._participant(participant, mine)
        self._tables()
        self._precedences()
        self._fairness()

    def x(self, meeting: int, slot: int) -> int:
        return int(self.pool.id(("x", meeting, slot)))

    def y(self, participant: int, slot: int) -> int:
        return int(self.pool.id(("y", participant, slot)))

    def h(self, participant: int, slot: int) -> int:
        return int(self.pool.id(("h", participant, slot)))

    def agenda(self, model: Iterable[int]) -> list[int]:
        """The slot of each meeting in a model."""
        true = {literal for literal in model if literal > 0}
        return [next(t for t in sorted(slots) if self.x(m, t) in true) for m, slots in enumerate(self.problem.allowed)]

    # --- what must hold -------------------------------------------------------------------------

    def _hard(self, clauses: Iterable[Clause]) -> None:
        for clause in clauses:
            self.formula.append(clause)

    def _at_most(self, literals: Sequence[int], bound: int) -> None:
        one_of = EncType.pairwise if len(literals) <= PAIRWISE else EncType.ladder
        kind = one_of if bound == 1 else EncType.totalizer
        self._hard(CardEnc.atmost(lits=list(literals), bound=bound, vpool=self.pool, encoding=kind).clauses)

    def _exactly(self, literals: Sequence[int], bound: int) -> None:
        self._hard(
            CardEnc.equals(lits=list(literals), bound=bound, vpool=self.pool, encoding=EncType.seqcounter).clauses
        )

    def _meetings(self) -> None:
        for meeting, slots in enumerate(self.problem.allowed):
            here = [self.x(meeting, slot) for slot in sorted(slots)]
            self._hard([here])
            if len(here) > 1:
                self._at_most(here, 1)

    def _participant(self, participant: int, mine: Sequence[int]) -> None:
        slots = range(self.problem.slots)
        for slot in slots:
            here = [self.x(m, slot) for m in mine if slot in self.problem.allowed[m]]
            busy = self.y(participant, slot)
            self._hard([-literal, busy] for literal in here)
            self._hard([[-busy, *here]])
            if len(here) > 1:
                self._at_most(here, 1)
        if 0 < len(mine) < self.problem.slots:  # implied: as many busy slots as meetings
            self._exactly([self.y(participant, slot) for slot in slots], len(mine))
        if len(mine) > 1:
            self._breaks(participant)

    def _breaks(self, participant: int) -> None:
        """h(p, t): busy in t, idle in the slot before, busy in some slot before that. Each costs one."""

        def begun(slot: int) -> int:
            return int(self.pool.id(("z", participant, slot)))

        for slot in range(self.problem.slots - 1):
            self._hard([[-self.y(participant, slot), begun(slot)]])
            if slot:
                self._hard([[-begun(slot - 1), begun(slot)]])
        for slot in range(2, self.problem.slots):
            ends = self.h(participant, slot)
            busy, before = self.y(participant, slot), self.y(participant, slot - 1)
            self._hard([[-busy, before, -begun(slot - 1), ends]])
            self.formula.append([-ends], weight=1)

    def _tables(self) -> None:
        """Counted by groups: of one participant's meetings at most one is in a slot, so a group counts as one."""
        groups = self._groups()
        for slot in range(self.problem.slots):
            counted = [literal for group in groups if (literal := self._group_in(*group, slot))]
            if len(counted) > self.problem.tables:
                self._at_most(counted, self.problem.tables)
            busy = [self.y(p, slot) for p in range(self.problem.participants) if self.problem.meetings_of[p]]
            if len(busy) > 2 * self.problem.tables:  # implied: two participants a table
                self._at_most(busy, 2 * self.problem.tables)

    def _groups(self) -> list[tuple[int, list[int]]]:
        """Participants with the meetings that are counted with them, the busiest first; every meeting once."""
        left = set(range(len(self.problem.meetings)))
        groups = []
        while left:
            participant = max(range(self.problem.participants), key=lambda p: len(left & self._mine[p]))
            groups.append((participant, sorted(left & self._mine[participant])))
            left -= self._mine[participant]
        return groups

    @property
    def _mine(self) -> list[set[int]]:
        return [set(mine) for mine in self.problem.meetings_of]

    def _group_in(self, participant: int, meetings: Sequence[int], slot: int) -> int | None:
        here = [self.x(m, slot) for m in meetings if slot in self.problem.allowed[m]]
        if len(here) <= 1:
            return here[0] if here else None
        if len(meetings) == len(self.problem.meetings_of[participant]):
            return self.y(participant, slot)
        group = int(self.pool.id(("g", participant, slot)))
        self._hard([-literal, group] for literal in here)
        return group

    def _precedences(self) -> None:
        for before, after in self.problem.precedences:
            for slot in self.problem.allowed[after]:
                earlier = [self.x(before, t) for t in self.problem.allowed[before] if t < slot]
                self._hard([[-self.x(after, slot), *earlier]])

    # --- fairness -------------------------------------------------------------------------------

    def _fairness(self) -> None:
        """If anybody has k breaks, everybody has at least k - 2: F(k) says that somebody may have k."""
        most = [self._most_breaks(len(mine)) for mine in self.problem.meetings_of]
        for k in range(FAIRNESS + 1, max(most, default=0) + 1):
            allowed = int(self.pool.id(("F", k)))
            for participant, possible in enumerate(most):
                ends = [self.h(participant, t) for t in range(2, self.problem.slots)] if possible else []
                if possible >= k:
                    self._at_most_unless(ends, k - 1, allowed)
                self._at_least_if(participant, ends, k - FAIRNESS, possible, allowed)

    def _most_breaks(self, meetings: int) -> int:
        return max(0, min(meetings - 1, self.problem.slots - meetings))

    def _at_most_unless(self, literals: list[int], bound: int, unless: int) -> None:
        encoded = CardEnc.atmost(lits=literals, bound=bound, vpool=self.pool, encoding=EncType.seqcounter)
        self._hard([*clause, unless] for clause in encoded.clauses)

    def _at_least_if(self, participant: int, ends: list[int], bound: int, possible: int, condition: int) -> None:
        if possible < bound:
            self._hard([[-condition]])
            return
        for t in range(2, self.problem.slots):  # here a break must be one, not only be allowed to be one
            self._hard([[-condition, -self.h(participant, t), self.y(participant, t)]])
            self._hard([[-condition, -self.h(participant, t), -self.y(participant, t - 1)]])
            earlier = [self.y(participant, s) for s in range(t - 1)]
            self._hard([[-condition, -self.h(participant, t), *earlier]])
        encoded = CardEnc.atleast(lits=ends, bound=bound, vpool=self.pool, encoding=EncType.seqcounter)
        self._hard([*clause, -condition] for clause in encoded.clauses)
