"""The `ccp` command: run the platform, demonstrate it and operate it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ccp.commands import agenda, events, mail, parked
from ccp.options import LOCAL, OPERATOR, PASSWORD, Data, OperatorEmail, OperatorPassword, Port, Url, console
from shared import __version__

if TYPE_CHECKING:
    from shared.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help takes half the time
    context_settings={"max_content_width": 120},
    help="The Cluster Collaboration Platform.",
)
operators = typer.Typer(no_args_is_help=True, help="Operators: they review profiles and import calls.")
imports = typer.Typer(no_args_is_help=True, help="Import data from files.")
app.add_typer(operators, name="operator")
app.add_typer(agenda.app, name="agenda")
app.add_typer(imports, name="import")
app.add_typer(events.app, name="events")
app.add_typer(parked.app, name="parked")
app.add_typer(mail.app, name="mail")


def _show_version(asked: bool) -> None:
    if asked:
        print(f"ccp {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


def settings_for(data: Path, port: int, **more: object) -> "Settings":
    from shared.settings import Settings

    values = {"data_dir": data, "port": port, "public_url": f"http://127.0.0.1:{port}", **more}
    given = {name.removeprefix("CCP_").lower() for name in os.environ if name.startswith("CCP_")}
    return Settings(**{k: v for k, v in values.items() if k not in given & {"public_url"}})  # type: ignore[arg-type]


@app.command()
def up(
    services: Annotated[list[str] | None, typer.Argument(help="Services to run; all of them if you name none.")] = None,
    port: Port = 8080,
    data: Data = Path("var"),
) -> None:
    """Run services in this process until Ctrl-C."""
    from services.__main__ import run, serve_settings
    from shared import log

    settings = settings_for(data, port)
    log.configure(settings.log_format, settings.log_level)
    run(serve_settings(settings, services or []))


@app.command()
def demo(
    url: Annotated[str | None, typer.Option(help="A running platform; without it, the demo starts its own.")] = None,
    exit: Annotated[bool, typer.Option("--exit", help="Exit after the last line instead of staying up.")] = False,
    mailbox: Annotated[
        str, typer.Option(help="The MailDev server of the platform at --url.")
    ] = "http://127.0.0.1:1080",
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
    port: Port = 8080,
    data: Data = Path("var"),
) -> None:
    """Play the newsletter of May 2016. The demo shows which members get an alert about which calls, and why."""
    from ccp.demo import command
    from services.__main__ import run
    from shared import log

    log.configure(level="warning")
    if url:
        run(command.elsewhere(console, url, mailbox, operator_email, operator_password))
        return
    start = os.environ.get("CCP_CLOCK") or command.START
    run(command.embedded(console, settings_for(data, port, clock=start), stay=not exit))


@operators.command("create")
def create_operator(
    email: Annotated[str, typer.Argument(help="The e-mail address to log in with.")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="CCP_OPERATOR_PASSWORD")
    ],
    data: Data = Path("var"),
) -> None:
    """Create an operator. The profiles database is the one at CCP_MONGO_URL, or else the embedded one."""
    from ccp.operators import create
    from services.__main__ import run
    from shared.settings import Settings

    if not run(create(Settings(data_dir=data), email, password)):
        raise ValueError(f"{email} is already registered; choose another address")
    console.print(f"{email} is now an operator")


@imports.command("calls")
def import_calls(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="JSON lines or an array from the EU portal, or the Horizon Europe list as CSV.",
        ),
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help='TOML that names foreign columns: "Titre" = "title".'),
    ] = None,
    charset: Annotated[
        str | None, typer.Option(help="Charset of the file, if it is not Unicode: windows-1252.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, row by row; store nothing.")
    ] = False,
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


@app.command()
def generate(
    check: Annotated[bool, typer.Option("--check", help="Only list files that are out of date.")] = False,
) -> None:
    """Write the generated files. They are topology, gateway, schemas, .env.example and the README's diagram."""
    from ccp import generate as generating

    for path in (paths := generating.drifted() if check else generating.generate()):
        console.print(f"{'drifted' if check else 'written'}: {path.relative_to(generating.ROOT)}")
    if check and paths:
        raise typer.Exit(1)


def main() -> None:
    """Run a command. An error becomes one line that says what is wrong and what to do next."""
    try:
        app()
    except Exception as error:
        _fail(_explanation(error))


def _explanation(error: Exception) -> str:
    """Return what went wrong and what to do next. Raise the error itself if it is a bug."""
    import httpx

    from ccp.client import Problem
    from services.__main__ import NotStarted
    from shared.mongod import NoMongod

    if isinstance(error, httpx.HTTPError):
        return f"the platform does not answer ({error}); start it with `ccp up`, or give its address with --url"
    if isinstance(error, TimeoutError):
        return "the platform was still busy after a minute; its log says why"
    if isinstance(error, MemoryError | NoMongod | NotStarted | Problem | OSError | ValueError):
        return str(error)
    raise error


def _fail(words: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"[red]ccp:[/] {escape(words)}", highlight=False)
    sys.exit(2)


if __name__ == "__main__":
    main()
