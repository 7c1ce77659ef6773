"""`ccp events`: watch the event log, replay it to one queue, send a snapshot of current state to a new service."""

import asyncio
import shlex
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from ccp.client import BUSY, Client, Json, Problem, logged_in, persistently
from ccp.options import LOCAL, console, named
from services.__main__ import available, run
from shared.bus.topology import queue_name
from shared.ids import created_at
from shared.outbox import matching_types

PAGE = 500
POLL = 1.0  # seconds
# No transaction runs longer than this, so an event that commits late has an id at most this much older.
LOOK_BACK = timedelta(seconds=15)
COLOURS = ("cyan", "magenta", "blue", "yellow")
STATES = {"sent": "green", "pending": "yellow"}

Who = tuple[str, str, str]  # url, address, password


def watch(service: list[str] | None, type: str, since: datetime, who: Who, *, follow: bool) -> None:
    services = publishing(named(service), type)

    async def work() -> None:
        async with logged_in(*who) as client:
            await tail(client, services, type, since, follow=follow)

    run(work())


def replay(
    to: str, type: str, start: str, end: str | None, service: list[str] | None, after: str | None, url: str
) -> "Walk":
    body = {"to": to, "type": type, "since": start, **({"until": end} if end else {})}
    again = ["replay", "--since", start, *(["--until", end] if end else []), "--type", type, "--to", to]
    return Walk("replay", body, publishing(named(service), type), after, command(again, service, url))


def snapshot(newcomer: str, to: str | None, service: list[str] | None, after: str | None, url: str) -> "Walk":
    queue = to or queue_name(newcomer)
    again = command(["snapshot", newcomer, "--to", queue], service, url)
    return Walk("snapshot", {"to": queue}, named(service), after, again)


def send(walk: "Walk", who: Who) -> None:
    async def work() -> None:
        async with logged_in(*who) as client:
            await walk.through(client)

    run(work())


def publishing(services: Sequence[str], types: str) -> list[str]:
    """Return those of the services that publish such types. Raise ValueError if none does."""
    if matching := [name for name in services if matching_types(name, types)]:
        return matching
    known = sorted(each for name in available() for each in matching_types(name, "*"))
    raise ValueError(f"no event type {types} in {', '.join(services)}; choose from {', '.join(known)}")


def command(words: Sequence[str], services: list[str] | None, url: str) -> str:
    """Return the command line of a run, with options that mean the same when the run is repeated later."""
    options = [word for name in services or [] for word in ("--service", name)]
    return shlex.join(["ccp", "events", *words, *options, *(["--url", url] if url != LOCAL else [])])


# --- watching -----------------------------------------------------------------------------------


async def tail(client: Client, services: Sequence[str], types: str, since: datetime, *, follow: bool) -> None:
    watched = [Watched(name, since) for name in services]
    while True:
        rounds = await asyncio.gather(*(persistently(lambda log=log: log.fresh(client, types)) for log in watched))  # type: ignore[misc]
        for name, row in sorted(((n, row) for n, rows in zip(services, rounds, strict=True) for row in rows), key=_id):
            console.print(line(name, row), soft_wrap=True)
        if not follow:
            return
        await asyncio.sleep(POLL)


def _id(event: tuple[str, Json]) -> str:
    return str(event[1]["id"])


@dataclass
class Watched:
    """One service's log. Each reading begins shortly before the newest event, to include events that commit late."""

    service: str
    since: datetime
    seen: set[str] = field(default_factory=set)

    async def fresh(self, client: Client, types: str) -> list[Json]:
        """Return the events that the last reading did not have, in order."""
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
    """A replay or a snapshot, page by page through the services. It can continue from `after`."""

    what: str
    body: Json
    services: Sequence[str]
    after: str | None
    again: str  # the command line that repeats this run
    sent: Counter[tuple[str, str]] = field(default_factory=Counter)  # by service and type
    unrouted: Counter[tuple[str, str]] = field(default_factory=Counter)

    async def through(self, client: Client) -> None:
        """Visit all services. Raise ValueError if the queue received nothing. An error says how to continue."""
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
        console.print("[yellow]stopped; continue with[/]")
        console.print(go_on, soft_wrap=True, highlight=False, markup=False)

    def _services_left(self) -> list[str]:
        if not self.after:
            return list(self.services)
        first = self.after.partition(":")[0]
        if first not in self.services:
            raise ValueError(f"--after names {first}; choose from {', '.join(self.services)}")
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
        console.print(table if table.row_count else "nothing to send")
        if table.row_count and not self.sent:
            raise ValueError(f"{self.body['to']} received nothing; check the queue's name and its bindings")


def _cells(sent: int, unrouted: int) -> Iterable[str]:
    return (f"[green]{sent}[/]" if sent else "", f"[yellow]{unrouted}[/]" if unrouted else "")
