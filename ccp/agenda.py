"""`ccp agenda`: compute meeting agendas with provably the fewest breaks, and repair them after changes."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ccp.options import console
from services.matchmaking.agenda.dzn import BadProblem, read_dzn
from services.matchmaking.agenda.engine import Progress, Solution, solve
from services.matchmaking.agenda.picture import draw
from services.matchmaking.agenda.problem import Meeting, Problem, violations
from services.matchmaking.agenda.repair import Changes, Place, Repaired, apply_changes, repair
from shared.decoding import decode

STYLES = {"optimal": "green", "infeasible": "red", "unknown": "yellow", "feasible": "cyan"}
EVERY = 0.25  # seconds between two lines of progress if there is no terminal


def solve_file(file: Path, time_limit: float | None, svg: Path | None, *, as_json: bool, progress: bool) -> None:
    """Print the agenda of a problem, and draw it into `svg` if that is given."""
    problem = read_dzn(decode(file.read_bytes()))
    with _shown("break", shown=progress) as show:
        solution = solve(problem, time_limit=time_limit, progress=show)
    if as_json:
        print(json.dumps(asdict(solution)))
    else:
        _show(problem, solution)
    if svg and solution.slots:
        title = f"{file.stem}: {_summary(solution)}"
        svg.write_text(draw(problem, solution.slots, solution.tables, title), encoding="utf-8")
    elif svg:
        Console(stderr=True).print(f"no agenda was found, so {svg} was not written")


@dataclass(frozen=True)
class Asked:
    """Changes to an agenda as the options of `repair` give them."""

    cancel: list[str]
    away: list[str]
    meet: list[str]
    freeze: list[str]


def repair_file(
    file: Path, agenda: Path, asked: Asked, time_limit: float | None, *, as_json: bool, progress: bool
) -> None:
    """Print a published agenda as it is after changes."""
    problem, published = _published(agenda, read_dzn(decode(file.read_bytes())))
    changes = _changes(problem, asked.cancel, asked.away, asked.meet, asked.freeze)
    with _shown("move", shown=progress) as show:
        repaired = repair(problem, published, changes, time_limit=time_limit, progress=show)
    if as_json:
        earlier = json.loads(decode(agenda.read_bytes())).get("changes", {})
        known = {
            "away": [*earlier.get("away", []), *asked.away],
            "meet": [*earlier.get("meet", []), *asked.meet],
        }
        print(json.dumps({**asdict(repaired), "changes": known}))
    else:
        _show_differences(repaired)


@contextmanager
def _shown(unit: str, *, shown: bool) -> Iterator[Progress | None]:
    """Yield a function that shows progress on standard error: one changing line, or several without a terminal."""
    errors, started, last = Console(stderr=True), time.monotonic(), -EVERY

    def show(best: int | None, bound: int) -> None:
        nonlocal last
        seconds = time.monotonic() - started
        progress = "no agenda yet" if best is None else f"best so far {_count(best, unit)}"
        line = f"{seconds:6.1f} s  {progress}, at least {bound} needed"
        if errors.is_terminal:
            status.update(line)
        elif seconds - last >= EVERY or best == bound:
            last = seconds
            errors.print(line, highlight=False)

    with errors.status("placing meetings") as status:
        yield show if shown else None


# --- reading -------------------------------------------------------------------------------


def _published(file: Path, problem: Problem) -> tuple[Problem, list[Place | None]]:
    """Return the problem as earlier repairs changed it, and the places in a published agenda. Raise BadProblem."""
    try:
        given = json.loads(decode(file.read_bytes()))
        earlier = _changes(problem, [], **{name: given.get("changes", {}).get(name, []) for name in ("away", "meet")})
        problem = replace(
            problem,
            meetings=[*problem.meetings, *earlier.added],
            forbidden=[
                away | {slot for participant, slot in earlier.away if participant == number}
                for number, away in enumerate(problem.forbidden)
            ],
        )
        pairs = zip(given["slots"], given["tables"], strict=True)
        places = [None if slot is None else Place(int(slot), int(table)) for slot, table in pairs]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadProblem(f"{file.name} is not an agenda; create one with `ccp agenda solve --json`") from error
    if len(places) != len(problem.meetings):
        raise BadProblem(f"{file.name} has {len(places)} meetings, but the problem has {len(problem.meetings)}")
    _check(file, problem, places)
    return problem, places


def _check(file: Path, problem: Problem, places: Sequence[Place | None]) -> None:
    """Raise BadProblem if the published agenda was never valid."""
    held, _ = apply_changes(problem, places, Changes())
    here = Counter(place for place in places if place)
    wrong = violations(held, [place.slot - 1 for place in places if place])
    wrong += [f"slot {p.slot}, table {p.table} has {times} meetings" for p, times in here.items() if times > 1]
    wrong += [f"table {place.table} does not exist" for place in here if not 1 <= place.table <= problem.tables]
    if wrong:
        raise BadProblem(f"{file.name} is not a valid agenda of this problem: {wrong[0]}")


def _changes(
    problem: Problem, cancel: list[str], away: list[str], meet: list[str], freeze: Sequence[str] = ()
) -> Changes:
    people, slots, meetings = problem.participants, problem.slots, len(problem.meetings)
    pairs = [_numbers("--meet", text, "-", people, people) for text in meet]
    if any(first == second for first, second in pairs):
        raise BadProblem("--meet: give two different participants, for example 3-7")
    frozen = range(meetings) if "all" in freeze else [_numbers("--freeze", text, "", meetings)[0] for text in freeze]
    return Changes(
        cancelled=frozenset(_numbers("--cancel", text, "", meetings)[0] for text in cancel),
        away=frozenset((who, slot) for who, slot in (_numbers("--away", text, ":", people, slots) for text in away)),
        added=tuple(Meeting((first, second), range(slots)) for first, second in pairs),
        frozen=frozenset(frozen),
    )


def _numbers(option: str, text: str, separator: str, *highest: int) -> list[int]:
    """Return the 1-based numbers in a text as 0-based ones. Raise BadProblem."""
    parts = text.split(separator) if separator else [text]
    if len(parts) != len(highest) or not all(
        part.isascii() and part.isdigit() and 1 <= int(part) <= most for part, most in zip(parts, highest, strict=True)
    ):
        wanted = separator.join(f"(1 to {most})" for most in highest)
        raise BadProblem(f"{option} {text}: give {wanted}")
    return [int(part) - 1 for part in parts]


# --- printing ------------------------------------------------------------------------------


def _summary(solution: Solution) -> str:
    proof = "no agenda has fewer" if solution.status == "optimal" else f"at least {solution.lower_bound} are needed"
    return f"{_count(solution.breaks, 'break')}, {proof}"


def _show(problem: Problem, solution: Solution) -> None:
    _show_outcome(solution)
    if not solution.slots:
        if solution.status == "unknown":
            console.print(
                f"stopped at the time limit without an agenda; at least {_count(solution.lower_bound, 'break')} needed"
            )
        return
    console.print(_summary(solution))
    table = Table("Slot", "Meetings (participant-participant@table)", title="Agenda", title_justify="left")
    placed = list(zip(problem.meetings, solution.slots, solution.tables, strict=True))
    for slot in range(1, problem.slots + 1):
        here = [(*meeting.participants, place) for meeting, s, place in placed if s == slot]
        table.add_row(str(slot), "  ".join(f"{first + 1}-{second + 1}@{place}" for first, second, place in here))
    console.print(table)


def _show_differences(repaired: Repaired) -> None:
    _show_outcome(repaired)
    if repaired.moved is None:
        return
    moved, had_to = _count(repaired.moved, "meeting"), repaired.lower_bound
    console.print(f"{moved} moved, at least {had_to} had to; {_count(repaired.breaks, 'break')}")
    table = Table("Meeting", "Participants", "Was", "Now", title="Differences", title_justify="left")
    for difference in repaired.differences:
        places = [f"slot {p.slot}, table {p.table}" if p else "-" for p in (difference.was, difference.now)]
        table.add_row(str(difference.meeting), "{}-{}".format(*difference.participants), *places)
    console.print(table)


def _count(number: int | None, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _show_outcome(outcome: Solution | Repaired) -> None:
    console.print(f"[{STYLES[outcome.status]}]{outcome.status}[/] in {outcome.seconds:.2f} s")
    for reason in outcome.reasons:
        console.print(f"  {reason}")
