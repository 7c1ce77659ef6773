"""An achievement is submitted or published when its organisation stops being public, or when others decide on it."""

import pytest

from services.profiles.achievements.domain import AchievementContent, AchievementReview
from services.profiles.achievements.reviewing import review_achievement
from services.profiles.achievements.store import ACHIEVEMENTS
from services.profiles.achievements.usecases import (
    AchieverNotPublic,
    change_achievement,
    submit_achievement,
    withdraw_achievement,
)
from services.profiles.organisations.review import Status, TakeDown
from services.profiles.organisations.reviewing import take_down
from services.profiles.organisations.usecases import withdraw_organisation
from shared.auth import Caller
from shared.models import ExpectedVersion
from tests.support.achievements import submitted, written
from tests.support.people import Platform
from tests.support.races import overlap, use

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)
PUBLISH = AchievementReview(outcome="publish")


@pytest.mark.parametrize("end", ["withdraw", "take_down"])
@pytest.mark.parametrize("step", ["submit", "publish"])
@pytest.mark.parametrize("first", ["step", "end"])
async def test_a_step_needs_a_public_organisation_until_it_commits(
    shared_ccp: Platform, first: str, step: str, end: str
) -> None:
    db = shared_ccp.system.db("profiles")
    anna = await shared_ccp.member("Anna")
    ours = await shared_ccp.organisation(anna, name="Ours")
    made = await (written if step == "submit" else submitted)(anna, ours)
    owner = Caller(id=anna.id)
    ends = {
        "withdraw": use(withdraw_organisation, ours["id"], owner, ANY),
        "take_down": use(take_down, ours["id"], TakeDown(reasons=["A reason."]), OPERATOR, ANY),
    }
    steps = {
        "submit": use(submit_achievement, made["id"], owner, ANY),
        "publish": use(review_achievement, made["id"], PUBLISH, OPERATOR, ANY),
    }
    pair = (steps[step], ends[end]) if first == "step" else (ends[end], steps[step])
    both = await overlap(db, *pair)
    assert both.conflicted, f"both committed: {both}"
    if first == "end":
        assert isinstance(both.second, AchieverNotPublic)
    await shared_ccp.system.settle()
    assert not (await ACHIEVEMENTS.get(db, made["id"])).is_public


@pytest.mark.parametrize("other", ["withdraw", "change", "review"])
async def test_one_decision_counts(shared_ccp: Platform, other: str) -> None:
    db = shared_ccp.system.db("profiles")
    anna = await shared_ccp.member("Anna")
    made = await submitted(anna, await shared_ccp.organisation(anna, name="Ours"))
    owner, content = Caller(id=anna.id), AchievementContent(title="Another title")
    rejected = AchievementReview(outcome="rejected", reasons=["A reason."])
    others = {
        "withdraw": use(withdraw_achievement, made["id"], owner, ANY),
        "change": use(change_achievement, made["id"], content, owner, ANY),
        "review": use(review_achievement, made["id"], rejected, OPERATOR, ANY),
    }
    publish = use(review_achievement, made["id"], PUBLISH, OPERATOR, ANY)
    both = await overlap(db, publish, others[other])
    stored = await ACHIEVEMENTS.get(db, made["id"])
    assert stored.title == made["title"]  # a change of what is public waits
    assert stored.status is (Status.WITHDRAWN if other == "withdraw" else Status.PUBLISHED), both
