"""Two operators, or an operator and an administrator, decide on profiles at the same moment."""

import pytest

from services.profiles.organisations.review import Merger, Status, TakeDown
from services.profiles.organisations.reviewing import merge, take_down
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.usecases import confirm_organisation, withdraw_organisation
from shared.auth import Caller
from shared.errors import Refusal
from shared.models import ExpectedVersion
from tests.support.people import Platform
from tests.support.races import overlap, use

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)


@pytest.mark.parametrize("second", ["withdraw", "take_down", "merge back", "confirm"])
async def test_an_organisation_that_stays_is_public_when_another_is_merged_into_it(
    shared_ccp: Platform, second: str
) -> None:
    db = shared_ccp.system.db("profiles")
    anna = await shared_ccp.member("Anna")
    kept = (await shared_ccp.organisation(anna, name="Kept"))["id"]
    same = (await shared_ccp.organisation(anna, name="Same"))["id"]
    owner = Caller(id=anna.id)
    others = {
        "withdraw": use(withdraw_organisation, kept, owner, ANY),
        "take_down": use(take_down, kept, TakeDown(reasons=["A reason."]), OPERATOR, ANY),
        "merge back": use(merge, kept, Merger(into=same), OPERATOR, ANY),
        "confirm": use(confirm_organisation, kept, owner, ANY),
    }
    both = await overlap(db, use(merge, same, Merger(into=kept), OPERATOR, ANY), others[second])
    assert both.conflicted, f"both committed: {both}"
    statuses = [(await ORGANISATIONS.get(db, id)).status for id in (same, kept)]
    if second == "merge back":
        assert isinstance(both.second, Refusal)
    assert statuses[0] is Status.MERGED
