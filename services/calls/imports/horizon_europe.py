"""Rows of the Horizon Europe list of calls, read by the rules below (pure).

The row of a topic describes the topic, and its amount is the smallest grant. A row that opened after the end of the
topic's work programme, or that has "call" in its name, is a cascade call: a separate call of a project that the topic
funds, and its amount is the whole budget. Of two stages, the closing date is that of the second. Calls open at 0:00
in Brussels.
"""

import re
from datetime import date
from typing import Annotated

from pydantic import AliasChoices, BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.imports.eu_portal import Identifier, ecosystems
from services.calls.imports.record import HORIZON, Record
from services.calls.imports.values import ForeignDay, ForeignEuros, ForeignTime
from services.calls.terms import Budget, Euros
from shared.ids import stable_id
from shared.imports.values import Address, OneLine
from shared.models import Day
from shared.vocabulary import CallKind

PROGRAMME = "Horizon Europe"
# The last year of the work programme to which a topic of a year belongs.
LAST_YEAR = {2021: 2022, 2022: 2022, 2023: 2025, 2024: 2025, 2025: 2025, 2026: 2027, 2027: 2027}
YEAR = re.compile(r"-(20\d\d)\b")
CALL_WORD = re.compile(r"\bcalls?\b", re.I)


class HorizonRow(BaseModel):
    """A row of the list; columns that are not read may have any value."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    code: Identifier
    name: OneLine = Field(min_length=3, max_length=300)
    open_date: Annotated[Day, ForeignDay]
    close_date: Annotated[Day, ForeignDay]
    closes_at: Annotated[str | None, ForeignTime] = Field(None, validation_alias=AliasChoices("close_date"))
    budget_eur: Annotated[Euros | None, ForeignEuros] = None
    link: Address = Field("", max_length=500)

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
    cluster = re.match(r"HORIZON-(CL\d)-", row.code, re.I)
    amount = "total" if row.cascade else "smallest"
    two_stage = "two-stage" in row.code.lower() and not row.cascade
    return Record(
        source=HORIZON,
        id=f"{row.code}:{stable_id(row.name)[:12]}" if row.cascade else row.code,
        title=row.name,
        kind=CallKind.CASCADE if row.cascade else CallKind.FUNDING,
        programme=PROGRAMME,
        ecosystems=ecosystems(PROGRAMME, cluster[1].upper() if cluster else "", row.name),
        link=row.link,
        opens_on=row.open_date,
        closes_on=row.close_date,
        closes_at=row.closes_at,
        model=DeadlineModel.TWO_STAGE if two_stage else None,
        budget=None if row.budget_eur is None else Budget.model_validate({amount: row.budget_eur}),
    )
