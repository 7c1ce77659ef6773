"""Rounds with their criteria, assessments and decisions (pure)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StrictInt, ValidationInfo, field_validator, model_validator

from services.calls.audit.domain import Audited
from services.calls.ledger.domain import Cents
from services.calls.selection.applications.form import FieldName, name_from
from services.calls.selection.assessment.excuses import (
    FEWEST_ASSESSORS,
    ExcuseBody,
    Excused,
    assessors_left,
    check_not_excused,
)
from services.calls.terms import Line
from shared.errors import Invalid, Refusal
from shared.fields import Distinct, Paragraphs
from shared.ids import Id
from shared.models import Body, Moment, Versioned
from shared.sentences import _

MOST_ASSESSORS, MOST_CRITERIA, MOST_DECISIONS, MOST_STEPS = 20, 20, 200, 1_000
MILLION = 1_000_000
Rationale = Annotated[str, Paragraphs(5000, fewest=10)]
Reason = Annotated[str, Paragraphs(2000)]


class Criterion(Body):
    """A criterion of assessment: its weight, its best score and the points it needs."""

    name: FieldName = Field("", validate_default=True, description="Left out: made from the label")
    label: Line
    weight: StrictInt = Field(1, ge=1, le=100)
    most: StrictInt = Field(5, ge=1, le=100, description="The best score")
    threshold: StrictInt = Field(
        0, ge=0, le=100, description="Mean points needed to be selected", validate_default=True
    )

    @model_validator(mode="before")
    @classmethod
    def _named(cls, values: Any) -> Any:
        if isinstance(values, dict) and not values.get("name") and isinstance(values.get("label"), str):
            return {**values, "name": name_from(values["label"])}
        return values

    @field_validator("threshold")
    @classmethod
    def _reachable(cls, threshold: int, seen: ValidationInfo) -> int:
        if threshold > seen.data.get("most", threshold):
            raise ValueError(_("The threshold must not be above the best score."))
        return threshold


class RoundBody(Body):
    """Assessors and criteria of a round, as the publisher sends them."""

    assessors: Annotated[list[Id], Distinct(MOST_ASSESSORS, fewest=FEWEST_ASSESSORS)] = Field(
        description="Ids of members"
    )
    criteria: list[Criterion] = Field(min_length=1, max_length=MOST_CRITERIA)
    assess_by: Moment | None = Field(None, description="When scores are due, with its UTC offset; shown to assessors")

    @field_validator("criteria")
    @classmethod
    def _named_once(cls, criteria: list[Criterion]) -> list[Criterion]:
        if len({criterion.name for criterion in criteria}) < len(criteria):
            raise ValueError(_("Give each criterion its own name."))
        return criteria


class Round(Audited):
    """Assessment of the applications at one cut-off. Its id is `<call>:<cut-off>`."""

    call_id: str
    cut_off: int
    assessors: list[str]
    criteria: list[Criterion]
    assess_by: Moment | None = None
    opened_at: Moment | None = None
    excused: list[Excused] = Field(default=[])

    @property
    def scorers(self) -> list[str]:
        """The members whose scores can count: the assessors and those who were excused."""
        return [*self.assessors, *(each.member_id for each in self.excused)]

    def audited_state(self) -> dict[str, Any]:
        """Return the fields that the audit log repeats."""
        return self.model_dump(mode="json", include={"assessors", "criteria", "assess_by", "opened_at", "excused"})

    @classmethod
    def new(cls, call_id: str, cut_off: int, body: RoundBody) -> Self:
        """Return a round that is not open yet."""
        return cls(
            id=f"{call_id}:{cut_off}",
            call_id=call_id,
            cut_off=cut_off,
            assessors=body.assessors,
            criteria=body.criteria,
            assess_by=body.assess_by,
        )

    def changed(self, body: RoundBody) -> Self:
        """Return the round with other assessors or criteria. Raises RoundAlreadyOpen."""
        if self.opened_at and (body.criteria != self.criteria or not {*self.assessors} <= {*body.assessors}):
            raise RoundAlreadyOpen(
                _("The round is open: its criteria cannot change, and assessors can only be added or excused."),
                field="criteria",
            )
        if self.entries >= MOST_STEPS:
            raise TooManyChanges(
                _("The round was changed {entries} times, the most allowed.", entries=self.entries), field="version"
            )
        check_not_excused(self.excused, body.assessors, "assessors")
        return self.replace(assessors=body.assessors, criteria=body.criteria, assess_by=body.assess_by)

    def without(self, member_id: str, body: ExcuseBody, now: datetime) -> Self:
        """Return the open round after an assessor was excused or replaced.

        Raises RoundNotOpen, NotFound, ReplacementUnfit, TooFewAssessors, TooManyExcused.
        """
        if self.opened_at is None:
            raise RoundNotOpen(_("This round is not open. Name other assessors instead."), field="status")
        left = assessors_left(self.assessors, self.excused, member_id, body)
        excused = Excused(member_id=member_id, reason=body.reason, replacement=body.replacement, at=now)
        return self.replace(assessors=left, excused=[*self.excused, excused])

    def opened(self, now: datetime) -> Self:
        """Return the round as open."""
        return self.replace(opened_at=now)


class Score(Body):
    """The points for one criterion, with the reasons for them."""

    criterion: FieldName = Field(description="Name of the criterion")
    points: StrictInt = Field(ge=0, le=100)
    rationale: Rationale


class AssessmentBody(Body):
    """An assessment as the assessor sends it."""

    scores: list[Score] = Field(min_length=1, max_length=MOST_CRITERIA, description="One for each criterion")


class Assessment(Versioned):
    """One assessor's scores for one application, or a conflict of interest. Its id is `<application>:<assessor>`."""

    application_id: str
    assessor_id: str
    scores: list[Score] = Field(default=[])
    conflict: str = ""
    at: Moment

    @classmethod
    def empty(cls, application_id: str, assessor_id: str, now: datetime) -> Self:
        """Return an assessment without scores."""
        id = f"{application_id}:{assessor_id}"
        return cls(id=id, application_id=application_id, assessor_id=assessor_id, at=now)

    def scored(self, scores: list[Score], now: datetime) -> Self:
        """Return the assessment with new scores."""
        return self.replace(scores=scores, at=now)

    def conflicted(self, reason: str, now: datetime) -> Self:
        """Return the assessment with a conflict of interest and no scores."""
        return self.replace(scores=[], conflict=reason, at=now)


