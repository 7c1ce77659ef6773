"""A mission that is withdrawn: applications are called off, places and money are free, and each applicant is told."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from services.calls.applications.store import APPLICATIONS
from services.calls.missions.store import LEDGERS
from tests.support.applicants import (
    applicant,
    applies,
    call_with_form,
    drafts,
)
from tests.support.missions import assessed_crowd, mission, traveller
from tests.support.people import Platform, ok, refused
from tests.support.uploads import PDF, uploads


async def test_when_a_call_is_withdrawn_its_places_and_money_are_free_and_each_is_told(ccp: Platform) -> None:
    it = await traveller(ccp)
    path = f"/calls/{it.call['id']}"
    bert, other = await applicant(ccp, "Bert")
    late = await drafts(bert, it.call, other["id"], motivation=None, topics=None, people=1)
    ok(await bert.post(f"/applications/{late['id']}/submit", version=1))
    ok(await uploads(it.anna, f"/applications/{it.id}", "ticket.pdf", PDF))
    accounts = ok(await it.eve.get(f"{path}/accounts"))
    assert accounts["committed"]["cents"] == 200_000
    assert ok(await it.eve.get(f"{path}/places"))["taken"] == 2

    version = ok(await it.eve.get(path))["version"]
    ok(await it.eve.post(f"{path}/withdraw", {"reason": "No flights."}, version=version))
    await ccp.system.travel(timedelta())
    assert ok(await it.eve.get(f"{path}/accounts"))["committed"]["cents"] == 0
    assert ok(await it.eve.get(f"{path}/places")) == {"places": 0, "taken": 0, "left": 0}
    for member, id in ((it.anna, it.id), (bert, late["id"])):
        off = ok(await member.get(f"/applications/{id}"))
        assert (off["state"], off["commitment"]) == ("called_off", 0)
        refused(await member.post(f"/applications/{id}/withdraw", version=off["version"]), 409, "state", "not_now")
        trail = ok(await member.get(f"/applications/{id}/trail"))
        assert (trail["items"][-1]["what"], trail["intact"]) == ("called off", True)
        assert len([one for one in await member.alerts() if one["title"].startswith("Called off")]) == 1
    assert await ccp.system.db("calls").raw("uploads.chunks").count_documents({}) == 0
    refused(
        await it.eve.post(f"{path}/withdraw", {"reason": "Again."}, version=version + 1), 409, None, "call_withdrawn"
    )


async def test_who_waits_for_a_decision_is_told_that_the_call_was_withdrawn(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    version = ok(await ccp.http.get(f"/calls/{call['id']}"))["version"]
    ok(await ccp.operator.post(f"/calls/{call['id']}/withdraw", {"reason": "No flights."}, version=version))
    await ccp.system.settle()
    assert ok(await anna.get(f"/applications/{id}"))["state"] == "called_off"
    assert len([one for one in await anna.alerts() if one["title"].startswith("Called off")]) == 1


async def test_a_mission_that_has_begun_is_not_withdrawn(ccp: Platform) -> None:
    it = await traveller(ccp)
    await ccp.system.travel(datetime(2016, 8, 8, tzinfo=UTC) - ccp.system.clock.now())
    version = ok(await it.eve.get(f"/calls/{it.call['id']}"))["version"]
    late = it.eve.post(f"/calls/{it.call['id']}/withdraw", {"reason": "Too late."}, version=version)
    refused(await late, 409, "status", "call_closed")


@pytest.mark.parametrize("crowd", [3, 150])
async def test_whoever_selects_while_a_call_is_withdrawn_promises_nothing_that_stays(ccp: Platform, crowd: int) -> None:
    """More than a page of them, too; each decision either comes too late or is called off with the others."""
    call = await ccp.operator.publishes(mission(places=crowd) | {"budget": {"total": 10_000_000}})
    ids = await assessed_crowd(ccp, call, crowd)
    path = f"/calls/{call['id']}"
    select = [{"application_id": id, "version": 1, "outcome": "select"} for id in ids]
    ok(await ccp.operator.post(f"{path}/rounds/1/decisions", {"decisions": select[2:]}))
    answers = await asyncio.gather(
        *(ccp.operator.post(f"{path}/rounds/1/decisions", {"decisions": [one]}) for one in select[:2]),
        ccp.operator.post(f"{path}/withdraw", {"reason": "No flights."}, version=call["version"]),
    )
    ok(answers[-1])
    await ccp.system.settle()
    late = {"decisions": select[:1]}
    refused(await ccp.operator.post(f"{path}/rounds/1/decisions", late), 409, "status", "call_not_public")
    ledger = await LEDGERS.get(ccp.system.db("calls"), call["id"])
    assert ledger
    assert (ledger.taken, ledger.committed) == (0, 0)
    assert not await APPLICATIONS.count(ccp.system.db("calls"), {"state": "selected"})
