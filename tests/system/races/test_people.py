"""Two changes of an organisation's people at the same moment: it keeps an administrator, and a withdrawal counts."""

from datetime import UTC, datetime

import pytest

from services.profiles.organisations.deletion import delete_organisation
from services.profiles.organisations.memberships import set_role
from services.profiles.organisations.people.domain import Departure, InvitationBody, LastAdministrator, RoleBody
from services.profiles.organisations.people.joining import usecases as joining
from services.profiles.organisations.people.joining.domain import (
    AcceptanceBody,
    DeclineBody,
    JoinRequest,
    JoinRequestBody,
)
from services.profiles.organisations.people.joining.store import JOIN_REQUESTS, MOST_OPEN, MOST_OWN
from services.profiles.organisations.people.store import INVITATIONS, MOST_INVITATIONS
from services.profiles.organisations.people.usecases import (
    accept,
    change_role,
    invite,
    leave,
    remove,
    withdraw_invitation,
)
from services.profiles.organisations.review import Merger, TakeDown
from services.profiles.organisations.reviewing import merge, take_down
from services.profiles.organisations.store import MEMBERSHIPS, role_in
from shared.auth import Caller
from shared.errors import NotFound, QuotaReached
from shared.ids import new_id
from shared.models import ExpectedVersion
from shared.mongo import Database
from tests.support.people import PROFILE, Member, Platform, ok
from tests.support.races import overlap, use

OPERATOR, ANY = Caller(id="operator", operator=True), ExpectedVersion(None)
EDITOR = RoleBody(role="editor")


async def two_administrators(ccp: Platform) -> tuple[Database, str, Member, Member]:
    db, anna, bea = ccp.system.db("profiles"), await ccp.member("Anna"), await ccp.member("Bea")
    id = ok(await anna.post("/organisations", PROFILE))["id"]
    await db.transact(set_role, id, bea.id, "administrator", 2)
    return db, id, anna, bea


@pytest.mark.parametrize("second", ["leave", "demote", "remove"])
async def test_two_administrators_who_leave_at_once_leave_one_behind(shared_ccp: Platform, second: str) -> None:
    db, id, anna, bea = await two_administrators(shared_ccp)
    others = {
        "leave": use(leave, id, Departure(), Caller(id=bea.id)),
        "demote": use(change_role, id, bea.id, EDITOR, Caller(id=bea.id), ANY),
        "remove": use(remove, id, bea.id, Caller(id=bea.id)),
    }
    both = await overlap(db, use(leave, id, Departure(), Caller(id=anna.id)), others[second])
    assert both.conflicted
    assert isinstance(both.second, LastAdministrator)
    assert await role_in(db, id, bea.id) == "administrator"


async def test_a_successor_who_leaves_at_the_same_moment_does_not_take_over(shared_ccp: Platform) -> None:
    db, id, anna, bea = await two_administrators(shared_ccp)
    await db.transact(set_role, id, bea.id, "editor", 3)
    away = use(leave, id, Departure(), Caller(id=bea.id))
    both = await overlap(db, away, use(leave, id, Departure(successor=bea.id), Caller(id=anna.id)))
    assert both.conflicted
    assert isinstance(both.second, NotFound)
    assert await role_in(db, id, anna.id) == "administrator"


@pytest.mark.parametrize("first", ["withdraw", "delete", "merge", "demote"])
async def test_an_invitation_that_ends_is_not_accepted_at_the_same_moment(shared_ccp: Platform, first: str) -> None:
    db, id, anna, _ = await two_administrators(shared_ccp)
    carl = await shared_ccp.member("Carl")
    owner, invitation_id = Caller(id=anna.id), new_id()
    body = InvitationBody(email=carl.email, role="editor")
    accepting = use(accept, invitation_id, Caller(id=carl.id))
    if first == "demote":
        both = await overlap(
            db, use(change_role, id, anna.id, EDITOR, owner, ANY), use(invite, invitation_id, id, body, owner)
        )
        assert both.conflicted
        assert isinstance(both.second, NotFound)
        return
    await db.transact(invite, invitation_id, id, body, owner)
    kept = (await shared_ccp.organisation(anna, name="Kept"))["id"] if first == "merge" else ""
    ends = {
        "withdraw": use(withdraw_invitation, id, invitation_id, owner),
        "delete": use(delete_organisation, id, owner, ANY),
        "merge": use(merge, id, Merger(into=kept or id), OPERATOR, ANY),
    }
    both = await overlap(db, ends[first], accepting)
    assert both.conflicted
    assert isinstance(both.second, NotFound)
    assert await MEMBERSHIPS.get(db, f"{id}:{carl.id}") is None


