"""Withdrawn calls in calendars and feeds: marked for 90 days, then left out."""

from datetime import timedelta
from typing import Any

import vobject

from tests.support.calendars import appointments, publishes
from tests.support.people import MISSION, Platform, ok


async def test_a_withdrawn_call_stays_in_calendars_as_cancelled_until_its_last_deadline(ccp: Platform) -> None:
    start = ccp.system.clock.now()
    cut_offs = [{"name": str(days), "deadline": (start + timedelta(days=days)).isoformat()} for days in (10, 60)]
    call = MISSION | {"title": "Gone", "programme": "Gone", "model": "cut_offs", "deadline": None, "cut_offs": cut_offs}
    made = await publishes(ccp, "calls", **call)
    await publishes(ccp, "calls", title="Elsewhere", programme="Elsewhere")
    before = await subscribed(ccp, "/calls.ics?programme=Gone")
    await ccp.system.travel(timedelta(days=20))
    version = ok(await ccp.http.get(f"/calls/{made['id']}"))["version"]
    await withdraws(ccp, made, version)
    after = await subscribed(ccp, "/calls.ics?programme=Gone")
    assert {uid: event.status.value for uid, event in after.items()} == dict(
        zip(before, ["CONFIRMED", "CANCELLED"], strict=True)
    ), "the passed deadline stays; the next one is cancelled under its name"
    for uid, event in after.items():
        assert int(event.sequence.value) > int(before[uid].sequence.value)
        assert event.dtstamp.value > before[uid].dtstamp.value
        assert event.dtstart.value == before[uid].dtstart.value
        assert "Withdrawn: The money is gone." in event.description.value
    assert await appointments(ccp, "/calls.ics?programme=Elsewhere&text=Gone") == {}
    await ccp.system.travel(timedelta(days=39))
    assert [*await subscribed(ccp, "/calls.ics?programme=Gone")] == [*before]
    await ccp.system.travel(timedelta(days=2))
    assert await appointments(ccp, "/calls.ics?programme=Gone") == {}


async def test_a_withdrawn_call_with_a_far_deadline_leaves_calendars_and_feeds_after_90_days(ccp: Platform) -> None:
    far = (ccp.system.clock.now() + timedelta(days=400)).isoformat()
    made = await publishes(ccp, "calls", title="Far", programme="Far", deadline=far, summary="Apply!")
    draft = ok(await ccp.operator.post("/calls", MISSION | {"title": "A draft", "programme": "Far"}))
    ccp.system.clock.travel(timedelta(minutes=1))
    await publishes(ccp, "calls", title="Newer", programme="Far", deadline=far)
    ccp.system.clock.travel(timedelta(minutes=1))
    await withdraws(ccp, made)
    [first, second] = ok(await ccp.http.get("/calls.feed.json?programme=Far"))["items"]
    assert (first["title"], second["title"]) == ("Withdrawn: Far", "Newer")
    assert first["id"] == f"urn:ccp:call:{made['id']}"
    assert "The money is gone." in first["content_text"]
    for lists in ("/calls.json", "/calls"):
        assert made["id"] not in (await ccp.http.get(f"{lists}?programme=Far")).text, "only subscribers are notified"
    shown = await appointments(ccp, "/calls.ics?programme=Far&text=apply&status=open")
    assert {title: str(event["STATUS"]) for title, event in shown.items()} == {"Deadline: Far": "CANCELLED"}
    ccp.system.clock.travel(timedelta(days=89))
    assert {*await appointments(ccp, "/calls.ics?programme=Far")} == {"Deadline: Far", "Deadline: Newer"}
    ccp.system.clock.travel(timedelta(days=1))
    assert {*await appointments(ccp, "/calls.ics?programme=Far")} == {"Deadline: Newer"}
    assert [one["title"] for one in ok(await ccp.http.get("/calls.feed.json?programme=Far"))["items"]] == ["Newer"]
    assert draft["id"] not in (await ccp.http.get("/calls.feed.json?programme=Far")).text


async def withdraws(ccp: Platform, call: dict[str, Any], version: int | None = None) -> None:
    body = {"reason": "The money is gone."}
    ok(await ccp.operator.post(f"/calls/{call['id']}/withdraw", body, version=version or call["version"]))


async def subscribed(ccp: Platform, path: str) -> dict[str, Any]:
    """Return the events of a calendar by UID in order of time, as vobject reads them."""
    calendar = vobject.readOne((await ccp.http.get(path)).text)
    return {event.uid.value: event for event in sorted(calendar.vevent_list, key=lambda event: event.dtstart.value)}
