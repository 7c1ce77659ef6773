"""Load and failures: no broker, no broker memory, a huge fan-out, bad SMTP servers, a service that never ran.

python -m benchmarks.load [SCENARIO ...] [--away SECONDS] [--calls N] [--members N]

Each scenario has its own platform with a process for each service. At the end the chaos checker verifies that
nothing was lost.
"""

import argparse
import asyncio
import re
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.report import HERE, machine, markdown, write_section
from tests.chaos.checker import check, drained
from tests.chaos.parts import Part, start_all, until
from tests.chaos.platform import COUNTRIES, SERVICES, Platform
from tests.chaos.processes import Process, SmtpSink, processes

MEMBERS = 40
PATIENCE = 900.0
Figures = dict[str, str]  # measurements by name, as text


class Watch:
    """A sample every second: each service's memory in MiB, and the number of events in calls' outbox."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.memory: dict[str, list[float]] = {}
        self.waiting: list[tuple[float, int]] = []  # seconds, events
        self.began = time.monotonic()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        with self.platform.database("calls") as calls:
            while not self._ended.wait(1):
                for part in self.platform.site.services:
                    if isinstance(part, Process) and part.is_running:
                        self.memory.setdefault(part.name, []).append(resident(part))
                pending = calls.outbox.count_documents({"state": "pending"})
                self.waiting.append((time.monotonic() - self.began, pending))

    @property
    def figures(self) -> Figures:
        most = {name.partition("-")[0]: max(sizes) for name, sizes in self.memory.items()}
        return {"most memory, MiB": ", ".join(f"{name} {size:.0f}" for name, size in most.items())}


def resident(part: Process) -> float:
    """Return the memory of a process in MiB."""
    assert part.process is not None
    status = Path(f"/proc/{part.process.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(found[1]) / 1024 if found else 0.0


class Writers:
    """Clients that publish calls and record how long each took, in seconds."""

    def __init__(self, at: "Stage") -> None:
        self.platform, self.bar = at.platform, at.bar
        self.took: list[tuple[float, float]] = []  # start and duration
        self._written: list[Future[None]] = []
        self._number = 0

    def write(self, calls: int, seconds: float = 0) -> None:
        """Publish a number of calls, spread over a time. Return when every call has its response."""
        began = time.monotonic()
        for number in range(calls):
            self._written.append(self.platform.clients.submit(self._one, self._number))
            self._number += 1
            time.sleep(max(0.0, began + seconds * (number + 1) / calls - time.monotonic()))
        for written in self._written:
            written.result()

    def _one(self, number: int) -> None:
        began = time.monotonic()
        self.platform.publish_call(f"load-{number}", COUNTRIES[number % MEMBERS], PATIENCE)
        self.took.append((began, time.monotonic() - began))
        self.bar()

    @property
    def figures(self) -> Figures:
        cuts = statistics.quantiles([took * 1000 for _, took in self.took], n=100)
        return {"create, read and publish, ms": f"p50 {cuts[49]:.0f}, p99 {cuts[98]:.0f}"}


@dataclass(frozen=True)
class Stage:
    """A platform, the options of the command line, and a progress bar."""

    platform: Platform
    newcomers: Sequence[Part]  # services that have never run
    chosen: argparse.Namespace
    bar: Callable[[], None]


# --- the scenarios -------------------------------------------------------------------------------


def broker_away(at: Stage) -> Figures:
    """Kill the broker, go on writing calls, and start the broker again."""
    writers = Writers(at)
    with Watch(at.platform) as watch:
        at.platform.site.broker.kill()
        writers.write(at.chosen.calls, at.chosen.away)
        most = max(count for _, count in watch.waiting)
        back = time.monotonic()
        start_all([at.platform.site.broker])
        until(lambda: not waiting(at.platform), "calls' outbox to be empty", PATIENCE)
        relayed = time.monotonic() - back
        until(lambda: drained(at.platform), "everything to be delivered", PATIENCE)
        settled = time.monotonic() - back
    plot_away(watch, writers, back - watch.began)
    return {
        "calls": f"{at.chosen.calls:,} in {at.chosen.away:.0f} s without a broker",
        **writers.figures,
        "most in the outbox": f"{most:,}",
        "seconds until relayed, until all was done": f"{relayed:.0f}, {settled:.0f}",
        **watch.figures,
    }


def memory_alarm(at: Stage) -> Figures:
    """Raise the broker's memory alarm: it blocks publishers and no other client."""
    broker, writers = at.platform.site.broker, Writers(at)
    with Watch(at.platform) as watch:
        broker.control("set_vm_memory_high_watermark", "absolute", "1MB")
        writers.write(calls := max(at.chosen.calls // 20, 10), 30)
        most = max(count for _, count in watch.waiting)
        back = time.monotonic()
        broker.control("set_vm_memory_high_watermark", "0.4")
        until(lambda: drained(at.platform), "everything to be delivered", PATIENCE)
        settled = time.monotonic() - back
    return {
        "calls": f"{calls:,} in 30 s of alarm",
        **writers.figures,
        "most in the outbox": f"{most:,}",
        "seconds until all was done": f"{settled:.0f}",
        **watch.figures,
    }


def fan_out(at: Stage) -> Figures:
    """Publish a call for 100,000 members and twenty calls for two members each: measure whether the small ones wait."""
    crowd(at.platform, at.chosen.members)
    with Watch(at.platform) as watch:
        began = time.monotonic()
        at.platform.publish_call("for the crowd", "US")
        small = []
        for number in range(20):
            asked = time.monotonic()
            at.platform.publish_call(f"small-{number}", COUNTRIES[number * 2])
            until(lambda: alerts_of(at.platform, f"small-{number}") == 2, "a small call's alerts")  # noqa: B023
            small.append(time.monotonic() - asked)
            at.bar()
        until(lambda: alerts_of(at.platform, "for the crowd") == at.chosen.members, "the crowd's alerts", PATIENCE)
        alerted = time.monotonic() - began
        until(lambda: mailed(at.platform, COUNTRIES[0]), "the small calls' e-mails", PATIENCE)
        until(lambda: drained(at.platform), "every e-mail", PATIENCE)
        settled = time.monotonic() - began
    return {
        "members": f"{at.chosen.members:,}",
        "seconds until the crowd's alerts, until its e-mails": f"{alerted:.1f}, {settled:.0f}",
        "a small call's alerts meanwhile, s": f"p50 {statistics.median(small):.2f}, most {max(small):.2f}",
        **watch.figures,
    }


def crowd(platform: Platform, members: int) -> None:
    """Insert more members directly into notifications' copies."""
    row = {"confirmed": True, "mail": True, "anchors": ["country:*", "country:US"]}
    row |= {"interests": [{"id": "1", "countries": ["US"], "ecosystems": [], "kinds": [], "keywords": []}]}
    with platform.database("notifications") as database:
        for first in range(0, members, 10_000):
            ids = [f"crowd-{n:07}" for n in range(first, min(first + 10_000, members))]
            database.members.insert_many({"_id": id, "email": f"{id}@crowd.example", "name": id, **row} for id in ids)
            platform.promised.members |= {id: ["US"] for id in ids}


def alerts_of(platform: Platform, key: str) -> int:
    call, _ = platform.promised.calls[key]
    with platform.database("notifications") as database:
        occasions = {"event_type": "calls.call.published.v1", "occasion": f"call:{call}:published"}
        return int(database.alerts.count_documents(occasions))


def mailed(platform: Platform, country: str) -> bool:
    """Return whether all followers of a country got an e-mail about each call there."""
    keys = [call for call, where in platform.promised.calls.values() if where == country]
    with platform.database("notifications") as database:
        return bool(
            database.mails.count_documents(
                {"occasions": {"$in": [f"call:{k}:published" for k in keys]}, "state": "sent"}
            )
        )


def bad_mail_server(at: Stage) -> Figures:
    """Send to a slow server (0.2 s per e-mail) that refuses one in five e-mails for good and one in five for now."""
    sink, writers = at.platform.site.sink, Writers(at)
    assert isinstance(sink, MoodySink)
    sink.moody = True
    with Watch(at.platform) as watch:
        began = time.monotonic()
        writers.write(MEMBERS, 4)
        until(lambda: all_alerted(at.platform), "every alert")
        alerted = time.monotonic() - began
        until(lambda: drained(at.platform), "every e-mail", PATIENCE)
        settled = time.monotonic() - began
    with at.platform.database("notifications") as database:
        states = {
            row["_id"]: row["n"] for row in database.mails.aggregate([{"$group": {"_id": "$state", "n": {"$sum": 1}}}])
        }
    assert states["failed"] == sink.refused
    return {
        "e-mails": ", ".join(f"{n} {state}" for state, n in sorted(states.items())),
        "refused for good, deferred": f"{sink.refused}, {len(sink.deferred)}",
        "seconds until every alert, until every e-mail": f"{alerted:.1f}, {settled:.0f}",
        **writers.figures,
        **watch.figures,
    }


def all_alerted(platform: Platform) -> bool:
    promised = platform.promised
    wanted = sum(country in follows for _, country in promised.calls.values() for follows in promised.members.values())
    with platform.database("notifications") as database:
        return bool(database.alerts.count_documents({"event_type": "calls.call.published.v1"}) == wanted)


def never_ran(at: Stage) -> Figures:
    """Start matchmaking for the first time after the other services have worked for long."""
    writers = Writers(at)
    writers.write(calls := max(at.chosen.calls // 10, 10))
    with Watch(at.platform) as watch:
        began = time.monotonic()
        start_all(at.newcomers)
        ready = time.monotonic() - began
        until(lambda: drained(at.platform), "the newcomer to have handled everything", PATIENCE)
        settled = time.monotonic() - began
    return {
        "calls before": f"{calls:,}",
        "seconds until ready, until all was handled": f"{ready:.1f}, {settled:.1f}",
        **watch.figures,
    }


def waiting(platform: Platform) -> int:
    with platform.database("calls") as database:
        return int(database.outbox.count_documents({"state": "pending"}))


class MoodySink(SmtpSink):
    """An SMTP server that becomes slow and refuses e-mails when `moody` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.moody = False
        self.refused = 0
        self.deferred: set[str] = set()

    async def handle_DATA(self, server: object, session: object, envelope: SimpleNamespace) -> str:  # noqa: N802
        address = envelope.rcpt_tos[0]
        place = int(re.sub(r"\D", "", address) or 2)
        if self.moody:
            await asyncio.sleep(0.2)
        if self.moody and place % 5 == 0:
            self.refused += 1
            return "550 no such mailbox"
        if self.moody and place % 5 == 1 and address not in self.deferred:
            self.deferred.add(address)
            return "451 come again"
        return await super().handle_DATA(server, session, envelope)


SCENARIOS: dict[str, Callable[[Stage], Figures]] = {
    "broker away": broker_away,
    "memory alarm": memory_alarm,
    "fan-out": fan_out,
    "bad mail server": bad_mail_server,
    "never ran": never_ran,
}


def play(name: str, chosen: argparse.Namespace) -> Figures:
    """Run a scenario on its own platform and return its figures with the checker's result."""
    late = ["matchmaking"] if name == "never ran" else []
    with (
        tempfile.TemporaryDirectory(prefix="ccp-load-") as folder,
        processes(Path(folder), [[service] for service in SERVICES], MoodySink()) as site,
        Progress(console=Console(stderr=True)) as bars,
    ):
        newcomers = [part for part in site.services if part.name.partition("-")[0] in late]
        present = replace(site, services=[part for part in site.services if part not in newcomers])
        bar = bars.add_task(name, total=None)
        with Platform(present).running(MEMBERS) as platform:
            figures = SCENARIOS[name](Stage(platform, newcomers, chosen, lambda: bars.advance(bar)))
            broken = sum(finding.broken for finding in check(platform))
    return {**figures, "invariants broken": str(broken)}


def thin(points: Sequence[tuple[float, float]], bins: int = 300) -> list[tuple[float, float]]:
    """Return the lowest, the middle and the highest point of each of many equal spans: all that the eye can see."""
    first, last = min(points)[0], max(points)[0]
    spans: dict[int, list[tuple[float, float]]] = {}
    for point in points:
        spans.setdefault(int((point[0] - first) / (last - first or 1) * bins), []).append(point)
    kept: set[tuple[float, float]] = set()
    for span in spans.values():
        span.sort(key=lambda point: point[1])
        kept |= {span[0], span[len(span) // 2], span[-1]}
    return sorted(kept)


def plot_away(watch: Watch, writers: Writers, back: float) -> None:
    """Plot the outbox and the clients' waiting time, during the broker's absence and after it."""
    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 4.5), sharex=True)
    above.fill_between(*zip(*watch.waiting, strict=True), color="#2563eb", alpha=0.4)
    above.set_ylabel("events in the outbox")
    asked = thin([(began - watch.began, took * 1000) for began, took in writers.took])
    below.plot(*zip(*asked, strict=True), ".", markersize=2, color="#047857")
    below.set_ylabel("a client's wait, ms")
    below.set_yscale("log")
    below.set_xlabel("seconds; the line: the broker is back")
    for axes in (above, below):
        axes.axvline(back, color="#b91c1c", linestyle=":")
        axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(HERE / "load.svg", metadata={"Date": None})
    plt.close(figure)


def show(results: dict[str, Figures]) -> None:
    table = Table("scenario", "what", "measured", title="load", title_justify="left")
    lines = []
    for name, figures in results.items():
        for place, (what, measured) in enumerate(figures.items()):
            lines.append([name if not place else "", what, measured])
            table.add_row(*lines[-1], end_section=place == len(figures) - 1)
    Console(width=150).print(table)
    broken = sum(int(figures["invariants broken"]) for figures in results.values())
    summary = f"{len(results)} scenarios, {broken} invariants broken. ({machine()})"
    print(summary)
    if len(results) == len(SCENARIOS):
        text = [summary, markdown(["scenario", "what", "measured"], lines), "![the broker away](load.svg)"]
        write_section("load", "\n\n".join(text))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(SCENARIOS))
    parser.add_argument("--away", type=float, default=600)
    parser.add_argument("--calls", type=int, default=10_000)
    parser.add_argument("--members", type=int, default=100_000)
    chosen = parser.parse_args()
    show({name: play(name, chosen) for name in chosen.scenarios or SCENARIOS})


if __name__ == "__main__":
    main()
