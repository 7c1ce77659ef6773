"""Money of missions and the states of claims: integer cents, at most the commitment, and four eyes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.calls.ledger.domain import (
    CommitmentMissing,
    CommitmentTooHigh,
    amount_due,
    commitment_for,
    highest_commitment,
)
from services.calls.selection.claims.domain import (
    TRANSITIONS,
    Claim,
    ClaimBody,
    ClaimState,
    ClaimStep,
    ClaimStepNotAllowed,
    FourEyesNeeded,
    OwnClaim,
    check_four_eyes,
    next_state,
)
from services.calls.selection.claims.lines import LineInvalid, check_receipts
from services.calls.terms import Mission, begun, over

NOW = datetime(2016, 5, 9, 9, tzinfo=UTC)
DATES = {"starts_on": "2016-08-08", "ends_on": "2016-08-12", "destinations": ["BR"]}
RATES = st.fixed_dictionaries(
    {"kind": st.just("rate"), "percent": st.integers(1, 80), "cap": st.none() | st.integers(0, 5000)}
)
LUMPS = st.fixed_dictionaries(
    {"kind": st.just("lump_sum"), "per_day": st.integers(0, 500), "most_days": st.integers(1, 60)}
)
CENTS = st.integers(0, 10_000_000)


def mission(costs: Any) -> Mission:
    return Mission.model_validate(DATES | {"costs": costs})


@given(RATES | LUMPS | st.none(), CENTS, st.integers(0, 60), CENTS)
def test_the_amount_due_is_whole_cents_within_the_commitment(costs: Any, paid: int, days: int, commitment: int) -> None:
    owed = amount_due(mission(costs), paid, days, commitment)
    assert type(owed) is int
    assert 0 <= owed <= commitment
    assert owed <= amount_due(mission(costs), paid + 1, days + 1, commitment), (
        "higher costs never reduce the amount due"
    )
    if costs and costs["kind"] == "rate":
        assert owed * 100 <= paid * costs["percent"]


@given(RATES | LUMPS, st.none() | CENTS)
def test_a_commitment_is_within_the_cost_scheme(costs: Any, asked: int | None) -> None:
    it = mission(costs)
    most = highest_commitment(it)
    try:
        aside = commitment_for(it, asked)
    except CommitmentMissing:
        assert (asked, most) == (None, None)
    except CommitmentTooHigh:
        assert most is not None
        assert asked is not None
        assert asked > most
    else:
        assert aside == (most if asked is None else asked)
        assert most is None or aside <= most


def test_a_lump_sum_ends_with_the_mission() -> None:
    assert highest_commitment(mission({"kind": "lump_sum", "per_day": 100, "most_days": 60})) == 5 * 100 * 100


@pytest.mark.parametrize(
    ("day", "answers"), [(7, (False, False)), (8, (True, False)), (12, (True, False)), (13, (True, True))]
)
def test_a_mission_has_whole_days(day: int, answers: tuple[bool, bool]) -> None:
    at = datetime(2016, 8, day, 12, tzinfo=UTC)
    assert (begun(mission(None), at), over(mission(None), at)) == answers


PEOPLE = ["anna", "eve", "omar"]


def claim() -> Claim:
    evidence = {"title": "Ticket", "link": "https://files.example/t.pdf", "sha256": "a" * 64, "size": 1}
    line = {"category": "travel", "cents": 100, "on": "2016-07-01", "evidence": evidence}
    body = ClaimBody.model_validate({"lines": [line]})
    of = {"application_id": "a", "call_id": "c", "call_title": "Mission", "organisation_id": "o"}
    money = {"commitment": 100, "due": 80}
    return Claim(id="x", organisation_name="O", claimants=["anna"], made_at=NOW, lines=body.lines, **of, **money)


class OneClaim(RuleBasedStateMachine):
    """Any member takes any step with a claim, in any order: anna claims, eve and omar check."""

    @initialize()
    def claims(self) -> None:
        self.it = claim()
        self.rejected_from: ClaimState | None = None

    @rule(step=st.sampled_from([*{*ClaimStep} - {ClaimStep.CORRECT}]), by=st.sampled_from(PEOPLE))
    def checks(self, step: ClaimStep, by: str) -> None:
        try:
            state = next_state(self.it.state, step)
            check_four_eyes(self.it, step, by, belongs=False)
        except ClaimStepNotAllowed:
            assert self.it.state not in TRANSITIONS[step]
            return
        except OwnClaim:
            assert by == "anna"
            return
        except FourEyesNeeded:
            assert (step, by) == ("approve", self.it.validated_by)
            return
        if step is ClaimStep.REJECT:
            self.rejected_from = self.it.state
        after = {
            ClaimStep.RETURN: lambda: self.it.returned("Why?"),
            ClaimStep.VALIDATE: lambda: self.it.validated(by),
            ClaimStep.APPROVE: lambda: self.it.approved(by),
            ClaimStep.PAY: lambda: self.it.paid("Transfer 1"),
            ClaimStep.REJECT: lambda: self.it.rejected("No."),
        }[step]()
        assert after.state is state
        self.it = after

    @rule()
    def corrects(self) -> None:
        if self.it.state is ClaimState.RETURNED:
            self.it = self.it.corrected(ClaimBody(lines=self.it.lines), 80, "anna")

    @invariant()
    def two_members_checked_each_approved_or_paid_claim(self) -> None:
        if getattr(self, "it", None) and self.it.state in {ClaimState.APPROVED, ClaimState.PAID}:
            assert {self.it.validated_by, self.it.approved_by} == {"eve", "omar"}

    @invariant()
    def a_rejected_claim_stays_rejected_and_was_never_approved(self) -> None:
        if getattr(self, "rejected_from", None):
            assert self.it.state is ClaimState.REJECTED
            assert self.rejected_from in {ClaimState.SUBMITTED, ClaimState.RETURNED, ClaimState.VALIDATED}
            assert not self.it.approved_by


TestOneClaim = OneClaim.TestCase
TestOneClaim.settings = settings(max_examples=400, stateful_step_count=20, deadline=None)


@pytest.mark.parametrize("state", [ClaimState.PAID, ClaimState.REJECTED])
def test_paid_and_rejected_are_final(state: ClaimState) -> None:
    for step in TRANSITIONS:
        with pytest.raises(ClaimStepNotAllowed):
            next_state(state, step)


def test_an_approved_claim_can_only_be_paid() -> None:
    assert [step for step, ways in TRANSITIONS.items() if ClaimState.APPROVED in ways] == [ClaimStep.PAY]


def test_members_of_the_claimants_organisation_check_nothing() -> None:
    for step in {*ClaimStep} - {ClaimStep.CORRECT}:
        with pytest.raises(OwnClaim):
            check_four_eyes(claim(), step, "omar", belongs=True)


def line_of(sha256: str, link: str, category: str = "travel") -> dict[str, Any]:
    evidence = {"title": "Ticket", "link": link, "sha256": sha256 * 64, "size": 1}
    return {"category": category, "cents": 100, "on": "2016-07-01", "evidence": evidence}


@pytest.mark.parametrize(
    ("sha256", "link", "field"),
    [("a", "https://files.example/other.pdf", "sha256"), ("b", "https://files.example/t.pdf", "link")],
)
def test_a_receipt_is_in_one_line_only(sha256: str, link: str, field: str) -> None:
    lines = [line_of("a", "https://files.example/t.pdf"), line_of(sha256, link, "subsistence")]
    with pytest.raises(LineInvalid, match="Line 1 names this receipt already") as refusal:
        check_receipts(ClaimBody.model_validate({"lines": lines}).lines)
    assert refusal.value.field == f"lines.1.evidence.{field}"


def test_uploaded_receipts_have_no_link_in_common() -> None:
    check_receipts(ClaimBody.model_validate({"lines": [line_of("a", ""), line_of("b", "")]}).lines)
