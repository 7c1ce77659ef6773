"""Missions as people meet them: places and money under 200 requests at once, late ones, claims and their payment."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bs4 import BeautifulSoup

from services.calls.ledger.store import LEDGERS
from services.calls.selection.applications.store import APPLICATIONS
from services.calls.selection.assessment.decisions import decide
from services.calls.selection.assessment.domain import Decision, Decisions
from shared.auth import Caller
from shared.bus.memory import MemoryBus
from shared.errors import Refusal
from shared.settings import Settings
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
from tests.support.missions import CROWD, LINE, Traveller, assessed_crowd, come_back, mission, traveller
from tests.support.people import Platform, ok, refused
from tests.support.platforms import running_platform
from tests.support.uploads import PDF, uploads


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
        said: Counter[str] = Counter()
        for id in share:
            select = Decisions(decisions=[Decision(application_id=id, version=1, outcome="select")])
            try:
                await at.transact(decide, call["id"], 1, select, operator)
                said["selected"] += 1
            except Refusal as refusal:
                said[refusal.code] += 1
        return said

    said = sum(await asyncio.gather(*(replica(ids[n::8]) for n in range(8))), Counter())
    assert said == {"selected": 5, "no_places_left": 59}
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


async def test_two_hundred_late_ones_at_once_get_the_places_that_are_left_and_no_money(ccp: Platform) -> None:
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


async def test_late_ones_wait_for_the_decisions_and_come_before_the_mission_begins(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    bert, other = await applicant(ccp, "Bert")
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    await pass_the_cut_off(ccp)
    late = await drafts(bert, call, other["id"])
    path = f"/applications/{late['id']}/submit"
    refused(await bert.post(path, version=1), 409, "status", "not_open")
    await opens(ccp, call, ada, bea)
    refused(await bert.post(path, version=1), 412)  # it lapsed with the round, and is at version 2
    refused(await bert.post(path, version=2), 409, "status", "not_open")
    for assessor in (ada, bea):
        ok(await scores(assessor, id, 2, 2))
    ok(await decides(ccp, call, {"application_id": id, "outcome": "reject", "reason": "Below the threshold."}))
    assert ok(await bert.post(path, version=2))["state"] == "own_cost"
    rejected = ok(await anna.get(f"/applications/{id}"))
    joined = ok(await anna.post(f"/applications/{id}/submit", version=rejected["version"]))
    assert joined["state"] == "own_cost", "who was rejected may still come at her own cost"
    refused(await anna.post(f"/applications/{id}/claim", {"lines": [LINE]}), 409, "state", "not_now")

    await ccp.system.travel(datetime(2016, 8, 8, tzinfo=UTC) - ccp.system.clock.now())
    carl, third = await applicant(ccp, "Carl")
    body = {"organisation_id": third["id"], "answers": {}}
    refused(await carl.post(f"/calls/{call['id']}/applications", body), 409, "cut_off", "cut_off_passed")
    refused(await anna.post(f"/applications/{id}/withdraw", version=joined["version"]), 409, "state", "not_now")


async def test_a_claim_is_returned_corrected_validated_approved_by_another_and_paid(ccp: Platform) -> None:
    it = await traveller(ccp)
    body = {"lines": [LINE, LINE | {"category": "accommodation", "cents": 50_001}]}
    refused(await it.anna.post(f"/applications/{it.id}/claim", body), 409, "status", "mission_not_over")
    await come_back(ccp)
    claim = ok(await it.anna.post(f"/applications/{it.id}/claim", body, Idempotency_Key="one"))
    assert ok(await it.anna.post(f"/applications/{it.id}/claim", body, Idempotency_Key="one")) == claim
    assert claim["total"] == {"cents": 150_001, "currency": "EUR"}
    assert claim["due"]["cents"] == 120_000, "80 % of 1,500.01, and no part of a cent"
    refused(await it.anna.post(f"/applications/{it.id}/claim", body), 409, None, "claim_already_made")
    refused(await it.anna.put(f"/claims/{claim['id']}", body, version=1), 409, "state", "claim_not_now")

    ok(await it.step(it.eve, claim, "return", {"reason": "The ticket cannot be read."}))
    refused(await it.step(it.eve, claim, "validate"), 409, "state", "claim_not_now")
    corrected = ok(await it.anna.put(f"/claims/{claim['id']}", {"lines": [LINE]}, version=2))
    assert (corrected["state"], corrected["due"]["cents"]) == ("submitted", 80_000)
    refused(await it.step(it.eve, claim, "approve"), 409, "state", "claim_not_now")
    ok(await it.step(it.eve, claim, "validate"))
    refused(await it.step(it.eve, claim, "approve"), 409, None, "four_eyes_needed")
    ok(await it.step(ccp.operator, claim, "approve"))
    accounts = ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))
    assert [accounts[name]["cents"] for name in ("committed", "approved", "paid")] == [80_000, 80_000, 0]
    refused(await it.step(it.eve, claim, "pay", {}), 422, "reference")
    ok(await it.step(it.eve, claim, "pay", {"reference": "2016-0042"}))
    refused(await it.step(it.eve, claim, "pay", {"reference": "2016-0043"}), 409, "state", "claim_not_now")
    assert ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))["paid"]["cents"] == 80_000

    page = await it.anna.get(f"/claims/{claim['id']}", headers={"Accept": "text/html"})
    assert "800.00 EUR" in BeautifulSoup(page.text, "html.parser").get_text(" ")

    await ccp.system.settle()
    titles = [alert["title"].split(":")[0] for alert in await it.anna.alerts()]
    assert Counter(titles) >= Counter(["Selected", "Correct your claim", "Claim approved", "Paid"])
    [paid] = [alert for alert in await it.anna.alerts() if alert["title"].startswith("Paid")]
    assert paid["text"].startswith("800.00 EUR were paid.")
    trail = ok(await it.anna.get(f"/claims/{claim['id']}/trail"))
    assert [entry["what"] for entry in trail["items"]] == [
        *("submitted", "returned", "corrected", "validated", "approved", "paid")
    ]
    assert trail["intact"] is True
    assert ok(await it.anna.get(f"/applications/{it.id}/trail"))["intact"] is True


async def test_nobody_checks_a_claim_of_her_own_organisation_and_others_do_not_see_it(ccp: Platform) -> None:
    it = await traveller(ccp)
    await come_back(ccp)
    claim = await it.claims({"lines": [LINE]})
    path = f"/claims/{claim['id']}"
    for step, body in (("validate", None), ("return", {"reason": "No."}), ("approve", None)):
        refused(await it.anna.post(f"{path}/{step}", body, version=1), 404)
    stranger, _ = await applicant(ccp, "Stranger")
    for under in ("", "/trail"):
        refused(await stranger.get(f"{path}{under}"), 404)
    refused(await stranger.get(f"/calls/{it.call['id']}/claims"), 404)
    refused(await stranger.get(f"/calls/{it.call['id']}/accounts"), 404)
    await (
        ccp.system.db("calls")
        .raw("membership_copies")
        .insert_one({"_id": f"{claim['organisation_id']}:{it.eve.id}", "role": "member", "version": 1})
    )
    refused(await it.step(it.eve, claim, "validate"), 409, None, "own_claim")
    [listed] = ok(await ccp.operator.get(f"/calls/{it.call['id']}/claims", params={"state": "submitted"}))["items"]
    assert listed["id"] == claim["id"]
    assert ok(await ccp.operator.get(f"/calls/{it.call['id']}/claims", params={"state": "paid"}))["items"] == []


async def test_however_high_the_costs_no_more_is_due_than_was_set_aside(ccp: Platform) -> None:
    it = await traveller(ccp)
    await come_back(ccp)
    claim = await it.claims({"lines": [LINE | {"cents": 9_999_999}]})
    assert claim["due"]["cents"] == claim["commitment"]["cents"] == 200_000


async def test_a_lump_sum_is_paid_by_days_whatever_the_receipts_say(ccp: Platform) -> None:
    it = await traveller(ccp, mission(costs={"kind": "lump_sum", "per_day": 150, "most_days": 4}))
    await come_back(ccp)
    for days in (None, 5):
        body = {"lines": [LINE], "days": days}
        refused(await it.anna.post(f"/applications/{it.id}/claim", body), 422, "days", "line_invalid")
    claim = await it.claims({"lines": [LINE], "days": 3})
    assert (claim["due"]["cents"], claim["commitment"]["cents"]) == (3 * 15_000, 4 * 15_000)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cents": 10.5}, "lines.0.cents"),
        ({"cents": 0}, "lines.0.cents"),
        ({"on": "2016-09-01"}, "lines.0.on"),
        ({"category": "champagne"}, "lines.0.category"),
        ({"evidence": LINE["evidence"] | {"link": "http://files.example/x"}}, "lines.0.evidence.link"),
        ({"evidence": LINE["evidence"] | {"sha256": "abc"}}, "lines.0.evidence.sha256"),
        ({"evidence": LINE["evidence"] | {"size": 0}}, "lines.0.evidence.size"),
        ({"colour": "blue"}, "lines.0.colour"),
    ],
)
async def test_a_cost_that_cannot_be_is_named(returned: Traveller, change: dict[str, Any], field: str) -> None:
    refused(await returned.anna.post(f"/applications/{returned.id}/claim", {"lines": [LINE | change]}), 422, field)
    refused(await returned.anna.post(f"/applications/{returned.id}/claim", {"lines": []}), 422, "lines")
    days = {"lines": [LINE], "days": 2}
    refused(await returned.anna.post(f"/applications/{returned.id}/claim", days), 422, "days", "line_invalid")


@pytest.fixture(scope="module")
async def returned(mongo_url: str, smtp: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A traveller who is back and has claimed nothing yet."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), public_url="http://ccp.test")
    async with running_platform(mongo_url, settings, smtp, MemoryBus()) as platform:
        it = await traveller(platform)
        await come_back(platform)
        yield it


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"$set": {"due": 1}}, "not what the newest entry says"),
        ({"$set": {"lines.0.cents": 1}}, "not what the newest entry says"),
        ({"$set": {"validated_by": "somebody else"}}, "not what the newest entry says"),
    ],
)
async def test_a_claim_changed_in_the_database_is_found(ccp: Platform, change: dict[str, Any], fault: str) -> None:
    it = await traveller(ccp)
    await come_back(ccp)
    claim = await it.claims({"lines": [LINE]})
    ok(await it.step(it.eve, claim, "validate"))
    await ccp.system.db("calls").raw("claims").update_one({}, change)
    assert fault in ok(await it.anna.get(f"/claims/{claim['id']}/trail"))["fault"]


@pytest.mark.parametrize("steps", [[], ["return"], ["validate"]], ids=["submitted", "returned", "validated"])
async def test_a_rejected_claim_is_told_pays_nothing_and_frees_what_was_set_aside(
    ccp: Platform, steps: list[str]
) -> None:
    it = await traveller(ccp)
    await come_back(ccp)
    claim = await it.claims({"lines": [LINE]})
    for step in steps:
        ok(await it.step(it.eve, claim, step, {"reason": "Please look again."} if step == "return" else None))
    refused(await it.step(it.eve, claim, "reject", {}), 422, "reason")
    refused(await it.anna.post(f"/claims/{claim['id']}/reject", {"reason": "Mine."}, version=1), 404)
    rejected = ok(await it.step(it.eve, claim, "reject", {"reason": "Nobody travelled on this ticket."}))
    assert (rejected["state"], rejected["due"]["cents"]) == ("rejected", 0)
    accounts = ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))
    assert [accounts[name]["cents"] for name in ("committed", "approved", "paid")] == [0, 0, 0]
    assert ok(await it.eve.get(f"/calls/{it.call['id']}/places"))["taken"] == 1, "the journey was made"
    assert ok(await it.anna.get(f"/applications/{it.id}"))["commitment"] == 0

    version = rejected["version"]
    refused(await it.anna.put(f"/claims/{claim['id']}", {"lines": [LINE]}, version=version), 409, "state")
    refused(await it.anna.post(f"/applications/{it.id}/claim", {"lines": [LINE]}), 409, None, "claim_already_made")
    for step, body in (("reject", {"reason": "Again."}), ("validate", None), ("return", {"reason": "Again."})):
        refused(await it.step(it.eve, claim, step, body), 409, "state", "claim_not_now")

    await ccp.system.settle()
    [alert] = [one for one in await it.anna.alerts() if one["title"].startswith("Claim rejected")]
    assert alert["url"] == f"/claims/{claim['id']}"
    page = await it.anna.get(f"/claims/{claim['id']}", headers={"Accept": "text/html"})
    shown = BeautifulSoup(page.text, "html.parser").get_text()
    assert "Rejected: Nobody travelled on this ticket." in shown
    trail = ok(await it.anna.get(f"/claims/{claim['id']}/trail"))
    assert (trail["items"][-1]["what"], trail["intact"]) == ("rejected", True)
    assert ok(await it.anna.get(f"/applications/{it.id}/trail"))["intact"] is True


async def test_what_is_approved_is_not_rejected_any_more_and_nobody_rejects_twice(ccp: Platform) -> None:
    it = await traveller(ccp)
    await come_back(ccp)
    claim = await it.claims({"lines": [LINE]})
    ok(await it.step(it.eve, claim, "validate"))
    ways = [it.step(ccp.operator, claim, "approve"), it.step(it.eve, claim, "reject", {"reason": "Not a cost."})]
    answers = await asyncio.gather(*ways)
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412]), "one of the two, whole"
    approved = 80_000 if answers[0].is_success else 0
    accounts = ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))
    assert [accounts[name]["cents"] for name in ("committed", "approved")] == [approved, approved]
    refused(await it.step(it.eve, claim, "reject", {"reason": "Too late."}), 409, "state", "claim_not_now")


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
        assert len([one for one in await member.alerts() if one["title"].startswith("Application cancelled")]) == 1
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
    assert len([one for one in await anna.alerts() if one["title"].startswith("Application cancelled")]) == 1


async def test_a_reserve_who_comes_at_her_own_cost_and_then_does_not_frees_a_place_and_no_money(ccp: Platform) -> None:
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
