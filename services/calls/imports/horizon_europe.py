"""Rows of the Horizon Europe list of calls (CSV), read by stated rules (pure).

A topic's row is about the topic; its amount is the smallest grant. A row opened after the topic's work programme was
over, or that calls itself a call, is a cascade call of a project funded under that topic: a call of its own, whose
amount is all there is. Of two stages, the closing date is the second's. Opening is at 0:00 in Brussels.
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
from services.calls.imports.record import HORIZON, Record, one_line
from services.calls.terms import Budget, Euros
from shared.ids import stable_id
from shared.vocabulary import CallKind

COLUMNS = ["code", "name", "open_date", "close_date", "budget_eur", "link", "section"]
PROGRAMME = "Horizon Europe"
# The last year of the work programme that a topic of some year belongs to.
LAST_YEAR = {2021: 2022, 2022: 2022, 2023: 2025, 2024: 2025, 2025: 2025, 2026: 2027, 2027: 2027}
YEAR = re.compile(r"-(20\d\d)\b")
CALL = re.compile(r"\bcalls?\b", re.I)


def _whole(text: object) -> object:
    return (text.removesuffix(".0") or None) if isinstance(text, str) else text


class HorizonRow(BaseModel):
    """One row of the list."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: Identifier
    name: str = Field(min_length=3, max_length=300)
    open_date: date
    close_date: date
    budget_eur: Annotated[Euros | None, BeforeValidator(_whole)] = None
    link: str = Field("", max_length=500)
    section: str = Field("", max_length=80)

    @field_validator("close_date")
    @classmethod
    def _in_order(cls, close_date: date, seen: ValidationInfo) -> date:
        if "open_date" in seen.data and close_date < seen.data["open_date"]:
            raise ValueError("it closes before it opens")
        return close_date

    @property
    def cascade(self) -> bool:
        found = YEAR.search(self.code)
        year = int(found[1]) if found else 9999
        return self.open_date.year > LAST_YEAR.get(year, year) or bool(CALL.search(self.name))


def to_record(row: HorizonRow) -> Record:
    name = one_line(row.name)
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


def read_rows(text: str) -> Iterator[tuple[int, Record | ValidationError | str]]:
    """Each row with the number of the line it begins in, from 1 (the header), or why it is none. Raises ValueError."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise ValueError(f"the header cannot be read: {error}") from error
    if header != COLUMNS:
        raise ValueError(f"the header must be {','.join(COLUMNS)}")
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, f"line: {error}"
            continue
        if cells:
            yield line, read_row(cells)


def read_row(cells: list[str]) -> Record | ValidationError | str:
    if len(cells) != len(COLUMNS):
        return f"line: {len(cells)} cells where there must be {len(COLUMNS)}"
    if any("\ufffd" in cell for cell in cells):
        return "line: it is not UTF-8"
    try:
        return to_record(HorizonRow.model_validate(dict(zip(COLUMNS, cells, strict=True))))
    except ValidationError as error:
        return error
