"""The work of files: it is bounded, done once for requests at the same time, and delays no upload."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from zoneinfo import available_timezones

from starlette.requests import Request

from services.calls.feeds.calendars.api import ics
from services.calls.feeds.calendars.ical import Appointment, calendar, changes_in, vtimezone
from services.calls.feeds.routes import rendered

YEARS = 1991, 2099
ZONES = sorted(available_timezones())[:50]
REQUEST = Request({"type": "http", "method": "GET", "path": "/calls.ics", "headers": []})


def cut_offs(years: tuple[int, int]) -> list[Appointment]:
    """Return the cut-offs of two calls, each in another time zone."""
    now = datetime(2016, 5, 9, tzinfo=UTC)
    return [
        Appointment(f"{zone}-{year}", 1, now, datetime(year, 5, 9, tzinfo=UTC), None, zone, "Call", "", "", "/calls/1")
        for year in years
        for zone in ZONES
    ]


async def test_simultaneous_requests_search_each_year_of_a_zone_once() -> None:
    for cache in (vtimezone, changes_in):
        cache.cache_clear()
    files = await asyncio.gather(*[rendered(calendar, "Calls", cut_offs(YEARS)) for _ in range(5)])
    assert len(set(files)) == 1
    searched = changes_in.cache_info().misses
    assert searched <= len(ZONES) * 114
    await rendered(calendar, "Calls", cut_offs((1993, 2097)))
    assert changes_in.cache_info().misses == searched


async def test_a_zone_is_searched_only_around_its_own_appointments() -> None:
    for cache in (vtimezone, changes_in):
        cache.cache_clear()
    first, second = cut_offs((1991, 1991))[0], cut_offs((2099, 2099))[1]
    file = calendar("Calls", [first, second])
    assert file.count(b"BEGIN:VTIMEZONE") == 2
    assert changes_in.cache_info().misses <= 2 * 30


async def test_a_calendar_waits_for_no_upload() -> None:
    loop, done = asyncio.get_running_loop(), threading.Event()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=1))
    upload = loop.run_in_executor(None, done.wait)
    try:
        answer = await asyncio.wait_for(ics(REQUEST, "Calls", cut_offs(YEARS)), 30)
    finally:
        done.set()
        await upload
    assert answer.status_code == 200
