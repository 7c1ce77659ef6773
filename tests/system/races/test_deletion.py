"""A draft is deleted while others add to it: whatever comes second, nothing of the draft is left."""

import pytest

from services.profiles.organisations.affiliates.domain import AffiliateBody
from services.profiles.organisations.affiliates.store import AFFILIATES
from services.profiles.organisations.affiliates.usecases import add_affiliate
from services.profiles.organisations.deletion import delete_organisation
from services.profiles.organisations.people.domain import InvitationBody
from services.profiles.organisations.people.store import INVITATIONS
from services.profiles.organisations.people.usecases import appoint, invite
from services.profiles.organisations.store import MEMBERSHIPS
from services.profiles.organisations.usecases import submit_organisation
from shared.auth import Caller
from shared.errors import NotFound
from shared.ids import new_id
from shared.models import ExpectedVersion
from tests.support.people import PROFILE, Platform, ok
from tests.support.races import overlap, use

ANY = ExpectedVersion(None)


@pytest.mark.parametrize("second", ["add a member organisation", "invite", "appoint", "submit"])
async def test_nothing_is_added_to_a_draft_that_is_being_deleted(shared_ccp: Platform, second: str) -> None:
    db, anna, bea = shared_ccp.system.db("profiles"), await shared_ccp.member("Anna"), await shared_ccp.member("Bea")
    id, owner = ok(await anna.post("/organisations", PROFILE))["id"], Caller(id=anna.id)
    adds = {
        "add a member organisation": use(add_affiliate, id, AffiliateBody(name="Fjord", kind="sme"), owner),
        "invite": use(invite, new_id(), id, InvitationBody(email=bea.email, role="editor"), owner),
        "appoint": use(appoint, id, bea.email, Caller(id="operator", operator=True)),
        "submit": use(submit_organisation, id, owner, ANY),
    }
    both = await overlap(db, use(delete_organisation, id, owner, ANY), adds[second])
    assert both.conflicted
    assert isinstance(both.second, NotFound)
    for collection in (AFFILIATES, INVITATIONS, MEMBERSHIPS):
        assert await collection.count(db, {"organisation_id": id}) == 0
