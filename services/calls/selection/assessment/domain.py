"""Criteria, scores, conflicts of interest, ranking and decisions (pure). Means are exact to a millionth."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StrictInt, StringConstraints, ValidationInfo, field_validator

from services.calls.audit.domain import said
from services.calls.ledger.domain import Cents
from services.calls.selection.applications.form import Name
from services.calls.terms import Line
from shared.errors import Invalid, Refusal
from shared.ids import Id
from shared.models import Body, Moment, Versioned

FEWEST, MOST_ASSESSORS, MOST_CRITERIA, MOST_DECISIONS = 2, 20, 20, 200
MILLION = 1_000_000
Rationale = Annotated[str, StringConstraints(min_length=10, max_length=5000)]
Reason = Annotated[str, StringConstraints(max_length=2000)]


class Criterion(Body):
    """What is judged, how much it weighs, and how many points it needs."""

    name: Name
    label: Line
    weight: StrictInt = Field(1, ge=1, le=100)
    most: StrictInt = Field(5, ge=1, le=100, description="The best score")
    threshold: StrictInt = Field(0, ge=0, description="Below this mean nobody is selected", validate_default=True)

    @field_validator("threshold")
    @classmethod
    def _reachable(cls, threshold: int, seen: ValidationInfo) -> int:
        if threshold > seen.data.get("most", threshold):
            raise ValueError("the threshold must not be above the best score")
        return threshold


class RoundBody(Body):
    """Who assesses the applications of a cut-off, and by what."""

    assessors: list[Id] = Field(min_length=FEWEST, max_length=MOST_ASSESSORS, description="Members, by their ids")
    criteria: list[Criterion] = Field(min_length=1, max_length=MOST_CRITERIA)
    assess_by: Moment | None = Field(None, description="With its offset; what assessors are told, None: nothing")

    @field_validator("assessors")
    @classmethod
    def _each_once(cls, assessors: list[str]) -> list[str]:
        if len(set(assessors)) < len(assessors):
            raise ValueError("each assessor is named once")
        return assessors

    @field_validator("criteria")
    @classmethod
    def _named_once(cls, criteria: list[Criterion]) -> list[Criterion]:
        if len({criterion.name for criterion in criteria}) < len(criteria):
            raise ValueError("each criterion has a name of its own")
        return criteria


class Round(Versioned):
    """What happens to the applications of one cut-off. Its id is `<call>:<cut-off>`."""

    call_id: str
    cut_off: int
    assessors: list[str]
    criteria: list[Criterion]
    assess_by: Moment | None = None
    opened_at: Moment | None = None


class Score(Body):
    criterion: Name
    points: StrictInt = Field(ge=0)
    rationale: Rationale


class AssessmentBody(Body):
    scores: list[Score] = Field(min_length=1, max_length=MOST_CRITERIA, description="One for each criterion")


class Assessment(Versioned):
    """What one assessor says of one application. Its id is `<application>:<assessor>`."""

    application_id: str
    assessor_id: str
    scores: list[Score] = Field(default=[])
    conflict: str = ""
    at: Moment


class Standing(Versioned):
    """Where an application stands by the scores so far; its id is the application's. `order` sorts the ranking."""

    call_id: str
    cut_off: int
    order: str


class Decision(Body):
    """What becomes of one application, at the version that was read."""

    application_id: Id
    version: StrictInt = Field(ge=1)
    outcome: Literal["select", "reserve", "reject"]
    rank: StrictInt | None = Field(None, ge=1, le=10_000, description="On the reserve list; only there")
    commitment: Cents | None = Field(None, description="Of a mission: cents set aside; None: what its scheme gives")
    reason: Reason = Field("", validate_default=True)

    @field_validator("rank")
    @classmethod
    def _only_of_the_reserve(cls, rank: int | None, seen: ValidationInfo) -> int | None:
        if rank is not None and seen.data.get("outcome", "reserve") != "reserve":
            raise ValueError("only the reserve list has ranks")
        return rank

    @field_validator("reason")
    @classmethod
    def _says_why(cls, reason: str, seen: ValidationInfo) -> str:
        if seen.data.get("outcome", "select") != "select" and len(reason) < 3:
            raise ValueError("say why it is not selected")
        if seen.data.get("outcome") == "reserve" and seen.data.get("rank", 0) is None:
            raise ValueError("say which rank it has on the reserve list")
        return reason


class Decisions(Body):
    decisions: list[Decision] = Field(min_length=1, max_length=MOST_DECISIONS)

    @field_validator("decisions")
    @classmethod
    def _each_once(cls, decisions: list[Decision]) -> list[Decision]:
        if len({decision.application_id for decision in decisions}) < len(decisions):
            raise ValueError("each application is decided on once")
        return decisions


class Judged(BaseModel):
    """What the assessments of one application come to."""

    scored: int
    missing: list[str]
    conflicted: list[str]
    mean: str = Field(description="Per cent of the best possible, weighted")
    means: dict[str, str] = Field(description="Of each criterion, in points")
    below: list[str] = Field(description="Criteria below their threshold")

    @property
    def is_complete(self) -> bool:
        """Every assessor without a conflict of interest has scored, and they are at least two."""
        return not self.missing and self.scored >= FEWEST


