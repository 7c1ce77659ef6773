"""Calls: search 20,000 calls with facets; compare with a plain find by the same index. Also measure the import.

python -m benchmarks.calls [--calls NUMBER] [--searches NUMBER]    writes its section of README.md
"""

import argparse
import asyncio
import itertools
import os
import random
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.report import machine, markdown, write_section
from services.__main__ import available, load
from services.calls.catalogue.content import CallBody
from services.calls.catalogue.domain import Call
from services.calls.catalogue.search import CallFilter, ranked_query
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import BY_DEADLINE, CALLS
from services.notifications.inbox.store import ALERTS
from services.notifications.preferences.domain import Interest, all_anchors
from services.notifications.preferences.store import MEMBERS
from services.profiles.settings import ProfilesSettings
from shared import log
from shared.bus.memory import MemoryBus
from shared.mongo import Database
from shared.mongod import embedded_mongod
from shared.settings import Settings
from shared.testing import System, running_system, until
from shared.vocabulary import CallKind, Ecosystem

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)
DATA = Path(os.environ.get("CCP_REAL_DATA", "../shared/data")) / "eu_calls_2026-08.jsonl"
HARVESTED = datetime(2026, 8, 1, 7, tzinfo=UTC)
OPERATOR = ("operator@ccp.example", "operator-in-benchmarks")
SYLLABLES = ["ka", "lo", "mi", "re", "tu", "ven", "dor", "sal", "pi", "nor", "gra", "bel", "chi", "fo", "zu"]
FEW_STOP_WORDS = 60  # in the invented language; they occur in texts, but not in titles and searches
CHUNK = 1000
FOLLOWERS = 20  # of every real call; they get e-mails too
Measured = list[float]  # milliseconds


class Language:
    """Invented words with the frequencies of real ones (Zipf)."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        made = ("".join(dice.choices(SYLLABLES, k=dice.randint(2, 4))) for _ in range(8000))
        self.words = list(dict.fromkeys(made))
        weights = [1 / (rank + 25) for rank in range(len(self.words))]
        self.all = list(itertools.accumulate(weights))
        self.telling = list(itertools.accumulate([0.0] * FEW_STOP_WORDS + weights[FEW_STOP_WORDS:]))

    def text(self, length: int) -> str:
        return " ".join(self.dice.choices(self.words, cum_weights=self.all, k=length))

    def title(self, length: int) -> str:
        return " ".join(self.dice.choices(self.words, cum_weights=self.telling, k=length))


def invented(number: int, language: Language) -> Call:
    dice = language.dice
    deadline = NOW + timedelta(minutes=dice.randint(-300 * 1440, 400 * 1440))
    body = CallBody(
        title=language.title(8),
        summary=language.text(55),
        description=language.text(dice.randint(50, 400)),
        kind=dice.choice(list(CallKind)),
        programme=dice.choice(["Horizon Europe", "LIFE", "Digital Europe", ""]),
        countries=dice.sample(["FR", "SE", "JP", "BR", "DE"], dice.choice([0, 0, 0, 1, 2])),
        ecosystems=dice.sample(list(Ecosystem), dice.choice([0, 1, 1, 2, 3])),
        keywords=[*dict.fromkeys(language.title(4).split())],
        deadline=deadline,
    )
    opens_at = min(deadline, NOW + timedelta(days=dice.randint(-200, 60))) - timedelta(days=1)
    over = deadline if deadline <= NOW else None  # the clock's loop has seen it
    draft = Call.draft(f"c{number:06}", body, body.cut_offs, NOW, "Publisher")
    return draft.replace(stage=Stage.PUBLISHED, closed_at=over, opens_at=opens_at)


async def seed(at: Database, number: int, language: Language) -> None:
    for start in track(range(0, number, CHUNK), "calls", console=Console(stderr=True)):
        await CALLS.insert_new(at, [invented(i, language) for i in range(start, min(start + CHUNK, number))])


def searches(language: Language, titles: list[str]) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return typical searches by name; their words occur in existing titles."""
    dice = language.dice

    def words() -> str:
        return " ".join(dice.sample(dice.choice(titles).split(), dice.choice([1, 2, 2, 3])))

    return {
        "one to three words": lambda: {"text": words()},
        "words, open, one kind": lambda: {"text": words(), "status": "open", "kind": dice.choice(list(CallKind))},
        "one ecosystem": lambda: {"ecosystem": dice.choice(list(Ecosystem))},
        "closing in the next 30 days": lambda: {"closing_within": 30},
        "open": lambda: {"status": "open"},
        "open, one ecosystem": lambda: {"status": "open", "ecosystem": dice.choice(list(Ecosystem))},
    }


async def clock(work: Callable[[], Awaitable[Any]]) -> float:
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000


