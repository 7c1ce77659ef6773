"""An organisation gets one place on a mission, whichever of its applications comes first."""

from datetime import timedelta
from typing import Any

import pytest

from services.calls.selection.applications.domain import PlaceAlreadyHeld
from services.calls.selection.applications.reserve import fill_places_of
from services.calls.selection.applications.states import State
from services.calls.selection.applications.submissions import submit
from services.calls.selection.applications.usecases import withdraw
from tests.support.applicants import BRAZIL, CUT_OFF
from tests.support.worlds import ADA, ANY, BEA, World

SECOND = CUT_OFF + timedelta(days=30)
CUT_OFFS: dict[str, Any] = {
    "model": "cut_offs",
    "cut_offs": [*BRAZIL["cut_offs"], {"deadline": SECOND.isoformat(), "timezone": "Europe/Brussels"}],
}


async def state(world: World, id: str) -> State:
    return (await world.application(id)).state


async def applied_twice(world: World, first_outcome: str, **more: Any) -> tuple[str, str]:
    """Return two applications of one organisation: the first with a decision, the second with all scores."""
    await world.publish(**CUT_OFFS)
    first = await world.submitted()
    await world.open_round(ADA, BEA)
    await world.score(first, ADA, BEA)
    await world.decide(first, first_outcome, **more)
    second = await world.submitted(of=first)
    await world.open_round(ADA, BEA, number=2, deadline=SECOND)
    await world.score(second, ADA, BEA)
    return first, second


async def test_an_organisation_with_a_place_is_not_selected_again(world: World) -> None:
    first, second = await applied_twice(world, "select")
    with pytest.raises(PlaceAlreadyHeld, match="Cluster has a place on this mission already"):
        await world.decide(second, "select")
    await world.db.transact(withdraw, first, world.members[first], ANY)
    await world.decide(second, "select")
    assert await state(world, second) is State.SELECTED


async def test_an_organisation_with_a_place_is_passed_over_on_an_older_reserve_list(world: World) -> None:
    first, second = await applied_twice(world, "reserve", rank=1)
    await world.decide(second, "select")
    await world.db.transact(fill_places_of, world.call_id)
    assert await state(world, first) is State.RESERVE
    await world.db.transact(withdraw, second, world.members[second], ANY)
    await world.db.transact(fill_places_of, world.call_id)
    assert await state(world, first) is State.SELECTED


async def test_the_place_goes_to_the_next_organisation_on_the_reserve_list(world: World) -> None:
    await world.publish(**CUT_OFFS)
    first, other = await world.submitted(), await world.submitted()
    await world.open_round(ADA, BEA)
    for rank, id in enumerate((first, other), 1):
        await world.score(id, ADA, BEA)
        await world.decide(id, "reserve", rank=rank)
    again = await world.submitted(of=first)
    await world.open_round(ADA, BEA, number=2, deadline=SECOND)
    await world.score(again, ADA, BEA)
    await world.decide(again, "select")
    await world.db.transact(fill_places_of, world.call_id)
    assert [await state(world, id) for id in (first, other)] == [State.RESERVE, State.SELECTED]


async def test_an_organisation_with_a_place_gets_no_second_one_at_its_own_cost(world: World) -> None:
    await world.publish(**CUT_OFFS)
    first = await world.submitted()
    await world.open_round(ADA, BEA)
    await world.score(first, ADA, BEA)
    await world.decide(first, "select")
    world.pass_the_cut_off(SECOND)
    late = await world.draft(of=first)
    with pytest.raises(PlaceAlreadyHeld):
        await world.db.transact(submit, late, world.members[late], ANY)
