"""`ccp import`: send a file as it is, then show each row's outcome; for calls also conflicts and missing calls."""

import json
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from ccp.client import Client, Json, connect
from shared.decoding import decode
from shared.imports.outcomes import ORDER
from shared.imports.reading import BY_ENDING

LONGEST = 900  # seconds for one file
SHOWN = 30
COLOURS = {"created": "green", "changed": "yellow", "unchanged": "dim", "refused": "red"}
PIECE = 256 * 1024  # bytes that are sent at once


@dataclass(frozen=True)
class Import:
    """A file, and what the options say about it."""

    file: Path
    mapping: Path | None = None
    charset: str | None = None
    dry_run: bool = False
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def media_type(self) -> str:
        """Return the media type, with the charset if it is stated."""
        media = BY_ENDING.get(self.file.suffix.lower(), BY_ENDING[""])
        return f"{media}; charset={self.charset}" if self.charset else media

    @property
    def params(self) -> Mapping[str, Any]:
        """Return the parameters of the request."""
        columns = {"columns": json.dumps(read_mapping(self.mapping))} if self.mapping else {}
        return {"dry_run": self.dry_run, **columns, **self.options}


def read_mapping(file: Path) -> dict[str, str]:
    """Return a mapping file: TOML with a line for each foreign column, "Titre" = "title". Raises ValueError."""
    try:
        mapping = tomllib.loads(decode(file.read_bytes()).replace("\r\n", "\n"))
    except ValueError as error:
        raise ValueError(f'{file} is no mapping; write one line for each column, such as "Titre" = "title"') from error
    columns = mapping.get("columns", mapping)
    return dict(columns) if isinstance(columns, dict) else {}


class Body:
    """A file that is sent in pieces, while a bar shows how much of it; it can be sent again."""

    def __init__(self, content: bytes, progress: Progress) -> None:
        self.content, self.progress = content, progress
        self.task = progress.add_task("sending", total=max(1, len(content)))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self.progress.reset(self.task, description="sending", total=max(1, len(self.content)))
        for start in range(0, len(self.content), PIECE):
            yield self.content[start : start + PIECE]
            self.progress.advance(self.task, PIECE)
        self.progress.update(self.task, description="the platform reads it", total=None)


