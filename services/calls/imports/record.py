"""A record of one source about one call, in the same form for every source (pure)."""

import hashlib
import re
from typing import Annotated, Literal

from pydantic import Field

from services.calls.catalogue.deadlines.domain import DeadlineModel
from services.calls.terms import Budget, Countries, Description, Ecosystems, Keywords, Line, Programme, Summary
from shared.fields import OneLine
from shared.models import Body, Day, Link
from shared.text import mended_line
from shared.vocabulary import CallKind

PORTAL = "EU Funding & Tenders portal"
HORIZON = "Horizon Europe list"
SOURCES = [PORTAL, HORIZON]  # in order of precedence: the richer and more recent source first


class Record(Body):
    """A record as the import reads it. None: the source does not say."""

    source: Annotated[str, OneLine(80, fewest=1)]
    id: Annotated[str, OneLine(160, fewest=3)] = Field(description="Id of the call in the source")
    title: Line
    kind: CallKind = CallKind.FUNDING
    summary: Summary | None = None
    description: Description | None = None
    programme: Programme | None = None
    countries: Countries | None = None
    about: Countries | None = None
    ecosystems: Ecosystems | None = None
    keywords: Keywords | None = None
    link: Link | None = None
    opens_on: Day | None = None
    closes_on: Annotated[Day, Field(description="Day in Brussels")]
    closes_at: Annotated[str, Field(pattern=r"^\d\d:\d\d$", max_length=5)] | None = Field(
        None, description="Time in Brussels; null: 17:00"
    )
    model: DeadlineModel | None = None
    standing: Literal["open", "forthcoming", "closed"] | None = None
    budget: Budget | None = None

    @property
    def content(self) -> str:
        """Return a hash that differs if the record has changed."""
        return hashlib.sha256(self.replace(id=self.key).model_dump_json().encode()).hexdigest()

    @property
    def key(self) -> str:
        """Return the id without case: sources write the same id in several ways."""
        return self.id.upper()


def summary(text: str, longest: int = 400) -> str:
    """Return the first words of a text, cut at a space."""
    text = re.sub(
        r"^(Expected Outcome|Expected Impact|Objective|Scope):\s*", "", mended_line(text[: longest * 5])
    )  # all of it would be slow
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0] + "…"
