"""The index of the decision records in docs/decisions, made from the records themselves."""

import re
from dataclasses import dataclass
from pathlib import Path

HEADING = """<!-- Generated from the records in this folder by `ccp generate`. -->
# Decisions

One file for each decision: why it was needed, the decision as one line, what was refused, and which check enforces it.
A new decision takes the next number. A decision that no longer holds keeps its file; its status becomes
`superseded by NNNN`.

| No. | Decision | Date | Status |
|---|---|---|---|
"""
RECORD = re.compile(
    r"# (?P<number>\d{4})\. .+\n\n"
    r"- Date: (?P<date>\d{4}-\d\d-\d\d)\n"
    r"- Status: (?P<status>accepted|superseded by \d{4})\n\n"
    r"## Context\n.+?\n## Decision\n\n> \*\*(?P<decision>[^\n]+)\*\*\n"
    r".*?\n## Refused\n.+?\n## Enforced by\n.+",
    re.DOTALL,
)


class BadRecord(ValueError):
    """A decision record without one of its parts, or with a number that its file name does not have."""


@dataclass(frozen=True)
class Decision:
    number: str
    date: str
    status: str
    decision: str
    file: str


def read(folder: Path) -> list[Decision]:
    """Return the decisions in the order of their numbers. Raise BadRecord."""
    return [_parse(path) for path in sorted(folder.glob("[0-9]*.md"))]


def _parse(path: Path) -> Decision:
    match = RECORD.fullmatch(path.read_text())
    if match is None:
        raise BadRecord(f"{path.name}: write title, date, status, context, decision, refused and enforced by, as 0001")
    if not path.name.startswith(f"{match['number']}-"):
        raise BadRecord(f"{path.name}: the title has the number {match['number']}")
    return Decision(**match.groupdict(), file=path.name)


def index(folder: Path) -> str:
    """Return the text of the folder's README: a row for each decision."""
    rows = [
        f"| [{each.number}]({each.file}) | {each.decision} | {each.date} | {each.status} |" for each in read(folder)
    ]
    return HEADING + "\n".join(rows) + "\n"
