"""Events older than a day, as a replay brings them: they become alerts, and no e-mail is sent."""

from datetime import timedelta
from typing import Any

from services.matchmaking.suggestions.store import PROPOSALS
from services.notifications.inbox.store import ALERTS
from services.notifications.mailing.store import MAILS, WINDOWS
from shared.clock import real_now
from shared.consumer import INBOX
from shared.contracts import matchmaking
from shared.envelope import open_envelope
from shared.mongo import Collection, Database
from shared.outbox import OUTBOX
from shared.testing import until
from tests.support.eventlog import WISH, dump, replay_to
from tests.support.people import MISSION, Member, Platform, ok


async def forget(database: Database, *collections: Collection[Any]) -> None:
    for collection in (INBOX, *collections):
        await collection.delete(database, {})


async def age(database: Database, subject: str) -> None:
    """Move the events about this subject 25 hours into the past."""
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


async def test_old_events_become_alerts_without_an_email(platform: Platform) -> None:
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


async def test_a_person_who_registered_long_ago_is_not_asked_again_to_confirm(platform: Platform) -> None:
    old, new = [await platform.registers(name) for name in ("Olga", "Nina")]
    await platform.system.settle()
    database = platform.system.db("notifications")
    await forget(database, MAILS)
    registration = await platform.system.db("profiles").raw("registrations").find_one({"email": old})
    await age(platform.system.db("profiles"), registration["_id"])
    platform.smtp.envelopes.clear()
    await replay_to(platform, platform.system, "notifications", "profiles.member.*")
    await mails_at_rest(platform)
    assert [len(platform.mails_to(address)) for address in (old, new)] == [0, 1]


async def test_a_repeated_registration_event_sends_one_request_to_confirm(platform: Platform) -> None:
    """A replayed event, or one from a snapshot: another id, the same e-mail."""
    nina = await platform.registers("Nina")
    await platform.system.settle()
    database = platform.system.db("notifications")
    await forget(database)
    await replay_to(platform, platform.system, "notifications", "profiles.member.invited.v1")
    await mails_at_rest(platform)
    assert len(platform.mails_to(nina)) == 1
    assert (await dump(database, "parked"))["parked"] == []


async def test_partners_found_by_replaying_an_old_call_are_not_emailed(platform: Platform) -> None:
    anna, bert = await platform.member("Anna"), await platform.member("Bert")
    await publish_request(platform, anna, "request", "Green Building Valley")
    await publish_request(platform, bert, "offer", "Alpine Energy")
    call = await platform.operator.publishes(MISSION)
    await platform.system.settle()
    assert "Meet partners for: Mission to Japan" in {alert["title"] for alert in await anna.alerts()}

    await forget(platform.system.db("notifications"), ALERTS, MAILS, WINDOWS)
    await forget(platform.system.db("matchmaking"), PROPOSALS)
    await OUTBOX.delete(platform.system.db("matchmaking"), {"type": matchmaking.PartnersProposed.type})
    await age(platform.system.db("calls"), call["id"])
    platform.smtp.envelopes.clear()
    await replay_to(platform, platform.system, "matchmaking", "calls.*")

    async def partners_proposed() -> bool:
        return {"Meet partners for: Mission to Japan"} == {alert["title"] for alert in await anna.alerts()}

    await until(partners_proposed, "the partners to be proposed again")
    await mails_at_rest(platform)
    [proposed, _] = await OUTBOX.find(
        platform.system.db("matchmaking"), {"type": matchmaking.PartnersProposed.type}, limit=5
    )
    assert real_now() - open_envelope(proposed.body).time > timedelta(days=1)
    assert platform.smtp.envelopes == []


async def publish_request(ccp: Platform, member: Member, side: str, name: str) -> None:
    organisation = await ccp.organisation(member, name=name)
    body = WISH | {"organisation_id": organisation["id"], "side": side, "title": "Meters"}
    ok(await member.post("/partner-requests", body))
    await ccp.system.settle()


async def test_old_news_is_not_emailed_to_a_member_who_joins_now(platform: Platform) -> None:
    """The publication is old and arrives before the membership, which is new."""
    anna = await platform.member("Anna")
    organisation = await platform.organisation(anna)
    await platform.system.settle()
    assert len(anna.mails) == 1
    database = platform.system.db("notifications")
    await forget(database, ALERTS, MAILS, WINDOWS)
    await database.raw("organisations").delete_many({})
    await database.raw("members").update_many({}, {"$set": {"organisations": []}})
    await age(platform.system.db("profiles"), organisation["id"])
    platform.smtp.envelopes.clear()
    await replay_to(platform, platform.system, "notifications", "profiles.organisation.*")
    await replay_to(platform, platform.system, "notifications", "profiles.member.joined.v1")
    await mails_at_rest(platform)
    assert [alert["title"] for alert in await anna.alerts()] == ["Published: Nordic ICT Cluster"]
    assert anna.mails == []
