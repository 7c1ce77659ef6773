"""`ccp parked`: what the services could not handle, to look at, to redrive, to drop."""

from typing import Annotated

import typer

from ccp.options import LOCAL, OPERATOR, PASSWORD, OperatorEmail, OperatorPassword, Services, Url

app = typer.Typer(no_args_is_help=True, help="What could not be handled: list, show, redrive, drop.")

Type = Annotated[str | None, typer.Option("--type", help="Of this event type.")]
Reason = Annotated[str | None, typer.Option(help="With this in its reason.")]
Older = Annotated[float | None, typer.Option("--older-than", min=0, help="Parked so many hours ago, or earlier.")]
Ids = Annotated[list[str] | None, typer.Argument(help="Which ones; or choose by options.")]
All = Annotated[bool, typer.Option("--all", help="Without ids or options: really all of them.")]


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
    """Show them, the newest first."""
    from ccp import parked

    parked.list_rows(service, parked.filters(type, reason, older_than), (url, operator_email, operator_password))


@app.command("show")
def show_parked(
    id: Annotated[str, typer.Argument(help="Its id, as `list` shows it.")],
    service: Services = None,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Show one with its content and the traceback."""
    from ccp import parked

    parked.show_row(id, service, (url, operator_email, operator_password))


def _add_deed(what: str, words: str) -> None:
    @app.command(what, help=words)
    def deed(
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


_add_deed("redrive", "Give them back to work. Ends with 1 if one of them cannot be.")
_add_deed("drop", "Forget them. Ends with 1 if one of them is not there.")
