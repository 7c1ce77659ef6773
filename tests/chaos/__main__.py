"""`make chaos ARGS="--seeds N --seconds S"`: runs a storm for each seed, then checks every invariant."""

import argparse
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from tests.chaos.checker import Finding, check, drained
from tests.chaos.containers import containers
from tests.chaos.nemesis import Nemesis
from tests.chaos.parts import until
from tests.chaos.platform import COUNTRIES, Platform
from tests.chaos.processes import processes

GROUPING = [["calls"], ["matchmaking"], ["notifications"], ["notifications"], ["profiles"]]  # notifications twice
REPLICAS = 3  # of notifications, in compose
MEMBERS = 40
CALLS = 100  # per seed: so few that hardly a member exceeds the limit of e-mails in ten minutes
POISONED = ["notifications", "matchmaking", "profiles"]
CLIENT_TIMEOUT = 240.0  # seconds
CALM = 180.0  # seconds in which everything must be delivered after the last kill


@dataclass
class Storm:
    """The result of one seed."""

    seed: int
    deeds: Counter[str]
    kills: int
    calm_after: float
    findings: list[Finding]

    @property
    def broken(self) -> int:
        return sum(finding.broken for finding in self.findings)


def storm(platform: Platform, seed: int, seconds: float) -> Storm:
    until(lambda: drained(platform), "the platform to be idle before the storm")
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
    """Publish calls during the storm, with poisoned messages between them."""
    rng, writing = random.Random(-seed), []
    pause = seconds / CALLS
    for number in range(CALLS):
        country = rng.choice(COUNTRIES[:MEMBERS])
        writing.append(platform.publish_soon(f"{seed}-{number}", country, CLIENT_TIMEOUT))
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


def rage(seed: int, seconds: float, compose: bool, folder: Path) -> Storm:
    """Run one storm on a new platform; keep its logs in the folder if an invariant was broken."""
    place = containers(REPLICAS) if compose else processes(folder, GROUPING)
    with place as site, Platform(site).running(MEMBERS) as platform:
        result = storm(platform, seed, seconds)
    if not result.broken:
        shutil.rmtree(folder, ignore_errors=True)
    return result


def main() -> int:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--compose", action="store_true", help="against docker-compose.yml with three notifications")
    chosen = parser.parse_args()
    console, storms = Console(width=None if sys.stdout.isatty() else 140), []
    logs = Path(tempfile.mkdtemp(prefix="ccp-chaos-"))
    try:
        with Progress(console=Console(stderr=True)) as bars:
            for seed in bars.track(range(chosen.first, chosen.first + chosen.seeds), description="storms"):
                storms.append(rage(seed, chosen.seconds, chosen.compose, logs / str(seed)))
    finally:
        with suppress(OSError):
            logs.rmdir()
        if logs.exists():
            console.print(f"[yellow]logs: {logs}[/]")
    show(console, storms)
    broken = sum(one.broken for one in storms)
    kills = sum(one.kills for one in storms)
    console.print(f"chaos: {kills} kills over {len(storms)} seeds, {broken} violations")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
