"""`ccp events`: the event log, to watch, to replay to one queue, and current state for a newcomer."""

import asyncio
import shlex
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ccp.client import BUSY, Client, Json, Problem, logged_in, persistently
from ccp.options import (
    LOCAL,
    OPERATOR,
    PASSWORD,
    OperatorEmail,
    OperatorPassword,
    Services,
    Url,
    console,
    moment,
    named,
)
from services.__main__ import available, run
from shared.bus.topology import queue_name
from shared.ids import created_at
from shared.outbox import matching_types

PAGE = 500
POLL = 1.0  # seconds
# No transaction lives longer: what commits late, behind others, has an id at most so much older.
LOOK_BACK = timedelta(seconds=15)
COLOURS = ("cyan", "magenta", "blue", "yellow")
STATES = {"sent": "green", "pending": "yellow"}

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
    start, services = moment(since, "--since"), announcing(named(service), type)

    async def work() -> None:
        async with logged_in(url, operator_email, operator_password) as client:
            await tail(client, services, type, start, follow=follow)

    run(work())


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
    start, end = moment(since, "--since").isoformat(), moment(until, "--until").isoformat() if until else None
    body = {"to": to, "type": type, "since": start, **({"until": end} if end else {})}
    again = ["replay", "--since", start, *(["--until", end] if end else []), "--type", type, "--to", to]
    walk = Walk("replay", body, announcing(named(service), type), after, command(again, service, url))
    _do(walk, url, operator_email, operator_password)


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
    queue = to or queue_name(newcomer)
    again = command(["announce", newcomer, "--to", queue], service, url)
    walk = Walk("announce", {"to": queue}, named(service), after, again)
    _do(walk, url, operator_email, operator_password)


def _do(walk: "Walk", url: str, email: str, password: str) -> None:
    async def work() -> None:
        async with logged_in(url, email, password) as client:
            await walk.through(client)

    run(work())


def announcing(services: Sequence[str], types: str) -> list[str]:
    """Those of the services that announce such types. Raises ValueError if none does."""
    if found := [name for name in services if matching_types(name, types)]:
        return found
    known = sorted(each for name in available() for each in matching_types(name, "*"))
    raise ValueError(f"nothing of type {types} is announced by {', '.join(services)}; types: {', '.join(known)}")


def command(words: Sequence[str], services: list[str] | None, url: str) -> str:
    """The command line of a run, with its options in words that mean the same later."""
    options = [word for name in services or [] for word in ("--service", name)]
    return shlex.join(["ccp", "events", *words, *options, *(["--url", url] if url != LOCAL else [])])


# --- watching -----------------------------------------------------------------------------------


async def tail(client: Client, services: Sequence[str], types: str, since: datetime, *, follow: bool) -> None:
    watched = [Watched(name, since) for name in services]
    while True:
        rounds = await asyncio.gather(*(persistently(lambda one=one: one.fresh(client, types)) for one in watched))  # type: ignore[misc]
        for name, row in sorted(((n, row) for n, rows in zip(services, rounds, strict=True) for row in rows), key=_id):
            console.print(line(name, row), soft_wrap=True)
        if not follow:
            return
        await asyncio.sleep(POLL)


def _id(event: tuple[str, Json]) -> str:
    return str(event[1]["id"])


@dataclass
class Watched:
    """One service's log, read again from a little before its newest event, so that none that commits late is missed."""

    service: str
    since: datetime
    seen: set[str] = field(default_factory=set)

    async def fresh(self, client: Client, types: str) -> list[Json]:
        """What was not there the last time, in order."""
        rows = [row async for row in log(client, self.service, types, self.since)]
        fresh = [row for row in rows if row["id"] not in self.seen]
        self.seen = {row["id"] for row in rows}
        if rows:
            self.since = max(self.since, created_at(rows[-1]["id"]) - LOOK_BACK)
        return fresh


