"""The demo's output: progress while it runs, then the alerts of each member and the outcome of each call."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn
from rich.table import Table
from rich.text import Text

from ccp.client import Json
from ccp.demo.cast import Person
from ccp.demo.chapters.plot import Outcome
from ccp.demo.story import Result, still_ahead

LATEST = 12
# One person of each role: what they are, and the first page to look at, with what to try there.
PLAYERS = [
    ("Pierre Martin", "member", "/inbox", "read why each alert came; follow a call; register for a gathering"),
    (
        "Sanne de Vries",
        "editor, traveller",
        "/applications",
        "apply for the second mission to Brazil; read a paid claim",
    ),
    ("Paulo Moreira", "call owner", "/calls/own", "extend the second mission; read ranking, decisions and money"),
    ("Olivia Clarke", "assessor", "/rounds", "read what you scored, beside the criteria"),
    ("Luc Bernard", "coordinator", "/partnerships", "look at your partnership; offer or seek a partner"),
]
# The colour of a cell by its beginning; the first match counts.
COLOURS = {
    "selected": "green",
    "eligible": "green",
    "paid": "green",
    "formed": "green",
    "submitted": "cyan",
    "in assessment": "cyan",
    "reserve": "yellow",
    "depends": "yellow",
    "draft": "yellow",
    "returned": "yellow",
    "rejected": "red",
    "not eligible": "red",
    "withdrawn": "dim",
}


class Screen:
    """A progress bar for each step, with the latest alerts below."""

    def __init__(self) -> None:
        self.bars = Progress(SpinnerColumn(), TextColumn("{task.description:36}"), BarColumn(30), MofNCompleteColumn())
        self.tasks: dict[str, TaskID] = {}
        self.latest: deque[tuple[str, str, str]] = deque(maxlen=LATEST)

    def progress(self, words: str, done: int, total: int) -> None:
        if words not in self.tasks:
            self.tasks[words] = self.bars.add_task(words, total=total)
        self.bars.update(self.tasks[words], completed=done, total=total)

    def alert(self, person: Person, alert: Json) -> None:
        self.latest.append((f"[cyan]{person.name}[/] ({person.country})", alert["title"], f"[dim]{alert['reason']}[/]"))

    def __rich__(self) -> Group:
        table = Table.grid(padding=(0, 2))
        for row in self.latest:
            table.add_row(*row)
        return Group(self.bars, table)


@contextmanager
def screen(console: Console) -> Iterator[Screen]:
    """Show the screen live while the demo runs. At the end the bars stay and the latest alerts disappear."""
    shown = Screen()
    with Live(shown, console=console, refresh_per_second=8):
        yield shown
        shown.latest.clear()


def log_ins(url: str, result: Result, operator: tuple[str, str]) -> Table:
    """Return the log-ins of one person of each role, with what to try as each; no narrow screen cuts an address."""
    address, password = operator
    caption = f"Password: {result.password}; of the operator: {password}"
    table = Table(title=f"{url} is yours to try", caption=caption)
    table.add_column("Log in as", no_wrap=True)
    table.add_column("Who, and what to try", overflow="fold")
    table.add_row("", f"visitor: {url}/: find a call that is open, read it, search for hydrogen or Brazil")
    addresses = {person.name: person.email for person in result.people}
    for name, role, path, words in PLAYERS:
        table.add_row(addresses[name], f"{name}, {role}: {url}{path}: {words}")
    table.add_row(address, f"operator: {url}/desk: review profiles, import calls, look after messages")
    return table


def tables(console: Console, result: Result, shift: timedelta) -> None:
    """Print all tables. `shift` is the time between 2016 and the platform's calendar."""
    console.print(alerts_by_entity(result))
    console.print(alerts_by_member(result.people))
    for outcome in result.outcomes:
        console.print(outcome_table(outcome))
        for note in outcome.notes:
            console.print(Text(f"  {note}"))
    if shift:
        console.print(
            f"All dates are {shift.days // 7} weeks later than in 2016, because the platform uses today's date."
        )
    if result.ahead:
        console.print(
            "The demo cannot move the clock of a running platform. `ccp demo` without --url also plays these steps:"
        )
        for line in still_ahead(result.ahead, shift):
            console.print(Text(f"  {line}", "dim"))
    held = sum(delivery["state"] == "held" for delivery in result.deliveries)
    if held:
        console.print(
            f"{held} e-mails are held: after five e-mails to a member in ten minutes, the others become one e-mail."
        )


def alerts_by_entity(result: Result) -> Table:
    """Return a table of calls and gatherings, with the number of alerts about each."""
    table = Table("Call or gathering", "Until", "Alerts", title="Calls and gatherings", title_justify="left")
    alerts = [alert for person in result.people for alert in person.alerts]
    for entity in [*result.calls, *result.gatherings]:
        number = sum(alert["url"].endswith(entity["id"]) for alert in alerts)
        until = datetime.fromisoformat(entity.get("deadline") or entity["ends_at"])
        end = until.astimezone(ZoneInfo(entity["timezone"]))
        table.add_row(entity["title"], f"{end:%d %b %Y %H:%M %Z}", f"[bold]{number}[/]")
    return table


def alerts_by_member(people: list[Person]) -> Table:
    """Return a table with a row for each alert: the member, the alert, and the reason."""
    table = Table("Member", "Alert", "Why", title="Which member got which alert", title_justify="left")
    for person in people:
        name = f"[cyan]{person.name}[/] ({person.country})"
        if not person.alerts:
            table.add_row(name, "[dim]nothing: no call concerned this member[/]", "")
        for alert in reversed(person.alerts):
            table.add_row(name, alert["title"], f"[dim]{alert['reason']}[/]")
            name = ""
    return table


def outcome_table(outcome: Outcome) -> Table:
    """Return a chapter's table with coloured states."""
    table = Table(*outcome.columns, title=outcome.title, title_justify="left")
    for row in outcome.rows:
        table.add_row(*[Text(cell, colour(cell)) for cell in row])
    return table


def colour(cell: str) -> str:
    return next((style for word, style in COLOURS.items() if cell.startswith(word)), "")
