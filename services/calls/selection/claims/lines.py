"""The lines of a claim, and the evidence that each of them names (pure)."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StrictInt, ValidationInfo, field_validator

from services.calls.ledger.domain import Cents
from shared.errors import Invalid
from shared.fields import OneLine
from shared.files.domain import StoredFile, find
from shared.models import Body, Day, Link
from shared.sentences import _

LONGEST_TITLE = 200


class Category(StrEnum):
    """Kind of cost of a line."""

    TRAVEL = "travel"
    ACCOMMODATION = "accommodation"
    SUBSISTENCE = "subsistence"
    REGISTRATION = "registration"
    OTHER = "other"


class Evidence(Body):
    """A receipt for a cost: a file of the application, or a file elsewhere. Hash and size identify the file."""

    title: Annotated[str, OneLine(LONGEST_TITLE)] = Field("", description="Left out: the name of the uploaded file")
    link: Link = Field(
        "", pattern=r"^(https://|$)", description="Web address of the file; empty for a file that was uploaded"
    )
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the file, in lower-case hexadecimal")
    size: StrictInt | None = Field(
        None,
        ge=1,
        le=100_000_000,
        validate_default=True,
        description="Bytes; left out: those of the uploaded file. Required with a link",
    )

    @field_validator("size")
    @classmethod
    def _known(cls, size: int | None, seen: ValidationInfo) -> int | None:
        if size is None and seen.data.get("link"):
            raise ValueError(_("Enter the size of the file in bytes."))
        return size


class ClaimLine(Body):
    """One cost in euro cents; costs in another currency are converted at the rate that was paid."""

    category: Category
    cents: Annotated[Cents, Field(ge=1)]
    on: Day = Field(description="Day of payment")
    evidence: Evidence


class LineInvalid(Invalid):
    """A line has a day in the future, wrong days away, or evidence that is not uploaded or of another line."""


def check_receipts(lines: Sequence[ClaimLine]) -> None:
    """Raise LineInvalid if two lines name one receipt, by its hash or by its address."""
    seen: dict[str, int] = {}
    for number, line in enumerate(lines):
        for field in ("sha256", "link"):
            value = getattr(line.evidence, field)
            if value and seen.setdefault(value, number) != number:
                raise LineInvalid(
                    _(
                        "Line {number} names this receipt already. Enter its whole amount in one line.",
                        number=seen[value] + 1,
                    ),
                    field=f"lines.{number}.evidence.{field}",
                )


def evidence_of(lines: Sequence[ClaimLine], files: Sequence[StoredFile]) -> list[StoredFile]:
    """Return the files that the lines name. Raises LineInvalid."""
    named: dict[str, StoredFile] = {}
    for number, line in enumerate(lines):
        if line.evidence.link:
            continue
        file = find(files, line.evidence.sha256)
        if file is None or line.evidence.size not in {None, file.size}:
            raise LineInvalid(
                _("No uploaded file has this hash and size. Upload the file to the application first."),
                field=f"lines.{number}.evidence.sha256",
            )
        named[file.sha256] = file
    return [*named.values()]


def with_files(lines: Sequence[ClaimLine], files: Sequence[StoredFile]) -> list[ClaimLine]:
    """Return the lines with titles and sizes: what was left out is that of the uploaded file."""
    return [_with_file(line, None if line.evidence.link else find(files, line.evidence.sha256)) for line in lines]


def _with_file(line: ClaimLine, file: StoredFile | None) -> ClaimLine:
    evidence = line.evidence
    title = evidence.title or (file.name if file else evidence.link)
    size = evidence.size or (file.size if file else None)
    return line.replace(evidence=evidence.replace(title=title[:LONGEST_TITLE], size=size))
