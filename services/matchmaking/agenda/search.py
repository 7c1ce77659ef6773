"""Good agendas quickly, without proof: a constructor that evicts what is in its way, and simulated annealing.

Slots of a participant are bits of a number, so that "free for both" and "how many breaks" are single operations.
"""

import math
import random
from collections.abc import Callable, Iterator, Sequence

from services.matchmaking.agenda.problem import FAIRNESS, Problem, breaks_by_participant
from services.matchmaking.agenda.proof import any_agenda
from services.matchmaking.agenda.worker import Tell

NOBODY = -1
PATIENCE = 50  # evictions per meeting, after which the constructor gives up
MOVES = 200  # per meeting in a round of annealing; twice as many in each once a fair agenda is known
UNFAIR = 6.0  # price of the breaks beyond what is fair, squared, in breaks
TO_BE_FAIR, TO_BE_BEST, TO_STAY = (0.6, 0.3), (1.0, 0.1), (0.05, 0.05)  # a round's temperatures, in breaks
LOOK = 100  # moves between two looks at the temperature and at who has most breaks
IDLE_ROUNDS = 4  # without an improvement, after which annealing ends


class Board:
    """Meetings in their slots, as both participants see it."""

    def __init__(self, problem: Problem, agenda: Sequence[int] = ()) -> None:
        self.problem = problem
        self.pairs = [meeting.participants for meeting in problem.meetings]
        self.slot = [NOBODY] * len(self.pairs)
        self.at = [[NOBODY] * problem.slots for _ in range(problem.participants)]
        self.busy = [0] * problem.participants
        self.here: list[set[int]] = [set() for _ in range(problem.slots)]  # the meetings of each slot
        self.others: list[list[tuple[int, bool]]] = [[] for _ in self.pairs]  # (meeting, whether it comes before)
        for before, after in problem.precedences:
            self.others[after].append((before, True))
            self.others[before].append((after, False))
        for meeting, slot in enumerate(agenda):
            self.place(meeting, slot)

    def place(self, meeting: int, slot: int) -> None:
        self.slot[meeting] = slot
        self.here[slot].add(meeting)
        for participant in self.pairs[meeting]:
            self.at[participant][slot] = meeting
            self.busy[participant] |= 1 << slot

    def remove(self, meeting: int) -> None:
        slot, self.slot[meeting] = self.slot[meeting], NOBODY
        self.here[slot].remove(meeting)
        for participant in self.pairs[meeting]:
            self.at[participant][slot] = NOBODY
            self.busy[participant] &= ~(1 << slot)

    def out_of_order(self, meeting: int, slot: int) -> list[int]:
        """Meetings that the order forbids while this one is in that slot."""
        found = []
        for other, before in self.others[meeting]:
            at = self.slot[other]
            if other == meeting or (at != NOBODY and (at >= slot if before else at <= slot)):
                found.append(other)
        return found


def improve(tell: Tell, problem: Problem) -> None:
    """The job of finding ever better agendas: tells each. Starts from the proof's solver if all else fails."""
    rng, found = random.Random(1), False  # noqa: S311
    for start in (construct(problem, rng), None):
        agenda = start or any_agenda(problem)
        for better in anneal(problem, agenda, rng) if agenda else ():
            found = True
            tell(("agenda", better))
        if found:
            return


# --- a first agenda -----------------------------------------------------------------------------


