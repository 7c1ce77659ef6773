"""A withdrawn mission: applications are cancelled, places and money released, and each applicant notified."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from services.calls.ledger.store import LEDGERS
from services.calls.selection.applications.store import APPLICATIONS
from tests.support.applicants import (
    applicant,
    applies,
    call_with_form,
    drafts,
)
from tests.support.missions import Traveller, assessed_crowd, mission, traveller
from tests.support.people import Member, Platform, ok, refused
from tests.support.uploads import PDF, uploads


@dataclass
class CalledOff:
    """A call that was withdrawn, with an applicant who was selected and one who came at their own cost."""

    it: Traveller
    applicants: list[tuple[Member, str]]

    @property
    def path(self) -> str:
        return f"/calls/{self.it.call['id']}"


@pytest.fixture(scope="module")
async def called_off(shared_ccp: Platform) -> CalledOff:
    it = await traveller(shared_ccp)
    bert, other = await applicant(shared_ccp, "Bert")
    late = await drafts(bert, it.call, other["id"], motivation=None, topics=None, people=1)
    ok(await bert.post(f"/applications/{late['id']}/submit", version=1))
    ok(await uploads(it.anna, f"/applications/{it.id}", "ticket.pdf", PDF))
    off = CalledOff(it, [(it.anna, it.id), (bert, late["id"])])
    assert ok(await it.eve.get(f"{off.path}/accounts"))["committed"]["cents"] == 200_000
    assert ok(await it.eve.get(f"{off.path}/places"))["taken"] == 2
    version = ok(await it.eve.get(off.path))["version"]
    ok(await it.eve.post(f"{off.path}/withdraw", {"reason": "No flights."}, version=version))
    await shared_ccp.system.travel(timedelta())
    return off


async def test_a_withdrawn_call_has_no_places_and_no_money_set_aside(called_off: CalledOff) -> None:
    eve = called_off.it.eve
    assert ok(await eve.get(f"{called_off.path}/accounts"))["committed"]["cents"] == 0
    assert ok(await eve.get(f"{called_off.path}/places")) == {"places": 0, "taken": 0, "left": 0}


async def test_each_application_is_cancelled_and_its_applicant_notified_once(called_off: CalledOff) -> None:
    for member, id in called_off.applicants:
        off = ok(await member.get(f"/applications/{id}"))
        assert (off["state"], off["commitment"]) == ("called_off", 0)
        refused(
            await member.post(f"/applications/{id}/withdraw", version=off["version"]),
            409,
            "state",
            "application_step_not_allowed",
        )
        trail = ok(await member.get(f"/applications/{id}/trail"))
        assert (trail["items"][-1]["what"], trail["intact"]) == ("called off", True)
        assert len([one for one in await member.alerts() if one["title"].startswith("Application cancelled")]) == 1


async def test_uploads_are_erased_and_a_call_is_withdrawn_once(called_off: CalledOff) -> None:
    calls, eve = called_off.it.ccp.system.db("calls"), called_off.it.eve
    assert await calls.raw("uploads.chunks").count_documents({}) == 0
    version = ok(await eve.get(called_off.path))["version"]
    again = await eve.post(f"{called_off.path}/withdraw", {"reason": "Again."}, version=version)
    refused(again, 409, None, "call_already_withdrawn")


async def test_an_applicant_awaiting_a_decision_is_notified_that_the_call_was_withdrawn(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    version = ok(await ccp.http.get(f"/calls/{call['id']}"))["version"]
    ok(await ccp.operator.post(f"/calls/{call['id']}/withdraw", {"reason": "No flights."}, version=version))
    await ccp.system.settle()
    assert ok(await anna.get(f"/applications/{id}"))["state"] == "called_off"
    assert len([one for one in await anna.alerts() if one["title"].startswith("Application cancelled")]) == 1


async def test_a_mission_that_has_begun_is_not_withdrawn(ccp: Platform) -> None:
    it = await traveller(ccp)
    await ccp.system.travel(datetime(2016, 8, 8, tzinfo=UTC) - ccp.system.clock.now())
    version = ok(await it.eve.get(f"/calls/{it.call['id']}"))["version"]
    late = it.eve.post(f"/calls/{it.call['id']}/withdraw", {"reason": "Too late."}, version=version)
    refused(await late, 409, "status", "call_already_closed")


@pytest.mark.parametrize("crowd", [3, 150])
async def test_a_selection_during_the_withdrawal_of_a_call_leaves_no_commitment(ccp: Platform, crowd: int) -> None:
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
