"""Directory: search 20,000 profiles with facets, draw the map, export all; compare with a plain find by the same index.

python -m benchmarks.directory [--profiles NUMBER] [--searches NUMBER]    writes its section of README.md
"""

import argparse
import asyncio
import gzip
import random
import re
import statistics
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.calls import CHUNK, Language, Measured, clock, get, platform, rendered
from benchmarks.report import machine, markdown, write_section
from services.profiles.directory.api import each_as
from services.profiles.directory.exports import FIELDS, as_value
from services.profiles.directory.search import ORDERS, OrganisationFilter
from services.profiles.geography.regions import regions
from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.profile import MemberNumbers, OrganisationProfile, Point
from services.profiles.organisations.review import Status
from services.profiles.organisations.sectors import SECTORS
from services.profiles.organisations.store import DIRECTORY, ORGANISATIONS
from services.profiles.organisations.vocabulary import Label, ServiceOffered, Technology
from shared import log
from shared.ids import first_id
from shared.mongo import Database
from shared.testing import System
from shared.vocabulary import Ecosystem, OrganisationKind

NOW = datetime(2016, 5, 9, 7, tzinfo=UTC)
ELSEWHERE = ["JP", "US", "BR", "MX", "CA", "KR"]
PAGE = {"Accept": "text/html"}
SVG = re.compile(r"<svg class=\"map\".*?</svg>", re.DOTALL)


def invented(number: int, language: Language) -> Organisation:
    """Return a public profile with a text of realistic length."""
    dice = language.dice
    region = dice.choice([*regions().values(), None]) if dice.random() < 0.9 else None
    profile = OrganisationProfile(
        name=f"{language.title(3)} cluster".capitalize(),
        acronym=language.title(1)[:8].upper(),
        kind=dice.choice([OrganisationKind.CLUSTER_ORGANISATION] * 6 + [*OrganisationKind]),
        description=language.text(dice.randint(30, 250)),
        website=f"https://{number}.example",
        country=region.country if region else dice.choice(ELSEWHERE),
        region=region.code if region else "",
        city=language.title(1).capitalize(),
        point=Point(latitude=region.lat, longitude=region.lon) if region else None,
        staff=dice.randint(1, 40),
        members=MemberNumbers(sme=dice.randint(5, 300), research=dice.randint(1, 20)),
        ecosystems=dice.sample([*Ecosystem], dice.choice([1, 1, 2, 3])),
        sectors=dice.sample([*SECTORS], dice.choice([0, 1, 3])),
        technologies=dice.sample([*Technology], dice.choice([0, 1, 3])),
        services=dice.sample([*ServiceOffered], dice.choice([1, 3, 5])),
        countries_of_interest=dice.sample([*ELSEWHERE, "FR", "DE", "ES"], dice.choice([0, 1, 2, 4])),
        labels=dice.sample([*Label], dice.choice([0, 0, 1])),
    )
    id = first_id(NOW - timedelta(minutes=number)) + f"-7000-8000-{number:012x}"
    values = profile.model_dump()
    return Organisation.model_validate({"id": id, "status": Status.PUBLISHED, "updated_at": NOW, **values})


async def seed(at: Database, number: int, language: Language) -> None:
    """Store profiles, and mark the whole directory as changed."""
    for start in track(range(0, number, CHUNK), "profiles", console=Console(stderr=True)):
        await ORGANISATIONS.insert_new(at, [invented(i, language) for i in range(start, min(start + CHUNK, number))])
    marks = [({"_id": str(part)}, {"$inc": {"changes": 1}}) for part in range(64)]
    await DIRECTORY.update_each(at, marks, upsert=True)


def searches(language: Language, names: list[str]) -> dict[str, Callable[[], dict[str, Any]]]:
    """Return typical searches by name; their words occur in existing names."""
    dice = language.dice

    def words() -> str:
        return " ".join(dice.sample(dice.choice(names).split()[:3], dice.choice([1, 2, 2])))

    return {
        "everything": dict,
        "one or two words": lambda: {"text": words()},
        "words, one country": lambda: {"text": words(), "country": dice.choice(["FR", "DE", "ES"])},
        "one country": lambda: {"country": dice.choice(["FR", "DE", "SE", "IT"])},
        "one ecosystem, one service": lambda: {
            "ecosystem": str(dice.choice([*Ecosystem])),
            "service": str(dice.choice([*ServiceOffered])),
        },
    }


