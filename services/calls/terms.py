"""What a call offers (pure): its budget, a mission's places, dates and costs, documents as links and as files."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, PlainSerializer, StringConstraints, ValidationInfo, field_validator

from services.calls.files.domain import StoredFile
from shared.models import Body, Link
from shared.vocabulary import Country

Euros = Annotated[int, Field(ge=0, le=1_000_000_000_000, description="Whole euros")]
Day = Annotated[date, PlainSerializer(date.isoformat)]  # MongoDB has moments, but no days
NO_CONTROL_CHARACTERS = r"^[^\x00-\x1f\x7f]*$"
Line = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=NO_CONTROL_CHARACTERS)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=NO_CONTROL_CHARACTERS)]
Keyword = Annotated[str, StringConstraints(min_length=2, max_length=80, pattern=NO_CONTROL_CHARACTERS)]


class Budget(Body):
    """What there is to be had; None where it is not said."""

    total: Euros | None = None
    smallest: Euros | None = Field(None, description="Smallest grant of one project")
    largest: Euros | None = Field(None, description="Largest grant of one project")
    grants: int | None = Field(None, ge=0, le=100_000, description="How many grants are expected")

    @field_validator("largest")
    @classmethod
    def _in_order(cls, largest: int | None, seen: ValidationInfo) -> int | None:
        if largest is not None and largest < (seen.data.get("smallest") or 0):
            raise ValueError("the largest grant is not below the smallest")
        return largest


class ByRate(Body):
    """A share of the costs that were paid, up to a cap."""

    kind: Literal["rate"]
    percent: int = Field(ge=1, le=80, description="At most 80: whoever travels bears a share")
    cap: Euros | None = Field(None, description="None: without a cap")


class ByDay(Body):
    """A lump sum by days away; the day counts, not the receipts."""

    kind: Literal["lump_sum"]
    per_day: Euros
    most_days: int = Field(ge=1, le=60)


class Series(Body):
    """The first of four: which of several missions together this one is."""

    name: Text
    number: int = Field(ge=1, le=100)
    of: int = Field(ge=1, le=100)

    @field_validator("of")
    @classmethod
    def _counts(cls, of: int, seen: ValidationInfo) -> int:
        if of < seen.data.get("number", of):
            raise ValueError("the number must not be above how many there are")
        return of


CostScheme = Annotated[ByRate | ByDay, Field(discriminator="kind")]


class Mission(Body):
    """A journey together: when, to where, for how many, and who pays."""

    starts_on: Day
    ends_on: Day
    destinations: list[Country] = Field(min_length=1, max_length=20)
    places: int | None = Field(None, ge=1, le=10_000, description="None: not said")
    costs: CostScheme | None = Field(None, description="None: at one's own cost")
    late_at_own_cost: bool = Field(False, description="Whether late applicants may join at their own cost")
    series: Series | None = None

    @field_validator("ends_on")
    @classmethod
    def _in_order(cls, ends_on: date, seen: ValidationInfo) -> date:
        if "starts_on" in seen.data and ends_on < seen.data["starts_on"]:
            raise ValueError("the end must not be before the start")
        return ends_on


class DocumentKind(StrEnum):
    GUIDE = "guide"
    FORM = "form"
    ANNEX = "annex"
    LEGAL = "legal"
    OTHER = "other"


Language = Annotated[str, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1")]


class TitledLink(Body):
    """A document where it lies elsewhere."""

    title: Text
    link: Link = Field(min_length=1, pattern=r"^https://")
    language: Language = "en"
    kind: DocumentKind = DocumentKind.OTHER


class CallFile(StoredFile):
    """A document that was uploaded here."""

    title: Text
    language: Language = "en"
    kind: DocumentKind = DocumentKind.OTHER


def days_of(mission: Mission) -> int:
    return (mission.ends_on - mission.starts_on).days + 1


def begun(mission: Mission, now: datetime) -> bool:
    return mission.starts_on <= today(now)


def over(mission: Mission, now: datetime) -> bool:
    return mission.ends_on < today(now)


def today(now: datetime) -> date:
    """The day in UTC: a mission's days are whole days, wherever they are spent."""
    return now.date()