class Standing(Versioned):
    """Place of an application in the ranking, by the scores so far. Its id is that of the application."""

    call_id: str
    cut_off: int
    order: str


class Decision(Body):
    """The decision on one application, at the version that the publisher read."""

    application_id: Id
    version: StrictInt = Field(ge=1, le=1_000_000_000)
    outcome: Literal["select", "reserve", "reject"]
    rank: StrictInt | None = Field(
        None, ge=1, le=10_000, description="Place on the reserve list; only with the outcome reserve"
    )
    commitment: Cents | None = Field(
        None, description="Cents to set aside for a mission; null: the cap of its cost scheme"
    )
    reason: Reason = Field("", validate_default=True, description="Required unless the application is selected")

    @field_validator("rank")
    @classmethod
    def _only_of_the_reserve(cls, rank: int | None, seen: ValidationInfo) -> int | None:
        if rank is not None and seen.data.get("outcome", "reserve") != "reserve":
            raise ValueError(_("Only applications on the reserve list have a rank. Remove the rank."))
        return rank

    @field_validator("reason")
    @classmethod
    def _given(cls, reason: str, seen: ValidationInfo) -> str:
        if seen.data.get("outcome", "select") != "select" and len(reason) < 3:
            raise ValueError(_("Enter the reason why the application is not selected."))
        if seen.data.get("outcome") == "reserve" and seen.data.get("rank", 0) is None:
            raise ValueError(_("Enter the rank on the reserve list."))
        return reason


class Decisions(Body):
    """Decisions that are all stored, or none of them."""

    decisions: list[Decision] = Field(min_length=1, max_length=MOST_DECISIONS)

    @field_validator("decisions")
    @classmethod
    def _each_once(cls, decisions: list[Decision]) -> list[Decision]:
        if len({decision.application_id for decision in decisions}) < len(decisions):
            raise ValueError(_("Decide on each application once."))
        return decisions


class RoundNotOpen(Refusal):
    """The applications of this cut-off are not in assessment."""


class RoundAlreadyOpen(Refusal):
    """The round is open, so its criteria are fixed and its assessors stay."""


class TooManyChanges(Refusal):
    """The round was changed as often as is allowed."""


class CutOffAhead(Refusal):
    """The cut-off has not passed, so applications are sealed."""


class AssessedTooEarly(Invalid):
    """Scores would be due before the cut-off."""


class CriteriaUnmet(Invalid):
    """A criterion has no score, several scores, or too many points."""


class AllAssessmentsIn(Refusal):
    """All assessors have scored and can read each other's scores, so scores no longer change."""


class AssessmentsMissing(Refusal):
    """Fewer assessors have scored the application than a decision needs."""


class BelowThreshold(Refusal):
    """The application is below a threshold, so it cannot be selected or put on the reserve list."""


class RankTaken(Refusal):
    """Another application has this rank on the reserve list."""


class OwnApplication(Refusal):
    """The caller belongs to the applying organisation or a partner of it."""


def check_scores(criteria: Sequence[Criterion], scores: Sequence[Score]) -> None:
    """Raise CriteriaUnmet unless each criterion has one score within its bounds."""
    best = {criterion.name: criterion.most for criterion in criteria}
    named = [score.criterion for score in scores]
    if sorted(named) != sorted(best):
        labels = ", ".join(criterion.label for criterion in criteria)
        raise CriteriaUnmet(
            _("Score each of these criteria once, with points and reasons: {labels}.", labels=labels), field="scores"
        )
    for number, score in enumerate(scores):
        if score.points > best[score.criterion]:
            most = best[score.criterion]
            raise CriteriaUnmet(_("Give at most {most:,} point(s).", most=most), field=f"scores.{number}.points")
