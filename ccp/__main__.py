"""The `ccp` command: run the platform, demonstrate it and operate it."""

import os
import sys
from pathlib import Path
from typing import Annotated

import httpx
import typer
from pydantic import AwareDatetime, SecretStr, TypeAdapter, ValidationError
from rich.console import Console
from rich.markup import escape

from ccp import agenda, events, importing, parked
from ccp import generate as generating
from ccp.client import Problem
from ccp.demo import command as demo_command
from ccp.options import LOCAL, OPERATOR, PASSWORD, Data, OperatorEmail, OperatorPassword, Port, Url, console
from services.__main__ import NotStarted, choose_mongo, run, serve_settings
from services.profiles.service import build, ensure_operator
from services.profiles.settings import ProfilesSettings
from shared import log
from shared.clock import Clock
from shared.mongo import Database, connect
from shared.mongod import NoMongod
from shared.service import KERNEL
from shared.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The Cluster Collaboration Platform.",
)
operators = typer.Typer(no_args_is_help=True, help="Operators: they review profiles and import calls.")
imports = typer.Typer(no_args_is_help=True, help="Import data from files.")
app.add_typer(operators, name="operator")
app.add_typer(agenda.app, name="agenda")
app.add_typer(imports, name="import")
app.add_typer(events.app, name="events")
app.add_typer(parked.app, name="parked")


def settings_for(data: Path, port: int, **more: object) -> Settings:
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
    log.configure(level="warning")
    if url:
        run(demo_command.elsewhere(console, url, mailbox, operator_email, operator_password))
        return
    start = TypeAdapter(AwareDatetime).validate_python(os.environ.get("CCP_CLOCK") or demo_command.START)
    run(demo_command.embedded(console, settings_for(data, port, clock=start), stay=not exit))


@operators.command("create")
def create_operator(
    email: Annotated[str, typer.Argument(help="The e-mail address to log in with.")],
    password: Annotated[
        str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True, envvar="CCP_OPERATOR_PASSWORD")
    ],
    data: Data = Path("var"),
) -> None:
    """Create an operator. The profiles database is the one at CCP_MONGO_URL, or else the embedded one."""
    if not run(_create_operator(Settings(data_dir=data), email, SecretStr(password))):
        raise ValueError(f"{email} is already registered; choose another address")
    console.print(f"{email} is now an operator")


async def _create_operator(settings: Settings, email: str, password: SecretStr) -> bool:
    async with choose_mongo(settings) as url:
        client = connect(url)
        try:
            database = Database(client, "ccp_profiles", "profiles", Clock(settings.clock))
            await database.prepare([*KERNEL, *build(settings, ProfilesSettings()).collections])
            return await ensure_operator(database, email, password)
        finally:
            client.close()


@imports.command("calls")
def import_calls(
    file: Annotated[
        Path,
        typer.Argument(
            exists=True, dir_okay=False, help="JSON lines from the EU portal, or the Horizon Europe list as CSV."
        ),
    ],
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Import real calls. A second run updates only the calls that changed. The exit code is 1 if a row was refused."""
    if not run(importing.import_calls(console, file, url, operator_email, operator_password)):
        raise typer.Exit(1)


@app.command()
def generate(
    check: Annotated[bool, typer.Option("--check", help="Only list files that are out of date.")] = False,
) -> None:
    """Write the generated files. They are topology, gateway, schemas, .env.example and the README's diagram."""
    for path in (found := generating.drifted() if check else generating.generate()):
        console.print(f"{'drifted' if check else 'written'}: {path.relative_to(generating.ROOT)}")
    if check and found:
        raise typer.Exit(1)


def main() -> None:
    """Run a command. An error becomes one line that says what is wrong and what to do next."""
    try:
        app()
    except httpx.HTTPError as error:
        _fail(f"the platform does not answer ({error}); start it with `ccp up`, or give its address with --url")
    except (MemoryError, NoMongod, NotStarted, Problem, ValidationError, ValueError) as error:
        _fail(str(error))
    except TimeoutError:
        _fail("the platform was still busy after a minute; its log says why")
    except OSError as error:
        _fail(str(error))


def _fail(words: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"[red]ccp:[/] {escape(words)}", highlight=False)
    sys.exit(2)


if __name__ == "__main__":
    main()
