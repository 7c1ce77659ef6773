"""Achievements: what everyone reads follows from the steps of the review, in any order."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pydantic import ValidationError

from services.profiles.achievements.domain import (
    Achievement,
    AchievementBody,
    AchievementChangeReview,
    AchievementContent,
    AchievementReview,
    Behind,
    Impact,
    allows,
)
from services.profiles.organisations.review import EDITABLE, NoChange, ReasonsMissing, Status, WrongStatus
from shared.errors import Invalid

NOW = datetime(2016, 5, 9, 9, tzinfo=UTC)
BODY = AchievementBody(organisation_id="ours", title="First title")
TITLES = st.sampled_from(["First title", "Second title", "Third title"])


class OneAchievement(RuleBasedStateMachine):
    """One achievement, with steps in any order; the model is the title that everyone reads, and what waits."""

    def __init__(self) -> None:
        super().__init__()
        self.it = Achievement.draft("a", BODY, "Harbour Cluster")
        self.title, self.public, self.waiting = BODY.title, "", ""

    @rule(title=TITLES)
    def edit(self, title: str) -> None:
        content = AchievementContent(title=title)
        if self.it.status not in EDITABLE:
            with pytest.raises(WrongStatus):
                self.it.edited(content, NOW)
            return
        self.it = self.it.edited(content, NOW)
        if self.public:
            self.waiting = "" if title == self.public else title
        else:
            self.title = title

    @rule()
    def submit(self) -> None:
        if not allows(self.it, "submit"):
            with pytest.raises(WrongStatus):
                self.it.submitted()
            return
        self.it = self.it.submitted()

    @rule(outcome=st.sampled_from(["publish", "changes_requested", "rejected"]))
    def review(self, outcome: str) -> None:
        decision = AchievementReview(outcome=outcome, reasons=["A reason."])
        if self.it.status is not Status.NEEDS_REVIEW:
            with pytest.raises(WrongStatus):
                self.it.reviewed(decision, NOW)
            return
        self.it = self.it.reviewed(decision, NOW)
        self.public = self.title if outcome == "publish" else ""

    @rule(outcome=st.sampled_from(["accepted", "refused"]))
    def review_change(self, outcome: str) -> None:
        decision = AchievementChangeReview(outcome=outcome, reasons=["A reason."])
        if not self.waiting:
            with pytest.raises(NoChange):
                self.it.change_reviewed(decision, NOW)
            return
        self.it = self.it.change_reviewed(decision, NOW)
        if outcome == "accepted":
            self.title = self.public = self.waiting
        self.waiting = ""

    @rule(step=st.sampled_from(["withdraw", "take_down"]))
    def end(self, step: str) -> None:
        if not allows(self.it, step):
            with pytest.raises(WrongStatus):
                self.it.ended(step, [])
            return
        self.it = self.it.ended(step, [])
        self.public = self.waiting = ""

    @rule()
    def delete(self) -> None:
        if self.it.was_public or self.it.status is Status.NEEDS_REVIEW:
            with pytest.raises(WrongStatus):
                self.it.check_deletable()

    @invariant()
    def everyone_reads_what_an_operator_accepted(self) -> None:
        assert self.it.is_public == bool(self.public)
        assert self.it.title == (self.public or self.title)

    @invariant()
    def operators_see_all_that_waits(self) -> None:
        assert self.it.awaits_review == (bool(self.waiting) or self.it.status is Status.NEEDS_REVIEW)
        assert not (self.it.change and not self.it.is_public)


TestOneAchievement = OneAchievement.TestCase


@given(st.sampled_from(["changes_requested", "rejected"]))
def test_a_return_has_reasons(outcome: str) -> None:
    waiting = Achievement.draft("a", BODY, "Harbour Cluster").submitted()
    with pytest.raises(ReasonsMissing):
        waiting.reviewed(AchievementReview(outcome=outcome), NOW)


def test_what_is_behind_it_is_on_this_platform() -> None:
    def behind(page: str) -> AchievementContent:
        return AchievementContent(title="Title", behind=Behind(kind="partnership", page=page)).at_home("https://ccp.eu")

    assert behind("https://ccp.eu/partnerships/0196-1").behind.page == "/partnerships/0196-1"
    assert behind("/gatherings/0196-1").behind.page == "/gatherings/0196-1"
    assert behind("").behind.page == ""
    with pytest.raises(Invalid):
        behind("https://elsewhere.example/calls/1")
    for page in ("javascript:alert(1)", "//elsewhere.example/calls/1", "/me/password", "/calls/a b"):
        with pytest.raises(ValidationError):
            behind(page)


@pytest.mark.parametrize("figure", [-1, float("inf"), float("nan"), 1e300])
def test_a_figure_is_a_number_that_people_can_read(figure: float) -> None:
    with pytest.raises(ValidationError):
        Impact(figure=figure, measures="New jobs")
