"""The event log: a new listener builds its copies from a snapshot, and a replay changes nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter

from services.__main__ import available, listeners
from shared.auth import on_key_published
from shared.bus import rabbit
from shared.contracts import Event, calls, matchmaking, notifications, profiles
from shared.models import Versioned
from shared.mongo import Collection, Database, Transaction
from shared.service import Service
from shared.settings import Settings
from shared.testing import System, running_system, until
from tests.support.eventlog import WISH, dump, replay_to, send_snapshot_to
from tests.support.people import MISSION, Platform, ok
from tests.support.platforms import running_platform

GATHERING = {
    "title": "Matchmaking in Kortrijk",
    "place": "Kortrijk",
    "countries": ["BE"],
    "starts_at": "2016-06-01T09:00:00+02:00",
    "ends_at": "2016-06-01T18:00:00+02:00",
}


# --- atlas, a new listener ------------------------------------------------------------------------


class Copy(Versioned):
    """A copy that atlas keeps; its id is `<kind>:<id>`."""

    what: dict[str, Any]


COPIES = Collection("copies", Copy)


def keeps(kind: str, facts: str = "", **more: str) -> Any:
    """Return a handler that keeps a copy of an event's data, unless it has a newer one."""

    async def handler(tx: Transaction, event: Event) -> None:
        data = (getattr(event, facts) if facts else event).model_dump(mode="json")
        version = data.pop("version", 1)
        await COPIES.keep_newest(tx, Copy(id=f"{kind}:{event.subject}", version=version, what=data | more))

    return handler


async def on_member_joined(tx: Transaction, event: profiles.MemberJoined) -> None:
    id = f"membership:{event.organisation_id}:{event.member_id}"
    await COPIES.keep_newest(tx, Copy(id=id, version=event.version, what={"role": event.role}))


async def on_participant(tx: Transaction, event: calls.ParticipantRegistered | calls.ParticipantLeft) -> None:
    """Keep both events under one id, so that the newest state wins in any order of arrival."""
    id = f"participant:{event.gathering_id}:{event.member_id}"
    what = {"here": isinstance(event, calls.ParticipantRegistered)}
    await COPIES.keep_newest(tx, Copy(id=id, version=event.version, what=what))


HANDLERS = {
    profiles.KeyPublished: on_key_published,
    notifications.LinkKeyPublished: on_key_published,
    profiles.MemberRegistered: keeps("member"),
    profiles.MemberConfirmed: keeps("confirmed"),
    profiles.MemberJoined: on_member_joined,
    profiles.OrganisationPublished: keeps("organisation"),
    calls.CallPublished: keeps("call", "call", status="public"),
    calls.CallChanged: keeps("call", "call", status="public"),
    calls.CallClosed: keeps("call", "call", status="closed"),
    calls.CallWithdrawn: keeps("call", "call", status="withdrawn"),
    calls.GatheringPublished: keeps("gathering", "gathering", status="published"),
    calls.GatheringChanged: keeps("gathering", "gathering", status="published"),
    calls.GatheringCancelled: keeps("gathering", "gathering", status="cancelled"),
    calls.ParticipantRegistered: on_participant,
    calls.ParticipantLeft: on_participant,
    matchmaking.PartnerRequestPublished: keeps("request"),
}
ATLAS = Service("atlas", APIRouter(), HANDLERS, [], [COPIES])


@pytest.fixture
async def four(broker_url: str, mongo_url: str, settings: Settings) -> AsyncIterator[Platform]:
    """Run the four services on RabbitMQ."""
    await rabbit.remove(broker_url, [*available(), ATLAS.name])
    bus = rabbit.RabbitBus(broker_url, listeners(settings))
    async with running_platform(mongo_url, settings, bus) as platform:
        yield platform


@pytest.fixture
async def atlas(four: Platform, broker_url: str, mongo_url: str, settings: Settings) -> AsyncIterator[System]:
    """Run a new listener after the four services have published events."""
    await make_history(four)
    await rabbit.declare(broker_url, topology := {ATLAS.name: ATLAS.listens_to})  # its queue exists before the service
    bus = rabbit.RabbitBus(broker_url, topology)
    async with running_system([ATLAS], settings=settings, mongo_url=mongo_url, bus=bus) as system:
        yield system
    await rabbit.remove(broker_url, [ATLAS.name])


