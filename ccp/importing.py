"""`ccp import calls`: a file of real calls, in batches, each refused row with its line and reason."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from ccp.client import Client, Json, connect

ROWS = 50
BYTES = 2_000_000


async def import_calls(console: Console, file: Path, url: str, operator: str, password: str) -> bool:
    """Send the file; True if every row got in."""
    rows: list[Json] = []
    async with connect(url) as http:
        client = await Client(http).log_in(operator, password)
        with Progress(console=console) as bars:
            found = list(batches(file))
            bar = bars.add_task(f"importing {file.name}", total=sum(len(line) for _, batch in found for line in batch))
            for first_line, batch in found:
                body = b"".join(batch)
                rows += (await client.post_lines("/calls/import", body, first_line=first_line))["rows"]
                bars.advance(bar, len(body))
    show(console, rows)
    return not any(row["outcome"] == "refused" for row in rows)


def batches(file: Path) -> Iterator[tuple[int, list[bytes]]]:
    """Lines with the number of the first, a few at a time, bounded in rows and bytes."""
    batch: list[bytes] = []
    first = 1
    with file.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if batch and (len(batch) == ROWS or sum(map(len, batch)) + len(line) > BYTES):
                if any(map(bytes.strip, batch)):
                    yield first, batch
                batch, first = [], number
            batch.append(line if line.endswith(b"\n") else line + b"\n")
    if any(map(bytes.strip, batch)):
        yield first, batch


def show(console: Console, rows: list[Json]) -> None:
    refused = [row for row in rows if row["outcome"] == "refused"]
    if refused:
        table = Table("Line", "Reason", title="Refused", title_justify="left")
        for row in refused:
            table.add_row(str(row["line"]), row["reason"])
        console.print(table)
    taken = [row for row in rows if row["outcome"] != "refused"]
    mapped = sum(bool(row["ecosystems"]) for row in taken)
    counts = Table("", "Calls", title="Imported", title_justify="left")
    for words, number in {
        **Counter(row["outcome"] for row in rows),
        **Counter(f"now {row['status'].replace('_', ' ')}" for row in taken),
    }.items():
        counts.add_row(words, str(number))
    console.print(counts)
    if taken:
        console.print(f"mapped to an ecosystem: {mapped} of {len(taken)} ({mapped / len(taken):.0%})")