async def test_the_limit_of_invitations_is_kept_by_two_at_once(shared_ccp: Platform) -> None:
    db, id, anna, _ = await two_administrators(shared_ccp)
    owner = Caller(id=anna.id)
    for number in range(MOST_INVITATIONS - 1):
        body = InvitationBody(email=f"person{number}@people.example", role="editor")
        await db.transact(invite, new_id(), id, body, owner)
    last = [
        use(invite, new_id(), id, InvitationBody(email=f"{name}@people.example", role="editor"), owner)
        for name in ("last", "late")
    ]
    both = await overlap(db, *last)
    assert both.conflicted
    assert isinstance(both.second, QuotaReached)
    assert await INVITATIONS.count(db, {"organisation_id": id}) == MOST_INVITATIONS


ASKS, ACCEPTS = JoinRequestBody(message="I work there."), AcceptanceBody(role="editor")


@pytest.mark.parametrize("first", ["withdraw", "decline", "demote", "merge"])
async def test_a_request_to_join_that_ends_is_not_accepted_at_the_same_moment(shared_ccp: Platform, first: str) -> None:
    db, anna, carl = shared_ccp.system.db("profiles"), await shared_ccp.member("Anna"), await shared_ccp.member("Carl")
    id, bea = (await shared_ccp.organisation(anna))["id"], await shared_ccp.member("Bea")
    kept = (await shared_ccp.organisation(anna, name="Kept"))["id"]
    await db.transact(set_role, id, bea.id, "administrator", 2)
    owner, asking, request = Caller(id=anna.id), Caller(id=carl.id), new_id()
    await db.transact(joining.ask, request, id, ASKS, asking)
    ends = {
        "withdraw": use(joining.withdraw, id, request, asking),
        "decline": use(joining.decline, id, request, DeclineBody(reason="No one knows you."), Caller(id=bea.id)),
        "demote": use(change_role, id, anna.id, EDITOR, Caller(id=bea.id), ANY),
        "merge": use(merge, id, Merger(into=kept), OPERATOR, ANY),
    }
    both = await overlap(db, ends[first], use(joining.accept, id, request, ACCEPTS, owner))
    assert both.conflicted
    assert isinstance(both.second, NotFound)
    assert await MEMBERSHIPS.get(db, f"{id}:{carl.id}") is None


async def test_a_profile_that_is_taken_down_takes_no_request_to_join(shared_ccp: Platform) -> None:
    db, anna, carl = shared_ccp.system.db("profiles"), await shared_ccp.member("Anna"), await shared_ccp.member("Carl")
    id = (await shared_ccp.organisation(anna))["id"]
    down = use(take_down, id, TakeDown(reasons=["It advertises."]), OPERATOR, ANY)
    both = await overlap(db, down, use(joining.ask, new_id(), id, ASKS, Caller(id=carl.id)))
    assert both.conflicted
    assert isinstance(both.second, NotFound)


@pytest.mark.parametrize("owner", ["organisation", "member"])
async def test_the_limits_of_requests_to_join_are_kept_by_two_at_once(shared_ccp: Platform, owner: str) -> None:
    db, anna = shared_ccp.system.db("profiles"), await shared_ccp.member("Anna")
    id, other = [(await shared_ccp.organisation(anna, name=name))["id"] for name in ("One", "Two")]
    carl, dora = await shared_ccp.member("Carl"), await shared_ccp.member("Dora")
    most = MOST_OPEN if owner == "organisation" else MOST_OWN
    others = [(id, f"m{number}") if owner == "organisation" else (f"o{number}", carl.id) for number in range(most - 1)]
    await JOIN_REQUESTS.insert_new(db, [open_request(*each) for each in others])
    second = (id, dora.id) if owner == "organisation" else (other, carl.id)
    asking = use(joining.ask, new_id(), second[0], ASKS, Caller(id=second[1]))
    both = await overlap(db, use(joining.ask, new_id(), id, ASKS, Caller(id=carl.id)), asking)
    assert both.conflicted
    assert isinstance(both.second, QuotaReached)


def open_request(organisation_id: str, member_id: str) -> JoinRequest:
    now = datetime(2116, 1, 1, tzinfo=UTC)
    return JoinRequest(
        id=new_id(),
        organisation_id=organisation_id,
        member_id=member_id,
        message="I work there.",
        asked_at=now,
        ends_at=now,
    )
