"""A post is published when its organisation stops being public, or when others change or publish it."""

from typing import Any

import pytest

from services.profiles.organisations.review import TakeDown
from services.profiles.organisations.reviewing import take_down
from services.profiles.organisations.usecases import withdraw_organisation
from services.profiles.posts.domain import PostStage, Publication
from services.profiles.posts.store import POSTS
from services.profiles.posts.usecases import (
    OrganisationNotPublic,
    change_post,
    publish_if_due,
    publish_post,
    withdraw_post,
)
from shared.auth import Caller
from shared.models import ExpectedVersion
from tests.support.people import Platform, ok
from tests.support.races import overlap, use

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)


async def nothing_due(*_: Any) -> list[str]:
    return []


@pytest.mark.parametrize("end", ["withdraw", "take_down"])
@pytest.mark.parametrize("first", ["publish", "end"])
async def test_a_post_is_published_only_while_its_organisation_is_public(
    shared_ccp: Platform, first: str, end: str
) -> None:
    db = shared_ccp.system.db("profiles")
    anna = await shared_ccp.member("Anna")
    ours = (await shared_ccp.organisation(anna, name="Ours"))["id"]
    post = ok(await anna.post("/posts", {"organisation_id": ours, "title": "We met in Osaka"}))["id"]
    owner = Caller(id=anna.id)
    ends = {
        "withdraw": use(withdraw_organisation, ours, owner, ANY),
        "take_down": use(take_down, ours, TakeDown(reasons=["A reason."]), OPERATOR, ANY),
    }
    publish = use(publish_post, post, Publication(), owner, ANY)
    pair = (publish, ends[end]) if first == "publish" else (ends[end], publish)
    both = await overlap(db, *pair)
    assert both.conflicted, f"both committed: {both}"
    stage = (await POSTS.get(db, post)).stage
    if first == "publish":
        assert stage is PostStage.PUBLISHED
    else:
        assert isinstance(both.second, OrganisationNotPublic)
        assert stage is PostStage.DRAFT
    await shared_ccp.system.settle()
    assert not (await POSTS.get(db, post)).is_public


@pytest.mark.parametrize("second", ["change", "withdraw", "publish", "loop"])
async def test_a_scheduled_post_is_published_once(
    shared_ccp: Platform, second: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.profiles.posts.usecases.due_ids", nothing_due)  # the loop does not come first
    db = shared_ccp.system.db("profiles")
    anna = await shared_ccp.member("Anna")
    ours = (await shared_ccp.organisation(anna, name="Ours"))["id"]
    post = ok(await anna.post("/posts", {"organisation_id": ours, "title": "We met in Osaka"}))["id"]
    await POSTS.update(db, {"_id": post}, {"$set": {"stage": "scheduled", "publish_at": db.now()}})
    owner, content = Caller(id=anna.id), (await POSTS.get(db, post)).model_copy(update={"title": "We met in Kyoto"})
    others = {
        "change": use(change_post, post, content, owner, ANY),
        "withdraw": use(withdraw_post, post, owner, ANY),
        "publish": use(publish_post, post, Publication(), owner, ANY),
        "loop": use(publish_if_due, post),
    }
    both = await overlap(db, use(publish_if_due, post), others[second])
    assert both.conflicted, f"both committed: {both}"
    stage = (await POSTS.get(db, post)).stage
    assert stage is (PostStage.WITHDRAWN if second == "withdraw" else PostStage.PUBLISHED)
