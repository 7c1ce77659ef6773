"""`make chaos ARGS="--seeds N --seconds S"`: a storm for each seed, then every invariant with exact counts."""

import argparse
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.chaos.checker import Finding, check, drained
from tests.chaos.containers import containers
from tests.chaos.nemesis import Nemesis
from tests.chaos.parts import Site, until
from tests.chaos.platform import COUNTRIES, Platform
from tests.chaos.processes import processes

GROUPING = [["calls"], ["matchmaking"], ["notifications"], ["notifications"], ["profiles"]]  # notifications twice
REPLICAS = 3  # of notifications, in compose
MEMBERS = 40
CALLS = 100  # a seed: so few that hardly anybody gets more e-mails than may pass within ten minutes
POISONED = ["notifications", "matchmaking", "profiles"]
CLIENT_PATIENCE = 240.0
CALM = 180.0  # seconds for everything to be delivered once nothing is killed any more


@dataclass
class Storm:
    """What one seed brought."""

    seed: int
    deeds: Counter[str]
    kills: int
    calm_after: float
    findings: list[Finding]


def storm(platform: Platform, seed: int, seconds: float) -> Storm:
    until(lambda: drained(platform), "quiet before the storm")
    nemesis = Nemesis(platform, seed)
    raging = threading.Thread(target=nemesis.rage, args=(seconds,))
    raging.start()
    writing = clients(platform, seed, seconds)
    raging.join()
    platform.restore()
    for written in writing:
        written.result()
    calm = time.monotonic()
    until(lambda: drained(platform), "everything to be delivered", CALM)
    return Storm(seed, nemesis.deeds, nemesis.kills, time.monotonic() - calm, check(platform))


def clients(platform: Platform, seed: int, seconds: float) -> list[Future[None]]:
    """Calls over the time of the storm, poison among them."""
    rng, writing = random.Random(-seed), []
    pause = seconds / CALLS
    for number in range(CALLS):
        country = rng.choice(COUNTRIES[:MEMBERS])
        writing.append(platform.publish_soon(f"{seed}-{number}", country, CLIENT_PATIENCE))
        if number % (CALLS // len(POISONED)) == 1:
            platform.poison(POISONED[platform.promised.poison % len(POISONED)], b"{")
        time.sleep(pause)
    return writing


def show(console: Console, storms: list[Storm]) -> None:
    table = Table("", *(f"seed {one.seed}" for one in storms), title="Storms", title_justify="left")
    for deed in sorted({deed for one in storms for deed in one.deeds}):
        table.add_row(deed, *(str(one.deeds[deed]) for one in storms))
    table.add_row("calm after, s", *(f"{one.calm_after:.1f}" for one in storms), end_section=True)
    for place, finding in enumerate(storms[0].findings):
        cells = [one.findings[place] for one in storms]
        colours = ["red" if cell.broken else "green" for cell in cells]
        shown = [f"[{c}]{cell.broken} of {cell.counted}[/]" for c, cell in zip(colours, cells, strict=True)]
        table.add_row(f"{finding.name} {finding.words}", *shown)
    console.print(table)


@contextmanager
def site(compose: bool) -> Iterator[Site]:
    if compose:
        with containers(REPLICAS) as where:
            yield where
    else:
        with tempfile.TemporaryDirectory(prefix="ccp-chaos-") as folder, processes(Path(folder), GROUPING) as where:
            yield where


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--compose", action="store_true", help="against docker-compose.yml with three notifications")
    chosen = parser.parse_args()
    console, storms = Console(width=None if sys.stdout.isatty() else 140), []
    with Progress(console=Console(stderr=True)) as bars:
        for seed in bars.track(range(chosen.first, chosen.first + chosen.seeds), description="storms"):
            with site(chosen.compose) as where, Platform(where).running(MEMBERS) as platform:
                storms.append(storm(platform, seed, chosen.seconds))
    show(console, storms)
    broken = sum(finding.broken for one in storms for finding in one.findings)
    kills = sum(one.kills for one in storms)
    console.print(f"chaos: {kills} kills over {len(storms)} seeds, {broken} violations")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
