"""Copies of memberships in other services follow the versions of their events, in whatever order these arrive."""

import itertools
from typing import Any

import pytest

from services.calls.organisations import store as calls
from services.calls.organisations import usecases as of_calls
from services.matchmaking.organisations import store as matchmaking
from services.matchmaking.organisations import usecases as of_matchmaking
from services.notifications.alerts.usecases import on_member_joined, on_member_left
from services.notifications.preferences.domain import Member
from services.notifications.preferences.store import MEMBERS
from shared.contracts.profiles import MemberJoined, MemberLeft
from tests.support.people import Platform

WHO = {"member_id": "anna", "organisation_id": "nordic"}
JOINED, LEFT = MemberJoined(**WHO, role="editor", version=2), MemberLeft(**WHO, version=3)
BACK = MemberJoined(**WHO, role="administrator", version=4)
SERVICES = {"calls": (calls, of_calls), "matchmaking": (matchmaking, of_matchmaking)}


@pytest.mark.parametrize("service", SERVICES)
async def test_a_copy_follows_the_versions_in_every_order_and_repetition(shared_ccp: Platform, service: str) -> None:
    db = shared_ccp.system.db(service)
    store, usecases = SERVICES[service]
    for number, order in enumerate(itertools.permutations([JOINED, LEFT, BACK, JOINED], 4)):
        assert await role_after(db, store, usecases, f"again{number}", order) == "administrator", order
    for number, order in enumerate(itertools.permutations([JOINED, LEFT, JOINED])):
        assert await role_after(db, store, usecases, f"gone{number}", order) is None, order


async def role_after(db: Any, store: Any, usecases: Any, organisation_id: str, order: Any) -> str | None:
    """Hand events to the handlers of a service, and return the role in its copy."""
    for event in order:
        handler = usecases.on_member_left if isinstance(event, MemberLeft) else usecases.on_member_joined
        await db.transact(handler, event.model_copy(update={"organisation_id": organisation_id}))
    copy = await store.MEMBERSHIPS.get(db, f"{organisation_id}:anna")
    return copy.role if copy else None


async def test_those_who_are_alerted_follow_the_versions_too(shared_ccp: Platform) -> None:
    db = shared_ccp.system.db("notifications")
    for number, order in enumerate(itertools.permutations([JOINED, LEFT, BACK, JOINED], 4)):
        anna = await member_after(db, f"again{number}", order)
        assert (anna.organisations, anna.administers) == (("nordic",), ("nordic",)), order
    for number, order in enumerate(itertools.permutations([BACK, LEFT.model_copy(update={"version": 5}), BACK])):
        anna = await member_after(db, f"gone{number}", order)
        assert (anna.organisations, anna.administers) == ((), ()), order


async def member_after(db: Any, member_id: str, order: Any) -> Any:
    """Hand events to the handlers of notifications, and return its copy of the member."""
    for event in order:
        handler = on_member_left if isinstance(event, MemberLeft) else on_member_joined
        await db.transact(handler, event.model_copy(update={"member_id": member_id}))
    return await MEMBERS.get(db, member_id) or Member(id=member_id)
