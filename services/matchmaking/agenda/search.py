"""A heuristic search for good agendas: a constructor that evicts conflicting meetings, then simulated annealing.

The busy slots of a participant are the bits of a number, so that common free slots and breaks take single operations.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence

from services.matchmaking.agenda.problem import FAIRNESS, Problem, breaks_by_participant
from services.matchmaking.agenda.proof import any_agenda
from services.matchmaking.agenda.worker import Report

NONE = -1  # no slot, or no meeting
EVICTIONS = 50  # per meeting, after which the constructor gives up
MOVES = 200  # per meeting in a round of annealing; twice as many in each once a fair agenda is known
UNFAIR = 6.0  # price of unfairness: times the square of a participant's breaks beyond FAIRNESS
# Temperatures at the start and the end of a round, in breaks.
TO_BE_FAIR, TO_BE_BEST, TO_STAY = (0.6, 0.3), (1.0, 0.1), (0.05, 0.05)
UPDATE = 100  # moves between two updates of the temperature and of the participants with most breaks
IDLE_ROUNDS = 4  # rounds without an improvement, after which annealing ends


class Board:
    """The slots of meetings, and the meetings of participants and slots."""

    def __init__(self, problem: Problem, agenda: Sequence[int] = ()) -> None:
        self.problem = problem
        self.pairs = [meeting.participants for meeting in problem.meetings]
        self.slot = [NONE] * len(self.pairs)
        self.at = [[NONE] * problem.slots for _ in range(problem.participants)]
        self.busy = [0] * problem.participants
        self.meetings_in: list[set[int]] = [set() for _ in range(problem.slots)]
        # For each meeting: (other meeting, whether it comes before).
        self.ordered: list[list[tuple[int, bool]]] = [[] for _ in self.pairs]
        for before, after in problem.precedences:
            self.ordered[after].append((before, True))
            self.ordered[before].append((after, False))
        for meeting, slot in enumerate(agenda):
            self.place(meeting, slot)

    def place(self, meeting: int, slot: int) -> None:
        """Put a meeting into a slot."""
        self.slot[meeting] = slot
        self.meetings_in[slot].add(meeting)
        for participant in self.pairs[meeting]:
            self.at[participant][slot] = meeting
            self.busy[participant] |= 1 << slot

    def remove(self, meeting: int) -> None:
        """Take a meeting out of its slot."""
        slot, self.slot[meeting] = self.slot[meeting], NONE
        self.meetings_in[slot].remove(meeting)
        for participant in self.pairs[meeting]:
            self.at[participant][slot] = NONE
            self.busy[participant] &= ~(1 << slot)

    def out_of_order(self, meeting: int, slot: int) -> list[int]:
        """Return the meetings whose order with this one is violated if it is in that slot."""
        violated = []
        for other, before in self.ordered[meeting]:
            other_slot = self.slot[other]
            is_placed = other_slot != NONE
            if other == meeting or (is_placed and (other_slot >= slot if before else other_slot <= slot)):
                violated.append(other)
        return violated


def search_agendas(report: Report, problem: Problem) -> None:
    """Report agendas, each better than the last. A job.

    If the constructor gives up, or its agenda leads to no fair one, the search starts from an agenda of the SAT solver.
    """
    rng, has_reported = random.Random(1), False  # noqa: S311
    for start in (construct(problem, rng), None):
        agenda = start or any_agenda(problem)
        for better in anneal(problem, agenda, rng) if agenda else ():
            has_reported = True
            report(("agenda", better))
        if has_reported:
            return


# --- a first agenda -----------------------------------------------------------------------------


def construct(problem: Problem, rng: random.Random, published: Sequence[int | None] | None = None) -> list[int] | None:
    """Return an agenda that is valid except for fairness, or None if the search gave up.

    Iterative forward search, with the most constrained meetings first: Müller, Barták, Rudová, CP 2004 workshops.
    Evictions are counted, and meetings that were evicted often are evicted last. If an agenda was published, the
    search begins with those of its slots that are still allowed.
    """
    board, evicted = Board(problem), [0] * len(problem.meetings)
    slack = [
        len(problem.allowed[m]) - sum(len(problem.meetings_of[p]) for p in board.pairs[m]) for m in range(len(evicted))
    ]
    for meeting, slot in enumerate(published or ()):
        if slot in problem.allowed[meeting]:
            board.place(meeting, slot)
    unplaced = [meeting for meeting, slot in enumerate(board.slot) if slot == NONE]
    queue = sorted(unplaced, key=lambda m: slack[m], reverse=True)
    for _ in range(EVICTIONS * len(evicted) + 1):
        if not queue:
            return board.slot
        meeting = queue.pop()
        slot, evictions = _cheapest(board, meeting, evicted, rng)
        if meeting in evictions:
            return None  # it must come before itself
        for other in evictions:
            evicted[other] += 1
            board.remove(other)
            queue.append(other)
        board.place(meeting, slot)
    return None


def _cheapest(board: Board, meeting: int, evicted: Sequence[int], rng: random.Random) -> tuple[int, set[int]]:
    """Return the cheapest slot and the meetings to evict from it.

    The price counts earlier evictions of these meetings; a slot next to other meetings of the participants is cheaper.
    """
    one, two = board.pairs[meeting]
    busy_slots = board.busy[one], board.busy[two]
    best = math.inf
    choices: list[tuple[int, set[int], bool]] = []
    for slot in board.problem.allowed[meeting]:
        evictions = {board.at[one][slot], board.at[two][slot], *board.out_of_order(meeting, slot)} - {NONE}
        full = len(board.meetings_in[slot]) - len(evictions & board.meetings_in[slot]) >= board.problem.tables
        beside = (5 << slot) >> 1
        price = sum(evicted[m] + 2 for m in evictions) + 2 * full - sum(bool(busy & beside) for busy in busy_slots) / 2
        if price <= best:
            best, choices = price, choices if price == best else []
            choices.append((slot, evictions, full))
    slot, evictions, full = rng.choice(choices)
    if full:
        evictions.add(min(board.meetings_in[slot], key=lambda m: (evicted[m], rng.random())))
    return slot, evictions


# --- fewer breaks -------------------------------------------------------------------------------


def anneal(problem: Problem, agenda: Sequence[int], rng: random.Random) -> Iterator[list[int]]:
    """Yield fair agendas, each better than the last. A round starts from the best; some idle rounds end the search."""
    known, idle, moves = math.inf, 0, MOVES * len(agenda)
    while idle < IDLE_ROUNDS:
        idle += 1
        annealing = Annealing(problem, agenda)
        temperatures = TO_BE_FAIR if known == math.inf else TO_BE_BEST
        # Every improvement would be too many: the best is yielded once in so many moves.
        for better in annealing.round(moves, *temperatures, rng, every=len(agenda)):
            counts = breaks_by_participant(problem, better)
            if max(counts) - min(counts) <= FAIRNESS and sum(counts) < known:
                known, idle = sum(counts), 0
                yield better
        agenda = annealing.best
        moves *= 1 if known == math.inf else 2


class Annealing(Board):
    """Simulated annealing with Kempe chains: the meetings of a chain swap two slots.

    A chain is a path of participants of whom each meets the next in one of the two slots. The inner participants of
    the path keep their busy slots, so that only the breaks at its two ends can change.
    """

    def __init__(self, problem: Problem, agenda: Sequence[int]) -> None:
        super().__init__(problem, agenda)
        self.best = list(agenda)
        self.price = [b + UNFAIR * max(0, b - FAIRNESS) ** 2 for b in range(problem.slots)]
        self.paid = [self.price[_breaks(busy)] for busy in self.busy]
        self._movable = [meeting for meeting, slots in enumerate(problem.allowed) if len(slots) > 1]
        self._allowed = [sum(1 << slot for slot in slots) for slots in problem.allowed]

    def round(self, moves: int, start: float, end: float, rng: random.Random, every: int = 1) -> Iterator[list[int]]:
        """Cool down. Yield the first agenda, then the best after every `every` moves if it is new."""
        yield self.best
        random = rng.random
        total = best = yielded = sum(self.paid)
        cooling, temperature = (end / start) ** (UPDATE / moves), start
        for move in range(moves if total and self._movable else 0):
            if not move % UPDATE:
                temperature *= cooling
                worst = self._worst()
            meeting, slot = self._closer(worst, random) if move % 2 and worst else self._anywhere(random)
            total += self._try(meeting, slot, temperature, random)
            if total < best - 1e-9:
                best, self.best = total, self.slot[:]
            if best < yielded and not move % every:
                yielded = best
                yield self.best
        if best < yielded:
            yield self.best

    def _try(self, meeting: int, slot: int, temperature: float, random: Callable[[], float]) -> float:
        """Make a move unless it is rejected. Return the change of the total price."""
        current = self.slot[meeting]
        if slot == current or (chain := self._chain(meeting, slot)) is None:
            return 0.0
        path, ends, masks = chain
        paid = [self.price[_breaks(mask)] for mask in masks]
        worse = sum(paid) - sum([self.paid[participant] for participant in ends])
        rejected = worse > 0 and random() >= math.exp(-worse / temperature)
        if rejected or not self._swap(path, current, slot):
            return 0.0
        for participant, price in zip(ends, paid, strict=True):
            self.paid[participant] = price
        return worse

    def _worst(self) -> list[int]:
        """Return the participants with more breaks than is fair; if there are none, those with any break."""
        bound = FAIRNESS if max(self.paid) > FAIRNESS else 0
        return [participant for participant, paid in enumerate(self.paid) if paid > bound]

    def _anywhere(self, random: Callable[[], float]) -> tuple[int, int]:
        """Return a random meeting and one of its slots."""
        meeting = self._movable[int(random() * len(self._movable))]
        slots = self.problem.allowed[meeting]
        return meeting, slots[int(random() * len(slots))]

    def _closer(self, participants: Sequence[int], random: Callable[[], float]) -> tuple[int, int]:
        """Return a meeting at the edge of a run of one of these participants, and a slot next to a run."""
        participant = participants[int(random() * len(participants))]
        busy = self.busy[participant]
        edges, beside = busy & ~(busy << 1 & busy >> 1), (busy << 1 | busy >> 1) & ~busy
        meeting = self.at[participant][_any_bit(edges, random)]
        beside &= self._allowed[meeting]
        return meeting, _any_bit(beside, random) if beside else self.slot[meeting]

    def _chain(self, meeting: int, slot: int) -> tuple[list[int], list[int], list[int]] | None:
        """Return the meetings of a chain, the participants at its ends, their new busy slots; None if not allowed."""
        current, at, allowed = self.slot[meeting], self.at, self._allowed
        path, ends = [meeting], []
        arriving = 1  # meetings that enter the slot, less those that leave it
        for first in self.pairs[meeting]:
            participant, there, back = first, slot, current
            while (other := at[participant][there]) != NONE and other != meeting:
                if not allowed[other] >> back & 1:
                    return None
                path.append(other)
                arriving += 1 if back == slot else -1
                one, two = self.pairs[other]
                participant = two if one == participant else one
                there, back = back, there
            if other == meeting:  # a cycle: no participant's busy slots change
                break
            ends.append(participant)
        if arriving and len(self.meetings_in[slot if arriving > 0 else current]) >= self.problem.tables:
            return None
        both = 1 << current | 1 << slot
        return path, ends, [self.busy[participant] ^ both for participant in ends]

    def _swap(self, path: Sequence[int], one: int, two: int) -> bool:
        """Exchange two slots along a path. Undo it and return False if that violates an order."""
        self._exchange(path, one, two)
        if any(self.ordered[meeting] and self.out_of_order(meeting, self.slot[meeting]) for meeting in path):
            self._exchange(path, one, two)
            return False
        return True

    def _exchange(self, path: Sequence[int], one: int, two: int) -> None:
        slots = [two if self.slot[meeting] == one else one for meeting in path]
        for meeting in path:
            self.remove(meeting)
        for meeting, slot in zip(path, slots, strict=True):
            self.place(meeting, slot)


def _any_bit(mask: int, random: Callable[[], float]) -> int:
    """Return the position of a random bit that is set."""
    skip = int(random() * mask.bit_length())
    lowest = mask >> skip
    return (lowest & -lowest).bit_length() - 1 + skip


def _breaks(busy: int) -> int:
    """Return the number of breaks: the runs of busy slots, less one."""
    return (busy & ~(busy << 1)).bit_count() - 1 if busy else 0
