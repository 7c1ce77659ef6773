"""The waiting list and the clock: no member gets a place that came too late."""

from datetime import datetime, timedelta

from tests.support.gatherings import SEMINAR, leaves, logged_in, organised, registers, standing
from tests.support.people import Platform, ok


async def pass_to(ccp: Platform, when: str) -> None:
    await ccp.system.travel(datetime.fromisoformat(when) - ccp.system.clock.now() + timedelta(minutes=1))


async def test_no_waiting_member_gets_a_place_after_the_start(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, admission={"capacity": 1})
    seated, waiting = logged_in(ccp, "seated"), logged_in(ccp, "waiting")
    await registers(seated, path)
    await registers(waiting, path)
    gathering = ok(await ccp.http.get(path))
    await pass_to(ccp, gathering["starts_at"])
    await leaves(seated, path)
    more = SEMINAR | {"admission": {"capacity": 2}}
    ok(await ccp.operator.put(path, more, version=gathering["version"]))
    await ccp.system.settle()
    assert await standing(waiting, path) == ("waiting", 1)


async def test_the_organiser_chooses_whether_the_list_moves_after_registration_closed(ccp: Platform) -> None:
    closed = {"capacity": 1, "closes_at": "2016-05-10"}  # the whole day
    still = await organised(ccp, SEMINAR, admission=closed, title="Open list")
    stays = await organised(ccp, SEMINAR, admission=closed | {"moves_after_closing": False}, title="Closed list")
    seated, waiting = logged_in(ccp, "seated"), logged_in(ccp, "waiting")
    for path in (still, stays):
        await registers(seated, path)
        await registers(waiting, path)
    await pass_to(ccp, "2016-05-11T00:00:00+02:00")
    for path in (still, stays):
        await leaves(seated, path)
    assert await standing(waiting, still) == ("registered", None)
    assert await standing(waiting, stays) == ("waiting", 1)
