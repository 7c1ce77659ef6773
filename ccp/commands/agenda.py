"""`ccp agenda`: meeting agendas with the fewest breaks and proof of it, and their repair."""

from pathlib import Path
from typing import Annotated

import typer

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
    from ccp import agenda

    agenda.solve_file(file, time_limit, svg, as_json=as_json, progress=progress)


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
    from ccp import agenda as agendas

    asked = agendas.Asked(cancel or [], away or [], meet or [], freeze or [])
    agendas.repair_file(file, agenda, asked, time_limit, as_json=as_json, progress=progress)
