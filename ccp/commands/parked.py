"""`ccp parked`: list, show, redrive and drop the events that services could not handle."""

from typing import Annotated

import typer

from ccp.options import LOCAL, OPERATOR, PASSWORD, OperatorEmail, OperatorPassword, Services, Url, number

app = typer.Typer(no_args_is_help=True, help="Events that could not be handled: list, redrive, drop.")

Type = Annotated[str | None, typer.Option("--type", help="Only this event type.")]
Reason = Annotated[str | None, typer.Option(help="Only events whose reason contains this text.")]
Older = Annotated[
    float | None,
    typer.Option(
        "--older-than",
        parser=number(float, 0, 1_000_000),
        metavar="HOURS",
        help="Only events parked this many hours ago or earlier.",
    ),
]
Ids = Annotated[list[str] | None, typer.Argument(help="Ids to act on; or choose by options.")]
All = Annotated[bool, typer.Option("--all", help="Act on all parked events, without ids or options.")]


@app.command("list")
def list_parked(
    service: Services = None,
    type: Type = None,
    reason: Reason = None,
    older_than: Older = None,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """List parked events, the newest first."""
    from ccp import parked

    parked.list_rows(service, parked.filters(type, reason, older_than), (url, operator_email, operator_password))


@app.command("show")
def show_parked(
    id: Annotated[str, typer.Argument(help="The event's id, as `ccp parked list` shows it.")],
    service: Services = None,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Show a parked event with its content and the traceback."""
    from ccp import parked

    parked.show_row(id, service, (url, operator_email, operator_password))


def _add_command(what: str, words: str) -> None:
    @app.command(what, help=words)
    def command(
        ids: Ids = None,
        everything: All = False,
        service: Services = None,
        type: Type = None,
        reason: Reason = None,
        older_than: Older = None,
        url: Url = LOCAL,
        operator_email: OperatorEmail = OPERATOR,
        operator_password: OperatorPassword = PASSWORD,
    ) -> None:
        from ccp import parked

        chosen, who = parked.filters(type, reason, older_than), (url, operator_email, operator_password)
        if not parked.settle(what, ids or [], service, chosen, who, everything=everything):
            raise typer.Exit(1)


_add_command("redrive", "Handle parked events again. The exit code is 1 if one was refused.")
_add_command("drop", "Delete parked events. The exit code is 1 if one was not found.")
