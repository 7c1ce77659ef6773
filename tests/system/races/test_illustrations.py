"""The picture of an achievement is replaced when it is withdrawn, replaced, removed or reviewed, or its owner ends."""

import pytest

from services.profiles.achievements.domain import AchievementChangeReview
from services.profiles.achievements.illustrations.usecases import picture_path, remove_picture, replace_picture
from services.profiles.achievements.reviewing import review_change
from services.profiles.achievements.store import ACHIEVEMENTS
from services.profiles.achievements.usecases import AchieverNotPublic, withdraw_achievement
from services.profiles.organisations.usecases import withdraw_organisation
from services.profiles.pictures.store import store_picture
from shared.auth import Caller
from shared.files.store import ORPHANED
from shared.models import ExpectedVersion
from shared.mongo import Database
from tests.support.achievements import achieved
from tests.support.people import Platform
from tests.support.pictures import logo
from tests.support.races import overlap, use

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)


async def check_bytes(db: Database, achievement_id: str, uploaded: set[str]) -> None:
    """Check that exactly the pictures that the achievement has keep their bytes."""
    kept = {id for picture in (await ACHIEVEMENTS.get(db, achievement_id)).pictures for id in picture.stored}
    orphaned = {row["_id"] for row in await ORPHANED.rows(db, {}, ["_id"], limit=100)}
    with_bytes = set(await db.raw("uploads.files").distinct("_id"))
    assert kept <= with_bytes
    assert not kept & orphaned
    assert uploaded - kept <= orphaned | (uploaded - with_bytes)


@pytest.mark.parametrize("second", ["accept", "replace", "remove", "withdraw"])
async def test_a_picture_that_is_replaced_has_its_bytes_and_no_other_has(shared_ccp: Platform, second: str) -> None:
    db = shared_ccp.system.db("profiles")
    eve = await shared_ccp.member("Eve")
    id = (await achieved(eve, await shared_ccp.organisation(eve, name="Ours")))["id"]
    owner, path = Caller(id=eve.id), picture_path(id)
    first, new, other = [await store_picture(db, path, logo(colour=(each, 9, 9)), "") for each in (0, 90, 180)]
    await db.transact(replace_picture, first, id, owner, ANY)
    others = {
        "accept": use(review_change, id, AchievementChangeReview(outcome="accepted"), OPERATOR, ANY),
        "replace": use(replace_picture, other, id, owner, ANY),
        "remove": use(remove_picture, id, owner, ANY),
        "withdraw": use(withdraw_achievement, id, owner, ANY),
    }
    both = await overlap(db, use(replace_picture, new, id, owner, ANY), others[second])
    assert both.conflicted, f"both committed: {both}"
    await check_bytes(db, id, {*first.stored, *new.stored})


async def test_a_picture_needs_a_public_organisation_until_it_commits(shared_ccp: Platform) -> None:
    db = shared_ccp.system.db("profiles")
    eve = await shared_ccp.member("Eve")
    ours = await shared_ccp.organisation(eve, name="Ours")
    id = (await achieved(eve, ours))["id"]
    owner = Caller(id=eve.id)
    new = await store_picture(db, picture_path(id), logo(), "")
    both = await overlap(
        db, use(withdraw_organisation, ours["id"], owner, ANY), use(replace_picture, new, id, owner, ANY)
    )
    assert both.conflicted, f"both committed: {both}"
    assert isinstance(both.second, AchieverNotPublic)
    await check_bytes(db, id, {*new.stored})
