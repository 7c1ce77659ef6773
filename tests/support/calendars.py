"""Content of calendars, and requests that create it."""

from typing import Any

from icalendar import Calendar

from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, Platform, ok

LISTS = {"calls": MISSION, "gatherings": SEMINAR}


async def publishes(ccp: Platform, what: str, **more: Any) -> dict[str, Any]:
    body = LISTS[what] | more
    return await (ccp.operator.publishes(body) if what == "calls" else gathering(ccp, body))


async def gathering(ccp: Platform, body: dict[str, Any]) -> dict[str, Any]:
    return ok(await ccp.operator.post("/gatherings", body))


async def appointments(ccp: Platform, path: str) -> dict[str, Any]:
    """Return the appointments of a calendar by title."""
    answer = await ccp.http.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["SUMMARY"]): event for event in Calendar.from_ical(answer.content).walk("VEVENT")}
