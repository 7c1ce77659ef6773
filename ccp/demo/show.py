"""What the demo shows: progress while it happens, then who was told what, and what came of each call."""

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
from ccp.demo.story import Told, untold

LATEST = 12
# The colour of a cell, by how it begins: the first that fits.
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
    """A bar for each step, and the latest alerts under them while they come in."""

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
    """Live while the story is told; the bars stay, the alerts give way to the tables."""
    shown = Screen()
    with Live(shown, console=console, refresh_per_second=8):
        yield shown
        shown.latest.clear()


def tables(console: Console, told: Told, shift: timedelta) -> None:
    """`shift`: how much later than in 2016 the platform lives."""
    console.print(announced(told))
    console.print(who_was_told(told.people))
    for outcome in told.outcomes:
        console.print(came_of_it(outcome))
        for note in outcome.notes:
            console.print(Text(f"  {note}"))
    if shift:
        console.print(f"This platform lives later: all dates moved by {shift.days // 7} weeks.")
    if told.ahead:
        console.print("Time cannot be made to pass here, so these wait for their day (`ccp demo` alone tells them):")
        for words in untold(told.ahead, shift):
            console.print(Text(f"  {words}", "dim"))
    held = sum(delivery["state"] == "held" for delivery in told.deliveries)
    if held:
        console.print(f"{held} e-mails are held: more than five to a member within ten minutes become one.")


def announced(told: Told) -> Table:
    table = Table("What was announced", "Until", "Told", title="Calls and gatherings", title_justify="left")
    for it in [*told.calls, *told.gatherings]:
        number = sum(alert["url"].endswith(it["id"]) for person in told.people for alert in person.alerts)
        end = datetime.fromisoformat(it.get("deadline") or it["ends_at"]).astimezone(ZoneInfo(it["timezone"]))
        table.add_row(it["title"], f"{end:%d %b %Y %H:%M %Z}", f"[bold]{number}[/]")
    return table


def who_was_told(people: list[Person]) -> Table:
    """One row an alert: the member, what she got, and why."""
    table = Table("Member", "Alert", "Why", title="Which member got which alert", title_justify="left")
    for person in people:
        name = f"[cyan]{person.name}[/] ({person.country})"
        if not person.alerts:
            table.add_row(name, "[dim]nothing: no call concerned this member[/]", "")
        for alert in reversed(person.alerts):
            table.add_row(name, alert["title"], f"[dim]{alert['reason']}[/]")
            name = ""
    return table


def came_of_it(outcome: Outcome) -> Table:
    """A chapter's table; what became of somebody has a colour."""
    table = Table(*outcome.columns, title=outcome.title, title_justify="left")
    for row in outcome.rows:
        table.add_row(*[Text(cell, colour(cell)) for cell in row])
    return table


def colour(cell: str) -> str:
    return next((style for word, style in COLOURS.items() if cell.startswith(word)), "")
