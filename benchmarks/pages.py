"""The weight and the paint times of pages in Chromium, beside their budgets: `python -m benchmarks.pages`."""

import asyncio
import shutil
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

import matplotlib.pyplot as plt
from playwright.async_api import Browser, CDPSession, async_playwright

from benchmarks import report
from ccp.client import Client, connect
from services.__main__ import available, serving
from services.profiles.settings import ProfilesSettings
from shared.mongod import free_port
from shared.settings import Settings

PAGES = {"home": "/", "calls": "/calls", "a call": "", "organisations": "/organisations", "gatherings": "/gatherings"}
FIRST_KB, AGAIN_KB, QUICK_MS, SLOW_MS = 50, 20, 500, 1200
ROUNDS = 5
CALLS = 60
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4  # times, the processor
PAINTED = """() => new Promise(done => {
  let shift = 0;
  new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) shift += e.value; })
    .observe({type: "layout-shift", buffered: true});
  new PerformanceObserver(list => { const all = list.getEntries(); done([all[all.length - 1].startTime, shift]); })
    .observe({type: "largest-contentful-paint", buffered: true});
})"""


@dataclass
class Measured:
    """One page: kilobytes over the wire for the first and the next view, milliseconds, and the shift of its layout."""

    name: str
    first_kb: float
    again_kb: float
    quick_ms: float
    slow_ms: float
    shift: float


async def view(browser: Browser, url: str, *, slow: bool) -> tuple[float, float, float, float]:
    """Open a page twice in a new window. Return the kilobytes of both views, the largest paint, and the shift."""
    context = await browser.new_context(viewport={"width": 390, "height": 800})
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    if slow:
        await session.send("Network.emulateNetworkConditions", SLOW_4G)
        await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    received = weigh(session)
    await page.goto(url)
    paint, shift = await page.evaluate(PAINTED)
    first = sum(received) / 1024
    received.clear()
    await page.goto(url)
    again = sum(received) / 1024
    await context.close()
    return first, again, paint, shift


def weigh(session: CDPSession) -> list[float]:
    """Return a list to which the bytes of each answer are added."""
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    return received


async def measure(browser: Browser, name: str, url: str) -> Measured:
    quick = [await view(browser, url, slow=False) for _ in range(ROUNDS)]
    slow = [await view(browser, url, slow=True) for _ in range(ROUNDS)]
    return Measured(
        name,
        max(each[0] for each in quick),
        max(each[1] for each in quick),
        statistics.median(each[2] for each in quick),
        statistics.median(each[2] for each in slow),
        max(each[3] for each in quick + slow),
    )


async def publish(http: Client, number: int) -> str:
    """Publish a call with a long text. Return its path."""
    text = "\n\n".join(f"Expected outcome {part}: projects bring regions together. " * 12 for part in range(12))
    body = {
        "title": f"Resilient regional value chains, topic {number}",
        "summary": "Clusters of several countries develop and test value chains together.",
        "description": text,
        "deadline": f"2030-{number % 12 + 1:02}-20T17:00:00+01:00",
        "countries": ["FR", "DE", "SE"][: number % 4],
        "ecosystems": ["digital", "health"][: number % 3],
    }
    draft = await http.post("/calls", body)
    published = await http.post(f"/calls/{draft['id']}/publish", version=draft["version"])
    return f"/calls/{published['id']}"


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        settings = Settings(data_dir=Path(folder), port=port, public_url=url, log_level="error")
        operator = ProfilesSettings(
            operator_email="operator@ccp.example",
            operator_password="a long password",  # type: ignore[arg-type] # noqa: S106
            operators_need_second_factor=False,
        )
        async with serving(settings, available(), profiles=operator), connect(url) as http, async_playwright() as play:
            client = await Client(http).log_in("operator@ccp.example", "a long password")
            paths = [await publish(client, number) for number in range(CALLS)]
            browser = await play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            rows = [await measure(browser, name, url + (path or paths[0])) for name, path in PAGES.items()]
            await browser.close()
    show(rows)


def show(rows: list[Measured]) -> None:
    """Print the table, write it into the README and draw the plot."""
    header = [
        "page",
        f"first view (at most {FIRST_KB} KB)",
        f"next view (at most {AGAIN_KB} KB)",
        f"largest paint (at most {QUICK_MS} ms)",
        f"on slow 4G (at most {SLOW_MS} ms)",
        "layout shift (0)",
    ]
    table = report.markdown(
        header,
        [
            [
                row.name,
                f"{row.first_kb:.1f} KB",
                f"{row.again_kb:.1f} KB",
                f"{row.quick_ms:.0f} ms",
                f"{row.slow_ms:.0f} ms",
                f"{row.shift:.3f}",
            ]
            for row in rows
        ],
    )
    print(table)
    report.write_section("pages", f"({report.machine()})\n\n{table}\n\n![weight and paint](pages.svg)")
    figure, axes = plt.subplots(1, 2, figsize=(9, 3))
    names = [row.name for row in rows]
    for axis, values, budget, words in (
        (axes[0], [row.first_kb for row in rows], FIRST_KB, "first view, KB"),
        (axes[1], [row.slow_ms for row in rows], SLOW_MS, "largest paint on slow 4G, ms"),
    ):
        axis.barh(names, values, color="#0b4f8a")
        axis.axvline(budget, color="#a3150c", linestyle="--", label="budget")
        axis.set_title(words)
        axis.invert_yaxis()
    axes[0].legend()
    figure.tight_layout()
    figure.savefig(Path(__file__).with_name("pages.svg"))


if __name__ == "__main__":
    asyncio.run(main())
