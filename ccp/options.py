"""What commands have in common: the console and the options."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

console = Console(width=None if sys.stdout.isatty() else 130)

Data = Annotated[Path, typer.Option(envvar="CCP_DATA_DIR", help="Where the database and the e-mails are kept.")]
Port = Annotated[int, typer.Option(envvar="CCP_PORT", help="Port of the HTTP server.")]
Url = Annotated[str, typer.Option(help="Where the platform runs.")]
OperatorEmail = Annotated[str, typer.Option(envvar="CCP_OPERATOR_EMAIL", help="An operator's address.")]
OperatorPassword = Annotated[str, typer.Option(envvar="CCP_OPERATOR_PASSWORD", help="Her password.")]

LOCAL = "http://127.0.0.1:8080"
OPERATOR = "operator@ccp.example"
PASSWORD = "operator-of-this-machine"  # noqa: S105 the default of docker-compose.yml
