"""The event log: a newcomer builds its copies from nothing, a replay changes nothing, old facts are not e-mailed."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import APIRouter

from ccp.client import Client
from ccp.events import Walk
from services.__main__ import available, listeners
from services.matchmaking.store import PROPOSALS
from services.notifications.mailing.ledger import MAILS, WINDOWS
from services.notifications.store import ALERTS
from shared.auth import on_key_published
from shared.bus import rabbit
from shared.clock import real_now
from shared.consumer import INBOX
from shared.contracts import Event, calls, matchmaking, notifications, profiles
from shared.envelope import open_envelope
from shared.models import Versioned
from shared.mongo import Collection, Database, Transaction
from shared.outbox import OUTBOX
from shared.service import Service
from shared.settings import Settings
from shared.testing import System, running_system, until
from tests.conftest import Inbox, running_platform
from tests.people import MISSION, Member, Platform, ok

GATHERING = {
    "title": "Matchmaking in Kortrijk",
    "place": "Kortrijk",
    "countries": ["BE"],
    "starts_at": "2016-06-01T09:00:00+02:00",
    "ends_at": "2016-06-01T18:00:00+02:00",
}
WISH = {"ecosystems": ["digital"], "expires_at": "2016-12-31T00:00:00Z"}


# --- atlas, the newcomer ------------------------------------------------------------------------


class Copy(Versioned):
    """What atlas knows of something; its id is `<kind>:<id>`."""

    what: dict[str, Any]


COPIES = Collection("copies", Copy)


def keeps(kind: str, facts: str = "", **more: str) -> Any:
    """A handler that keeps a copy of what an event says, unless it has a newer one."""

    async def handler(tx: Transaction, event: Event) -> None:
        said = (getattr(event, facts) if facts else event).model_dump(mode="json")
        version = said.pop("version", 1)
        await COPIES.keep_newest(tx, Copy(id=f"{kind}:{event.subject}", version=version, what=said | more))

    return handler


async def on_member_joined(tx: Transaction, event: profiles.MemberJoined) -> None:
    id = f"membership:{event.organisation_id}:{event.member_id}"
    await COPIES.keep_newest(tx, Copy(id=id, version=event.version, what={"role": event.role}))


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
    calls.GatheringPublished: keeps("gathering", "gathering"),
    matchmaking.PartnerRequestPublished: keeps("request"),
}
ATLAS = Service("atlas", APIRouter(), HANDLERS, [], [COPIES])


@pytest.fixture
async def four(broker_url: str, mongo_url: str, settings: Settings, smtp: Inbox) -> AsyncIterator[Platform]:
    """The four services on RabbitMQ."""
    await rabbit.remove(broker_url, [*available(), ATLAS.name])
    bus = rabbit.RabbitBus(broker_url, listeners(settings))
    async with running_platform(mongo_url, settings, smtp, bus) as platform:
        yield platform


@pytest.fixture
async def atlas(four: Platform, broker_url: str, mongo_url: str, settings: Settings) -> AsyncIterator[System]:
    """A service that nobody has told anything yet: it comes when the four have a history."""
    await tell_a_history(four)
    await rabbit.declare(broker_url, topology := {ATLAS.name: ATLAS.listens_to})  # its queue is there before it is
    bus = rabbit.RabbitBus(broker_url, topology)
    async with running_system([ATLAS], settings=settings, mongo_url=mongo_url, bus=bus) as system:
        yield system
    await rabbit.remove(broker_url, [ATLAS.name])


async def tell_a_history(ccp: Platform) -> None:
    """Something of each kind, and of each kind something that is nobody else's business."""
    erik, anna = await ccp.member("Erik"), await ccp.member("Anna")
    await ccp.member("Nora", confirmed=False)
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
    ok(await ccp.operator.post("/gatherings", GATHERING))
    wish = WISH | {"organisation_id": organisation["id"], "side": "offer"}
    ok(await erik.post("/partner-requests", wish | {"title": "We measure"}))
    closed = ok(await erik.post("/partner-requests", wish | {"title": "Given up"}))
    ok(await erik.post(f"/partner-requests/{closed['id']}/close", version=closed["version"]))
    await ccp.system.travel(timedelta(days=4))


