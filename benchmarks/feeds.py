"""Calendar, feeds and exports of 10,000 gatherings: measure time and memory; compare with a library or a plain find.

python -m benchmarks.feeds [--gatherings NUMBER] [--times NUMBER]    writes its section of README.md
"""

import argparse
import asyncio
import csv
import io
import random
import statistics
import tempfile
import time
import tracemalloc
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from icalendar import Calendar, Event
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.report import machine, markdown, write_section
from services.__main__ import load
from services.calls.feeds.calendars.api import MOST_APPOINTMENTS
from services.calls.feeds.calendars.appointments import gathering_appointment
from services.calls.feeds.calendars.ical import Appointment, vevent, wall_clock
from services.calls.feeds.exports.api import all_gatherings
from services.calls.feeds.exports.columns import GATHERING_COLUMNS
from services.calls.gatherings.api import GatheringFilter
from services.calls.gatherings.domain import Gathering
from services.calls.gatherings.store import GATHERINGS, in_calendar
from shared import log
from shared.bus.memory import MemoryBus
from shared.exports import as_csv
from shared.mongo import Database
from shared.mongod import embedded_mongod
from shared.settings import Settings
from shared.testing import System, running_system

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)
ZONES = ["Europe/Brussels", "Asia/Tokyo", "America/New_York", "Europe/Lisbon", "America/Sao_Paulo"]
WORDS = ["clusters", "regions", "energy", "buildings", "policy", "seminar", "matchmaking", "Hannover", "partners"]
CHUNK = 1000
Work = Callable[[], Awaitable[Any]]


def invented(number: int, dice: random.Random) -> Gathering:
    starts_at = NOW + timedelta(hours=dice.randint(-500, 20_000))
    return Gathering(
        id=f"g{number:06}",
        title=" ".join(dice.choices(WORDS, k=6)),
        summary=", ".join(dice.choices(WORDS, k=40)),
        organisation_name="Publisher",
        place="Hall 3, Somewhere",
        timezone=dice.choice(ZONES),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=dice.choice([3, 8, 32])),
        countries=["BE"],
        keywords=dice.sample(WORDS, 3),
        published_at=NOW,
        updated_at=NOW - timedelta(minutes=dice.randint(0, 10**6)),
    )


async def seed(at: Database, number: int) -> None:
    dice = random.Random(7)
    for start in track(range(0, number, CHUNK), "gatherings", console=Console(stderr=True)):
        await GATHERINGS.insert_new(at, [invented(i, dice) for i in range(start, min(start + CHUNK, number))])


async def median(work: Work, times: int) -> float:
    """Return the duration in milliseconds."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        await work()
        took.append((time.perf_counter() - started) * 1000)
    return statistics.median(took)


def by_the_library(appointments: Sequence[Appointment]) -> bytes:
    """Render the same calendar with icalendar alone, with its time zones."""
    whole = Calendar()
    for it in appointments:
        event = Event()
        for name, value in (("uid", it.uid), ("sequence", it.sequence), ("summary", it.title), ("url", it.url)):
            event.add(name, value)
        for name, value in (("description", it.text), ("location", it.where), ("status", it.status)):
            event.add(name, value)
        event.add("dtstamp", it.changed_at)
        event.add("last-modified", it.changed_at)
        event.add("dtstart", wall_clock(it.starts_at, it.timezone))
        event.add("dtend", wall_clock(it.ends_at or it.starts_at, it.timezone))
        whole.add_component(event)
    whole.add_missing_timezones()
    return bytes(whole.to_ical())


async def at_once(at: Database) -> bytes:
    """Load every document before rendering the table; the difference is the gain of streaming."""
    rows = await at.raw(GATHERINGS.name).find({}).to_list(None)
    text = io.StringIO()
    table = csv.DictWriter(text, ["_id", "title", "place", "starts_at", "ends_at", "summary"], extrasaction="ignore")
    table.writerows(rows)
    return text.getvalue().encode()


async def streamed(system: System) -> None:
    batches = all_gatherings(system.runtimes["calls"], GatheringFilter())
    async for _ in as_csv("gatherings", batches, GATHERING_COLUMNS).body_iterator:
        pass


async def megabytes(work: Work) -> float:
    """Return the peak memory of Python objects."""
    tracemalloc.start()
    try:
        await work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def getting(system: System, path: str, **headers: str) -> Work:
    async def get() -> bytes:
        answer = await system.http.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        assert answer.status_code in {200, 304}, answer.text
        return answer.content

    return get


async def measure(system: System, times: int) -> list[list[str]]:
    at = system.db("calls")
    shown = [gathering_appointment(it, "http://ccp.test") for it in await in_calendar(at, {}, NOW, MOST_APPOINTMENTS)]

    async def library() -> None:
        by_the_library(shown)

    vevent.cache_clear()
    cold, alone = await median(getting(system, "/gatherings.ics"), 1), await median(library, 1)
    tag = (await system.http.get("/gatherings.ics")).headers["etag"]
    fetched = {
        f"/gatherings.ics, {len(shown):,} appointments, the first time": (cold, f"{alone:.0f} (icalendar alone)"),
        "/gatherings.ics, again": (await median(getting(system, "/gatherings.ics"), times), ""),
        "/gatherings.ics, 304": (await median(getting(system, "/gatherings.ics", If_None_Match=tag), times), ""),
        "/gatherings.atom": (await median(getting(system, "/gatherings.atom"), times), ""),
        "/gatherings.feed.json": (await median(getting(system, "/gatherings.feed.json"), times), ""),
        "/gatherings.json, all": (await median(getting(system, "/gatherings.json"), times), ""),
        "/gatherings.csv, all": (
            await median(getting(system, "/gatherings.csv"), times),
            f"{await median(lambda: at_once(at), times):.0f} (bare find, all at once)",
        ),
    }
    rows = [[name, f"{ms:.0f}", peer, ""] for name, (ms, peer) in fetched.items()]
    ours, whole = await megabytes(lambda: streamed(system)), await megabytes(lambda: at_once(at))
    rows[-1][-1] = f"{ours:.1f} against {whole:.1f}"
    return rows


async def run(number: int, times: int) -> tuple[list[list[str]], str]:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        services = load(["calls"], settings, {})
        async with (
            embedded_mongod(Path(folder)) as url,
            running_system(services, settings=settings, mongo_url=url, bus=MemoryBus(), start=NOW) as system,
        ):
            await seed(system.db("calls"), number)
            rows = await measure(system, times)
    return rows, f"{number:,} gatherings; median of {times}. ({machine()})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--gatherings", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=5)
    chosen = parser.parse_args()
    log.configure(level="error")
    rows, summary = asyncio.run(run(chosen.gatherings, chosen.times))
    header = ["what", "milliseconds, by HTTP", "the peer's", "megabytes at the most"]
    table = Table(*header, title=summary, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(width=150).print(table)
    write_section("feeds", "\n\n".join([summary, markdown(header, rows)]))


if __name__ == "__main__":
    main()
