"""Claims after a mission: made, corrected, checked by two, paid or rejected."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup

from tests.support.applicants import (
    applicant,
)
from tests.support.missions import HOTEL, LINE, Traveller, come_back, mission, traveller, travellers
from tests.support.people import Platform, ok, refused

pytestmark = pytest.mark.xdist_group("claims")  # one worker prepares the travellers


@pytest.fixture(scope="module")
async def back(shared_ccp: Platform) -> Iterator[Traveller]:
    """Travellers who are back and have claimed nothing yet, each with a call of their own."""
    made = await travellers(shared_ccp, 30)
    await come_back(shared_ccp)
    return iter(made)


@pytest.fixture
def it(back: Iterator[Traveller]) -> Traveller:
    return next(back)


async def validated(it: Traveller) -> dict[str, Any]:
    claim = await it.claims({"lines": [LINE]})
    return ok(await it.step(it.eve, claim, "validate"))


async def approved(it: Traveller) -> dict[str, Any]:
    return ok(await it.step(it.ccp.operator, await validated(it), "approve"))


async def test_a_claim_is_made_once_and_after_the_mission(ccp: Platform) -> None:
    it = await traveller(ccp)
    body = {"lines": [LINE, HOTEL]}
    refused(await it.anna.post(f"/applications/{it.id}/claim", body), 409, "status", "mission_not_over")
    await come_back(ccp)
    claim = ok(await it.anna.post(f"/applications/{it.id}/claim", body, Idempotency_Key="one"))
    assert ok(await it.anna.post(f"/applications/{it.id}/claim", body, Idempotency_Key="one")) == claim
    assert claim["total"] == {"cents": 150_001, "currency": "EUR"}
    assert claim["due"]["cents"] == 120_000, "80 % of 1,500.01, and no part of a cent"
    refused(await it.anna.post(f"/applications/{it.id}/claim", body), 409, None, "claim_already_made")
    refused(await it.anna.put(f"/claims/{claim['id']}", body, version=1), 409, "state", "claim_step_not_allowed")


async def test_a_returned_claim_is_corrected_before_it_is_validated(it: Traveller) -> None:
    claim = await it.claims({"lines": [LINE, HOTEL]})
    ok(await it.step(it.eve, claim, "return", {"reason": "The ticket cannot be read."}))
    refused(await it.step(it.eve, claim, "validate"), 409, "state", "claim_step_not_allowed")
    corrected = ok(await it.anna.put(f"/claims/{claim['id']}", {"lines": [LINE]}, version=2))
    assert (corrected["state"], corrected["due"]["cents"]) == ("submitted", 80_000)


async def test_a_claim_is_validated_and_then_approved_by_another(it: Traveller) -> None:
    claim = await it.claims({"lines": [LINE]})
    refused(await it.step(it.eve, claim, "approve"), 409, "state", "claim_step_not_allowed")
    ok(await it.step(it.eve, claim, "validate"))
    refused(await it.step(it.eve, claim, "approve"), 409, None, "four_eyes_needed")
    ok(await it.step(it.ccp.operator, claim, "approve"))
    accounts = ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))
    assert [accounts[name]["cents"] for name in ("committed", "approved", "paid")] == [80_000, 80_000, 0]


async def test_a_second_editor_of_the_publisher_approves_without_an_operator(it: Traveller) -> None:
    [publisher] = ok(await it.eve.get("/me/organisations"))
    fritz = await it.ccp.colleague(it.eve, publisher["id"], "Fritz")
    claim = await it.claims({"lines": [LINE]})
    ok(await it.step(it.eve, claim, "validate"))
    refused(await it.step(it.eve, claim, "approve"), 409, None, "four_eyes_needed")
    assert ok(await it.step(fritz, claim, "approve"))["state"] == "approved"


async def test_an_approved_claim_is_paid_once_with_a_reference(it: Traveller) -> None:
    claim = await approved(it)
    refused(await it.step(it.eve, claim, "pay", {}), 422, "reference")
    ok(await it.step(it.eve, claim, "pay", {"reference": "2016-0042"}))
    refused(await it.step(it.eve, claim, "pay", {"reference": "2016-0043"}), 409, "state", "claim_step_not_allowed")
    assert ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))["paid"]["cents"] == 80_000


@pytest.fixture
async def paid(it: Traveller) -> dict[str, Any]:
    """A claim that went the whole way, including a return for correction."""
    claim = await it.claims({"lines": [LINE, HOTEL]})
    ok(await it.step(it.eve, claim, "return", {"reason": "The ticket cannot be read."}))
    ok(await it.anna.put(f"/claims/{claim['id']}", {"lines": [LINE]}, version=2))
    ok(await it.step(it.eve, claim, "validate"))
    ok(await it.step(it.ccp.operator, claim, "approve"))
    ok(await it.step(it.eve, claim, "pay", {"reference": "2016-0042"}))
    return claim


async def test_a_paid_traveller_reads_the_amount_and_each_step(it: Traveller, paid: dict[str, Any]) -> None:
    path = f"/claims/{paid['id']}"
    page = await it.anna.get(path, headers={"Accept": "text/html"})
    assert "€800" in BeautifulSoup(page.text, "html.parser").get_text(" ")
    await it.ccp.system.settle()
    alerts = await it.anna.alerts()
    assert any(alert["title"].startswith("Selected") for alert in alerts)
    texts = {alert["title"].split(":")[0]: alert["text"] for alert in alerts if alert["url"] == path}
    assert {*texts} >= {"Correct your claim", "Claim approved", "Paid"}
    assert texts["Paid"].startswith("800.00 EUR were paid.")


async def test_the_audit_log_of_a_claim_has_every_step(it: Traveller, paid: dict[str, Any]) -> None:
    trail = ok(await it.anna.get(f"/claims/{paid['id']}/trail"))
    assert [entry["what"] for entry in trail["items"]] == [
        *("submitted", "returned", "corrected", "validated", "approved", "paid")
    ]
    assert trail["intact"] is True
    assert ok(await it.anna.get(f"/applications/{it.id}/trail"))["intact"] is True


async def test_a_claim_is_not_checked_by_its_own_organisation_and_not_shown_to_others(ccp: Platform) -> None:
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


async def test_the_amount_due_never_exceeds_the_commitment(it: Traveller) -> None:
    claim = await it.claims({"lines": [LINE | {"cents": 9_999_999}]})
    assert claim["due"]["cents"] == claim["commitment"]["cents"] == 200_000


async def test_a_lump_sum_is_paid_by_days_regardless_of_the_costs(ccp: Platform) -> None:
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
async def test_an_impossible_cost_is_refused_by_field(returned: Traveller, change: dict[str, Any], field: str) -> None:
    refused(await returned.anna.post(f"/applications/{returned.id}/claim", {"lines": [LINE | change]}), 422, field)
    refused(await returned.anna.post(f"/applications/{returned.id}/claim", {"lines": []}), 422, "lines")
    days = {"lines": [LINE], "days": 2}
    refused(await returned.anna.post(f"/applications/{returned.id}/claim", days), 422, "days", "line_invalid")


@pytest.fixture(scope="module")
def returned(back: Iterator[Traveller]) -> Traveller:
    return next(back)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"$set": {"due": 1}}, "differs from its newest entry"),
        ({"$set": {"lines.0.cents": 1}}, "differs from its newest entry"),
        ({"$set": {"validated_by": "another member"}}, "differs from its newest entry"),
    ],
)
async def test_a_claim_changed_in_the_database_is_detected(it: Traveller, change: dict[str, Any], fault: str) -> None:
    claim = await validated(it)
    await it.ccp.system.db("calls").raw("claims").update_one({"_id": claim["id"]}, change)
    assert fault in ok(await it.anna.get(f"/claims/{claim['id']}/trail"))["fault"]


@pytest.fixture(params=[[], ["return"], ["validate"]], ids=["submitted", "returned", "validated"])
async def claim(it: Traveller, request: pytest.FixtureRequest) -> dict[str, Any]:
    """A claim in each state in which it can be rejected."""
    made = await it.claims({"lines": [LINE]})
    for step in request.param:
        ok(await it.step(it.eve, made, step, {"reason": "Please look again."} if step == "return" else None))
    return made


@pytest.fixture
async def rejected(it: Traveller, claim: dict[str, Any]) -> dict[str, Any]:
    return ok(await it.step(it.eve, claim, "reject", {"reason": "This ticket was not used."}))


async def test_a_claim_is_rejected_with_a_reason_by_its_publisher_alone(it: Traveller, claim: dict[str, Any]) -> None:
    refused(await it.step(it.eve, claim, "reject", {}), 422, "reason")
    refused(await it.anna.post(f"/claims/{claim['id']}/reject", {"reason": "Mine."}, version=1), 404)
    rejected = ok(await it.step(it.eve, claim, "reject", {"reason": "This ticket was not used."}))
    assert (rejected["state"], rejected["due"]["cents"]) == ("rejected", 0)


async def test_a_rejected_claim_releases_the_commitment_and_keeps_the_place(
    it: Traveller, rejected: dict[str, Any]
) -> None:
    accounts = ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))
    assert [accounts[name]["cents"] for name in ("committed", "approved", "paid")] == [0, 0, 0]
    assert ok(await it.eve.get(f"/calls/{it.call['id']}/places"))["taken"] == 1, "the journey was made"
    assert ok(await it.anna.get(f"/applications/{it.id}"))["commitment"] == 0


async def test_a_rejected_claim_stays_rejected(it: Traveller, rejected: dict[str, Any]) -> None:
    version = rejected["version"]
    refused(await it.anna.put(f"/claims/{rejected['id']}", {"lines": [LINE]}, version=version), 409, "state")
    refused(await it.anna.post(f"/applications/{it.id}/claim", {"lines": [LINE]}), 409, None, "claim_already_made")
    for step, body in (("reject", {"reason": "Again."}), ("validate", None), ("return", {"reason": "Again."})):
        refused(await it.step(it.eve, rejected, step, body), 409, "state", "claim_step_not_allowed")


async def test_a_rejection_notifies_the_applicant_with_the_reason(it: Traveller, rejected: dict[str, Any]) -> None:
    path = f"/claims/{rejected['id']}"
    await it.ccp.system.settle()
    rejections = [alert for alert in await it.anna.alerts() if alert["title"].startswith("Claim rejected")]
    assert [alert["url"] for alert in rejections].count(path) == 1
    page = await it.anna.get(path, headers={"Accept": "text/html"})
    shown = BeautifulSoup(page.text, "html.parser").get_text()
    assert "Rejected: This ticket was not used." in shown
    trail = ok(await it.anna.get(f"{path}/trail"))
    assert (trail["items"][-1]["what"], trail["intact"]) == ("rejected", True)
    assert ok(await it.anna.get(f"/applications/{it.id}/trail"))["intact"] is True


async def test_an_approved_claim_cannot_be_rejected_and_no_claim_is_rejected_twice(it: Traveller) -> None:
    claim = await validated(it)
    ways = [it.step(it.ccp.operator, claim, "approve"), it.step(it.eve, claim, "reject", {"reason": "Not a cost."})]
    answers = await asyncio.gather(*ways)
    assert sorted(answer.status_code for answer in answers) in ([200, 409], [200, 412]), "exactly one of them succeeds"
    approved = 80_000 if answers[0].is_success else 0
    accounts = ok(await it.eve.get(f"/calls/{it.call['id']}/accounts"))
    assert [accounts[name]["cents"] for name in ("committed", "approved")] == [approved, approved]
    refused(await it.step(it.eve, claim, "reject", {"reason": "Too late."}), 409, "state", "claim_step_not_allowed")


async def test_the_same_cost_is_not_claimed_twice(it: Traveller) -> None:
    body = {"lines": [LINE, LINE | {"cents": 50_001}, LINE]}
    problem = refused(await it.anna.post(f"/applications/{it.id}/claim", body), 422, "lines")
    assert problem["errors"][0]["message"] == "Give each item once: number 3 repeats an earlier one."


@pytest.mark.parametrize(
    ("evidence", "field"),
    [({"sha256": "a" * 64}, "lines.1.evidence.sha256"), ({"link": LINE["evidence"]["link"]}, "lines.1.evidence.link")],
)
async def test_a_receipt_is_not_claimed_twice(returned: Traveller, evidence: dict[str, str], field: str) -> None:
    again = HOTEL | {"evidence": HOTEL["evidence"] | evidence}
    problem = refused(
        await returned.anna.post(f"/applications/{returned.id}/claim", {"lines": [LINE, again]}), 422, field
    )
    assert problem["code"] == "line_invalid"
    assert "Line 1 names this receipt already" in problem["errors"][0]["message"]


async def test_the_checker_sees_a_receipt_of_another_claim_and_a_cost_from_before_the_mission(
    back: Iterator[Traveller],
) -> None:
    one, other = next(back), next(back)
    receipt = {"title": "Taxi", "sha256": "c" * 64, "size": 900, "link": "https://files.example/taxi.pdf"}
    taxi = LINE | {"on": "2016-08-10", "cents": 4_000, "evidence": receipt}
    first, second = await one.claims({"lines": [taxi]}), await other.claims({"lines": [HOTEL, taxi]})
    path = f"/claims/{second['id']}"
    remarks = ok(await other.eve.get(path))["remarks"]
    shown = [(each["line"], each["code"]) for each in remarks if each["claim_id"] in {None, first["id"]}]
    assert shown == [(1, "paid_before_mission"), (2, "receipt_in_another_claim")]
    assert "Paid on 2016-07-20; the mission started on 2016-08-08." in [each["text"] for each in remarks]
    assert ok(await other.anna.get(path))["remarks"] == [], "the applicant learns nothing of other claims"
    page = await other.eve.get(path, headers={"Accept": "text/html"})
    assert f"/claims/{first['id']}" in page.text
