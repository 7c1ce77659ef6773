"""A logo is replaced when the organisation stops being public, when others replace it, or when a reviewer decides."""

import pytest

from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.logos.usecases import logo_path, remove_logo, replace_logo
from services.profiles.organisations.review import ChangeReview
from services.profiles.organisations.reviewing import review_change
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.usecases import withdraw_organisation
from services.profiles.pictures.store import store_picture
from shared.auth import Caller
from shared.files.store import ORPHANED
from shared.models import ExpectedVersion
from tests.support.people import Platform
from tests.support.pictures import logo
from tests.support.races import overlap, use

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)


@pytest.mark.parametrize("second", ["withdraw", "replace", "remove", "accept"])
async def test_a_logo_that_is_replaced_has_its_bytes_and_no_other_has(shared_ccp: Platform, second: str) -> None:
    db = shared_ccp.system.db("profiles")
    anna = await shared_ccp.member("Anna")
    ours = (await shared_ccp.organisation(anna, name="Ours"))["id"]
    owner, path = Caller(id=anna.id), logo_path(ours)
    first, new, other = [await store_picture(db, path, logo(colour=(each, 9, 9)), "") for each in (0, 90, 180)]
    await db.transact(replace_logo, first, ours, owner, ANY)
    others = {
        "withdraw": use(withdraw_organisation, ours, owner, ANY),
        "replace": use(replace_logo, other, ours, owner, ANY),
        "remove": use(remove_logo, ours, owner, ANY),
        "accept": use(review_change, ours, ChangeReview(outcome="accepted"), OPERATOR, ANY),
    }
    both = await overlap(db, use(replace_logo, new, ours, owner, ANY), others[second])
    assert both.conflicted, f"both committed: {both}"
    assert isinstance(both.second, Organisation), both.second
    kept = {id for picture in (await ORGANISATIONS.get(db, ours)).logos for id in picture.stored}
    orphaned = {row["_id"] for row in await ORPHANED.rows(db, {}, ["_id"], limit=100)}
    with_bytes = set(await db.raw("uploads.files").distinct("_id"))
    assert kept <= with_bytes
    assert not kept & orphaned
    assert {*first.stored, *new.stored} - kept <= orphaned | (({*first.stored, *new.stored}) - with_bytes)