async def calls_titled(ccp: Platform, title: str) -> list[dict[str, Any]]:
    return [call for call in ok(await ccp.http.get("/calls"))["items"] if call["title"] == title]


def client(ccp: Platform) -> Client:
    return Client(ccp.http, ccp.operator.headers["Authorization"].removeprefix("Bearer "))


async def announce_to(ccp: Platform, listener: System, service: str) -> None:
    await walk(ccp, listener, service, Walk("announce", {"to": f"{service}.events.v1"}, available(), None, ""))


async def replay_to(ccp: Platform, listener: System, service: str, types: str = "*") -> None:
    since = (real_now() - timedelta(days=20)).isoformat()
    body = {"to": f"{service}.events.v1", "type": types, "since": since}
    await walk(ccp, listener, service, Walk("replay", body, available(), None, ""))


async def walk(ccp: Platform, listener: System, service: str, walk: Walk) -> None:
    """Until the listener has dealt with all that was sent to it."""
    consumer = listener.runtimes[service].consumer
    before = consumer.handled
    await walk.through(client(ccp))
    sent = walk.sent.total()
    assert sent

    async def handled() -> bool:
        return consumer.handled >= before + sent

    await until(handled, f"{service} to deal with {sent} events")


async def dump(database: Database, *only: str) -> dict[str, list[dict[str, Any]]]:
    names = only or sorted(await database.raw("any").database.list_collection_names())
    return {name: await database.raw(name).find().sort("_id").to_list(100_000) for name in names}


async def documents(database: Database, collection: str, **query: Any) -> list[dict[str, Any]]:
    return await database.raw(collection).find(query).to_list(1000)


async def copies(atlas: System) -> dict[str, Copy]:
    return {copy.id: copy for copy in await COPIES.find(atlas.db("atlas"), {}, limit=1000)}


# --- building from nothing ----------------------------------------------------------------------


async def test_a_newcomer_builds_its_copies_from_nothing(four: Platform, atlas: System) -> None:
    await announce_to(four, atlas, "atlas")
    got = await copies(atlas)
    of_calls, of_profiles, of_matchmaking = (four.system.db(name) for name in ("calls", "profiles", "matchmaking"))

    public = await documents(of_calls, "calls", stage={"$ne": "draft"})
    assert {call["title"] for call in public} == {"Changed twice", "Soon over", "Taken back"}
    for call in public:
        copy = got.pop(f"call:{call['_id']}")
        status = "withdrawn" if call["stage"] == "withdrawn" else "closed" if call["closed_at"] else "public"
        assert (copy.version, copy.what["status"]) == (call["version"], status)
        assert (copy.what["title"], copy.what["countries"]) == (call["title"], call["countries"])
    for gathering in await documents(of_calls, "gatherings"):
        assert got.pop(f"gathering:{gathering['_id']}").what["place"] == gathering["place"]
    for member in await documents(of_profiles, "members"):
        copy = got.pop(f"member:{member['_id']}")
        assert (copy.what["email"], copy.what["name"]) == (member["email"], member["name"])
        assert (got.pop(f"confirmed:{member['_id']}", None) is not None) == member["confirmed"]
    for organisation in await documents(of_profiles, "organisations", status="published"):
        copy = got.pop(f"organisation:{organisation['_id']}")
        assert (copy.version, copy.what["name"]) == (organisation["version"], organisation["name"])
    for membership in await documents(of_profiles, "memberships"):
        assert got.pop(f"membership:{membership['_id']}").what["role"] == membership["role"]
    for request in await documents(of_matchmaking, "partner_requests", closed=False):
        assert got.pop(f"request:{request['_id']}").what["title"] == request["title"]
    assert got == {}
    assert await four.system.db("notifications").raw("inbox").count_documents({}) > 0  # and the others stand by
    # It has the keys too: an operator's token is good there.
    assert (await atlas.http.get("/operations/atlas/parked", headers=four.operator.headers)).json()["items"] == []


