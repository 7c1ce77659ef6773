"""A record of one source about one call, in the same form for every source (pure)."""

import hashlib
import re
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.terms import Budget, Day, Keyword, Line
from shared.models import Body, Link
from shared.vocabulary import CallKind, Country, Ecosystem

PORTAL = "EU Funding & Tenders portal"
HORIZON = "Horizon Europe list"
SOURCES = [PORTAL, HORIZON]  # in order of precedence: the richer and more recent source first


def _check_year(day: date) -> date:
    if not 1990 <= day.year <= 2100:
        raise ValueError("The year must be between 1990 and 2100.")
    return day


class Record(Body):
    """A record as the import reads it. None: the source does not say."""

    source: str
    id: str = Field(min_length=3, max_length=160, description="Id of the call in the source")
    title: Line
    kind: CallKind = CallKind.FUNDING
    summary: str | None = Field(None, max_length=1000)
    description: str | None = Field(None, max_length=60_000)
    programme: str | None = Field(None, max_length=80)
    countries: list[Country] | None = None
    ecosystems: list[Ecosystem] | None = None
    keywords: list[Keyword] | None = None
    link: Link | None = None
    opens_on: Day | None = None
    closes_on: Annotated[Day, Field(description="Without hour and time zone; the call closes at 17:00 in Brussels")]
    model: DeadlineModel | None = None
    standing: Literal["open", "forthcoming", "closed"] | None = None
    budget: Budget | None = None

    _years = field_validator("opens_on", "closes_on")(lambda day: day and _check_year(day))

    @property
    def content(self) -> str:
        """Return a hash that differs if the record has changed."""
        return hashlib.sha256(self.model_dump_json().encode()).hexdigest()


def one_line(text: str) -> str:
    """Return the words of a text with single spaces between them."""
    return " ".join(text.split())


def summary(text: str, longest: int = 400) -> str:
    """Return the first words of a text, cut at a space."""
    text = re.sub(r"^(Expected Outcome|Expected Impact|Objective|Scope):\s*", "", one_line(text))
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"
