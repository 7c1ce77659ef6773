"""The ranking and the conditions of a decision: exact means, stated ties, conflicts that do not count."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.calls.selection.assessment.domain import (
    Assessment,
    AssessmentsMissing,
    BelowThreshold,
    CriteriaUnmet,
    Criterion,
    Decision,
    Round,
    Score,
    check_scores,
)
from services.calls.selection.assessment.results import check_decision, decimals, order_key, result_of

NOW = datetime(2016, 6, 9, tzinfo=UTC)
WHY = "Their plan names whom they meet."
CRITERIA = [Criterion(name="a", label="A", weight=2, most=5), Criterion(name="b", label="B", weight=3, most=10)]
GIVEN = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10)), min_size=1, max_size=4)


def assessment(who: str, a: int, b: int, conflict: str = "") -> Assessment:
    scores = [Score(criterion="a", points=a, rationale=WHY), Score(criterion="b", points=b, rationale=WHY)]
    named = {"id": f"x:{who}", "application_id": "x", "assessor_id": who, "at": NOW}
    return Assessment(**named, scores=[] if conflict else scores, conflict=conflict)


def exact(points: list[tuple[int, int]], minutes: int) -> tuple[Fraction, Fraction, Fraction, int]:
    """Return the sort key of the ranking, computed independently: mean, heavier criterion, lighter criterion, time."""
    a, b = (Fraction(sum(column), len(points)) for column in zip(*points, strict=True))
    return -(2 * a / 5 + 3 * b / 10) / 5, -b / 10, -a / 5, minutes


@given(st.lists(st.tuples(GIVEN, st.integers(0, 500)), min_size=2, max_size=6))
def test_the_ranking_sorts_as_the_rule_says(applications: list[tuple[list[tuple[int, int]], int]]) -> None:
    keyed = []
    for points, minutes in applications:
        scored = [assessment(str(n), *pair) for n, pair in enumerate(points)]
        keyed.append((order_key(CRITERIA, scored, NOW + timedelta(minutes=minutes)), exact(points, minutes)))
    assert [rule for _, rule in sorted(keyed)] == sorted(rule for _, rule in keyed)


def test_applications_without_scores_are_ranked_last() -> None:
    worst = order_key(CRITERIA, [assessment("ada", 0, 0)], NOW + timedelta(days=300))
    assert order_key(CRITERIA, [], NOW) > worst


@pytest.mark.parametrize(
    ("value", "text"), [(Fraction(2, 3), "0.66"), (Fraction(3), "3.00"), (Fraction(299, 100), "2.99")]
)
def test_a_mean_is_never_rounded_up_to_a_threshold(value: Fraction, text: str) -> None:
    assert decimals(value) == text


def round_of(*assessors: str, threshold: int = 0) -> Round:
    criteria = [CRITERIA[0].model_copy(update={"threshold": threshold}), CRITERIA[1]]
    return Round(id="c:1", call_id="c", cut_off=1, assessors=list(assessors), criteria=criteria)


SELECT = Decision(application_id="x", version=1, outcome="select")
REJECT = Decision(application_id="x", version=1, outcome="reject", reason="Too weak.")


def test_at_least_two_assessors_and_all_without_a_conflict_must_have_scored() -> None:
    everybody = round_of("ada", "bea", "cleo")
    two = [assessment("ada", 5, 5), assessment("bea", 5, 5)]
    with pytest.raises(AssessmentsMissing, match="1 assessor did not score"):
        check_decision(REJECT, result_of(everybody, two, []))
    check_decision(SELECT, result_of(everybody, two, ["cleo"]))
    check_decision(SELECT, result_of(everybody, [*two, assessment("cleo", 0, 0, conflict="Cousins")], []))
    with pytest.raises(AssessmentsMissing, match="Name more assessors"):
        check_decision(SELECT, result_of(round_of("ada", "bea"), two, ["bea"]))


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_an_application_below_a_threshold_can_only_be_rejected(one: int, other: int, threshold: int) -> None:
    scored = [assessment("ada", one, 10), assessment("bea", other, 10)]
    result = result_of(round_of("ada", "bea", threshold=threshold), scored, [])
    check_decision(REJECT, result)
    if one + other < 2 * threshold:
        with pytest.raises(BelowThreshold, match="threshold in a"):
            check_decision(SELECT, result)
    else:
        check_decision(SELECT, result)


def test_scores_of_an_assessor_with_a_conflict_do_not_count() -> None:
    both = [assessment("ada", 5, 10), assessment("bea", 0, 0)]
    assert result_of(round_of("ada", "bea"), both, ["bea"]).mean == "100.00"
    assert result_of(round_of("ada", "bea"), both, []).mean == "50.00"


@pytest.mark.parametrize("named", [["a"], ["a", "a"], ["a", "b", "b"], ["a", "c"]])
def test_each_criterion_is_scored_once(named: list[str]) -> None:
    with pytest.raises(CriteriaUnmet):
        check_scores(CRITERIA, [Score(criterion=name, points=1, rationale=WHY) for name in named])
    check_scores(CRITERIA, [Score(criterion=name, points=1, rationale=WHY) for name in ("b", "a")])
