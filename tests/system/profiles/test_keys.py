"""Rotation of the key that signs access tokens: what happens to tokens of the old key, in every service."""

from datetime import datetime, timedelta

import jwt
import pytest

from services.profiles.accounts.keys.usecases import end_signed_before, rotate_keys
from services.profiles.accounts.sessions.store import SESSIONS
from services.profiles.accounts.tokens.store import API_TOKENS
from services.profiles.snapshot import SNAPSHOT
from shared.auth import PUBLIC_KEYS, on_key_published, own_keys, rotate_key
from shared.clock import real_now
from shared.contracts.profiles import KeyPublished
from shared.snapshot import snapshot_page
from shared.testing import until
from tests.support.people import PASSWORD, Member, Platform, ok

READ = {"profiles": "/me", "calls": "/rounds", "matchmaking": "/partner-proposals", "notifications": "/inbox"}
ALL, NONE = dict.fromkeys(READ, 200), dict.fromkeys(READ, 401)


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


async def statuses(caller: Member) -> dict[str, int]:
    return {service: (await caller.get(path)).status_code for service, path in READ.items()}


async def refused_everywhere(caller: Member) -> None:
    async def refused() -> bool:
        return await statuses(caller) == NONE

    await until(refused, "every service to refuse the token")


async def program(member: Member) -> Member:
    """Return a program that acts for a member with an API token."""
    made = ok(await member.post("/me/tokens", {"name": "Backup script", "scope": "read"}))
    return Member(member.platform, "Program", member.email, member.id, made["token"])


def key_of(member: Member) -> str:
    return str(jwt.get_unverified_header(member.headers["Authorization"].removeprefix("Bearer "))["kid"])


async def listed(ccp: Platform) -> set[str]:
    """Return the ids of the keys that programs outside the platform may trust."""
    return {key["kid"] for key in ok(await ccp.http.get("/.well-known/jwks.json"))["keys"]}


async def rotate(ccp: Platform, ends_at: datetime) -> str:
    return await ccp.system.db("profiles").transact(rotate_key, KeyPublished, ends_at)


async def rotate_at_once(ccp: Platform) -> int:
    """Do what `ccp keys rotate --at-once` does."""
    db = ccp.system.db("profiles")
    return await end_signed_before(db, await db.transact(rotate_keys, at_once=True))


async def test_tokens_of_the_old_key_work_and_new_ones_have_the_new_key_without_a_restart(
    ccp: Platform, anna: Member
) -> None:
    script = await program(anna)
    tokens = ok(await ccp.http.post("/tokens", json={"email": anna.email, "password": PASSWORD}))
    new = await ccp.system.db("profiles").transact(rotate_keys)
    later = await ccp.log_in("Anna", anna.email)
    refreshed = ok(await ccp.http.post("/tokens/refresh", json={"refresh_token": tokens["refresh_token"]}))
    assert key_of(anna) != new
    assert key_of(later) == key_of(await program(anna)) == jwt.get_unverified_header(refreshed["token"])["kid"] == new
    await ccp.system.settle()
    assert [await statuses(each) for each in (anna, script, later)] == [ALL] * 3
    assert await listed(ccp) == {key_of(anna), new}


async def test_tokens_of_the_old_key_are_refused_after_its_end(ccp: Platform, anna: Member) -> None:
    assert await statuses(anna) == ALL
    ends_at = real_now() + timedelta(seconds=3)
    new = await rotate(ccp, ends_at)
    await refused_everywhere(anna)
    assert real_now() >= ends_at
    assert await listed(ccp) == {new}
    assert await statuses(await ccp.log_in("Anna", anna.email)) == ALL


async def test_a_key_that_leaked_ends_at_once_with_all_that_it_and_earlier_ones_signed(
    ccp: Platform, anna: Member
) -> None:
    script = await program(anna)
    await ccp.system.db("profiles").transact(rotate_keys)
    later = await ccp.log_in("Anna", anna.email)
    forged = ccp.system.runtimes["profiles"].resources.signer.sign("access", anna.id, timedelta(days=9000))
    forger = Member(ccp, "Mallory", anna.email, anna.id, forged)
    await ccp.system.settle()
    assert await statuses(forger) == ALL
    assert await rotate_at_once(ccp) == 4, "three log-ins and an API token"
    for each in (anna, script, later, forger):
        await refused_everywhere(each)
    db = ccp.system.db("profiles")
    assert await SESSIONS.count(db, {}) == await API_TOKENS.count(db, {}) == 0
    again = await ccp.log_in("Anna", anna.email)
    assert await statuses(again) == ALL
    assert await listed(ccp) == {key_of(again)}


async def test_an_old_event_does_not_bring_a_key_back(ccp: Platform, anna: Member) -> None:
    db = ccp.system.db("notifications")
    [key] = await PUBLIC_KEYS.find(ccp.system.db("profiles"), {"issuer": "profiles"}, limit=10)
    old = KeyPublished(key_id=key.id, issuer="profiles", public_jwk=key.jwk)
    await rotate_at_once(ccp)
    await refused_everywhere(anna)
    for event in (old, KeyPublished(**old.model_dump(exclude={"ends_at"}), ends_at=real_now() + timedelta(days=1))):
        await db.transact(on_key_published, event)
        copy = await PUBLIC_KEYS.get(db, key.id)
        assert copy
        assert not copy.is_trusted(real_now())
    assert await statuses(anna) == NONE


@pytest.mark.parametrize("newest_first", [False, True])
async def test_a_new_listener_has_trusted_keys_and_the_ends_of_others(
    ccp: Platform, anna: Member, *, newest_first: bool
) -> None:
    await rotate_at_once(ccp)
    middle = await ccp.log_in("Anna", anna.email)
    await ccp.system.db("profiles").transact(rotate_keys)
    last = await ccp.log_in("Anna", anna.email)
    await ccp.system.settle()
    keys = await snapshot_page(ccp.system.db("profiles"), [own_keys("profiles", KeyPublished)], None, 100)
    assert SNAPSHOT[0].collection is PUBLIC_KEYS
    listener = ccp.system.db("notifications")
    await listener.raw("public_keys").delete_many({"issuer": "profiles"})
    for envelope in sorted(keys.envelopes, key=lambda each: each.subject or "", reverse=newest_first):
        await listener.transact(on_key_published, KeyPublished.read(envelope.data))
    now, found = real_now(), {}
    for member in (anna, middle, last):
        copy = await PUBLIC_KEYS.get(listener, key_of(member))
        assert copy
        found[key_of(member)] = copy.ends_at is None, copy.is_trusted(now)
    assert [*found.values()] == [(False, False), (False, True), (True, True)]
