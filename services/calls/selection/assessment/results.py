"""Means, thresholds and the ranking of scored applications (pure). The ranking is exact to a millionth."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from fractions import Fraction

from pydantic import BaseModel, Field

from services.calls.audit.domain import hashed_time
from services.calls.selection.assessment.domain import (
    Assessment,
    AssessmentsMissing,
    BelowThreshold,
    Criterion,
    Decision,
    Round,
)
from services.calls.selection.assessment.excuses import FEWEST_ASSESSORS
from shared.sentences import _

MILLION = 1_000_000


class AssessmentResult(BaseModel):
    """Result of all assessments of one application."""

    scored: int = Field(description="Number of assessments that count")
    missing: list[str] = Field(description="Assessors who have not scored")
    conflicted: list[str] = Field(description="Assessors with a conflict of interest")
    mean: str = Field(description="Weighted mean, in per cent of the best possible score")
    means: dict[str, str] = Field(description="Mean points of each criterion")
    below: list[str] = Field(description="Criteria with a mean below their threshold")

    @property
    def is_complete(self) -> bool:
        """Whether every assessor without a conflict of interest has scored, and they are at least two."""
        return not self.missing and self.scored >= FEWEST_ASSESSORS


def means_of(criteria: Sequence[Criterion], scored: Collection[Assessment]) -> dict[str, Fraction]:
    """Return the mean points of each criterion that has scores."""
    points: dict[str, list[int]] = {criterion.name: [] for criterion in criteria}
    for assessment in scored:
        for score in assessment.scores:
            points[score.criterion].append(score.points)
    return {name: Fraction(sum(scores), len(scores)) for name, scores in points.items() if scores}


def weighted_mean(criteria: Sequence[Criterion], means: Mapping[str, Fraction]) -> Fraction:
    """Return the weighted mean of all criteria, each as a share of its best score: from 0 to 1."""
    total = sum((means[c.name] / c.most * c.weight for c in criteria), Fraction())
    return total / sum(criterion.weight for criterion in criteria)


def order_key(criteria: Sequence[Criterion], scored: Collection[Assessment], submitted_at: datetime) -> str:
    """Return the key that sorts the ranking: the best weighted mean first.

    Ties are broken by the mean in the criterion with the highest weight, then in the next one (equal weights in the
    order of the round), then by the time of submission. Applications without scores come last.
    """
    means = means_of(criteria, scored)
    if not means:
        return f"~{hashed_time(submitted_at)}"
    heaviest = sorted(criteria, key=lambda criterion: -criterion.weight)
    parts = [weighted_mean(criteria, means), *(means[c.name] / c.most for c in heaviest)]
    return ":".join([*(f"{MILLION - int(part * MILLION):07}" for part in parts), hashed_time(submitted_at)])


def result_of(round: Round, assessments: Collection[Assessment], derived: Collection[str]) -> AssessmentResult:
    """Return what the assessments of an application add up to.

    `derived` are assessors who belong to an applying organisation; their scores do not count.
    """
    barred = {*derived} | {assessment.assessor_id for assessment in assessments if assessment.conflict}
    scored = counting(assessments, barred)
    means = means_of(round.criteria, scored)
    done = {assessment.assessor_id for assessment in scored}
    return AssessmentResult(
        scored=len(scored),
        missing=[assessor for assessor in round.assessors if assessor not in done | barred],
        conflicted=[assessor for assessor in round.assessors if assessor in barred],
        mean=decimals(weighted_mean(round.criteria, means) * 100) if means else "",
        means={name: decimals(mean) for name, mean in means.items()},
        below=[c.name for c in round.criteria if c.name in means and means[c.name] < c.threshold],
    )


def counting(assessments: Collection[Assessment], barred: Collection[str]) -> list[Assessment]:
    """Return the assessments that have scores and are not barred by a conflict of interest."""
    return [assessment for assessment in assessments if assessment.scores and assessment.assessor_id not in barred]


def decimals(value: Fraction) -> str:
    """Return a value with two decimals, rounded down, so that a missed threshold never looks met."""
    return f"{int(value * 100) // 100}.{int(value * 100) % 100:02}"


def check_decision(decision: Decision, result: AssessmentResult) -> None:
    """Raise AssessmentsMissing or BelowThreshold if the assessments do not allow the decision."""
    if not result.is_complete:
        rests = _(
            "The result of application {id} rests on {scored:,} assessment(s)",
            id=decision.application_id,
            scored=result.scored,
        )
        if result.missing:
            detail = _(
                "{rests}, and {missing:,} assessor(s) did not score. Wait for them, or excuse them.",
                rests=rests,
                missing=len(result.missing),
            )
        else:
            detail = _(
                "{rests}, but at least {fewest} are needed. Name more assessors.", rests=rests, fewest=FEWEST_ASSESSORS
            )
        raise AssessmentsMissing(detail)
    if decision.outcome != "reject" and result.below:
        raise BelowThreshold(
            _(
                "Application {id} is below the threshold in {criteria}. It can only be rejected.",
                id=decision.application_id,
                criteria=", ".join(result.below),
            )
        )
