"""Rows of the Horizon Europe list of calls (CSV), read by the rules below (pure).

The row of a topic describes the topic, and its amount is the smallest grant. A row that opened after the end of the
topic's work programme, or that has "call" in its name, is a cascade call: a separate call of a project that the topic
funds, and its amount is the whole budget. Of two stages, the closing date is that of the second. Calls open at 0:00
in Brussels.
"""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.imports.eu_portal import Identifier, ecosystems
from services.calls.imports.reasons import reason_of
from services.calls.imports.record import HORIZON, Record
from services.calls.terms import Budget, Euros
from shared.ids import stable_id
from shared.models import Day
from shared.text import mended_line
from shared.vocabulary import CallKind

COLUMNS = ["code", "name", "open_date", "close_date", "budget_eur", "link", "section"]
PROGRAMME = "Horizon Europe"
# The last year of the work programme to which a topic of a year belongs.
LAST_YEAR = {2021: 2022, 2022: 2022, 2023: 2025, 2024: 2025, 2025: 2025, 2026: 2027, 2027: 2027}
YEAR = re.compile(r"-(20\d\d)\b")
CALL_WORD = re.compile(r"\bcalls?\b", re.I)


def _whole_euros(text: object) -> object:
    return (text.removesuffix(".0") or None) if isinstance(text, str) else text


class HorizonRow(BaseModel):
    """One row of the list."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: Identifier
    name: str = Field(min_length=3, max_length=300)
    open_date: Day
    close_date: Day
    budget_eur: Annotated[Euros | None, BeforeValidator(_whole_euros)] = None
    link: str = Field("", max_length=500)
    section: str = Field("", max_length=80)

    @field_validator("close_date")
    @classmethod
    def _in_order(cls, close_date: date, seen: ValidationInfo) -> date:
        if "open_date" in seen.data and close_date < seen.data["open_date"]:
            raise ValueError("The call closes before it opens.")
        return close_date

    @property
    def cascade(self) -> bool:
        """Return whether the row is a cascade call."""
        match = YEAR.search(self.code)
        year = int(match[1]) if match else 9999
        return self.open_date.year > LAST_YEAR.get(year, year) or bool(CALL_WORD.search(self.name))


def to_record(row: HorizonRow) -> Record:
    """Return a row in the common form. Raises ValidationError."""
    name = mended_line(row.name)
    cluster = re.match(r"HORIZON-(CL\d)-", row.code)
    amount = "total" if row.cascade else "smallest"
    two_stage = "two-stage" in row.code.lower() and not row.cascade
    return Record(
        source=HORIZON,
        id=f"{row.code}:{stable_id(name)[:12]}" if row.cascade else row.code,
        title=name,
        kind=CallKind.CASCADE if row.cascade else CallKind.FUNDING,
        programme=PROGRAMME,
        ecosystems=ecosystems(PROGRAMME, cluster[1] if cluster else "", name),
        link=row.link,
        opens_on=row.open_date,
        closes_on=row.close_date,
        model=DeadlineModel.TWO_STAGE if two_stage else None,
        budget=None if row.budget_eur is None else Budget.model_validate({amount: row.budget_eur}),
    )


HEADER = f"The header must be {','.join(COLUMNS)}."


def read_rows(text: str) -> Iterator[tuple[int, Record | str]]:
    """Yield each row with the number of its first line, the header being 1: a record, or the reason why it is none.

    Raises ValueError if the header is another one.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise ValueError(HEADER) from error
    if header != COLUMNS:
        raise ValueError(HEADER)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield line, "line: The row is not valid CSV. Check its quotation marks."
            continue
        if cells:
            yield line, read_row(cells)


def read_row(cells: list[str]) -> Record | str:
    """Return the record of a row, or the reason why it is none."""
    if len(cells) != len(COLUMNS):
        return f"line: The row has {len(cells)} cells; it must have {len(COLUMNS)}."
    if any("\ufffd" in cell for cell in cells):
        return "line: The row is not UTF-8. Save the file in this encoding."
    try:
        return to_record(HorizonRow.model_validate(dict(zip(COLUMNS, cells, strict=True))))
    except ValidationError as error:
        return reason_of(error)
