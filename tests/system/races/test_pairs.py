"""The table of all pairs: a use case that decides by a document, and one that changes it. At one moment they conflict.

Each pair would commit without the conflict, because neither writes what the other writes: write skew. Pairs that write
the same document anyway are not listed.
"""

import itertools

import pytest

from tests.support.races import overlap
from tests.support.scenes import Scene, assessed_call, full_gathering, open_call, second_stage, travelled
from tests.support.worlds import World

# Scene: (use cases that decide by what others change, use cases that change it)
TABLE: list[tuple[Scene, str, str]] = [
    (open_call, "start save submit withdraw ask_question change_form", "withdraw_call extend_call change_call"),
    (open_call, "name_assessors", "extend_call change_call"),
    (open_call, "start save submit", "change_form"),
    (second_stage, "start", "withdraw"),
    (
        assessed_call,
        "decide withdraw_incomplete fill_places_of name_assessors excuse_assessor",
        "withdraw_call add_places",
    ),
    (assessed_call, "decide", "name_assessors withdraw"),
    (assessed_call, "decide assess declare_conflict", "excuse_assessor"),
    (assessed_call, "withdraw fill_places_of", "decide"),
    (assessed_call, "assess declare_conflict_incomplete", "withdraw_incomplete cancel_page"),
    (assessed_call, "declare_conflict", "decide"),
    (travelled, "make_claim correct", "change_call"),
    (full_gathering, "register leave decline promote_next", "change_gathering"),
]
PAIRS = [
    pytest.param(scene, first, second, id=f"{scene.__name__}: {first}, {second}")
    for scene, deciding, changing in TABLE
    for first, second in itertools.product(deciding.split(), changing.split())
]


@pytest.mark.parametrize(("scene", "first", "second"), PAIRS)
async def test_a_use_case_conflicts_with_a_change_of_what_it_decides_by(
    world: World, scene: Scene, first: str, second: str
) -> None:
    use_cases = await scene(world)
    both = await overlap(world.db, use_cases[first], use_cases[second])
    assert both.conflicted, f"both committed: {both}"
