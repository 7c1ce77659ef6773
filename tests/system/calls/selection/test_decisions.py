"""Decisions on applications: who decides, the conditions, and the consequences."""

import asyncio

import pytest

from tests.support.applicants import (
    BRAZIL,
    applicant,
    applies,
    call_with_form,
    decides,
    opens,
    pass_the_cut_off,
    scores,
)
from tests.support.assessments import Selection, selection, state_of, withdraws
from tests.support.people import Member, Platform, ok, refused

PARTNERSHIPS = {
    "title": "Strategic cluster partnerships for smart specialisation investments",
    "kind": "expression_of_interest",
    "cut_offs": [{"deadline": "2016-06-08T23:59"}],
}


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
async def scored(ccp: Platform, anna: Member) -> Selection:
    """Three applications: the best, a good one, and one below the threshold."""
    made = await selection(ccp, anna, 3)
    await made.score(5, 4, 2)
    return made


async def test_decisions_need_reasons_ranks_and_thresholds(ccp: Platform, scored: Selection) -> None:
    reject = {"application_id": scored.ids[2], "outcome": "reject", "reason": "Too weak a plan."}
    refused(await decides(ccp, scored.call, reject | {"reason": ""}), 422, "decisions.0.reason")
    refused(await decides(ccp, scored.call, reject | {"rank": 1}), 422, "decisions.0.rank")
    refused(await decides(ccp, scored.call, reject | {"outcome": "reserve"}), 422, "decisions.0.reason")
    refused(await decides(ccp, scored.call, reject | {"version": 99}), 412, "decisions.0.version")
    refused(await decides(ccp, scored.call, reject | {"outcome": "select"}), 409, None, "below_threshold")
    refused(await decides(ccp, scored.call, reject, reject), 422, "decisions")


async def test_only_the_publisher_decides_and_on_applications_of_the_round(
    ccp: Platform, anna: Member, scored: Selection
) -> None:
    path = f"/calls/{scored.call['id']}/rounds/1/decisions"
    reject = {"application_id": scored.ids[2], "outcome": "reject", "reason": "Too weak a plan.", "version": 3}
    refused(await anna.post(path, {"decisions": [reject]}), 404)
    foreign = {"decisions": [reject | {"application_id": "missing"}]}
    refused(await ccp.operator.post(path, foreign), 404, "decisions.0.application_id")


async def test_each_application_gets_its_decision_once_and_reasons_stay_with_it(
    ccp: Platform, anna: Member, scored: Selection
) -> None:
    best, second, weak = scored.ids
    reserve = {"application_id": second, "outcome": "reserve", "rank": 1, "reason": "All places are taken."}
    reject = {"application_id": weak, "outcome": "reject", "reason": "Too weak a plan."}
    ok(await decides(ccp, scored.call, {"application_id": best, "outcome": "select"}, reserve, reject))
    states = {one["id"]: one for one in [ok(await anna.get(f"/applications/{id}")) for id in scored.ids]}
    assert [states[id]["state"] for id in scored.ids] == ["selected", "reserve", "rejected"]
    assert (states[second]["rank"], states[weak]["reason"]) == (1, "Too weak a plan.")
    assert states[best]["commitment"] == 200_000
    refused(await decides(ccp, scored.call, reject), 409, "state", "application_step_not_allowed")
    events = [e.data for e in await ccp.system.published("calls", "calls.application.decided.v1")]
    assert {e["application_id"]: e["outcome"] for e in events} == dict(
        zip(scored.ids, ["selected", "reserve", "rejected"], strict=True)
    )
    assert all("Too weak" not in str(e) for e in events), "reasons stay with the application"