async def find(at: Database, params: dict[str, Any]) -> None:
    """Measure the lower limit: the database's own work for a page, without reading or validating it."""
    query = OrganisationFilter.model_validate(params).query()
    await at.raw(ORGANISATIONS.name).find(query, {"_id": 1}).sort([*ORDERS["name"]]).limit(21).to_list(21)


async def measure(
    system: System, ask: Callable[[], dict[str, Any]], number: int
) -> tuple[Measured, Measured, Measured, Measured]:
    """Measure searches, facets and the page of the map by HTTP, and the same query as a plain find, in turn."""
    ours: Measured = []
    facets: Measured = []
    maps: Measured = []
    bare: Measured = []
    for _ in range(number):
        params = ask()
        ours.append(await clock(lambda params=params: get(system, "/organisations", params)))
        facets.append(await clock(lambda params=params: get(system, "/organisations/facets", params)))
        maps.append(await clock(lambda params=params: show(system, params)))
        bare.append(await clock(lambda params=params: find(system.db("profiles"), params)))
    return ours, facets, maps, bare


async def show(system: System, params: dict[str, Any]) -> str:
    """Return the page of the map."""
    answer = await system.http.get("/map", params=params, headers=PAGE)
    answer.raise_for_status()
    return answer.text


async def exported(system: System, ending: str) -> float:
    """Return the seconds of an export of all profiles."""
    return await clock(lambda: get(system, f"/organisations.{ending}", {})) / 1000


async def peak_of(system: System) -> float:
    """Return the MiB that writing an export holds at its peak."""
    runtime = system.runtimes["profiles"]
    tracemalloc.start()
    async for _ in each_as(as_value, runtime, OrganisationFilter(), FIELDS):
        pass
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    return peak


async def run(number: int, repeats: int) -> tuple[list[list[str]], str]:
    """Measure, and return the rows of the table and the words above it."""
    language = Language(random.Random(7))
    rows: list[list[str]] = []
    async with platform() as system:
        at = system.db("profiles")
        await seed(at, number, language)
        names = [each.name for each in await ORGANISATIONS.find(at, {}, limit=2000)]
        for name, ask in track(searches(language, names).items(), "searches", console=Console(stderr=True)):
            await measure(system, ask, 3)  # warm up
            ours, facets, maps, bare = await measure(system, ask, repeats)
            ratio = f"{statistics.median(ours) / statistics.median(bare):.1f}"
            rows.append([name, rendered(ours), rendered(bare), ratio, rendered(facets), rendered(maps)])
        page = await show(system, {})
        svg = len(gzip.compress(SVG.search(page)[0].encode())) / 1024  # type: ignore[index]
        whole = len(gzip.compress(page.encode())) / 1024
        seconds = {ending: await exported(system, ending) for ending in ("csv", "json", "geojson")}
        peak = await peak_of(system)
    files = ", ".join(f"{ending} {taken:.1f} s" for ending, taken in seconds.items())
    words = (
        f"{number:,} profiles, {repeats} searches of each kind; milliseconds at p50 / p95 / p99. The map of Europe has "
        f"{svg:.0f} KB compressed, its page {whole:.0f} KB. Exports of all: {files}; "
        f"{peak:.0f} MiB at the peak. ({machine()})"
    )
    return rows, words


def main() -> None:
    """Measure and write the section of README.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profiles", type=int, default=20_000)
    parser.add_argument("--searches", type=int, default=50)
    parser.add_argument("--dry-run", action="store_true")
    chosen = parser.parse_args()
    log.configure(level="error")
    rows, summary = asyncio.run(run(chosen.profiles, chosen.searches))
    header = ["search", "ours, by HTTP", "bare find", "times", "its facets", "its map"]
    table = Table(*header, title=summary, title_justify="left")
    for row in rows:
        table.add_row(*row)
    Console(width=150).print(table)
    if not chosen.dry_run:
        write_section("directory", "\n\n".join([summary, markdown(header, rows)]))


if __name__ == "__main__":
    main()
