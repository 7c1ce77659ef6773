"""Terms of a call (pure): one-line texts, the budget, a mission with its costs, documents as links and files."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from shared.fields import Distinct, OneLine, Paragraphs
from shared.files.domain import StoredFile
from shared.models import Body, Day, Link
from shared.sentences import _
from shared.vocabulary import Country, Ecosystem

Euros = Annotated[
    int, Field(ge=0, le=1_000_000_000_000, description="Whole euros", json_schema_extra={"format": "euros"})
]
MOST_CUT_OFFS = 50
MOST_NUMBER = 10_000  # of a cut-off: no number is used twice
Line = Annotated[str, OneLine(300, fewest=1)]
Text = Annotated[str, OneLine(200, fewest=1)]
Programme = Annotated[str, OneLine(80)]
Summary = Annotated[str, Paragraphs(1000)]
Description = Annotated[str, Paragraphs(60_000)]
Keyword = Annotated[str, OneLine(80, fewest=2)]
Countries = Annotated[list[Country], Distinct(250)]
Ecosystems = Annotated[list[Ecosystem], Distinct(14)]
Keywords = Annotated[list[Keyword], Distinct(50)]


class Budget(Body):
    """Funding that a call offers; null: not stated."""

    total: Euros | None = Field(None, description="For all grants together")
    smallest: Euros | None = Field(None, description="Smallest grant of one project")
    largest: Euros | None = Field(None, description="Largest grant of one project")
    grants: int | None = Field(None, ge=0, le=100_000, description="Expected number of grants")

    @field_validator("largest")
    @classmethod
    def _in_order(cls, largest: int | None, seen: ValidationInfo) -> int | None:
        if largest is not None and largest < (seen.data.get("smallest") or 0):
            raise ValueError(_("The largest grant must not be below the smallest. Correct one of the two."))
        return largest


class ByRate(Body):
    """Reimbursement of a share of the costs, up to a cap."""

    kind: Literal["rate"]
    percent: int = Field(ge=1, le=80, description="Share that is reimbursed; participants pay at least 20 percent")
    cap: Euros | None = Field(None, description="Largest amount for one participant; null: no cap")


class ByDay(Body):
    """A lump sum for each day of the mission, without receipts."""

    kind: Literal["lump_sum"]
    per_day: Euros
    most_days: int = Field(ge=1, le=60, description="Largest number of days that are paid")


class Series(Body):
    """Place of a mission in a series of missions, for example the first of four."""

    name: Text
    number: int = Field(ge=1, le=100, description="Number of this mission in the series, from 1")
    of: int = Field(ge=1, le=100, description="Number of missions in the series")

    @field_validator("of")
    @classmethod
    def _counts(cls, of: int, seen: ValidationInfo) -> int:
        if of < seen.data.get("number", of):
            raise ValueError(_("The number of the mission must not be above the number of missions in the series."))
        return of


CostScheme = Annotated[ByRate | ByDay, Field(discriminator="kind")]


class Mission(Body):
    """A journey of several organisations: dates, destinations, places and costs."""

    starts_on: Day
    ends_on: Day
    destinations: Annotated[list[Country], Distinct(20, fewest=1)]
    places: int | None = Field(None, ge=1, le=10_000, description="Number of places; null: not limited")
    costs: CostScheme | None = Field(None, description="Reimbursement; null: participants pay their own costs")
    late_at_own_cost: bool = Field(False, description="Whether organisations may apply late and pay their own costs")
    series: Series | None = None

    @field_validator("ends_on")
    @classmethod
    def _in_order(cls, ends_on: date, seen: ValidationInfo) -> date:
        if "starts_on" in seen.data and ends_on < seen.data["starts_on"]:
            raise ValueError(_("The end must not be before the start. Correct one of the two."))
        return ends_on


class DocumentKind(StrEnum):
    """Purpose of a document."""

    GUIDE = "guide"
    FORM = "form"
    ANNEX = "annex"
    LEGAL = "legal"
    OTHER = "other"


Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="Code of ISO 639-1, for example en")]


class TitledLink(Body):
    """A document on another website."""

    title: Text
    link: Link = Field(min_length=1, pattern=r"^https://")
    language: Language = "en"
    kind: DocumentKind = DocumentKind.OTHER


class CallFile(StoredFile):
    """A document that was uploaded to the platform."""

    title: Text
    language: Language = "en"
    kind: DocumentKind = DocumentKind.OTHER


def days_of(mission: Mission) -> int:
    """Return the number of days, the first and the last included."""
    return (mission.ends_on - mission.starts_on).days + 1


def begun(mission: Mission, now: datetime) -> bool:
    """Return whether the mission has started."""
    return mission.starts_on <= today(now)


def over(mission: Mission, now: datetime) -> bool:
    """Return whether the mission has ended."""
    return mission.ends_on < today(now)


def today(now: datetime) -> date:
    """Return the day in UTC; a mission's days are days in UTC, wherever it goes."""
    return now.date()