async def measure(
    system: System, ask: Callable[[], dict[str, Any]], number: int
) -> tuple[Measured, Measured, Measured]:
    """Measure searches and facets by HTTP, and the same query as a plain find of one page, in turn."""
    ours: Measured = []
    facets: Measured = []
    bare: Measured = []
    for _ in range(number):
        params = ask()
        ours.append(await clock(lambda params=params: get(system, "/calls", params)))
        facets.append(await clock(lambda params=params: get(system, "/calls/facets", params)))
        bare.append(await clock(lambda params=params: find(system.db("calls"), params)))
    return ours, facets, bare


async def get(system: System, path: str, params: dict[str, Any]) -> None:
    (await system.http.get(path, params=params)).raise_for_status()


async def find(at: Database, params: dict[str, Any]) -> None:
    """Measure the lower limit: the database's own work for a page, without reading or validating it."""
    query = CallFilter.model_validate(params).query(NOW, words=ranked_query)
    order: Any = [("score", {"$meta": "textScore"})] if "text" in params else list(BY_DEADLINE)
    rows = at.raw(CALLS.name).find(query, {"_id": 1}).sort(order)
    await rows.limit(21).to_list(21)


def followers() -> list[dict[str, Any]]:
    """Create members who follow every funding call."""
    interests = [Interest(id="1", kinds=["funding"])]
    wishes = {"interests": [one.model_dump() for one in interests], "anchors": all_anchors(interests)}
    taking = {"name": "Publisher", "mail": True, "confirmed": True}
    return [{"_id": f"m{n}", "email": f"{n}@members.example", **taking, **wishes} for n in range(FOLLOWERS)]


async def imported(system: System) -> tuple[float, float, int]:
    """Return the seconds until all real calls are imported and all alerts exist, and the number of alerts."""
    system.clock.travel(HARVESTED - system.clock.now())
    email, password = OPERATOR
    token = (await system.http.post("/tokens", json={"email": email, "password": password})).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    await system.db("notifications").raw(MEMBERS.name).insert_many(followers())
    started = time.perf_counter()
    (await system.http.post("/calls/import", content=DATA.read_bytes(), headers=headers, timeout=60)).raise_for_status()
    stored = time.perf_counter() - started
    wanted = FOLLOWERS * len(await system.published("calls", "calls.call.published.v1"))

    async def all_alerted() -> bool:
        return await ALERTS.count(system.db("notifications"), {}) == wanted

    await until(all_alerted, f"{wanted} alerts", 120)
    return stored, time.perf_counter() - started, wanted


def percentiles(measured: Measured) -> list[float]:
    cuts = statistics.quantiles(measured, n=100, method="inclusive")
    return [cuts[49], cuts[94], cuts[98]]


def rendered(measured: Measured) -> str:
    return " / ".join(f"{value:.0f}" for value in percentiles(measured))


@asynccontextmanager
async def platform() -> AsyncIterator[System]:
    """Yield an unused system, because work left by an import would slow down searches."""
    own = {
        "profiles": ProfilesSettings(
            operator_email=OPERATOR[0],
            operator_password=OPERATOR[1],
            operators_need_second_factor=False,
            token_minutes=600,
        )
    }
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        services = load(available(), settings, own)
        async with (
            embedded_mongod(Path(folder)) as url,
            running_system(services, settings=settings, mongo_url=url, bus=MemoryBus(), start=NOW) as system,
        ):
            yield system


async def run(number: int, repeats: int) -> tuple[list[list[str]], str]:
    said_of_import = ""
    if DATA.exists():
        async with platform() as system:
            said_of_import = in_words(*await imported(system))
    language = Language(random.Random(7))
    rows: list[list[str]] = []
    async with platform() as system:
        await seed(system.db("calls"), number, language)
        titles = [call.title for call in await CALLS.find(system.db("calls"), {}, limit=2000)]
        for name, ask in track(searches(language, titles).items(), "searches", console=Console(stderr=True)):
            await measure(system, ask, 5)  # warm up
            ours, facets, bare = await measure(system, ask, repeats)
            ratio = statistics.median(ours) / statistics.median(bare)
            rows.append([name, rendered(ours), rendered(bare), f"{ratio:.1f}", rendered(facets)])
        every = await measure(system, dict, repeats)
        rows.append(["everything", rendered(every[0]), rendered(every[2]), "", rendered(every[1])])
    words = f"{number:,} calls, {repeats} searches of each kind; milliseconds at p50 / p95 / p99. "
    return rows, f"{words}{said_of_import}({machine()})"


def in_words(stored: float, alerted: float, alerts: int) -> str:
    words = f"All real calls of {DATA.name} are in after {stored:.1f} s, "
    return f"{words}the last of {alerts:,} alerts to {FOLLOWERS} who follow them after {alerted:.1f} s. "


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--searches", type=int, default=100)
    chosen = parser.parse_args()
    log.configure(level="error")
    rows, summary = asyncio.run(run(chosen.calls, chosen.searches))
    header = ["search", "ours, by HTTP", "bare find", "times", "its facets"]
    table = Table(*header, title=summary, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(width=150).print(table)
    write_section("calls", "\n\n".join([summary, markdown(header, rows)]))


if __name__ == "__main__":
    main()
