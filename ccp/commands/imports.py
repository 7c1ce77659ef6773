"""`ccp import`: options and help of the imports."""

from pathlib import Path
from typing import Annotated

import typer

from ccp.options import LOCAL, OPERATOR, PASSWORD, OperatorEmail, OperatorPassword, Url, console

app = typer.Typer(no_args_is_help=True, help="Import data from files.")
Mapping = Annotated[
    Path | None,
    typer.Option(exists=True, dir_okay=False, help='TOML that names foreign columns: "Titre" = "title".'),
]
Charset = Annotated[str | None, typer.Option(help="Charset of the file, if it is not Unicode: windows-1252.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Show what would happen, row by row; store nothing.")]


@app.command("calls")
def import_calls(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="JSON lines or an array from the EU portal, or the Horizon Europe list as CSV.",
        ),
    ],
    mapping: Mapping = None,
    charset: Charset = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Import real calls. A second run updates only the calls that changed. The exit code is 1 if a row was refused."""
    from ccp import importing
    from services.__main__ import run

    asked = importing.Import(file, mapping, charset, dry_run)
    if not run(importing.import_calls(console, asked, url, operator_email, operator_password)):
        raise typer.Exit(1)


@app.command("organisations")
def import_organisations(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="CSV, JSON lines or an array: key, name, country, ...")
    ],
    source: Annotated[str, typer.Option(help="Name of the list; a later version of it has the same name.")],
    mapping: Mapping = None,
    charset: Charset = None,
    dry_run: DryRun = False,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Import a list of organisations. A second run changes only what the list changed since the first one.

    What an organisation's own people changed stays. The exit code is 1 if a row was refused.
    """
    from ccp import importing
    from services.__main__ import run

    asked = importing.Import(file, mapping, charset, dry_run, {"source": source})
    if not run(importing.import_organisations(console, asked, url, operator_email, operator_password)):
        raise typer.Exit(1)
