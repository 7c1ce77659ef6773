"""`ccp mail`: list the e-mails that did not arrive, and send them again."""

from typing import Annotated

import typer

from ccp.options import LOCAL, OPERATOR, PASSWORD, OperatorEmail, OperatorPassword, Url

app = typer.Typer(no_args_is_help=True, help="E-mails that did not arrive: list them, send them again.")


@app.command("list")
def list_mails(
    url: Url = LOCAL, operator_email: OperatorEmail = OPERATOR, operator_password: OperatorPassword = PASSWORD
) -> None:
    """List e-mails that failed, and ambiguous ones, which may have arrived; the newest first."""
    from ccp import mail

    mail.list_rows((url, operator_email, operator_password))


@app.command("resend")
def resend_mails(
    ids: Annotated[list[str] | None, typer.Argument(help="Ids of e-mails; an ambiguous one may arrive twice.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that failed, and no ambiguous ones.")] = False,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Send e-mails again. The exit code is 1 if one was refused."""
    from ccp import mail

    if not mail.resend(ids or [], (url, operator_email, operator_password), everything=everything):
        raise typer.Exit(1)
