"""An agenda as an SVG picture with a row for each participant and a column for each slot."""

from collections.abc import Sequence
from itertools import pairwise

from jinja2 import Environment, PackageLoader, StrictUndefined

from services.matchmaking.agenda.problem import Problem

CELL_WIDTH, CELL_HEIGHT, LEFT, TOP = 34, 16, 40, 64
LEGEND_WIDTH = 860
TEMPLATES = Environment(
    loader=PackageLoader(__package__, "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True
)


def draw(problem: Problem, slots: Sequence[int], tables: Sequence[int], title: str) -> str:
    """Return the picture of an agenda: a 1-based slot and table for each meeting."""
    return TEMPLATES.get_template("agenda.svg").render(
        title=title,
        slots=problem.slots,
        rows=[_row(problem, slots, tables, participant) for participant in range(problem.participants)],
        width=LEFT + max(problem.slots * CELL_WIDTH, LEGEND_WIDTH) + 10,
        height=TOP + problem.participants * CELL_HEIGHT + 10,
        cell_width=CELL_WIDTH,
        cell_height=CELL_HEIGHT,
        left=LEFT,
        top=TOP,
    )


def _row(problem: Problem, slots: Sequence[int], tables: Sequence[int], participant: int) -> dict[str, object]:
    meetings = sorted(problem.meetings_of[participant], key=lambda m: slots[m])
    busy = [slots[meeting] - 1 for meeting in meetings]
    return {
        "number": participant + 1,
        "away": sorted(slot for slot in problem.forbidden[participant] if slot < problem.slots),
        "breaks": [(before + 1, after - before - 1) for before, after in pairwise(busy) if after - before > 1],
        "meetings": [
            (slot, sum(problem.meetings[m].participants) - participant + 1, tables[m], _colour(tables[m]))
            for slot, m in zip(busy, meetings, strict=True)
        ],
    }


def _colour(table: int) -> str:
    """Return a colour, dark enough for white text; the golden angle separates the hues of neighbouring tables."""
    return f"hsl({table * 137.5 % 360:.0f} 55% 38%)"
