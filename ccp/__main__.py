"""The `ccp` command: run the platform, demonstrate it and operate it."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

from ccp.commands import agenda, events, imports, keys, mail, parked
from ccp.options import OPERATOR, PASSWORD, Data, OperatorEmail, OperatorPassword, Port, console
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
app.add_typer(operators, name="operator")
app.add_typer(agenda.app, name="agenda")
app.add_typer(imports.app, name="import")
app.add_typer(events.app, name="events")
app.add_typer(parked.app, name="parked")
app.add_typer(mail.app, name="mail")
app.add_typer(keys.app, name="keys")


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


MemberEmail = Annotated[str, typer.Argument(help="The e-mail address of the member.")]


@operators.command("give")
def give_role(email: MemberEmail, data: Data = Path("var")) -> None:
    """Make a member an operator. Their log-ins end; they are told by e-mail."""
    from ccp.operators import give
    from services.__main__ import run
    from shared.settings import Settings

    run(give(Settings(data_dir=data), email))
    console.print(f"{email} is now an operator")


@operators.command("take")
def take_role(email: MemberEmail, data: Data = Path("var")) -> None:
    """Take the role from an operator. Their log-ins end; they are told by e-mail."""
    from ccp.operators import take
    from services.__main__ import run
    from shared.settings import Settings

    run(take(Settings(data_dir=data), email))
    console.print(f"{email} is no longer an operator")


@operators.command("forget-factor")
def forget_factor(email: MemberEmail, data: Data = Path("var")) -> None:
    """Remove the second factor of a member who lost the phone and the recovery codes. Make sure who asks."""
    from ccp.operators import forget
    from services.__main__ import run
    from shared.settings import Settings

    if not run(forget(Settings(data_dir=data), email)):
        raise ValueError(f"{email} has no second factor")
    console.print(f"{email} logs in with the password alone, and is told by e-mail")


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
    from pydantic import ValidationError

    from ccp.client import Problem
    from services.__main__ import NotStarted
    from shared.field_errors import in_words
    from shared.mongod import NoMongod

    if isinstance(error, httpx.HTTPError):
        return f"the platform does not answer ({error}); start it with `ccp up`, or give its address with --url"
    if isinstance(error, ValidationError):
        return in_words(error, "CCP_" if error.title.endswith("Settings") else "")
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