async def send(console: Console, asked: Import, path: str, url: str, operator: str, password: str) -> Json:
    """Send the file and return the report of its import."""
    content = asked.file.read_bytes()
    columns = (TextColumn(escape(asked.file.name)), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    async with connect(url) as http:
        client = await Client(http).log_in(operator, password)
        http.timeout = LONGEST
        with Progress(*columns, console=console, transient=True) as progress:
            body = Body(content, progress)
            report: Json = await client.post_file(path, body, len(content), asked.media_type, **asked.params)
    return report


async def import_calls(console: Console, asked: Import, url: str, operator: str, password: str) -> bool:
    """Send a file of calls. Return True if no row was refused."""
    report = await send(console, asked, "/calls/import", url, operator, password)
    show(console, report)
    return not report["counts"]["refused"]


async def import_organisations(console: Console, asked: Import, url: str, operator: str, password: str) -> bool:
    """Send a list of organisations. Return True if no row was refused."""
    report = await send(console, asked, "/organisations/import", url, operator, password)
    show_organisations(console, report)
    return not report["counts"]["refused"]


def show_organisations(console: Console, report: Json) -> None:
    """Show a report: in a dry run each row, else those that changed something or kept something, and the counts."""
    rows = sorted(report["rows"], key=lambda row: (ORDER.index(row["outcome"]), row["line"]))
    shown = [row for row in rows if report["dry_run"] or row["outcome"] != "unchanged" or row["kept"]]
    lines = [
        [
            str(row["line"]),
            f"[{COLOURS[row['outcome']]}]{row['outcome']}[/]",
            *(escape(text or "") for text in (row["key"], row["name"], organisation_told(row))),
        ]
        for row in shown
    ]
    header = ["Line", "Outcome", "Key", "Organisation", "Details"]
    table(console, "What would happen" if report["dry_run"] else "Imported", header, lines, len(lines), marked=True)
    counts = Table("", "Rows")
    for outcome, number in report["counts"].items():
        counts.add_row(f"[{COLOURS[outcome]}]{outcome}[/]", str(number))
    counts.add_row("rows in the file", str(len(rows)))
    console.print(counts)


def organisation_told(row: Json) -> str:
    """Return why a row was refused, what changes, and what stays because others changed it."""
    kept = f"kept: {', '.join(row['kept'])}" if row["kept"] else ""
    return "; ".join(filter(None, [row["reason"], *row["changes"], kept]))


def show(console: Console, report: Json) -> None:
    """Show a report: in a dry run each row, else what was refused, changed, contradicted or missing, and the counts."""
    rows = report["rows"]
    every = [[str(row["line"]), row["outcome"], row["title"] or row["topic"] or "", told(row)] for row in rows]
    refused = [[str(row["line"]), row["topic"] or "", row["reason"]] for row in rows if row["outcome"] == "refused"]
    changed = [[str(row["line"]), row["title"], "; ".join(row["changes"])] for row in rows if row["changes"]]
    missing = [[gone["topic"], gone["title"], gone["status"], gone["source"]] for gone in report["missing"]]
    if report["dry_run"]:
        table(console, "What would happen", ["Line", "Outcome", "Call", "Details"], every, len(every))
    else:
        table(console, "Refused", ["Line", "Topic", "Reason"], refused, len(refused))
        table(console, "Changed", ["Line", "Call", "Changes"], changed, SHOWN)
    table(console, "Sources disagree", ["Line", "Field", "Kept", "Other source"], conflicts(rows), SHOWN)
    title = "No longer in this source: check whether these calls were withdrawn"
    table(console, title, ["Topic", "Call", "Status", "Source"], missing, SHOWN)
    show_counts(console, report)


def told(row: Json) -> str:
    """Return why a row was refused, or what changes."""
    return row["reason"] or "; ".join(row["changes"])


def conflicts(rows: list[Json]) -> list[list[str]]:
    """Return the fields on which the sources of a call disagree."""
    return [
        [
            str(row["line"]),
            conflict["field"],
            f"{conflict['kept']} ({conflict['source']})",
            f"{conflict['other']} ({conflict['other_source']})",
        ]
        for row in rows
        for conflict in row["conflicts"]
    ]


def show_counts(console: Console, report: Json) -> None:
    """Show how many rows had which outcome; together, they are all rows of the file."""
    rows = report["rows"]
    taken = [row for row in rows if row["outcome"] != "refused"]
    counts = Table("", "Rows", title="Would be imported" if report["dry_run"] else "Imported", title_justify="left")
    for outcome, number in report["counts"].items():
        counts.add_row(f"[{COLOURS[outcome]}]{outcome}[/]", str(number))
    counts.add_row("rows in the file", str(len(rows)), end_section=True)
    for status, number in Counter(f"now {row['status'].replace('_', ' ')}" for row in taken).items():
        counts.add_row(status, str(number))
    console.print(counts)
    if taken:
        mapped = sum(bool(row["ecosystems"]) for row in taken)
        console.print(f"mapped to an ecosystem: {mapped} of {len(taken)} ({mapped / len(taken):.0%})")


def table(
    console: Console, title: str, header: list[str], lines: list[list[str]], most: int, *, marked: bool = False
) -> None:
    """Show up to `most` lines of a table, if there are any; `marked`: their cells have colours."""
    if lines:
        shown = Table(*header, title=title, title_justify="left")
        for line in islice(lines, most):
            shown.add_row(*(line if marked else map(escape, line)))
        console.print(shown)
        if len(lines) > most:
            console.print(f"and {len(lines) - most} more rows")
