"""The console and the options that several commands share."""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from shared.clock import real_now
from shared.decoding import decode

console = Console(width=None if sys.stdout.isatty() else 130)

N = TypeVar("N", int, float)


def number(kind: Callable[[str], N], least: float, most: float) -> Callable[[str | N], N]:
    """Return a parser of numbers in a range; its error says which numbers are possible."""

    def parse(text: str | N) -> N:
        with suppress(ValueError):
            if least <= (value := kind(str(text))) <= most:
                return value
        whole = "whole " if kind is int else ""
        raise typer.BadParameter(f"{str(text)!r} is not possible; give a {whole}number from {least:,} to {most:,}")

    return parse


Data = Annotated[Path, typer.Option(envvar="CCP_DATA_DIR", help="Folder for the database and the e-mails.")]
Port = Annotated[
    int,
    typer.Option(envvar="CCP_PORT", parser=number(int, 1, 65535), metavar="NUMBER", help="Port of the HTTP server."),
]
Url = Annotated[str, typer.Option(help="Address of the platform.")]
OperatorEmail = Annotated[str, typer.Option(envvar="CCP_OPERATOR_EMAIL", help="E-mail address of an operator.")]
OperatorPassword = Annotated[
    str,
    typer.Option(
        envvar="CCP_OPERATOR_PASSWORD",
        show_default=False,
        help="Password of the operator. Without it, the one that .env in this folder has.",
    ),
]

Services = Annotated[list[str] | None, typer.Option("--service", help="Only this service; may be repeated.")]

LOCAL = "http://127.0.0.1:8080"
OPERATOR = "operator@ccp.example"


def from_env_file(name: str, file: Path = Path(".env")) -> str:
    """Return the value of a variable in the file that `deploy/secrets.sh` writes; empty if it has none."""
    lines = decode(file.read_bytes()).splitlines() if file.is_file() else []
    return next((line.partition("=")[2] for line in lines if line.startswith(f"{name}=")), "")


PASSWORD = from_env_file("CCP_OPERATOR_PASSWORD")


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