def construct(problem: Problem, rng: random.Random, published: Sequence[int | None] | None = None) -> list[int] | None:
    """An agenda that is valid but for fairness: iterative forward search, hardest meetings first; None if none came.

    Begins with the published slots that are still allowed, if an agenda was published.

    Source: Müller, Barták, Rudová: Iterative Forward Search, CP 2004 workshops; evictions are counted, and who was
    evicted often is evicted last.
    """
    board, evicted = Board(problem), [0] * len(problem.meetings)
    room = [
        len(problem.allowed[m]) - sum(len(problem.meetings_of[p]) for p in board.pairs[m]) for m in range(len(evicted))
    ]
    for meeting, slot in enumerate(published or ()):
        if slot in problem.allowed[meeting]:
            board.place(meeting, slot)
    unplaced = [meeting for meeting, slot in enumerate(board.slot) if slot == NOBODY]
    todo = sorted(unplaced, key=lambda m: room[m], reverse=True)
    for _ in range(PATIENCE * len(evicted) + 1):
        if not todo:
            return board.slot
        meeting = todo.pop()
        slot, out = _cheapest(board, meeting, evicted, rng)
        if meeting in out:
            return None  # it would have to come before itself
        for other in out:
            evicted[other] += 1
            board.remove(other)
            todo.append(other)
        board.place(meeting, slot)
    return None


def _cheapest(board: Board, meeting: int, evicted: Sequence[int], rng: random.Random) -> tuple[int, set[int]]:
    """A slot whose occupants were evicted least so far, next to other meetings of the two if it can be."""
    one, two = board.pairs[meeting]
    near = board.busy[one], board.busy[two]
    best = math.inf
    choices: list[tuple[int, set[int], bool]] = []
    for slot in board.problem.allowed[meeting]:
        out = {board.at[one][slot], board.at[two][slot], *board.out_of_order(meeting, slot)} - {NOBODY}
        full = len(board.here[slot]) - len(out & board.here[slot]) >= board.problem.tables
        beside = (5 << slot) >> 1
        price = sum(evicted[m] + 2 for m in out) + 2 * full - sum(bool(busy & beside) for busy in near) / 2
        if price <= best:
            best, choices = price, choices if price == best else []
            choices.append((slot, out, full))
    slot, out, full = rng.choice(choices)
    if full:
        out.add(min(board.here[slot], key=lambda m: (evicted[m], rng.random())))
    return slot, out


# --- fewer breaks -------------------------------------------------------------------------------


def anneal(problem: Problem, agenda: Sequence[int], rng: random.Random) -> Iterator[list[int]]:
    """Ever better fair agendas, in rounds of which each starts from the best, until some in a row found nothing."""
    known, idle, moves = math.inf, 0, MOVES * len(agenda)
    while idle < IDLE_ROUNDS:
        idle += 1
        annealing = Annealing(problem, agenda)
        temperatures = TO_BE_FAIR if known == math.inf else TO_BE_BEST
        for found in annealing.round(moves, *temperatures, rng, every=len(agenda)):  # telling thousands takes time
            counts = breaks_by_participant(problem, found)
            if max(counts) - min(counts) <= FAIRNESS and sum(counts) < known:
                known, idle = sum(counts), 0
                yield found
        agenda = annealing.best
        moves *= 1 if known == math.inf else 2


