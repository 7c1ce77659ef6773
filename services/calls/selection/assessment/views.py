"""Rounds, applications and assessments as assessors and publishers read them."""

from typing import Annotated

from pydantic import BaseModel, Field

from services.calls.selection.applications.domain import Application
from services.calls.selection.applications.states import State
from services.calls.selection.assessment.domain import (
    Assessment,
    Criterion,
    Round,
    Score,
)
from services.calls.selection.assessment.excuses import Excused
from services.calls.selection.assessment.results import AssessmentResult
from shared.fields import Paragraphs
from shared.models import Body, Moment


class RoundView(BaseModel):
    """Assessors, criteria and times of a round."""

    version: int
    call_id: str
    cut_off: int = Field(description="Number of the cut-off, from 1")
    assessors: list[str] = Field(description="Ids of members")
    criteria: list[Criterion]
    assess_by: Moment | None = Field(description="When scores are due")
    opened_at: Moment | None
    excused: list[Excused] = Field(
        default=[], description="Assessors who were excused or replaced, with the reasons; only for publishers"
    )
    names: dict[str, str] = Field(
        default={}, description="Names of the members that the round names, by id; only for publishers"
    )

    @classmethod
    def of(cls, round: Round) -> "RoundView":
        """Return the view of a round for its assessors."""
        return cls(**round.model_dump(include=set(cls.model_fields) - {"excused"}))

    @classmethod
    def for_publisher(cls, round: Round, names: dict[str, str]) -> "RoundView":
        """Return the view of a round for the publishers of its call."""
        return cls(**round.model_dump(include=set(cls.model_fields)), names=names)


class ListedApplication(BaseModel):
    """An application in a list for assessors and publishers."""

    id: str
    version: int
    organisation_id: str
    organisation_name: str
    state: State
    submissions: int = Field(description="Number of submissions")

    @classmethod
    def of(cls, application: Application) -> "ListedApplication":
        """Return the view of an application."""
        return cls(**application.model_dump(include=set(cls.model_fields)))


class RankedApplication(ListedApplication):
    """An application in the ranking.

    Ties are broken by the mean in the criterion with the highest weight, then in the next one, then by the time of
    submission.
    """

    judged: AssessmentResult


class AssessmentView(BaseModel):
    """An assessment; version 0: nothing is scored yet."""

    version: int
    application_id: str
    assessor_id: str
    scores: list[Score]
    conflict: str = Field(description="The conflict of interest, if one was declared")

    @classmethod
    def of(cls, assessment: Assessment) -> "AssessmentView":
        """Return the view of an assessment."""
        return cls(**assessment.model_dump(include=set(cls.model_fields)))


class ConflictBody(Body):
    """A conflict of interest as the assessor declares it."""

    reason: Annotated[str, Paragraphs(2000, fewest=3)]
