"""The report of an import of organisations (pure): an outcome for every row, and repetitions inside a file."""

from collections.abc import Collection, Sequence

from pydantic import BaseModel, Field

from services.profiles.organisations.imports.domain import OrganisationRow, record_id
from services.profiles.organisations.imports.reading import Line, Refused
from services.profiles.organisations.profile import alike
from shared.imports.outcomes import Outcome, counts_of

Numbered = tuple[int, OrganisationRow]
Repeat = tuple[int, OrganisationRow, Numbered]  # the last one: the first row with its key


class ImportedRow(BaseModel):
    """Outcome of one row of a list of organisations."""

    line: int = Field(description="Number of its first line in the file")
    outcome: Outcome
    id: str | None = Field(None, description="Id of the organisation")
    key: str | None = Field(None, description="Id of the organisation in the list")
    name: str | None = None
    changes: list[str] = Field([], description="What changed, in words")
    kept: list[str] = Field([], description="Fields that the organisation's own people changed, so that they stay")
    reason: str | None = Field(None, description="Why the row was refused, or why nothing was changed")
    like: str | None = Field(None, description="Id of an organisation that may be the same")


class OrganisationsReport(BaseModel):
    """Outcome of an import of organisations."""

    dry_run: bool = Field(description="Whether nothing was stored: this is what an import would do")
    counts: dict[Outcome, int] = Field(description="Number of rows by outcome; together, all rows of the file")
    rows: list[ImportedRow] = Field(description="One for each row that is not empty, in the order of the file")


def refused(line: int, row: OrganisationRow, reason: str, like: str | None = None) -> ImportedRow:
    """Return the outcome of a row that is refused."""
    return ImportedRow(line=line, outcome="refused", key=row.key, name=row.profile.name, reason=reason, like=like)


def unread(lines: Sequence[Line]) -> list[ImportedRow]:
    """Return the rows that could not be read."""
    return [
        ImportedRow(line=line, outcome="refused", key=what.key or None, name=what.name or None, reason=what.reason)
        for line, what in lines
        if isinstance(what, Refused)
    ]


def first_mentions(lines: Sequence[Line]) -> tuple[list[Numbered], list[Repeat]]:
    """Return the first row of each key, and the others, each with the first one."""
    first: dict[str, Numbered] = {}
    repeats: list[Repeat] = []
    for line, what in lines:
        if isinstance(what, OrganisationRow):
            known = first.setdefault(what.key.casefold(), (line, what))
            if known[0] != line or known[1] is not what:
                repeats.append((line, what, known))
    return [*first.values()], repeats


def repeated(repeats: Sequence[Repeat], rows: Sequence[ImportedRow]) -> list[ImportedRow]:
    """Return the outcomes of rows with the key of an earlier one: unchanged if they say the same, else refused."""
    by_key = {(row.key or "").casefold(): row for row in rows}
    made = []
    for line, row, (first_line, first) in repeats:
        earlier = by_key[row.key.casefold()]
        if row.replace(key=first.key) != first or earlier.outcome == "refused":
            reason = f"Line {first_line} has the same key. Keep only one of the two lines."
            made.append(refused(line, row, reason))
        else:
            update = {"line": line, "outcome": "unchanged", "changes": [], "reason": None}
            made.append(earlier.model_copy(update=update))
    return made


def doubles(rows: Sequence[Numbered], source: str, known: Collection[str]) -> list[ImportedRow]:
    """Return refusals of new rows that look like an earlier one: the same name, website, or words and city."""
    seen: dict[str, tuple[int, str]] = {}
    found = []
    for line, row in rows:
        if record_id(source, row.key) in known or row.organisation_id:
            continue
        keys = alike(row.profile)
        earlier = next((seen[key] for key in keys if key in seen), None)
        if earlier and not row.is_new:
            reason = (
                f"Line {earlier[0]} ({earlier[1]}) may be the same organisation. "
                "Remove one of the two lines, or write yes in the column is_new."
            )
            found.append(refused(line, row, reason))
            continue
        for key in keys:
            seen.setdefault(key, (line, row.profile.name))
    return found


def report(rows: Sequence[ImportedRow], *, dry_run: bool) -> OrganisationsReport:
    """Return the report with its rows in the order of the file."""
    ordered = sorted(rows, key=lambda row: row.line)
    return OrganisationsReport(dry_run=dry_run, counts=counts_of(ordered), rows=ordered)
