"""`ccp events`: the event log, to watch, to replay to one queue, and current state for a newcomer."""

from typing import Annotated

import typer

from ccp.options import LOCAL, OPERATOR, PASSWORD, OperatorEmail, OperatorPassword, Services, Url, moment

app = typer.Typer(no_args_is_help=True, help="The event log: watch it, replay it, tell a newcomer what is the case.")

Types = Annotated[str, typer.Option("--type", help="Of this type, or of those that begin so: calls.call.*")]
Since = Annotated[str, typer.Option(help="From then on: how long ago (10m, 2h, 30d), or a time (ISO 8601).")]
Until = Annotated[str | None, typer.Option(help="Until before then, said in the same way.")]
After = Annotated[str | None, typer.Option(help="Where to go on, as an interrupted run says: SERVICE:CURSOR.")]


@app.command("tail")
def tail_events(
    service: Services = None,
    type: Types = "*",
    since: Since = "10m",
    follow: Annotated[bool, typer.Option(help="Go on with what comes, until Ctrl-C.")] = True,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """A line for each event as it is committed: time, type, subject, id, and whether the bus has it."""
    from ccp import events

    start = moment(since, "--since")
    events.watch(service, type, start, (url, operator_email, operator_password), follow=follow)


@app.command("replay")
def replay_events(
    since: Since,
    to: Annotated[str, typer.Option(help="The queue that gets them: matchmaking.events.v1")],
    until: Until = None,
    type: Types = "*",
    service: Services = None,
    after: After = None,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Send what was announced to one queue again. Whoever has handled an event does nothing a second time."""
    from ccp import events

    start, end = moment(since, "--since").isoformat(), moment(until, "--until").isoformat() if until else None
    walk = events.replay(to, type, start, end, service, after, url)
    events.send(walk, (url, operator_email, operator_password))


@app.command("announce")
def announce_state(
    newcomer: Annotated[str, typer.Argument(help="The service that is to hear of it.")],
    to: Annotated[str | None, typer.Option(help="Its queue, if that is not NEWCOMER.events.v1.")] = None,
    service: Services = None,
    after: After = None,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Have every service tell a newcomer what is the case now, so that it can build its copies from nothing."""
    from ccp import events

    events.send(events.announce(newcomer, to, service, after, url), (url, operator_email, operator_password))
