"""`ccp events`: watch the event log, replay it to one queue, send a snapshot of current state to a new service."""

from typing import Annotated

import typer

from ccp.options import LOCAL, OPERATOR, PASSWORD, OperatorEmail, OperatorPassword, Services, Url, moment

app = typer.Typer(no_args_is_help=True, help="The event log: watch it, replay it, send a snapshot.")

Types = Annotated[str, typer.Option("--type", help="Only this type, or all types with this beginning: calls.call.*")]
Since = Annotated[str, typer.Option(help="Only events from then on: an age (10m, 2h, 30d) or a time (ISO 8601).")]
Until = Annotated[str | None, typer.Option(help="Only events before then; same format as --since.")]
After = Annotated[str | None, typer.Option(help="Continue an interrupted run from here: SERVICE:CURSOR.")]


@app.command("tail")
def tail_events(
    service: Services = None,
    type: Types = "*",
    since: Since = "10m",
    follow: Annotated[bool, typer.Option(help="Keep printing new events until Ctrl-C.")] = True,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Print a line for each event. It has the time, type, subject, id, and whether the event was sent."""
    from ccp import events

    start = moment(since, "--since")
    events.watch(service, type, start, (url, operator_email, operator_password), follow=follow)


@app.command("replay")
def replay_events(
    since: Since,
    to: Annotated[str, typer.Option(help="The queue to send the events to: matchmaking.events.v1")],
    until: Until = None,
    type: Types = "*",
    service: Services = None,
    after: After = None,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Send past events to one queue again. A service skips the events that it has already handled."""
    from ccp import events

    start, end = moment(since, "--since").isoformat(), moment(until, "--until").isoformat() if until else None
    walk = events.replay(to, type, start, end, service, after, url)
    events.send(walk, (url, operator_email, operator_password))


@app.command("snapshot")
def send_snapshot(
    newcomer: Annotated[str, typer.Argument(help="The service that receives the snapshot.")],
    to: Annotated[str | None, typer.Option(help="Its queue, if not NEWCOMER.events.v1.")] = None,
    service: Services = None,
    after: After = None,
    url: Url = LOCAL,
    operator_email: OperatorEmail = OPERATOR,
    operator_password: OperatorPassword = PASSWORD,
) -> None:
    """Send current state to a new service. Every service sends its state, and the new service builds its copies."""
    from ccp import events

    events.send(events.snapshot(newcomer, to, service, after, url), (url, operator_email, operator_password))
