"""Latency: from publishing a call to the member's alert by HTTP; compare with a path without guarantees.

python -m benchmarks.latency [--calls N]
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import aio_pika
import matplotlib.pyplot as plt
from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.race import OURS, PEER
from benchmarks.report import HERE, machine, markdown, write_section
from services.__main__ import run
from shared import log
from shared.ids import new_id
from shared.mongo import connect
from tests.chaos.platform import COUNTRIES, SERVICES, Platform, asked
from tests.chaos.processes import processes
from tests.support.people import PASSWORD

GOAL = 250.0  # milliseconds, at the 99th percentile


def ours(platform: Platform, calls: int) -> tuple[list[float], list[float]]:
    """Return for each call the milliseconds to the response and to the alert; each service is a process."""
    member = platform.log_in("member0@members.example", PASSWORD)
    base, inbox = f"{platform.site.urls['calls']}/calls", f"{platform.site.urls['notifications']}/inbox"
    answered, visible = [], []
    for number in track(range(calls), "ours", console=Console(stderr=True)):
        draft = asked(platform.create_call(f"bench-{number}", COUNTRIES[0]))
        match = {"If-Match": f'"{draft["version"]}"'}
        began = time.perf_counter()
        asked(platform.http.post(f"{base}/{draft['id']}/publish", headers=platform.owner | match))
        answered.append((time.perf_counter() - began) * 1000)
        occasion = f"call:{draft['id']}:published"
        while True:
            [newest] = asked(platform.http.get(inbox, params={"limit": 1}, headers=member))["items"] or [{}]
            if newest.get("occasion") == occasion:
                break
        visible.append((time.perf_counter() - began) * 1000)
    return answered, visible


async def bare(platform: Platform, calls: int) -> list[float]:
    """Return the milliseconds from a document and an unconfirmed message to the document that its consumer stores."""
    client = connect(platform.site.mongo_url)
    database = client[f"bench_{new_id()[-12:]}"]
    async with await aio_pika.connect(platform.site.broker_url) as connection:
        channel = await connection.channel(publisher_confirms=False)
        queue = await channel.declare_queue("bench", auto_delete=True)

        async def store(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            await database.alerts.insert_one({"_id": message.body.decode()})

        await queue.consume(store, no_ack=True)
        took = []
        for number in range(calls):
            began = time.perf_counter()
            await database.calls.insert_one({"_id": str(number)})
            await channel.default_exchange.publish(aio_pika.Message(str(number).encode()), "bench")
            while await database.alerts.find_one({"_id": str(number)}) is None:
                await asyncio.sleep(0)
            took.append((time.perf_counter() - began) * 1000)
    await client.drop_database(database.name)
    client.close()
    return took


def percentiles(took: list[float]) -> tuple[float, float, float]:
    cuts = statistics.quantiles(took, n=100)
    return statistics.median(took), cuts[94], cuts[98]


def show(rows: dict[str, list[float]]) -> None:
    header = ["milliseconds", "p50", "p95", "p99"]
    lines = [[name, *(f"{value:.1f}" for value in percentiles(took))] for name, took in rows.items()]
    table = Table(*header, title="latency", title_justify="left")
    for line in lines:
        table.add_row(*line)
    Console(width=100).print(table)
    visible, peer = (percentiles(rows[name]) for name in ("alert visible", "without guarantees"))
    summary = (
        f"Visible after {visible[0]:.0f} ms, p99 {visible[2]:.0f} ms (goal {GOAL:.0f}); "
        f"{visible[0] / peer[0]:.1f} times the bare path's median. ({machine()})"
    )
    print(summary)
    write_section("latency", "\n\n".join([summary, markdown(header, lines), "![distribution](latency.svg)"]))
    figure, axes = plt.subplots(figsize=(8, 3))
    for (name, took), colour in zip(rows.items(), (OURS, "#2563eb", PEER), strict=True):
        axes.ecdf(took, label=name, color=colour)
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds")
    axes.set_ylabel("share of calls")
    axes.axvline(GOAL, color="#b91c1c", linestyle=":", label="goal, p99")
    axes.legend(frameon=False, loc="lower right")
    axes.spines[["top", "right"]].set_visible(False)
    figure.tight_layout()
    figure.savefig(HERE / "latency.svg", metadata={"Date": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=500)
    chosen = parser.parse_args()
    log.configure(level="warning")
    with (
        tempfile.TemporaryDirectory(prefix="ccp-bench-") as folder,
        processes(Path(folder), [[name] for name in SERVICES]) as site,
        Platform(site).running(members=1) as platform,
    ):
        answered, visible = ours(platform, chosen.calls)
        peer = run(bare(platform, chosen.calls))
    show({"alert visible": visible, "publication answered": answered, "without guarantees": peer})


if __name__ == "__main__":
    main()