async def log(client: Client, service: str, types: str, since: datetime) -> AsyncIterator[Json]:
    cursor: Json = {}
    while True:
        wanted = {"type": types, "since": since.isoformat(), "limit": PAGE, **cursor}
        page = await client.get(f"/operations/{service}/events", **wanted)
        for row in page["items"]:
            yield row
        if not page["next"]:
            break
        cursor = {"cursor": page["next"]}


def line(service: str, row: Json) -> Text:
    when = datetime.fromisoformat(row["time"]).astimezone()
    colour = COLOURS[available().index(service) % len(COLOURS)]
    return Text.assemble(
        (f"{when:%Y-%m-%d %H:%M:%S}", "dim"),
        (f"  {row['type']:<36}", colour),
        f"  {row['subject'] or '':<36}  ",
        (f"{row['id']}  ", "dim"),
        (row["state"], STATES.get(row["state"], "red")),
    )


# --- sending ------------------------------------------------------------------------------------


@dataclass
class Walk:
    """A replay or an announcement, page by page through the services. It can go on from `after`."""

    what: str
    body: Json
    services: Sequence[str]
    after: str | None
    again: str  # the command line that does the same
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)  # by service and type
    unrouted: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def through(self, client: Client) -> None:
        """Raises whatever stopped it, when it has said how to go on."""
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), MofNCompleteColumn())
        try:
            with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
                for name in self._services_left():
                    await self._through_one(client, name, bars)
        except (Problem, httpx.HTTPError, asyncio.CancelledError) as error:
            if not isinstance(error, Problem) or error.status in BUSY:
                self._say_how_to_go_on()
            raise
        self._show()

    def _say_how_to_go_on(self) -> None:
        go_on = f"{self.again} --after {shlex.quote(self.after)}" if self.after else self.again
        console.print("[yellow]stopped; go on with[/]")
        console.print(go_on, soft_wrap=True, highlight=False, markup=False)

    def _services_left(self) -> list[str]:
        if not self.after:
            return list(self.services)
        first = self.after.partition(":")[0]
        if first not in self.services:
            raise ValueError(f"--after names {first}, which is none of {', '.join(self.services)}")
        return list(self.services[self.services.index(first) :])

    async def _through_one(self, client: Client, name: str, bars: Progress) -> None:
        if self.after is None or not self.after.startswith(f"{name}:"):
            self.after = f"{name}:"
        bar = bars.add_task(f"{self.what} {name}", total=None)
        while True:
            cursor = self.after.partition(":")[2]
            body = {**self.body, "limit": PAGE, **({"cursor": cursor} if cursor else {})}
            page = await persistently(lambda body=body: client.post(f"/operations/{name}/events/{self.what}", body))  # type: ignore[misc]
            self._count(name, page)
            if page["total"] is not None:
                bars.update(bar, total=page["total"])
            bars.advance(bar, page["looked_at"])
            if page["next"] is None:
                return
            self.after = f"{name}:{page['next']}"

    def _count(self, name: str, page: Json) -> None:
        for counter, counts in ((self.sent, page["sent"]), (self.unrouted, page["unrouted"])):
            counter.update({(name, kind): number for kind, number in counts.items()})

    def _show(self) -> None:
        table = Table("Service", "Type")
        for words in ("Sent", "No listener"):
            table.add_column(words, justify="right")
        for name, kind in sorted(self.sent.keys() | self.unrouted.keys()):
            table.add_row(name, kind, *_cells(self.sent[name, kind], self.unrouted[name, kind]))
        console.print(table if table.row_count else "there was nothing to send")
        if table.row_count and not self.sent:
            console.print(f"[yellow]{self.body['to']} listens to none of it: is that its name, and is it bound?[/]")


def _cells(sent: int, unrouted: int) -> Iterable[str]:
    return (f"[green]{sent}[/]" if sent else "", f"[yellow]{unrouted}[/]" if unrouted else "")
