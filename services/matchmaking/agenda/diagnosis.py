"""Why a problem has no agenda, in words: which meeting has no slot, who has more meetings than usable slots."""

from collections.abc import Sequence

from services.matchmaking.agenda.problem import Problem


def reasons(problem: Problem) -> list[str]:
    """What is wrong by itself, found by matching each participant's meetings to slots; empty if nothing is."""
    found = [
        f"meeting {m + 1} of participants {one + 1} and {two + 1} has no slot that suits both"
        for m, (one, two) in enumerate(problem.meetings)
        if not problem.allowed[m]
    ]
    found += [reason for p in range(problem.participants) if (reason := _overbooked(problem, p))]
    places = problem.slots * problem.tables
    if len(problem.meetings) > places:
        found.append(
            f"{len(problem.meetings)} meetings, and {places} places: {problem.slots} slots of {problem.tables}"
        )
    return found


def _overbooked(problem: Problem, participant: int) -> str | None:
    """By Hall's theorem: some of her meetings have together fewer slots than there are meetings."""
    mine = problem.meetings_of[participant]
    unplaced, reached = match(mine, problem)
    if not unplaced:
        return None
    slots = set().union(*(problem.allowed[m] for m in reached))
    if len(reached) == len(mine):
        return f"participant {participant + 1} has {len(mine)} meetings and {len(slots)} usable slots"
    which = ", ".join(str(m + 1) for m in sorted(reached))
    return f"participant {participant + 1} has {len(reached)} meetings ({which}) that share {len(slots)} usable slots"


def match(meetings: Sequence[int], problem: Problem) -> tuple[list[int], set[int]]:
    """A largest matching of meetings to different slots: who is left over, and the meetings that compete with them."""
    taken: dict[int, int] = {}

    def place(meeting: int, seen: set[int]) -> bool:
        for slot in sorted(problem.allowed[meeting]):
            if slot not in seen:
                seen.add(slot)
                if slot not in taken or place(taken[slot], seen):
                    taken[slot] = meeting
                    return True
        return False

    unplaced, competing = [], set()
    for meeting in sorted(meetings, key=lambda m: len(problem.allowed[m])):
        seen: set[int] = set()
        if not place(meeting, seen):
            unplaced.append(meeting)
            competing |= {meeting, *(taken[slot] for slot in seen)}
    return unplaced, competing
