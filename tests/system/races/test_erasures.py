"""An erasure beside what a member does at the same moment: no membership and no token outlives the member."""

import itertools
from typing import Any

import pytest

from services.calls.audit.domain import first_defect
from services.calls.audit.store import entries_of
from services.calls.members.store import MEMBERS as NAMES
from services.calls.members.store import names_of
from services.calls.personal import PERSONAL as CALLS
from services.calls.selection.applications.submissions import submit
from services.notifications.personal import PERSONAL as NOTIFICATIONS
from services.notifications.preferences.domain import Interest, InterestBody
from services.notifications.preferences.store import set_interests
from services.profiles.accounts.store import MEMBERS
from services.profiles.organisations.people.domain import Departure, InvitationBody
from services.profiles.organisations.people.usecases import accept, appoint, invite, leave
from services.profiles.organisations.profile import OrganisationProfile
from services.profiles.organisations.store import MEMBERSHIPS
from services.profiles.organisations.usecases import create_organisation, submit_organisation, withdraw_organisation
from services.profiles.personal import PERSONAL
from services.profiles.privacy.erasures.domain import Erased, HandOverFirst
from services.profiles.privacy.erasures.usecases import erase_member
from shared import personal
from shared.auth import Caller
from shared.clock import real_now
from shared.contracts.profiles import MemberErased
from shared.erased import ERASED, FORMER_MEMBER
from shared.errors import NotFound
from shared.ids import new_id
from shared.models import ExpectedVersion
from shared.personal import Person, erase, on_member_erased
from shared.testing import until
from tests.support.former import erases
from tests.support.people import PROFILE, Member, Platform, ok
from tests.support.races import Work, outcome, overlap, use
from tests.support.worlds import World

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)


def erasing(member: Member) -> Work:
    return use(erase_member, PERSONAL, member.id, "member")


@pytest.mark.parametrize("second", ["accept", "create", "appoint"])
async def test_no_one_joins_who_is_erased_at_the_same_moment(shared_ccp: Platform, second: str) -> None:
    db, anna, carl = shared_ccp.system.db("profiles"), await shared_ccp.member("Anna"), await shared_ccp.member("Carl")
    id, invitation_id = ok(await anna.post("/organisations", PROFILE))["id"], new_id()
    body = InvitationBody(email=carl.email, role="administrator")
    await db.transact(invite, invitation_id, id, body, Caller(id=anna.id))
    profile = OrganisationProfile.model_validate(PROFILE)
    joins = {
        "accept": use(accept, invitation_id, Caller(id=carl.id)),
        "create": use(create_organisation, new_id(), profile, Caller(id=carl.id)),
        "appoint": use(appoint, id, carl.email, OPERATOR),
    }
    both = await overlap(db, erasing(carl), joins[second])
    assert both.conflicted
    assert isinstance(both.second, NotFound)
    assert await MEMBERSHIPS.count(db, {"member_id": carl.id}) == 0
    assert await MEMBERS.get(db, carl.id) is None


async def test_of_two_administrators_who_leave_for_good_at_once_one_stays(shared_ccp: Platform) -> None:
    db, anna = shared_ccp.system.db("profiles"), await shared_ccp.member("Anna")
    organisation = await shared_ccp.organisation(anna)
    bea = await shared_ccp.colleague(anna, organisation["id"], "Bea", "administrator")
    both = await overlap(db, erasing(anna), use(leave, organisation["id"], Departure(), Caller(id=bea.id)))
    assert both.conflicted
    assert isinstance(await outcome(db, erasing(bea)), HandOverFirst)


async def test_a_withdrawn_profile_is_not_submitted_while_its_last_person_is_erased(shared_ccp: Platform) -> None:
    db, anna = shared_ccp.system.db("profiles"), await shared_ccp.member("Anna")
    organisation, owner = await shared_ccp.organisation(anna), Caller(id=anna.id)
    await db.transact(withdraw_organisation, organisation["id"], owner, ANY)
    both = await overlap(db, use(submit_organisation, organisation["id"], owner, ANY), erasing(anna))
    assert both.conflicted
    assert isinstance(both.second, HandOverFirst)


async def test_an_account_is_erased_once(shared_ccp: Platform) -> None:
    db, carl = shared_ccp.system.db("profiles"), await shared_ccp.member("Carl")
    both = await overlap(db, erasing(carl), erasing(carl))
    assert both.conflicted
    assert isinstance(both.first, Erased)
    assert isinstance(both.second, NotFound)
    names = shared_ccp.system.db("calls")

    async def gone() -> bool:
        return await NAMES.get(names, carl.id) is None

    await until(gone, "the name to be erased in calls")


async def test_an_application_that_is_submitted_while_its_author_is_erased_stays_whole(world: World) -> None:
    await world.publish()
    id = await world.draft()
    author = world.members[id]
    submitting = use(submit, id, author, ANY)
    event = MemberErased(member_id=author.id)
    await overlap(world.db, submitting, lambda tx: on_member_erased(CALLS, tx, event))
    await erase(CALLS, world.db, Person(author.id))
    application = await world.application(id)
    assert application.submissions == 1
    assert first_defect(await entries_of(world.db, id), application) == ""
    assert await names_of(world.db, [author.id]) == {author.id: FORMER_MEMBER}


async def test_two_replicas_that_look_again_count_what_came_late_once(
    shared_ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    notifications, gus = shared_ccp.system.db("notifications"), await shared_ccp.member("Gus")
    await erases(gus)
    await set_interests(notifications, gus.id, [Interest.of("late", InterestBody(keywords=["wombat"]))])
    await ERASED.update(notifications, {"_id": gus.id}, {"$set": {"again_at": real_now()}})
    erase_once, replicas = personal.erase, itertools.count()

    async def erase_as_another_replica_does(*args: Any) -> None:
        if not next(replicas):
            await personal.erase_again(NOTIFICATIONS, notifications)
        await erase_once(*args)

    monkeypatch.setattr(personal, "erase", erase_as_another_replica_does)
    await personal.erase_again(NOTIFICATIONS, notifications)
    member = await ERASED.get(notifications, gus.id)
    assert member
    assert [each.number for each in member.things or [] if each.what == "preferences, interests and address"] == [2]