async def test_telling_a_newcomer_again_changes_nothing(four: Platform, atlas: System) -> None:
    await announce_to(four, atlas, "atlas")
    before = await dump(atlas.db("atlas"))
    await announce_to(four, atlas, "atlas")
    assert await dump(atlas.db("atlas")) == before


async def test_history_after_the_current_state_takes_no_copy_back_and_news_go_on(four: Platform, atlas: System) -> None:
    await announce_to(four, atlas, "atlas")
    before, keys = await copies(atlas), await dump(atlas.db("atlas"), "public_keys")
    await replay_to(four, atlas, "atlas")
    after = await copies(atlas)
    assert {id: after[id] for id in before} == before
    # No event says that a wish was given up: whoever heard of it keeps it until it expires.
    assert {id.partition(":")[0] for id in after.keys() - before.keys()} <= {"request"}
    assert await dump(atlas.db("atlas"), "public_keys") == keys
    assert await dump(atlas.db("atlas"), "parked", "jobs") == {"parked": [], "jobs": []}

    news = await four.operator.publishes(MISSION | {"title": "News"})

    async def copied() -> bool:
        return f"call:{news['id']}" in await copies(atlas)

    await until(copied, "the news to reach the newcomer as well")


async def test_a_replay_to_services_that_have_seen_it_changes_nothing(four: Platform) -> None:
    await tell_a_history(four)
    before = {name: await dump(four.system.db(name)) for name in available()}
    assert before["notifications"]["alerts"]
    mails = len(four.smtp.envelopes)
    for name in available():
        await replay_to(four, four.system, name)
    await four.system.settle()
    for name in available():
        assert await dump(four.system.db(name)) == before[name], name
    assert len(four.smtp.envelopes) == mails


async def test_current_state_tells_nobody_who_knows_it_a_second_time(four: Platform) -> None:
    await tell_a_history(four)
    told = ("alerts", "mails", "members", "parked", "jobs")
    before = await dump(four.system.db("notifications"), *told)
    mails = len(four.smtp.envelopes)
    for _ in range(2):
        for name in available():
            await announce_to(four, four.system, name)
    await four.system.settle()
    assert await dump(four.system.db("notifications"), *told) == before
    assert len(four.smtp.envelopes) == mails
    for name in available():
        assert (await dump(four.system.db(name), "parked"))["parked"] == []


# --- facts older than a day ---------------------------------------------------------------------


async def forget(database: Database, *collections: Collection[Any]) -> None:
    for collection in (INBOX, *collections):
        await collection.delete(database, {})


async def age(database: Database, subject: str) -> None:
    """As if what was announced about this had been announced 25 hours ago."""
    for row in await OUTBOX.find(database, {}, limit=10_000):
        envelope = open_envelope(row.body)
        if envelope.subject == subject:
            older = envelope.model_copy(update={"time": envelope.time - timedelta(hours=25)})
            await OUTBOX.update(database, {"_id": row.id}, {"$set": {"body": older.to_bytes()}})


async def mails_at_rest(ccp: Platform) -> None:
    async def rest() -> bool:
        jobs = await ccp.system.db("notifications").raw("jobs").count_documents({})
        return not jobs and await ccp.system.quiet(ccp.system)

    await until(rest, "alerts and e-mails to be out")


async def test_old_facts_become_alerts_and_nobody_is_emailed(platform: Platform) -> None:
    anna = await platform.member("Anna")
    await anna.follows(kinds=["mission"])
    old = await platform.operator.publishes(MISSION | {"title": "Of last week"})
    await platform.operator.publishes(MISSION | {"title": "Of today"})
    await platform.system.settle()
    assert (len(await anna.alerts()), len(anna.mails)) == (2, 2)

    database = platform.system.db("notifications")
    await forget(database, ALERTS, MAILS, WINDOWS)
    await age(platform.system.db("calls"), old["id"])
    platform.smtp.envelopes.clear()
    await replay_to(platform, platform.system, "notifications", "calls.*")
    await mails_at_rest(platform)

    assert {alert["title"] for alert in await anna.alerts()} == {"Apply: Of last week", "Apply: Of today"}
    assert [mail["Subject"] for mail in anna.mails] == ["Apply: Of today"]