class RoundNotOpen(Refusal):
    """The applications of this cut-off are not in assessment yet."""


class RoundAlreadyOpen(Refusal):
    """Its criteria are fixed, and nobody leaves; assessors may be added."""


class CutOffAhead(Refusal):
    """Applications are sealed until their cut-off."""


class AssessedTooEarly(Invalid):
    """Nobody can score before the cut-off."""


class CriteriaUnmet(Invalid):
    """Every criterion has one score, within its bounds."""


class AllAssessmentsIn(Refusal):
    """Everybody's scores can be read by now, so nobody's change any more."""


class AssessmentsMissing(Refusal):
    """At least two assessors score each application before it is decided on."""


class BelowThreshold(Refusal):
    """Whoever is below a threshold can be neither selected nor on the reserve list."""


class RankTaken(Refusal):
    """Another application has this rank on the reserve list."""


class OwnApplication(Refusal):
    """Nobody decides on an application of her own organisation."""


def check_scores(criteria: Sequence[Criterion], scores: Sequence[Score]) -> None:
    """Raises CriteriaUnmet."""
    best = {criterion.name: criterion.most for criterion in criteria}
    named = [score.criterion for score in scores]
    if sorted(named) != sorted(best):
        raise CriteriaUnmet("score each of these once: " + ", ".join(best), field="scores")
    for number, score in enumerate(scores):
        if score.points > best[score.criterion]:
            raise CriteriaUnmet(f"at most {best[score.criterion]} points", field=f"scores.{number}.points")


def check_change(before: Round, body: RoundBody) -> None:
    """An open round may only gain assessors, and time. Raises RoundAlreadyOpen."""
    if before.opened_at and (body.criteria != before.criteria or not {*before.assessors} <= {*body.assessors}):
        raise RoundAlreadyOpen("the round is open: assessors are added, none leaves; criteria stay", field="criteria")


def means_of(criteria: Sequence[Criterion], scored: Collection[Assessment]) -> dict[str, Fraction]:
    """The mean points of each criterion; none, where nobody scored."""
    points: dict[str, list[int]] = {criterion.name: [] for criterion in criteria}
    for assessment in scored:
        for score in assessment.scores:
            points[score.criterion].append(score.points)
    return {name: Fraction(sum(given), len(given)) for name, given in points.items() if given}


def weighted_mean(criteria: Sequence[Criterion], means: Mapping[str, Fraction]) -> Fraction:
    """Between 0 and 1: each criterion by the share of its best score, weighted."""
    total = sum((means[c.name] / c.most * c.weight for c in criteria), Fraction())
    return total / sum(criterion.weight for criterion in criteria)


def order_key(criteria: Sequence[Criterion], scored: Collection[Assessment], submitted_at: datetime) -> str:
    """Sorts the ranking: the best weighted mean first.

    Ties: the better mean in the criterion that weighs most, then in the next one, in the order the round names
    equal weights; then whoever submitted first. Without a score, last.
    """
    means = means_of(criteria, scored)
    if not means:
        return f"~{said(submitted_at)}"
    heaviest = sorted(criteria, key=lambda criterion: -criterion.weight)
    parts = [weighted_mean(criteria, means), *(means[c.name] / c.most for c in heaviest)]
    return ":".join([*(f"{MILLION - int(part * MILLION):07}" for part in parts), said(submitted_at)])


def judged(round: Round, assessments: Collection[Assessment], derived: Collection[str]) -> Judged:
    """`derived`: assessors who belong to an applying organisation; what they said does not count."""
    declared = {one.assessor_id for one in assessments if one.conflict}
    barred = declared | {*derived}
    scored = counting(assessments, barred)
    means = means_of(round.criteria, scored)
    below = [c.name for c in round.criteria if c.name in means and means[c.name] < c.threshold]
    done = {one.assessor_id for one in scored}
    return Judged(
        scored=len(scored),
        missing=[one for one in round.assessors if one not in done | barred],
        conflicted=[one for one in round.assessors if one in barred],
        mean=decimals(weighted_mean(round.criteria, means) * 100) if means else "",
        means={name: decimals(mean) for name, mean in means.items()},
        below=below,
    )


def counting(assessments: Collection[Assessment], barred: Collection[str]) -> list[Assessment]:
    return [one for one in assessments if one.scores and one.assessor_id not in barred]


def decimals(value: Fraction) -> str:
    """Two of them, rounded down: a threshold never looks met when it is not."""
    return f"{int(value * 100) // 100}.{int(value * 100) % 100:02}"


def check_decision(decision: Decision, judged: Judged) -> None:
    """Raises AssessmentsMissing, BelowThreshold."""
    if not judged.is_complete:
        waiting = f"{len(judged.missing)} assessors have not scored" if judged.missing else "name more assessors"
        raise AssessmentsMissing(
            f"{judged.scored} assessments of {decision.application_id} count, at least {FEWEST} are needed: {waiting}"
        )
    if decision.outcome != "reject" and judged.below:
        raise BelowThreshold(f"{decision.application_id} is below the threshold in {', '.join(judged.below)}")
