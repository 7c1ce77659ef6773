"""A race: ours and a peer by turns in one run, the ratio of each round, a table, a plot and a section of README.md."""

import statistics
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import matplotlib.pyplot as plt
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from benchmarks.report import HERE, machine, markdown, write_section

OURS, PEER = "#047857", "#9ca3af"  # colours
Round = Callable[[], Awaitable[tuple[float, float]]]  # ours and the peer's, so many a second


@dataclass(frozen=True)
class Race:
    """`goal`: the ratio, ours to the peer's, that we hold ourselves to, if we do."""

    name: str
    unit: str
    peer: str
    goal: float | None = None

    async def run(self, one_round: Round, rounds: int) -> None:
        """Round by round, so that both see the same machine; the first one warms up and does not count."""
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
        said = f"{ratio:.2f} of {self.peer} (median of {len(results)} rounds{goal}). ({machine()})"
        table = Table(*header, title=self.name, title_justify="left")
        for line in lines:
            table.add_row(*line)
        Console(width=100).print(table, f"[{'green' if ratio >= (self.goal or 0) else 'red'}]{said}[/]")
        plot = f"{self.name}.svg"
        write_section(self.name, "\n\n".join([said, markdown(header, lines), f"![ours and {self.peer}]({plot})"]))
        self._plot(results, plot)

    def _plot(self, results: list[tuple[float, float]], file: str) -> None:
        """A bar for each contender's median, a point for each round, a line where the goal is."""
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