async def make_history(ccp: Platform) -> None:
    """Create something of each kind, with private drafts among it."""
    erik, anna = await ccp.member("Erik"), await ccp.member("Anna")
    await ccp.registers("Nora")  # who never confirms their address
    await anna.follows(kinds=["mission"])
    organisation = await ccp.organisation(erik)
    ok(await anna.post("/organisations", {"name": "A draft", "kind": "company", "country": "FR"}))
    ok(await erik.post("/calls", MISSION | {"title": "A draft", "organisation_id": organisation["id"]}))
    await erik.publishes(MISSION | {"title": "Changed once"}, organisation)
    changed = (await calls_titled(ccp, "Changed once"))[0]
    body = MISSION | {"title": "Changed twice", "organisation_id": organisation["id"]}
    ok(await erik.put(f"/calls/{changed['id']}", body, version=changed["version"]))
    await ccp.operator.publishes(MISSION | {"title": "Soon over", "deadline": "2016-05-11T17:00:00+02:00"})
    gone = await ccp.operator.publishes(MISSION | {"title": "Taken back"})
    ok(await ccp.operator.post(f"/calls/{gone['id']}/withdraw", {"reason": "moved"}, version=gone["version"]))
    gathering = ok(await ccp.operator.post("/gatherings", GATHERING | {"admission": {}}))
    for member in (anna, erik):
        ok(await member.put(f"/gatherings/{gathering['id']}/registration", None))
    ok(await ccp.http.delete(f"/gatherings/{gathering['id']}/registration", headers=erik.headers))
    off = ok(await ccp.operator.post("/gatherings", GATHERING | {"title": "Called off"}))
    ok(await ccp.operator.post(f"/gatherings/{off['id']}/cancel", {"reason": "no hall"}, version=1))
    ok(await ccp.operator.post("/gatherings", GATHERING | {"title": "A draft", "draft": True}))
    wish = WISH | {"organisation_id": organisation["id"], "side": "offer"}
    ok(await erik.post("/partner-requests", wish | {"title": "We measure"}))
    closed = ok(await erik.post("/partner-requests", wish | {"title": "Given up"}))
    ok(await erik.post(f"/partner-requests/{closed['id']}/close", version=closed["version"]))
    await ccp.system.travel(timedelta(days=4))


async def calls_titled(ccp: Platform, title: str) -> list[dict[str, Any]]:
    return [call for call in ok(await ccp.http.get("/calls"))["items"] if call["title"] == title]


async def documents(database: Database, collection: str, **query: Any) -> list[dict[str, Any]]:
    return await database.raw(collection).find(query).to_list(1000)


async def copies(atlas: System) -> dict[str, Copy]:
    return {copy.id: copy for copy in await COPIES.find(atlas.db("atlas"), {}, limit=1000)}


# --- building from nothing ----------------------------------------------------------------------


@pytest.fixture
async def got(four: Platform, atlas: System) -> dict[str, Copy]:
    """Return the copies that a new listener has after the snapshot."""
    await send_snapshot_to(four, atlas, "atlas")
    return await copies(atlas)


def of(got: dict[str, Copy], *kinds: str) -> dict[str, Copy]:
    return {id: copy for id, copy in got.items() if id.partition(":")[0] in kinds}


async def test_a_new_listener_has_every_public_call_and_gathering(four: Platform, got: dict[str, Copy]) -> None:
    calls, expected = four.system.db("calls"), set()
    public = await documents(calls, "calls", stage={"$ne": "draft"})
    assert {call["title"] for call in public} == {"Changed twice", "Soon over", "Taken back"}
    for call in public:
        expected.add(f"call:{call['_id']}")
        copy = got[f"call:{call['_id']}"]
        status = "withdrawn" if call["stage"] == "withdrawn" else "closed" if call["closed_at"] else "public"
        assert (copy.version, copy.what["status"]) == (call["version"], status)
        assert (copy.what["title"], copy.what["countries"]) == (call["title"], call["countries"])
    for gathering in await documents(calls, "gatherings", stage={"$ne": "draft"}):
        expected.add(f"gathering:{gathering['_id']}")
        what = got[f"gathering:{gathering['_id']}"].what
        assert (what["place"], what["status"]) == (gathering["place"], gathering["stage"])
    assert {*of(got, "call", "gathering")} == expected


