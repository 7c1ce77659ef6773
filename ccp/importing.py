"""`ccp import calls`: send a file of real calls in batches, then show changes, conflicts and refused rows."""

from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ccp.client import Client, Json, connect
from shared.ids import new_id

ROWS = 50
BYTES = 2_000_000
SHOWN = 30
COLOURS = {"created": "green", "changed": "yellow", "confirmed": "cyan", "unchanged": "dim", "refused": "red"}


async def import_calls(console: Console, file: Path, url: str, operator: str, password: str) -> bool:
    """Send the file (CSV if its name ends so, else JSON lines). Return True if no row was refused."""
    rows: list[Json] = []
    import_id = new_id()  # makes several requests one import
    media = "text/csv" if file.suffix.lower() == ".csv" else "application/x-ndjson"
    async with connect(url) as http:
        client = await Client(http).log_in(operator, password)
        with Progress(console=console) as bars:
            header, parts = batches(file, media)
            bar = bars.add_task(f"importing {file.name}", total=sum(len(line) for _, batch in parts for line in batch))
            for first_line, batch in parts:
                body, number = header + b"".join(batch), first_line - bool(header)
                params = {"first_line": number, "import_id": import_id}
                rows += (await client.post_lines("/calls/import", body, media, **params))["rows"]
                bars.advance(bar, len(body) - len(header))
    show(console, rows)
    return not any(row["outcome"] == "refused" for row in rows)


def batches(file: Path, media: str) -> tuple[bytes, list[tuple[int, list[bytes]]]]:
    """Return the header, if the format has one, and batches of lines, each with the number of its first line."""
    with file.open("rb") as lines:
        header = next(lines, b"") if media == "text/csv" else b""
        if header and not header.endswith(b"\n"):
            header += b"\n"
        return header, list(_batches(lines, 2 if header else 1, cells=bool(header)))


def _batches(lines: Iterator[bytes], first: int, *, cells: bool) -> Iterator[tuple[int, list[bytes]]]:
    """Yield batches. A CSV cell of several lines stays in one batch: a batch ends only where all quotes are closed."""
    batch: list[bytes] = []
    size = quotes = 0
    for number, line in enumerate(lines, first):
        full = len(batch) >= ROWS or size + len(line) > BYTES
        if batch and full and not (cells and quotes % 2):
            if any(map(bytes.strip, batch)):
                yield first, batch
            batch, size, first = [], 0, number
        batch.append(line if line.endswith(b"\n") else line + b"\n")
        size, quotes = size + len(line), quotes + line.count(b'"')
    if any(map(bytes.strip, batch)):
        yield first, batch


def show(console: Console, rows: list[Json]) -> None:
    refused = [[str(row["line"]), row["reason"]] for row in rows if row["outcome"] == "refused"]
    changed = [[str(row["line"]), row["title"], "; ".join(row["changes"])] for row in rows if row["changes"]]
    conflicts = [
        [
            str(row["line"]),
            conflict["field"],
            f"{conflict['kept']} ({conflict['source']})",
            f"{conflict['other']} ({conflict['other_source']})",
        ]
        for row in rows
        for conflict in row["conflicts"]
    ]
    _table(console, "Refused", ["Line", "Reason"], refused, len(refused))
    _table(console, "Changed", ["Line", "Call", "Changes"], changed, SHOWN)
    _table(console, "Sources disagree", ["Line", "Field", "Kept", "Other source"], conflicts, SHOWN)
    taken = [row for row in rows if row["outcome"] != "refused"]
    counts = Table("", "Calls", title="Imported", title_justify="left")
    for outcome, number in Counter(row["outcome"] for row in rows).items():
        counts.add_row(f"[{COLOURS[outcome]}]{outcome}[/]", str(number))
    for status, number in Counter(f"now {row['status'].replace('_', ' ')}" for row in taken).items():
        counts.add_row(status, str(number))
    console.print(counts)
    if taken:
        mapped = sum(bool(row["ecosystems"]) for row in taken)
        console.print(f"mapped to an ecosystem: {mapped} of {len(taken)} ({mapped / len(taken):.0%})")


def _table(console: Console, title: str, header: list[str], lines: list[list[str]], most: int) -> None:
    if lines:
        table = Table(*header, title=title, title_justify="left")
        for line in islice(lines, most):
            table.add_row(*line)
        console.print(table)
        if len(lines) > most:
            console.print(f"and {len(lines) - most} more rows")
