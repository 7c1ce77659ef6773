"""Two member organisations are added at once, or one beside a change of the profile: the numbers count both."""

from services.profiles.organisations.affiliates.domain import AffiliateBody
from services.profiles.organisations.affiliates.usecases import add_affiliate
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.store import ORGANISATIONS
from services.profiles.organisations.usecases import change_organisation
from shared.auth import Caller
from shared.models import ExpectedVersion
from tests.support.people import PROFILE, Platform, ok
from tests.support.races import overlap, use


async def test_the_numbers_follow_the_list_under_races(shared_ccp: Platform) -> None:
    db, eve = shared_ccp.system.db("profiles"), await shared_ccp.member("Eve")
    made = ok(await eve.post("/organisations", PROFILE | {"name": "Racing members"}))
    caller = Caller(id=eve.id)
    adds = [use(add_affiliate, made["id"], AffiliateBody(name=name, kind="sme"), caller) for name in ("One", "Two")]
    both = await overlap(db, *adds)
    assert both.conflicted, f"both committed: {both}"
    third = use(add_affiliate, made["id"], AffiliateBody(name="Three", kind="large"), caller)
    profile = OrganisationProfile(**PROFILE | {"name": "Racing members", "members": {"sme": 99}})
    both = await overlap(db, third, use(change_organisation, made["id"], profile, caller, ExpectedVersion(None)))
    assert both.conflicted, f"both committed: {both}"
    stored = await ORGANISATIONS.get(db, made["id"])
    assert stored is not None
    assert stored.members.model_dump() == {"sme": 2, "large": 1, "research": 0, "other": 0}
