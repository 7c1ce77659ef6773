"""Missions over HTTP: places and money under 200 requests at once, and late ones at their own cost."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

import pytest

from services.calls.ledger.store import LEDGERS
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment.decisions import decide
from services.calls.selection.assessment.domain import Decision, Decisions
from shared.auth import Caller
from shared.errors import Refusal
from tests.support.applicants import (
    applicant,
    applies,
    call_with_form,
    decides,
    drafts,
    many_organisations,
    opens,
    pass_the_cut_off,
    scores,
)
from tests.support.missions import CROWD, LINE, assessed_crowd, mission
from tests.support.people import Platform, ok, refused


@pytest.mark.parametrize(
    ("places", "euros", "fit", "reason"),
    [(12, 1_000_000, 12, "no_places_left"), (150, 20_000, 10, "budget_exhausted"), (7, 14_000, 7, "no_places_left")],
    ids=["places run out", "money runs out", "both at once"],
)
async def test_two_hundred_selections_at_once_never_pass_the_places_or_the_budget(
    ccp: Platform, places: int, euros: int, fit: int, reason: str
) -> None:
    call = await ccp.operator.publishes(mission(places=places) | {"budget": {"total": euros}})
    ids = await assessed_crowd(ccp, call, CROWD)
    path = f"/calls/{call['id']}/rounds/1/decisions"
    one_each = [{"decisions": [{"application_id": id, "version": 1, "outcome": "select"}]} for id in ids]
    answers = await asyncio.gather(*(ccp.operator.post(path, body) for body in one_each))
    assert Counter(answer.status_code for answer in answers) == {200: fit, 409: CROWD - fit}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {reason}

    at = ccp.system.db("calls")
    selected = await APPLICATIONS.find(at, {"state": "selected"}, limit=CROWD)
    assert len(selected) == fit
    ledger = await LEDGERS.get(at, call["id"])
    assert (ledger.taken, ledger.committed) == (fit, sum(one.commitment for one in selected))
    assert ledger.taken <= places
    assert ledger.committed <= euros * 100
    assert len(await ccp.system.published("calls", "calls.application.decided.v1")) == fit


async def test_between_replicas_the_database_decides(ccp: Platform) -> None:
    """Each replica lets its own requests queue; here are eight that know nothing of each other."""
    call = await ccp.operator.publishes(mission(places=5) | {"budget": {"total": 100_000}})
    ids = await assessed_crowd(ccp, call, 64)
    operator, at = Caller(id=ccp.operator.id, operator=True), ccp.system.db("calls")

    async def replica(share: list[str]) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        for id in share:
            select = Decisions(decisions=[Decision(application_id=id, version=1, outcome="select")])
            try:
                await at.transact(decide, call["id"], 1, select, operator)
                outcomes["selected"] += 1
            except Refusal as refusal:
                outcomes[refusal.code] += 1
        return outcomes

    outcomes = sum(await asyncio.gather(*(replica(ids[n::8]) for n in range(8))), Counter())
    assert outcomes == {"selected": 5, "no_places_left": 59}
    ledger = await LEDGERS.get(at, call["id"])
    assert (ledger.taken, ledger.committed) == (5, 5 * 200_000)
    assert await APPLICATIONS.count(at, {"state": "selected"}) == 5


async def test_many_decisions_in_one_are_all_kept_or_none(ccp: Platform) -> None:
    call = await ccp.operator.publishes(mission(places=5) | {"budget": {"total": 100_000}})
    ids = await assessed_crowd(ccp, call, 6)
    path = f"/calls/{call['id']}/rounds/1/decisions"
    everybody = [{"application_id": id, "version": 1, "outcome": "select"} for id in ids]
    refused(await ccp.operator.post(path, {"decisions": everybody}), 409, None, "no_places_left")
    assert ok(await ccp.http.get(f"/calls/{call['id']}/places")) == {"places": 5, "taken": 0, "left": 5}
    assert len(ok(await ccp.operator.post(path, {"decisions": everybody[:5]}))) == 5
    assert ok(await ccp.http.get(f"/calls/{call['id']}/places"))["left"] == 0


async def test_a_rate_without_a_cap_needs_an_amount_and_a_scheme_is_never_passed(ccp: Platform) -> None:
    open_ended = await ccp.operator.publishes(mission(costs={"kind": "rate", "percent": 80}))
    [id] = await assessed_crowd(ccp, open_ended, 1)
    path = f"/calls/{open_ended['id']}/rounds/1/decisions"
    select = {"application_id": id, "version": 1, "outcome": "select"}
    refused(await ccp.operator.post(path, {"decisions": [select]}), 422, "commitment", "commitment_missing")
    refused(await ccp.operator.post(path, {"decisions": [select | {"commitment": 1.5}]}), 422)
    too_much = select | {"commitment": 600_001}
    refused(await ccp.operator.post(path, {"decisions": [too_much]}), 409, None, "budget_exhausted")
    ok(await ccp.operator.post(path, {"decisions": [select | {"commitment": 600_000}]}))
    accounts = ok(await ccp.operator.get(f"/calls/{open_ended['id']}/accounts"))
    assert accounts["committed"] == accounts["budget"] == {"cents": 600_000, "currency": "EUR"}


async def test_a_commitment_above_the_scheme_is_refused(ccp: Platform) -> None:
    call = await ccp.operator.publishes(mission(costs={"kind": "lump_sum", "per_day": 100, "most_days": 10}))
    [id] = await assessed_crowd(ccp, call, 1)
    path = f"/calls/{call['id']}/rounds/1/decisions"
    select = {"application_id": id, "version": 1, "outcome": "select", "commitment": 50_001}
    refused(await ccp.operator.post(path, {"decisions": [select]}), 422, "commitment", "commitment_too_high")
    ok(await ccp.operator.post(path, {"decisions": [select | {"commitment": None}]}))
    assert ok(await ccp.operator.get(f"/calls/{call['id']}/accounts"))["committed"]["cents"] == 5 * 100 * 100


async def test_two_hundred_simultaneous_late_applications_get_the_places_left_and_no_money(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    call = await call_with_form(ccp, mission(places=12))
    organisations = await many_organisations(ccp, anna, CROWD)
    await pass_the_cut_off(ccp)
    await opens(ccp, call, anna, ccp.operator)
    made = [await drafts(anna, call, id) for id in organisations]
    answers = await asyncio.gather(*(anna.post(f"/applications/{a['id']}/submit", version=1) for a in made))
    assert Counter(answer.status_code for answer in answers) == {200: 12, 409: CROWD - 12}
    assert {answer.json()["state"] for answer in answers if answer.is_success} == {"own_cost"}
    assert {a.json()["code"] for a in answers if not a.is_success} == {"no_places_left"}
    assert ok(await ccp.http.get(f"/calls/{call['id']}/places")) == {"places": 12, "taken": 12, "left": 0}
    assert ok(await ccp.operator.get(f"/calls/{call['id']}/accounts"))["committed"]["cents"] == 0


async def test_late_applications_wait_for_the_decisions_and_end_when_the_mission_starts(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    bert, other = await applicant(ccp, "Bert")
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    await pass_the_cut_off(ccp)
    late = await drafts(bert, call, other["id"])
    path = f"/applications/{late['id']}/submit"
    refused(await bert.post(path, version=1), 409, "status", "call_not_open")
    await opens(ccp, call, ada, bea)
    refused(await bert.post(path, version=1), 412)  # it lapsed with the round, and is at version 2
    refused(await bert.post(path, version=2), 409, "status", "call_not_open")
    for assessor in (ada, bea):
        ok(await scores(assessor, id, 2, 2))
    ok(await decides(ccp, call, {"application_id": id, "outcome": "reject", "reason": "Below the threshold."}))
    assert ok(await bert.post(path, version=2))["state"] == "own_cost"
    rejected = ok(await anna.get(f"/applications/{id}"))
    joined = ok(await anna.post(f"/applications/{id}/submit", version=rejected["version"]))
    assert joined["state"] == "own_cost", "a rejected applicant may still join at their own cost"
    refused(
        await anna.post(f"/applications/{id}/claim", {"lines": [LINE]}), 409, "state", "application_step_not_allowed"
    )

    await ccp.system.travel(datetime(2016, 8, 8, tzinfo=UTC) - ccp.system.clock.now())
    carl, third = await applicant(ccp, "Carl")
    body = {"organisation_id": third["id"], "answers": {}}
    refused(await carl.post(f"/calls/{call['id']}/applications", body), 409, "cut_off", "cut_off_already_passed")
    refused(
        await anna.post(f"/applications/{id}/withdraw", version=joined["version"]),
        409,
        "state",
        "application_step_not_allowed",
    )


async def test_a_reserve_who_joins_at_own_cost_and_withdraws_frees_a_place_and_no_money(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    bert, other = await applicant(ccp, "Bert")
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await call_with_form(ccp, mission(places=5) | {"budget": {"total": 2000}})
    ids = [(await applies(by, call, its["id"]))["application_id"] for by, its in ((anna, cluster), (bert, other))]
    await pass_the_cut_off(ccp)
    await opens(ccp, call, ada, bea)
    for assessor in (ada, bea):
        for id in ids:
            ok(await scores(assessor, id, 5, 5))
    ok(await decides(ccp, call, {"application_id": ids[0], "outcome": "select"}))
    ok(await decides(ccp, call, {"application_id": ids[1], "outcome": "reserve", "rank": 1, "reason": "Full."}))
    reserve = ok(await bert.get(f"/applications/{ids[1]}"))
    joined = ok(await bert.post(f"/applications/{ids[1]}/submit", version=reserve["version"]))
    assert joined["state"] == "own_cost"
    accounts, places = f"/calls/{call['id']}/accounts", f"/calls/{call['id']}/places"
    assert ok(await ccp.http.get(places))["taken"] == 2
    ok(await bert.post(f"/applications/{ids[1]}/withdraw", version=joined["version"]))
    assert ok(await ccp.http.get(places))["taken"] == 1
    assert ok(await ccp.operator.get(accounts))["committed"]["cents"] == 200_000
