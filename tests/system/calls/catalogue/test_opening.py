"""The opening of a call: it is published later than the call, by the clock or by its publisher, and each time once."""

import asyncio
from datetime import timedelta

from services.calls.catalogue.usecases import publish_milestones
from tests.support.people import MISSION, Member, Platform, ok

LATER = MISSION | {"opens_at": "2016-05-20T09:00:00+02:00"}
UNKNOWN = MISSION | {"forthcoming": True}


async def alerted(ccp: Platform, member: Member) -> list[str]:
    """Return the titles of the member's alerts, without that of the call, the oldest first."""
    await ccp.system.settle()
    return [alert["title"].removesuffix(f": {MISSION['title']}") for alert in reversed(await member.alerts())]


async def follower(ccp: Platform) -> Member:
    anna = await ccp.member("Anna")
    await anna.follows(kinds=["mission"])
    return anna


async def test_apply_is_said_when_the_call_opens_and_not_before(ccp: Platform) -> None:
    anna = await follower(ccp)
    call = await ccp.operator.publishes(LATER)
    assert await alerted(ccp, anna) == ["Opens on 20 May 2016"]
    await ccp.system.travel(timedelta(days=10))  # 19 May
    assert await alerted(ccp, anna) == ["Opens on 20 May 2016"]
    await ccp.system.travel(timedelta(days=1, hours=1))
    await ccp.system.travel(timedelta(days=35))  # 24 June: six days before the deadline
    assert await alerted(ccp, anna) == ["Opens on 20 May 2016", "Apply", "Closes in 7 days"]
    assert [mail["Subject"].partition(":")[0] for mail in anna.mails] == await alerted(ccp, anna)
    [opened] = await ccp.system.published("calls", "calls.call.opened.v1")
    assert opened.subject == call["id"]
    [published] = await ccp.system.published("calls", "calls.call.published.v1")
    assert published.data["is_open"] is False


async def test_an_opening_is_published_once_with_several_replicas(ccp: Platform) -> None:
    await ccp.operator.publishes(LATER)
    ccp.system.clock.travel(timedelta(days=12))
    await asyncio.gather(*[publish_milestones(ccp.system.db("calls")) for _ in range(4)])
    await ccp.system.settle()
    assert len(await ccp.system.published("calls", "calls.call.opened.v1")) == 1


async def test_a_call_without_a_date_is_announced_with_its_date_and_then_opens(ccp: Platform) -> None:
    anna = await follower(ccp)
    call = await ccp.operator.publishes(UNKNOWN)
    call = ok(await ccp.operator.put(f"/calls/{call['id']}", LATER, version=call["version"]))
    assert await alerted(ccp, anna) == ["Opens later", "Changed"]
    text = next(alert["text"] for alert in await anna.alerts() if alert["title"].startswith("Changed"))
    assert text.startswith("Changes: opening: 20 May 2016, 09:00 CEST.")
    assert "open for applications" not in text
    await ccp.system.travel(timedelta(days=12))
    assert await alerted(ccp, anna) == ["Opens later", "Changed", "Apply"]


async def test_a_publisher_who_opens_a_call_causes_one_alert(ccp: Platform) -> None:
    anna = await follower(ccp)
    call = await ccp.operator.publishes(UNKNOWN)
    call = ok(await ccp.operator.put(f"/calls/{call['id']}", MISSION, version=call["version"]))
    assert call["status"] == "open"
    assert await alerted(ccp, anna) == ["Opens later", "Apply"]
    await ccp.system.travel(timedelta(days=12))
    assert await alerted(ccp, anna) == ["Opens later", "Apply"]


async def test_the_front_page_shows_a_call_once_it_has_opened(ccp: Platform) -> None:
    async def shown() -> list[str]:
        await ccp.system.settle()
        return sorted(call["title"] for call in ok(await ccp.http.get("/"))["calls"])

    await ccp.operator.publishes(LATER | {"title": "Later"})
    unknown = await ccp.operator.publishes(UNKNOWN | {"title": "Unknown"})
    await ccp.operator.publishes(MISSION | {"title": "Now"})
    assert await shown() == ["Now"]
    body = MISSION | {"title": "Unknown"}
    ok(await ccp.operator.put(f"/calls/{unknown['id']}", body, version=unknown["version"]))
    assert await shown() == ["Now", "Unknown"]
    await ccp.system.travel(timedelta(days=12))
    assert await shown() == ["Later", "Now", "Unknown"]


async def test_a_call_that_never_opened_has_no_reminder_before_it_closes(ccp: Platform) -> None:
    anna = await follower(ccp)
    await ccp.operator.publishes(UNKNOWN)
    await ccp.system.travel(timedelta(days=46))
    await ccp.system.travel(timedelta(days=10))
    assert await alerted(ccp, anna) == ["Opens later"]
    assert len(await ccp.system.published("calls", "calls.call.closed.v1")) == 1
