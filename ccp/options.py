"""The console and the options that several commands share."""

import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from shared.clock import real_now

console = Console(width=None if sys.stdout.isatty() else 130)

Data = Annotated[Path, typer.Option(envvar="CCP_DATA_DIR", help="Folder for the database and the e-mails.")]
Port = Annotated[int, typer.Option(envvar="CCP_PORT", help="Port of the HTTP server.")]
Url = Annotated[str, typer.Option(help="Address of the platform.")]
OperatorEmail = Annotated[str, typer.Option(envvar="CCP_OPERATOR_EMAIL", help="E-mail address of an operator.")]
OperatorPassword = Annotated[str, typer.Option(envvar="CCP_OPERATOR_PASSWORD", help="Password of the operator.")]

Services = Annotated[list[str] | None, typer.Option("--service", help="Only this service; may be repeated.")]

LOCAL = "http://127.0.0.1:8080"
OPERATOR = "operator@ccp.example"
PASSWORD = "operator-of-this-machine"  # noqa: S105 the default of docker-compose.yml


def named(services: list[str] | None) -> list[str]:
    """Return the named services, or all of them. Raise ValueError for an unknown one."""
    from services.__main__ import available

    if unknown := sorted(set(services or []) - set(available())):
        raise ValueError(f"unknown service: {', '.join(unknown)}; choose from {', '.join(available())}")
    return services or available()


def moment(text: str, option: str) -> datetime:
    """Return the time of an ISO 8601 text (local if without offset) or of an age like 90s, 2h. Raise BadParameter."""
    from pytimeparse.timeparse import timeparse

    seconds = None if ":" in text else timeparse(text)  # timeparse reads 10:30 as minutes and seconds
    try:
        if seconds is not None and seconds >= 0:
            return real_now() - timedelta(seconds=seconds)
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        message = f"{text!r} is not a time; give an age like 10m, 2h or 30d, or a time like 2026-05-09T09:00Z"
        raise typer.BadParameter(message, param_hint=option) from error