async def test_members_of_the_applicant_are_notified_of_the_decision(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    await pass_the_cut_off(ccp)
    await opens(ccp, call, ada, bea)
    ok(await scores(ada, id, 5, 5))
    ok(await scores(bea, id, 5, 5))
    ok(await decides(ccp, call, {"application_id": id, "outcome": "reserve", "rank": 1, "reason": "Wait and see."}))
    await ccp.system.settle()
    [alert] = [one for one in await anna.alerts() if "reserve" in one["title"]]
    assert alert["title"] == "On the reserve list: Matchmaking mission to Brazil"
    assert "number 1 on the reserve list" in alert["text"]
    assert alert["url"] == f"/applications/{id}"
    assert not [one for one in await ada.alerts() if "reserve" in one["title"]]


async def test_two_cannot_have_the_same_rank_on_the_reserve_list(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 2)
    await made.score(5, 5)
    twice = [{"application_id": id, "outcome": "reserve", "rank": 1, "reason": "Equal."} for id in made.ids]
    refused(await decides(ccp, made.call, *twice), 409, "decisions", "rank_taken")
    assert [await state_of(anna, id) for id in made.ids] == ["in_assessment"] * 2


async def test_a_selected_applicant_who_withdraws_makes_room_for_the_first_on_the_reserve_list(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 5)
    await made.score(5, 5, 5, 4, 4)
    ok(await made.decide("select", "select", "select", "reserve", "reserve"))
    path = f"/applications/{made.ids[0]}"
    version = ok(await anna.get(path))["version"]
    answers = await asyncio.gather(*(anna.post(f"{path}/withdraw", version=version) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    states = [await state_of(anna, id) for id in made.ids]
    assert states == ["withdrawn", "selected", "selected", "selected", "reserve"]
    [promoted] = await ccp.system.published("calls", "calls.reserve.promoted.v1")
    assert promoted.data["application_id"] == made.ids[3]
    trail = ok(await anna.get(f"/applications/{made.ids[3]}/trail"))
    assert (trail["intact"], trail["items"][-1]["what"], trail["items"][-1]["by"]) == (True, "promoted", "platform")


async def test_of_several_simultaneous_withdrawals_each_place_goes_to_another_reserve(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 6)
    await made.score(5, 5, 5, 4, 4, 4)
    ok(await made.decide("select", "select", "select", "reserve", "reserve", "reserve"))
    leaving = [*made.ids[:3], made.ids[4]]  # the second of the reserve gives up at the same moment
    for answer in await asyncio.gather(*(withdraws(anna, id) for id in leaving)):
        ok(answer)
    states = [await state_of(anna, id) for id in made.ids]
    assert states[:3] == ["withdrawn"] * 3
    assert (states[3], states[4], states[5]) == ("selected", "withdrawn", "selected")
    ledger = ok(await ccp.operator.get(f"/calls/{made.call['id']}/accounts"))
    places = ok(await ccp.http.get(f"/calls/{made.call['id']}/places"))
    assert (ledger["committed"]["cents"], places["taken"]) == (2 * 200_000, 2)


async def test_a_selected_expression_of_interest_becomes_a_public_partnership(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    _, other = await applicant(ccp, "Bert")
    call = await call_with_form(ccp, PARTNERSHIPS, [{"name": "theme", "label": "Theme", "kind": "text"}])
    body = {"organisation_id": cluster["id"], "partners": [other["id"]], "answers": {"theme": "Additive manufacturing"}}
    draft = ok(await anna.post(f"/calls/{call['id']}/applications", body))
    ok(await anna.post(f"/applications/{draft['id']}/submit", version=1))
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    await pass_the_cut_off(ccp)
    await opens(ccp, call, ada, bea)
    for assessor in (ada, bea):
        ok(await scores(assessor, draft["id"], 4, 4))
    ok(await decides(ccp, call, {"application_id": draft["id"], "outcome": "select"}))
    [event] = await ccp.system.published("calls", "calls.expression.decided.v1")
    assert event.data["outcome"] == "selected"
    assert event.data["partner_ids"] == [other["id"]]
    assert event.data["application"]["organisation_id"] == cluster["id"]

    await ccp.system.settle()
    [partnership] = ok(await ccp.http.get("/partnerships"))["items"]
    assert partnership["coordinator"] == {"id": cluster["id"], "name": "Cluster of Anna", "country": "SE"}
    assert partnership["partners"] == [{"id": other["id"], "name": "Cluster of Bert", "country": "SE"}]
    assert partnership["call_title"] == PARTNERSHIPS["title"]
    assert ok(await ccp.http.get(f"/partnerships/{draft['id']}")) == partnership
    refused(await ccp.http.get("/partnerships/missing"), 404)


async def test_an_expression_of_interest_that_is_not_selected_forms_nothing(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 3, BRAZIL | {"kind": "expression_of_interest", "mission": None, "about": ["BR"]})
    await made.score(5, 4, 2)
    ok(await made.decide("select", "reserve", "reject"))
    await ccp.system.settle()
    assert await partnerships_targeting(ccp, "BR") == [f"/partnerships/{made.ids[0]}"]
    formed = [one["id"] for one in ok(await ccp.http.get("/partnerships"))["items"]]
    assert formed == made.ids[:1]
    ok(await withdraws(anna, made.ids[0]))
    await ccp.system.settle()
    formed = [one["id"] for one in ok(await ccp.http.get("/partnerships"))["items"]]
    assert formed == made.ids[1:2], "the withdrawn partnership is gone, the promoted one is there"
    refused(await ccp.http.get(f"/partnerships/{made.ids[0]}"), 404)
    assert await partnerships_targeting(ccp, "BR") == [f"/partnerships/{made.ids[1]}"]


async def partnerships_targeting(ccp: Platform, code: str) -> list[str]:
    """Return the paths of the partnerships on the page of a country."""
    announced = ok(await ccp.http.get(f"/countries/{code}"))["announced"]
    return [each["url"] for each in announced if each["kind"] == "partnership"]


async def test_only_applicants_selected_in_the_first_stage_apply_to_the_second(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    two = {"model": "two_stage", "cut_offs": [{"deadline": "2016-06-08T23:59"}, {"deadline": "2016-07-08T23:59"}]}
    made = await selection(ccp, anna, 2, BRAZIL | two)
    await made.score(5, 4)
    ok(await made.decide("select", "reject"))
    assert ok(await ccp.http.get(f"/calls/{made.call['id']}/places"))["taken"] == 0, "places are given in the second"
    for organisation, status in (("org000", 201), ("org001", 409)):
        body = {"organisation_id": organisation, "answers": {}}
        assert (await anna.post(f"/calls/{made.call['id']}/applications", body)).status_code == status


async def test_a_publisher_cannot_decide_on_an_application_of_their_own_organisation(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await anna.publishes(BRAZIL, cluster)
    form = {"fields": [{"name": "a", "label": "A", "kind": "text", "required": False}]}
    ok(await anna.put(f"/calls/{call['id']}/form", form, version=0))
    draft = ok(await anna.post(f"/calls/{call['id']}/applications", {"organisation_id": cluster["id"]}))
    ok(await anna.post(f"/applications/{draft['id']}/submit", version=1))
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    await pass_the_cut_off(ccp)
    await opens(ccp, call, ada, bea)
    for assessor in (ada, bea):
        ok(await scores(assessor, draft["id"], 4, 4))
    decision = {"application_id": draft["id"], "version": 3, "outcome": "select"}
    path = f"/calls/{call['id']}/rounds/1/decisions"
    refused(await anna.post(path, {"decisions": [decision]}), 409, None, "own_application")
    ok(await ccp.operator.post(path, {"decisions": [decision]}))
