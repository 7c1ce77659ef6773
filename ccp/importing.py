"""`ccp import calls`: send a file as it is, then show each row's outcome, conflicts and missing calls."""

import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ccp.client import Client, Json, connect
from shared.decoding import decode

LONGEST = 900  # seconds for one file
SHOWN = 30
COLOURS = {"created": "green", "changed": "yellow", "unchanged": "dim", "refused": "red"}
# The service knows the format by the content; the name of the file only decides between a table and JSON lines.
MEDIA_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".jsonl": "application/x-ndjson",
    ".ndjson": "application/x-ndjson",
}


@dataclass(frozen=True)
class Import:
    """A file, and what the options say about it."""

    file: Path
    mapping: Path | None = None
    charset: str | None = None
    dry_run: bool = False

    @property
    def media_type(self) -> str:
        """Return the media type, with the charset if it is stated."""
        media = MEDIA_TYPES.get(self.file.suffix.lower(), "application/octet-stream")
        return f"{media}; charset={self.charset}" if self.charset else media

    @property
    def params(self) -> Mapping[str, Any]:
        """Return the parameters of the request."""
        columns = {"columns": json.dumps(read_mapping(self.mapping))} if self.mapping else {}
        return {"dry_run": self.dry_run, **columns}


def read_mapping(file: Path) -> dict[str, str]:
    """Return a mapping file: TOML with a line for each foreign column, "Titre" = "title". Raises ValueError."""
    try:
        mapping = tomllib.loads(decode(file.read_bytes()).replace("\r\n", "\n"))
    except ValueError as error:
        raise ValueError(f'{file} is no mapping; write one line for each column, such as "Titre" = "title"') from error
    columns = mapping.get("columns", mapping)
    return dict(columns) if isinstance(columns, dict) else {}


async def import_calls(console: Console, asked: Import, url: str, operator: str, password: str) -> bool:
    """Send the file. Return True if no row was refused."""
    params, body = asked.params, asked.file.read_bytes()
    async with connect(url) as http:
        client = await Client(http).log_in(operator, password)
        http.timeout = LONGEST
        with console.status(f"importing {asked.file.name}"):
            report = await client.post_lines("/calls/import", body, asked.media_type, **params)
    show(console, report)
    return not report["counts"]["refused"]


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


def table(console: Console, title: str, header: list[str], lines: list[list[str]], most: int) -> None:
    """Show up to `most` lines of a table, if there are any."""
    if lines:
        shown = Table(*header, title=title, title_justify="left")
        for line in islice(lines, most):
            shown.add_row(*map(escape, line))
        console.print(shown)
        if len(lines) > most:
            console.print(f"and {len(lines) - most} more rows")
