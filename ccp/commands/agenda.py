"""`ccp agenda`: compute meeting agendas with provably the fewest breaks, and repair them after changes."""

from pathlib import Path
from typing import Annotated

import typer

from ccp.options import number

app = typer.Typer(no_args_is_help=True, help="Meeting agendas with provably the fewest breaks.")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="A B2B scheduling problem as a .dzn file.")]
TimeLimit = Annotated[
    float | None,
    typer.Option(parser=number(float, 0.1, 1_000_000), metavar="SECONDS", help="Without it, run until proved."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Shown = Annotated[bool, typer.Option("--progress", help="Show the best agenda and the bound while solving.")]


@app.command("solve")
def solve_agenda(
    file: File,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
    progress: Shown = False,
    svg: Annotated[Path | None, typer.Option(dir_okay=False, help="Draw the agenda into this SVG file.")] = None,
) -> None:
    """Compute an agenda with provably the fewest breaks. If there is none, explain why."""
    from ccp import agenda

    agenda.solve_file(file, time_limit, svg, as_json=as_json, progress=progress)


@app.command("repair")
def repair_agenda(
    file: File,
    agenda: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The output of `solve --json` for FILE.")],
    cancel: Annotated[list[str] | None, typer.Option(help="A cancelled meeting: 12")] = None,
    away: Annotated[list[str] | None, typer.Option(help="A participant and a slot when they are absent: 3:5")] = None,
    meet: Annotated[list[str] | None, typer.Option(help="An additional meeting of two participants: 3-7")] = None,
    freeze: Annotated[list[str] | None, typer.Option(help="A meeting that keeps its slot: 12, or all")] = None,
    time_limit: TimeLimit = None,
    as_json: AsJson = False,
    progress: Shown = False,
) -> None:
    """Repair a published agenda after changes. The fewest meetings move. Options for changes may be repeated."""
    from ccp import agenda as agendas

    asked = agendas.Asked(cancel or [], away or [], meet or [], freeze or [])
    agendas.repair_file(file, agenda, asked, time_limit, as_json=as_json, progress=progress)
