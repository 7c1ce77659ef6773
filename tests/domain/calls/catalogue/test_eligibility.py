"""Am I eligible: every rule answers, says why, and says what would change it."""

import pytest
from hypothesis import given
from pydantic import ValidationError

from services.calls.catalogue.eligibility.domain import (
    Answer,
    Candidate,
    Consortium,
    Eligibility,
    Requirements,
    Verdict,
    check_all,
    in_words,
    verdict,
)
from services.calls.organisations.domain import Applicant
from tests.support.eligibility import applications, rules

PARK = Applicant("Park", "SE", "science_park", ["digital"])
CLUSTER = Applicant("Cluster", "FR", "cluster_organisation", ["textiles"])
# The call for expression of interest of 2016: four kinds of organisation, in any country.
PARTNERSHIPS = Eligibility.model_validate(
    {"applicant": {"kinds": ["cluster_organisation", "association", "technology_centre", "science_park"]}}
)


def test_an_organisation_of_the_kind_is_eligible_with_reasons() -> None:
    [check] = check_all(PARTNERSHIPS, Candidate(PARK))
    assert (check.answer, check.reason, check.change) == (Answer.HOLDS, "Park is of the kind science park", "")
    assert verdict([check]) is Verdict.ELIGIBLE


def test_an_ineligible_organisation_reads_what_would_change_the_answer() -> None:
    [check] = check_all(PARTNERSHIPS, Candidate(Applicant("Mill", "SE", "company", [])))
    assert check.answer is Answer.HOLDS_NOT
    kinds = "cluster organisation, association, technology centre or science park"
    assert check.reason == f"the applicant must be of the kind {kinds}; Mill: company"
    assert check.change == f"take part through an organisation of the kind {kinds}"
    assert verdict([check]) is Verdict.NOT_ELIGIBLE


def test_a_fact_missing_in_the_copy_is_unknown() -> None:
    checks = check_all(PARTNERSHIPS, Candidate(Applicant("Old copy")))
    assert [check.answer for check in checks] == [Answer.UNKNOWN]
    assert verdict(checks) is Verdict.DEPENDS


def test_rules_for_the_coordinator_apply_only_to_the_coordinator() -> None:
    rules = Eligibility(coordinator=Requirements(countries=["SE", "FI"]))
    answers = {role: verdict(check_all(rules, Candidate(CLUSTER, role))) for role in ("coordinator", "partner", None)}
    assert answers == {
        "coordinator": Verdict.NOT_ELIGIBLE,
        "partner": Verdict.ELIGIBLE,
        None: Verdict.DEPENDS,
    }
    [check] = check_all(rules, Candidate(CLUSTER))
    assert check.change.startswith("join as a partner, or take part through an organisation established in Sweden")


def test_a_consortium_counts_organisations_and_countries() -> None:
    rules = Eligibility(consortium=Consortium(organisations=3, countries=3))
    unsaid = check_all(rules, Candidate(PARK))
    assert [check.answer for check in unsaid] == [Answer.UNKNOWN] * 2
    alone = check_all(rules, Candidate(PARK, partners=[CLUSTER, Applicant("Third", "FR")]))
    assert [check.answer for check in alone] == [Answer.HOLDS, Answer.HOLDS_NOT]
    assert alone[1].change == "find partners from 1 more country"
    full = check_all(rules, Candidate(PARK, partners=[CLUSTER, Applicant("Third", "IT")]))
    assert verdict(full) is Verdict.ELIGIBLE


def test_rules_for_every_applicant_apply_to_partners() -> None:
    rules = Eligibility(applicant=Requirements(countries=["SE"]))
    checks = check_all(rules, Candidate(PARK, partners=[CLUSTER]))
    assert [check.answer for check in checks] == [Answer.HOLDS, Answer.HOLDS_NOT]
    assert "Cluster: France" in checks[1].reason


def test_few_organisations_cannot_come_from_many_countries() -> None:
    with pytest.raises(ValidationError, match="more countries than organisations"):
        Consortium(organisations=2, countries=3)


def test_the_rules_are_rendered_and_no_rule_renders_nothing() -> None:
    assert in_words(Eligibility()) == []
    assert in_words(Eligibility(consortium=Consortium(organisations=3, countries=2))) == [
        "At least 3 organisations from 2 countries together."
    ]


@given(rules=rules, of=applications)
def test_every_check_has_a_reason_and_each_failed_one_a_solution(rules: Eligibility, of: Candidate) -> None:
    for check in check_all(rules, of):
        assert check.reason
        assert bool(check.change) == (check.answer is not Answer.HOLDS), check


@given(of=applications)
def test_a_call_without_rules_is_open_to_all(of: Candidate) -> None:
    assert check_all(Eligibility(), of) == []


@given(rules=rules, of=applications)
def test_an_eligible_application_stays_so_when_rules_are_dropped(rules: Eligibility, of: Candidate) -> None:
    if verdict(check_all(rules, of)) is Verdict.ELIGIBLE:
        for field in ("applicant", "coordinator", "consortium"):
            fewer = rules.model_copy(update={field: getattr(Eligibility(), field)})
            assert verdict(check_all(fewer, of)) is Verdict.ELIGIBLE
