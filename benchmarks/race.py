"""A race: measure ours and a peer in turn, compare each round, and write a table, a plot and a README section."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import matplotlib.pyplot as plt
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.report import HERE, machine, markdown, write_section

OURS, PEER = "#047857", "#9ca3af"  # colours
Round = Callable[[], Awaitable[tuple[float, float]]]  # ours and the peer's, per second


@dataclass(frozen=True)
class Race:
    """Two contenders. `goal` is the ratio of ours to the peer's that we want to reach, if there is one."""

    name: str
    unit: str
    peer: str
    goal: float | None = None

    async def run(self, one_round: Round, rounds: int) -> None:
        """Measure both in turn under the same conditions. The first round warms up and does not count."""
        results: list[tuple[float, float]] = []
        with Progress(console=Console(stderr=True)) as bars:
            for number in bars.track(range(rounds + 1), description=self.name):
                result = await one_round()
                if number:
                    results.append(result)
        self._show(results)

    def _show(self, results: list[tuple[float, float]]) -> None:
        header = ["round", f"ours, {self.unit}", f"{self.peer}, {self.unit}", "ratio"]
        lines = [
            [str(number), f"{ours:,.0f}", f"{peer:,.0f}", f"{ours / peer:.2f}"]
            for number, (ours, peer) in enumerate(results, 1)
        ]
        ratio = statistics.median(ours / peer for ours, peer in results)
        goal = f"; goal {self.goal:g}" if self.goal else ""
        summary = f"{ratio:.2f} of {self.peer} (median of {len(results)} rounds{goal}). ({machine()})"
        table = Table(*header, title=self.name, title_justify="left")
        for line in lines:
            table.add_row(*line)
        Console(width=100).print(table, f"[{'green' if ratio >= (self.goal or 0) else 'red'}]{summary}[/]")
        plot = f"{self.name}.svg"
        write_section(self.name, "\n\n".join([summary, markdown(header, lines), f"![ours and {self.peer}]({plot})"]))
        self._plot(results, plot)

    def _plot(self, results: list[tuple[float, float]], file: str) -> None:
        """Plot a bar for each median, a point for each round and a line for the goal."""
        figure, axes = plt.subplots(figsize=(8, 2.2))
        columns = list(zip(*results, strict=True))
        for place, (values, colour) in enumerate(zip(columns, (OURS, PEER), strict=True)):
            axes.barh(place, statistics.median(values), color=colour, height=0.6)
            axes.plot(values, [place] * len(values), "k|", markersize=12)
        if self.goal:
            axes.axvline(self.goal * statistics.median(columns[1]), color="#b91c1c", linestyle=":", label="goal")
            axes.legend(frameon=False, loc="lower right")
        axes.set_yticks([0, 1], ["ours", self.peer])
        axes.invert_yaxis()
        axes.set_xlabel(self.unit)
        axes.spines[["top", "right"]].set_visible(False)
        figure.tight_layout()
        figure.savefig(HERE / file, metadata={"Date": None})
        plt.close(figure)
