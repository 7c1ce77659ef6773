"""`ccp agenda`: meeting agendas with the fewest breaks and proof of it, and their repair."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ccp.options import console
from services.matchmaking.agenda.dzn import BadProblem, read_dzn
from services.matchmaking.agenda.engine import Progress, Solution, solve
from services.matchmaking.agenda.picture import draw
from services.matchmaking.agenda.problem import Meeting, Problem, violations
from services.matchmaking.agenda.repair import Changes, Place, Repaired, apply_changes, repair

STYLES = {"optimal": "green", "infeasible": "red", "unknown": "yellow", "feasible": "cyan"}
EVERY = 0.25  # seconds between two lines of progress where there is no terminal

app = typer.Typer(no_args_is_help=True, help="Meeting agendas, with proof.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A .dzn file of the B2BSP family.")]
TimeLimit = Annotated[float | None, typer.Option(min=0.1, max=1e6, help="Seconds; without it, until it is proved.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Shown = Annotated[bool, typer.Option("--progress", help="Show the best found and the bound as they come.")]


@app.command("solve")
def solve_agenda(
    file: File,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
    progress: Shown = False,
    svg: Annotated[Path | None, typer.Option(dir_okay=False, help="Draw the agenda into this file.")] = None,
) -> None:
    """Place every meeting with the fewest breaks, with proof, or say why it cannot be done."""
    problem = read_dzn(file.read_text())
    with _told("break", shown=progress) as told:
        solution = solve(problem, time_limit=time_limit, progress=told)
    if as_json:
        print(json.dumps(asdict(solution)))
    else:
        _show(problem, solution)
    if svg and solution.slots:
        title = f"{file.stem}: {_summary(solution)}"
        svg.write_text(draw(problem, solution.slots, solution.tables, title), encoding="utf-8")
    elif svg:
        Console(stderr=True).print(f"there is no agenda to draw into {svg}")


@app.command("repair")
def repair_agenda(
    file: File,
    agenda: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What `solve --json` printed for it.")],
    cancel: Annotated[list[str] | None, typer.Option(help="A meeting that is not held: 12")] = None,
    away: Annotated[list[str] | None, typer.Option(help="A participant and a slot she cannot use: 3:5")] = None,
    meet: Annotated[list[str] | None, typer.Option(help="Two participants who now meet as well: 3-7")] = None,
    freeze: Annotated[list[str] | None, typer.Option(help="A meeting that keeps its slot: 12, or all")] = None,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
    progress: Shown = False,
) -> None:
    """Mend a published agenda after changes, moving the fewest meetings; each option may be given several times."""
    problem, published = _published(agenda, read_dzn(file.read_text()))
    changes = _changes(problem, cancel or [], away or [], meet or [], freeze or [])
    with _told("move", shown=progress) as told:
        repaired = repair(problem, published, changes, time_limit=time_limit, progress=told)
    if as_json:
        earlier = json.loads(agenda.read_text()).get("changes", {})
        known = {"away": [*earlier.get("away", []), *(away or [])], "meet": [*earlier.get("meet", []), *(meet or [])]}
        print(json.dumps({**asdict(repaired), "changes": known}))
    else:
        _show_differences(repaired)


@contextmanager
def _told(unit: str, *, shown: bool) -> Iterator[Progress | None]:
    """The best found and the bound, on standard error: a line that changes, or without a terminal one now and then."""
    errors, started, last = Console(stderr=True), time.monotonic(), -EVERY

    def told(best: int | None, bound: int) -> None:
        nonlocal last
        seconds = time.monotonic() - started
        found = "none found yet" if best is None else f"best so far {_count(best, unit)}"
        line = f"{seconds:6.1f} s  {found}, at least {bound} needed"
        if errors.is_terminal:
            status.update(line)
        elif seconds - last >= EVERY or best == bound:
            last = seconds
            errors.print(line, highlight=False)

    with errors.status("placing meetings") as status:
        yield told if shown else None


# --- what is read -------------------------------------------------------------------------------


def _published(file: Path, problem: Problem) -> tuple[Problem, list[Place | None]]:
    """What `solve --json` or `repair --json` printed; the problem as earlier repairs changed it. Raises BadProblem."""
    try:
        given = json.loads(file.read_text())
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
        raise BadProblem(f"{file.name} is not what `ccp agenda solve --json` prints: {error}") from error
    if len(places) != len(problem.meetings):
        raise BadProblem(f"{file.name} has {len(places)} meetings, and the problem {len(problem.meetings)}")
    _check(file, problem, places)
    return problem, places


def _check(file: Path, problem: Problem, places: Sequence[Place | None]) -> None:
    """An agenda that was never valid cannot be repaired. Raises BadProblem."""
    held, _ = apply_changes(problem, places, Changes())
    here = Counter(place for place in places if place)
    wrong = violations(held, [place.slot - 1 for place in places if place])
    wrong += [f"slot {p.slot}, table {p.table} is taken {times} times" for p, times in here.items() if times > 1]
    wrong += [f"there is no table {place.table}" for place in here if not 1 <= place.table <= problem.tables]
    if wrong:
        raise BadProblem(f"{file.name} is not a valid agenda of this problem: {wrong[0]}")


def _changes(
    problem: Problem, cancel: list[str], away: list[str], meet: list[str], freeze: Sequence[str] = ()
) -> Changes:
    people, slots, meetings = problem.participants, problem.slots, len(problem.meetings)
    pairs = [_numbers("--meet", text, "-", people, people) for text in meet]
    if any(one == two for one, two in pairs):
        raise BadProblem("--meet: two different participants, as in 3-7")
    frozen = range(meetings) if "all" in freeze else [_numbers("--freeze", text, "", meetings)[0] for text in freeze]
    return Changes(
        cancelled=frozenset(_numbers("--cancel", text, "", meetings)[0] for text in cancel),
        away=frozenset((who, slot) for who, slot in (_numbers("--away", text, ":", people, slots) for text in away)),
        added=tuple(Meeting((one, two), range(slots)) for one, two in pairs),
        frozen=frozenset(frozen),
    )


def _numbers(option: str, text: str, separator: str, *highest: int) -> list[int]:
    """1-based numbers in a text, as 0-based ones."""
    parts = text.split(separator) if separator else [text]
    if len(parts) != len(highest) or not all(
        part.isascii() and part.isdigit() and 1 <= int(part) <= most for part, most in zip(parts, highest, strict=True)
    ):
        wanted = separator.join(f"(1 to {most})" for most in highest)
        raise BadProblem(f"{option} {text}: wanted {wanted}")
    return [int(part) - 1 for part in parts]


# --- what is shown ------------------------------------------------------------------------------


def _summary(solution: Solution) -> str:
    proof = "no agenda has fewer" if solution.status == "optimal" else f"at least {solution.lower_bound} are needed"
    return f"{_count(solution.breaks, 'break')}, {proof}"


def _show(problem: Problem, solution: Solution) -> None:
    _show_outcome(solution)
    if not solution.slots:
        if solution.status == "unknown":
            console.print(f"stopped at the time limit; proved: at least {_count(solution.lower_bound, 'break')}")
        return
    console.print(_summary(solution))
    table = Table("Slot", "Meetings (participant-participant@table)", title="Agenda", title_justify="left")
    placed = list(zip(problem.meetings, solution.slots, solution.tables, strict=True))
    for slot in range(1, problem.slots + 1):
        here = [(*meeting.participants, at) for meeting, s, at in placed if s == slot]
        table.add_row(str(slot), "  ".join(f"{one + 1}-{two + 1}@{at}" for one, two, at in here))
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