class Annealing(Board):
    """Simulated annealing by Kempe chains: two slots change places for a path of participants who meet in turn.

    Those within the path keep their busy slots, so that only the breaks of its two ends can change.
    """

    def __init__(self, problem: Problem, agenda: Sequence[int]) -> None:
        super().__init__(problem, agenda)
        self.best = list(agenda)
        self.price = [b + UNFAIR * max(0, b - FAIRNESS) ** 2 for b in range(problem.slots)]
        self.paid = [self.price[_breaks(busy)] for busy in self.busy]
        self._movable = [meeting for meeting, slots in enumerate(problem.allowed) if len(slots) > 1]
        self._allowed = [sum(1 << slot for slot in slots) for slots in problem.allowed]

    def round(self, moves: int, start: float, end: float, rng: random.Random, every: int = 1) -> Iterator[list[int]]:
        """Cool down; yields the agenda as it is, and every so many moves the best if it is new."""
        yield self.best
        random = rng.random
        total = best = told = sum(self.paid)
        cooling, temperature = (end / start) ** (LOOK / moves), start
        for move in range(moves if total and self._movable else 0):
            if not move % LOOK:
                temperature *= cooling
                worst = self._worst()
            meeting, slot = self._closer(worst, random) if move % 2 and worst else self._anywhere(random)
            total += self._try(meeting, slot, temperature, random)
            if total < best - 1e-9:
                best, self.best = total, self.slot[:]
            if best < told and not move % every:
                told = best
                yield self.best
        if best < told:
            yield self.best

    def _try(self, meeting: int, slot: int, temperature: float, random: Callable[[], float]) -> float:
        """Make the move unless it is refused; what it changed in price."""
        here = self.slot[meeting]
        if slot == here or (chain := self._chain(meeting, slot)) is None:
            return 0.0
        path, ends, masks = chain
        paid = [self.price[_breaks(mask)] for mask in masks]
        worse = sum(paid) - sum([self.paid[participant] for participant in ends])
        refused = worse > 0 and random() >= math.exp(-worse / temperature)
        if refused or not self._swap(path, here, slot):
            return 0.0
        for participant, price in zip(ends, paid, strict=True):
            self.paid[participant] = price
        return worse

    def _worst(self) -> list[int]:
        """Participants with unfairly many breaks; else those who have any."""
        bound = FAIRNESS if max(self.paid) > FAIRNESS else 0
        return [participant for participant, paid in enumerate(self.paid) if paid > bound]

    def _anywhere(self, random: Callable[[], float]) -> tuple[int, int]:
        meeting = self._movable[int(random() * len(self._movable))]
        slots = self.problem.allowed[meeting]
        return meeting, slots[int(random() * len(slots))]

    def _closer(self, participants: Sequence[int], random: Callable[[], float]) -> tuple[int, int]:
        """A meeting at the edge of a run of one of these participants, and a slot next to a run."""
        participant = participants[int(random() * len(participants))]
        busy = self.busy[participant]
        edges, beside = busy & ~(busy << 1 & busy >> 1), (busy << 1 | busy >> 1) & ~busy
        meeting = self.at[participant][_any_bit(edges, random)]
        beside &= self._allowed[meeting]
        return meeting, _any_bit(beside, random) if beside else self.slot[meeting]

    def _chain(self, meeting: int, slot: int) -> tuple[list[int], list[int], list[int]] | None:
        """Meetings that change places, the participants at the path's ends and their new slots; None if one cannot."""
        here, at, allowed = self.slot[meeting], self.at, self._allowed
        path, ends = [meeting], []
        arriving = 1  # in the slot, less those that leave it
        for first in self.pairs[meeting]:
            participant, there, back = first, slot, here
            while (other := at[participant][there]) != NOBODY and other != meeting:
                if not allowed[other] >> back & 1:
                    return None
                path.append(other)
                arriving += 1 if back == slot else -1
                one, two = self.pairs[other]
                participant = two if one == participant else one
                there, back = back, there
            if other == meeting:  # a circle: nobody's slots change
                break
            ends.append(participant)
        if arriving and len(self.here[slot if arriving > 0 else here]) >= self.problem.tables:
            return None
        both = 1 << here | 1 << slot
        return path, ends, [self.busy[participant] ^ both for participant in ends]

    def _swap(self, path: Sequence[int], here: int, there: int) -> bool:
        """Exchange two slots along a path; back again, and False, if that breaks an order."""
        self._exchange(path, here, there)
        if any(self.others[meeting] and self.out_of_order(meeting, self.slot[meeting]) for meeting in path):
            self._exchange(path, here, there)
            return False
        return True

    def _exchange(self, path: Sequence[int], here: int, there: int) -> None:
        places = [there if self.slot[meeting] == here else here for meeting in path]
        for meeting in path:
            self.remove(meeting)
        for meeting, slot in zip(path, places, strict=True):
            self.place(meeting, slot)


def _any_bit(mask: int, random: Callable[[], float]) -> int:
    """The number of one of its bits."""
    skip = int(random() * mask.bit_length())
    lowest = mask >> skip
    return (lowest & -lowest).bit_length() - 1 + skip


def _breaks(busy: int) -> int:
    """Runs of busy slots, less one."""
    return (busy & ~(busy << 1)).bit_count() - 1 if busy else 0