async def test_a_new_listener_has_every_member_organisation_and_membership(
    four: Platform, got: dict[str, Copy]
) -> None:
    profiles, expected = four.system.db("profiles"), set()
    for member in await documents(profiles, "members"):
        expected |= {f"member:{member['_id']}"} | ({f"confirmed:{member['_id']}"} if member["confirmed"] else set())
        copy = got[f"member:{member['_id']}"]
        assert (copy.what["email"], copy.what["name"]) == (member["email"], member["name"])
    for organisation in await documents(profiles, "organisations", status="published"):
        expected.add(f"organisation:{organisation['_id']}")
        copy = got[f"organisation:{organisation['_id']}"]
        assert (copy.version, copy.what["name"]) == (organisation["version"], organisation["name"])
    for membership in await documents(profiles, "memberships"):
        expected.add(f"membership:{membership['_id']}")
        assert got[f"membership:{membership['_id']}"].what["role"] == membership["role"]
    assert {*of(got, "member", "confirmed", "organisation", "membership")} == expected


async def test_a_new_listener_has_participants_and_requests_and_nothing_else(
    four: Platform, got: dict[str, Copy]
) -> None:
    [seated] = await documents(four.system.db("calls"), "registrations", state="registered")
    assert got[f"participant:{seated['_id']}"].what == {"here": True}
    requests = await documents(four.system.db("matchmaking"), "partner_requests", closed=False)
    for request in requests:
        assert got[f"request:{request['_id']}"].what["title"] == request["title"]
    expected = {f"participant:{seated['_id']}", *(f"request:{request['_id']}" for request in requests)}
    others = ("call", "gathering", "member", "confirmed", "organisation", "membership")
    assert {*got} - {*of(got, *others)} == expected


async def test_a_new_listener_has_the_keys_and_the_others_keep_running(
    four: Platform, atlas: System, got: dict[str, Copy]
) -> None:
    assert await four.system.db("notifications").raw("inbox").count_documents({}) > 0
    # An operator's token is good there.
    assert (await atlas.http.get("/operations/atlas/parked", headers=four.operator.headers)).json()["items"] == []


async def test_a_repeated_snapshot_changes_nothing(four: Platform, atlas: System) -> None:
    await send_snapshot_to(four, atlas, "atlas")
    before = await dump(atlas.db("atlas"))
    await send_snapshot_to(four, atlas, "atlas")
    assert await dump(atlas.db("atlas")) == before


async def test_a_replay_after_a_snapshot_takes_no_copy_back_and_new_events_arrive(
    four: Platform, atlas: System
) -> None:
    await send_snapshot_to(four, atlas, "atlas")
    before, keys = await copies(atlas), await dump(atlas.db("atlas"), "public_keys")
    await replay_to(four, atlas, "atlas")
    after = await copies(atlas)
    assert {id: after[id] for id in before} == before
    # No event tells that a request was closed: listeners keep it until it expires. Participants who left are history.
    more = {id: after[id].what for id in after.keys() - before.keys()}
    assert {id.partition(":")[0] for id in more} <= {"request", "participant"}
    assert [what["here"] for id, what in more.items() if id.startswith("participant:")] == [False]
    assert await dump(atlas.db("atlas"), "public_keys") == keys
    assert await dump(atlas.db("atlas"), "parked", "jobs") == {"parked": [], "jobs": []}

    news = await four.operator.publishes(MISSION | {"title": "News"})

    async def copied() -> bool:
        return f"call:{news['id']}" in await copies(atlas)

    await until(copied, "the new call to reach the new listener")


async def test_a_replay_to_services_that_have_seen_it_changes_nothing(four: Platform) -> None:
    await make_history(four)
    before = {name: await dump(four.system.db(name)) for name in available()}
    assert before["notifications"]["alerts"]
    mails = len(four.smtp.envelopes)
    for name in available():
        await replay_to(four, four.system, name)
    await four.system.settle()
    for name in available():
        assert await dump(four.system.db(name)) == before[name], name
    assert len(four.smtp.envelopes) == mails


async def test_a_snapshot_alerts_no_member_a_second_time(four: Platform) -> None:
    await make_history(four)
    collections = ("alerts", "mails", "members", "parked", "jobs")
    before = await dump(four.system.db("notifications"), *collections)
    mails = len(four.smtp.envelopes)
    for _ in range(2):
        for name in available():
            await send_snapshot_to(four, four.system, name)
    await four.system.settle()
    assert await dump(four.system.db("notifications"), *collections) == before
    assert len(four.smtp.envelopes) == mails
    for name in available():
        assert (await dump(four.system.db(name), "parked"))["parked"] == []