async def test_who_registered_long_ago_is_not_asked_again_to_confirm(platform: Platform) -> None:
    old, new = [await platform.member(name, confirmed=False) for name in ("Olga", "Nina")]
    await platform.system.settle()
    database = platform.system.db("notifications")
    await forget(database, MAILS)
    await age(platform.system.db("profiles"), old.id)
    platform.smtp.envelopes.clear()
    await replay_to(platform, platform.system, "notifications", "profiles.member.*")
    await mails_at_rest(platform)
    assert [len(platform.mails_to(member.email)) for member in (old, new)] == [0, 1]


async def test_asking_twice_to_confirm_an_address_is_no_mistake(platform: Platform) -> None:
    """A newcomer's copy of an event that was lost, or the current state: another id, the same e-mail."""
    nina = await platform.member("Nina", confirmed=False)
    await platform.system.settle()
    database = platform.system.db("notifications")
    await forget(database)
    await replay_to(platform, platform.system, "notifications", "profiles.member.registered.v1")
    await mails_at_rest(platform)
    assert len(platform.mails_to(nina.email)) == 1
    assert (await dump(database, "parked"))["parked"] == []


async def test_partners_found_by_replaying_an_old_call_are_not_emailed(platform: Platform) -> None:
    anna, bert = await platform.member("Anna"), await platform.member("Bert")
    await wishes(platform, anna, "request", "Green Building Valley")
    await wishes(platform, bert, "offer", "Alpine Energy")
    call = await platform.operator.publishes(MISSION)
    await platform.system.settle()
    assert "Meet partners for: Mission to Japan" in {alert["title"] for alert in await anna.alerts()}

    await forget(platform.system.db("notifications"), ALERTS, MAILS, WINDOWS)
    await forget(platform.system.db("matchmaking"), PROPOSALS)
    await OUTBOX.delete(platform.system.db("matchmaking"), {"type": matchmaking.PartnersProposed.type})
    await age(platform.system.db("calls"), call["id"])
    platform.smtp.envelopes.clear()
    await replay_to(platform, platform.system, "matchmaking", "calls.*")

    async def told() -> bool:
        return {"Meet partners for: Mission to Japan"} == {alert["title"] for alert in await anna.alerts()}

    await until(told, "the partners to be proposed again")
    await mails_at_rest(platform)
    [proposed, _] = await OUTBOX.find(
        platform.system.db("matchmaking"), {"type": matchmaking.PartnersProposed.type}, limit=5
    )
    assert real_now() - open_envelope(proposed.body).time > timedelta(days=1)
    assert platform.smtp.envelopes == []


async def wishes(ccp: Platform, member: Member, side: str, name: str) -> None:
    organisation = await ccp.organisation(member, name=name)
    wish = WISH | {"organisation_id": organisation["id"], "side": side, "title": "Meters"}
    ok(await member.post("/partner-requests", wish))
    await ccp.system.settle()


async def test_news_of_long_ago_is_not_emailed_to_who_joins_now(platform: Platform) -> None:
    """The publication is old, and heard of before the joining, which is new."""
    anna = await platform.member("Anna")
    organisation = await platform.organisation(anna)
    await platform.system.settle()
    assert len(anna.mails) == 1
    database = platform.system.db("notifications")
    await forget(database, ALERTS, MAILS, WINDOWS)
    await database.raw("organisations").delete_many({})
    await database.raw("members").update_many({}, {"$set": {"organisations": []}})
    rows = await OUTBOX.find(platform.system.db("profiles"), {"type": profiles.MemberJoined.type}, limit=5)
    await age(platform.system.db("profiles"), organisation["id"])
    platform.smtp.envelopes.clear()
    await replay_to(platform, platform.system, "notifications", "profiles.organisation.*")
    await replay_to(platform, platform.system, "notifications", "profiles.member.joined.v1")
    await mails_at_rest(platform)
    assert len(rows) == 1
    assert [alert["title"] for alert in await anna.alerts()] == ["Published: Nordic ICT Cluster"]
    assert anna.mails == []
