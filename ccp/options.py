"""What commands have in common: the console and the options."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.clock import real_now

console = Console(width=None if sys.stdout.isatty() else 130)

Data = Annotated[Path, typer.Option(envvar="CCP_DATA_DIR", help="Where the database and the e-mails are kept.")]
Port = Annotated[int, typer.Option(envvar="CCP_PORT", help="Port of the HTTP server.")]
Url = Annotated[str, typer.Option(help="Where the platform runs.")]
OperatorEmail = Annotated[str, typer.Option(envvar="CCP_OPERATOR_EMAIL", help="An operator's address.")]
OperatorPassword = Annotated[str, typer.Option(envvar="CCP_OPERATOR_PASSWORD", help="Her password.")]

Services = Annotated[list[str] | None, typer.Option("--service", help="Of this service; all if none is named.")]

LOCAL = "http://127.0.0.1:8080"
OPERATOR = "operator@ccp.example"
PASSWORD = "operator-of-this-machine"  # noqa: S105 the default of docker-compose.yml


def named(services: list[str] | None) -> list[str]:
    """Those named, or all. Raises ValueError for one that is not here."""
    from services.__main__ import available

    if unknown := sorted(set(services or []) - set(available())):
        raise ValueError(f"no such service: {', '.join(unknown)}; there are {', '.join(available())}")
    return services or available()


def moment(text: str, option: str) -> datetime:
    """A time in ISO 8601, local unless it has an offset, or how long ago: 90s, 10m, 2h, 30d. Raises BadParameter."""
    from pytimeparse.timeparse import timeparse

    seconds = None if ":" in text else timeparse(text)  # 10:30 would be minutes and seconds
    try:
        if seconds is not None and seconds >= 0:
            return real_now() - timedelta(seconds=seconds)
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        ways = f"{text!r} is no time: say how long ago, as 10m, 2h or 30d, or when, as 2026-05-09T09:00Z"
        raise typer.BadParameter(ways, param_hint=option) from error
