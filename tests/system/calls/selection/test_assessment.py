"""Assessment over HTTP: two assessors, conflicts of interest, scores, ranking, decisions, the reserve list."""

import asyncio
from typing import Any

import pytest

from tests.support.applicants import (
    BRAZIL,
    CRITERIA,
    RATIONALE,
    applicant,
    applies,
    call_with_form,
    decides,
    opens,
    pass_the_cut_off,
    scores,
)
from tests.support.assessments import selection, state_of, withdraws
from tests.support.people import Platform, ok, refused

PARTNERSHIPS = {
    "title": "Strategic cluster partnerships for smart specialisation investments",
    "kind": "expression_of_interest",
    "cut_offs": [{"deadline": "2016-06-08T23:59"}],
}


async def test_a_round_needs_two_assessors_criteria_and_the_cut_off_behind_it(ccp: Platform) -> None:
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await call_with_form(ccp)
    path, body = f"/calls/{call['id']}/rounds/1", {"assessors": [ada.id, bea.id], "criteria": CRITERIA}
    refused(await ccp.operator.put(path, body | {"assessors": [ada.id]}, version=0), 422, "assessors")
    refused(await ccp.operator.put(path, body | {"assessors": [ada.id] * 2}, version=0), 422, "assessors")
    refused(await ccp.operator.put(path, body | {"criteria": CRITERIA[:1] * 2}, version=0), 422, "criteria")
    high = [CRITERIA[0] | {"threshold": 6}]
    refused(await ccp.operator.put(path, body | {"criteria": high}, version=0), 422, "criteria.0.threshold")
    refused(await ccp.operator.put(f"/calls/{call['id']}/rounds/2", body, version=0), 404, "cut_off")
    refused(await ada.put(path, body, version=0), 404)
    refused(await ada.get(path), 404)
    made = ok(await ccp.operator.put(path, body, version=0))
    refused(await ccp.operator.put(path, body, version=0), 412)
    assert ok(await ada.get(path)) == made
    assert ok(await ada.get("/rounds"))["items"] == [made]
    refused(await ccp.operator.post(f"{path}/open", version=made["version"]), 409, "cut_off", "cut_off_ahead")
    await pass_the_cut_off(ccp)
    opened = ok(await ccp.operator.post(f"{path}/open", version=made["version"]))
    refused(await ccp.operator.post(f"{path}/open", version=opened["version"]), 409, "status", "round_already_open")
    fewer = body | {"criteria": CRITERIA[:1]}
    refused(await ccp.operator.put(path, fewer, version=opened["version"]), 409, "criteria", "round_already_open")
    more = body | {"assessors": [ada.id, bea.id, ccp.operator.id]}
    assert len(ok(await ccp.operator.put(path, more, version=opened["version"]))["assessors"]) == 3


async def test_assessors_see_only_their_own_scores_until_all_have_scored_and_then_scores_are_final(
    ccp: Platform,
) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 1)
    [id], [ada, bea] = made.ids, made.assessors
    path = f"/applications/{id}/assessments"
    assert ok(await ada.get(f"/applications/{id}/submitted"))["answers"]["people"] == 2
    refused(await anna.get(f"/applications/{id}/submitted"), 404)
    ok(await scores(ada, id, 4, 5))
    refused(await scores(ada, id, 4, 5), 412)
    ok(await scores(ada, id, 5, 5, version=1))
    assert ok(await bea.get(path)) == []
    assert [one["assessor_id"] for one in ok(await ada.get(path))] == [ada.id]
    assert len(ok(await ccp.operator.get(path))) == 1
    refused(await anna.get(path), 404)
    ok(await scores(bea, id, 3, 2))
    assert {one["assessor_id"] for one in ok(await ada.get(path))} == {ada.id, bea.id}
    refused(await scores(ada, id, 1, 1, version=2), 409, "scores", "all_assessments_in")


async def test_a_publisher_who_assesses_has_the_rights_of_an_assessor(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    ada = await ccp.member("Ada")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    await pass_the_cut_off(ccp)
    await opens(ccp, call, ada, ccp.operator)
    ok(await scores(ada, id, 4, 5))
    assert ok(await ccp.operator.get(f"/applications/{id}/assessments")) == []
    refused(await ccp.operator.get(f"/calls/{call['id']}/rounds/1/ranking"), 403)
    ok(await scores(ccp.operator, id, 4, 4))
    assert len(ok(await ccp.operator.get(f"/applications/{id}/assessments"))) == 2


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ([{"criterion": "fit", "points": 4, "rationale": RATIONALE}], "scores"),
        ([{"criterion": "fit", "points": 4, "rationale": RATIONALE}] * 2, "scores"),
        ([{"criterion": "fit", "points": 4, "rationale": "Good."}], "scores.0.rationale"),
        ([{"criterion": "fit", "points": 4}], "scores.0.rationale"),
        ([{"criterion": "fit", "points": -1, "rationale": RATIONALE}], "scores.0.points"),
        ([{"criterion": n, "points": 6, "rationale": RATIONALE} for n in ("fit", "plan")], "scores.0.points"),
        ([{"criterion": n, "points": 4.5, "rationale": RATIONALE} for n in ("fit", "plan")], "scores.0.points"),
    ],
)
async def test_scores_that_do_not_answer_the_criteria_are_refused(
    ccp: Platform, change: list[dict[str, Any]], field: str
) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 1)
    path = f"/applications/{made.ids[0]}/assessment"
    refused(await made.assessors[0].put(path, {"scores": change}, version=0), 422, field)


async def test_a_conflict_of_interest_bars_reading_and_scoring_whether_declared_or_not(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    ada, bea, cleo = [await ccp.member(name) for name in ("Ada", "Bea", "Cleo")]
    await pass_the_cut_off(ccp)
    round = await opens(ccp, call, anna, ada, bea)  # anna belongs to the applicant
    for path in ("/submitted", "/assessments", "/assessment"):
        refused(await anna.get(f"/applications/{id}{path}"), 404)
    refused(await scores(anna, id, 5, 5), 404)

    ok(await scores(ada, id, 5, 5))
    ok(await scores(bea, id, 3, 3))
    refused(await bea.post(f"/applications/{id}/conflict", {"reason": "."}), 422, "reason")
    ok(await bea.post(f"/applications/{id}/conflict", {"reason": "We share an office."}))
    refused(await bea.get(f"/applications/{id}/submitted"), 404)
    refused(await scores(bea, id, 5, 5, version=2), 404)
    [row] = ok(await ccp.operator.get(f"/calls/{call['id']}/rounds/1/ranking"))["items"]
    assert (row["judged"]["scored"], row["judged"]["mean"]) == (1, "100.00"), (
        "scores of an assessor with a conflict do not count"
    )
    assert set(row["judged"]["conflicted"]) == {anna.id, bea.id}
    alone = {"application_id": id, "outcome": "select"}
    refused(await decides(ccp, call, alone), 409, None, "assessments_missing")

    body = {"assessors": [anna.id, ada.id, bea.id, cleo.id], "criteria": CRITERIA}
    ok(await ccp.operator.put(f"/calls/{call['id']}/rounds/1", body, version=round["version"]))
    refused(await decides(ccp, call, alone), 409, None, "assessments_missing")
    ok(await scores(cleo, id, 4, 4))
    ok(await decides(ccp, call, alone))


async def test_two_simultaneous_assessments_both_count(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 1)
    [id], [ada, bea] = made.ids, made.assessors
    for answer in await asyncio.gather(scores(ada, id, 5, 5), scores(bea, id, 1, 1)):
        ok(answer)
    [standing] = await ccp.system.db("calls").raw("standings").find({}).to_list(5)
    assert standing["order"].startswith("0400000:"), standing  # (5 + 1) / 2 of 5 is 60 %


async def test_the_ranking_is_by_weighted_mean_and_ties_by_the_heavier_criterion_then_by_time(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 5)
    points = [(3, 3), (5, 0), (3, 3), (5, 5), (4, 4)]  # weights 3 and 2: 60, 60, 60, 100 and 80 per cent
    for id, (fit, plan) in zip(made.ids, points, strict=True):
        for assessor in made.assessors:
            ok(await scores(assessor, id, fit, plan))
    path = f"/calls/{made.call['id']}/rounds/1/ranking"
    refused(await made.assessors[0].get(path), 404)
    seen: list[dict[str, Any]] = []
    params: dict[str, Any] = {"limit": 2}
    while True:
        page = ok(await ccp.operator.get(path, params=params))
        seen += page["items"]
        if not page["next"]:
            break
        params["cursor"] = page["next"]
    assert [made.ids.index(row["id"]) for row in seen] == [3, 4, 1, 0, 2]
    assert [row["judged"]["mean"] for row in seen] == ["100.00", "80.00", "60.00", "60.00", "60.00"]
    assert seen[2]["judged"]["means"] == {"fit": "5.00", "plan": "0.00"}


async def test_decisions_need_reasons_ranks_and_thresholds_and_are_published(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 3)
    await made.score(5, 4, 2)
    best, second, weak = made.ids
    reject = {"application_id": weak, "outcome": "reject", "reason": "Too weak a plan."}
    refused(await decides(ccp, made.call, reject | {"reason": ""}), 422, "decisions.0.reason")
    refused(await decides(ccp, made.call, reject | {"rank": 1}), 422, "decisions.0.rank")
    refused(await decides(ccp, made.call, reject | {"outcome": "reserve"}), 422, "decisions.0.reason")
    refused(await decides(ccp, made.call, reject | {"version": 99}), 412, "decisions.0.version")
    refused(await decides(ccp, made.call, reject | {"outcome": "select"}), 409, None, "below_threshold")
    refused(await decides(ccp, made.call, reject, reject), 422, "decisions")
    as_outsider = {"decisions": [reject | {"version": 3}]}
    refused(await anna.post(f"/calls/{made.call['id']}/rounds/1/decisions", as_outsider), 404)
    foreign = as_outsider["decisions"][0] | {"application_id": "nobody"}
    body = {"decisions": [foreign]}
    refused(
        await ccp.operator.post(f"/calls/{made.call['id']}/rounds/1/decisions", body), 404, "decisions.0.application_id"
    )

    reserve = {"application_id": second, "outcome": "reserve", "rank": 1, "reason": "All places are taken."}
    ok(await decides(ccp, made.call, {"application_id": best, "outcome": "select"}, reserve, reject))
    states = {one["id"]: one for one in [ok(await anna.get(f"/applications/{id}")) for id in made.ids]}
    assert [states[id]["state"] for id in made.ids] == ["selected", "reserve", "rejected"]
    assert (states[second]["rank"], states[weak]["reason"]) == (1, "Too weak a plan.")
    assert states[best]["commitment"] == 200_000
    refused(await decides(ccp, made.call, reject), 409, "state", "application_step_not_allowed")
    events = [e.data for e in await ccp.system.published("calls", "calls.application.decided.v1")]
    assert {e["application_id"]: e["outcome"] for e in events} == dict(
        zip(made.ids, ["selected", "reserve", "rejected"], strict=True)
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
    assert "at number 1" in alert["text"]
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
    assert partnership["coordinator"] == {"id": cluster["id"], "name": "Cluster of Anna"}
    assert partnership["partners"] == [{"id": other["id"], "name": "Cluster of Bert"}]
    assert partnership["call_title"] == PARTNERSHIPS["title"]
    assert ok(await ccp.http.get(f"/partnerships/{draft['id']}")) == partnership
    refused(await ccp.http.get("/partnerships/nobody"), 404)


async def test_an_expression_of_interest_that_is_not_selected_forms_nothing(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 3, BRAZIL | {"kind": "expression_of_interest", "mission": None})
    await made.score(5, 4, 2)
    ok(await made.decide("select", "reserve", "reject"))
    await ccp.system.settle()
    formed = [one["id"] for one in ok(await ccp.http.get("/partnerships"))["items"]]
    assert formed == made.ids[:1]
    ok(await withdraws(anna, made.ids[0]))
    await ccp.system.settle()
    formed = [one["id"] for one in ok(await ccp.http.get("/partnerships"))["items"]]
    assert formed == made.ids[1:2], "the withdrawn partnership is gone, the promoted one is there"
    refused(await ccp.http.get(f"/partnerships/{made.ids[0]}"), 404)


NAMES = {"forms", "applications", "submissions", "rounds", "assessments", "standings", "trail", "ledgers", "claims"}


async def test_no_query_reads_a_whole_collection_or_sorts_it(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    at = ccp.system.db("calls")
    await at.raw("calls").database.command("profile", 2)
    made = await selection(ccp, anna, 3)
    await made.score(5, 4, 4)
    ok(await made.decide("select", "reserve", "reject"))
    for path in ("applications", "ranking"):
        ok(await ccp.operator.get(f"/calls/{made.call['id']}/rounds/1/{path}"))
    for path in ("submissions", "trail"):
        ok(await anna.get(f"/applications/{made.ids[0]}/{path}"))
    ok(await made.assessors[0].get("/rounds"))
    ok(await made.assessors[0].get(f"/applications/{made.ids[0]}/assessments"))
    ok(await ccp.http.get(f"/receipts/{ok(await anna.get(f'/applications/{made.ids[0]}'))['receipt']}"))
    ok(await anna.get("/applications", params={"organisation_id": "org000"}))
    ok(await ccp.operator.get(f"/calls/{made.call['id']}/claims", params={"state": "paid"}))
    ok(await withdraws(anna, made.ids[0]))
    await at.raw("calls").database.command("profile", 0)
    profile = at.raw("system.profile")
    assert {ns.split(".")[1] for ns in await profile.distinct("ns")} >= NAMES
    slow = {"$or": [{"planSummary": {"$regex": "COLLSCAN"}}, {"hasSortStage": True}]}
    rows = await profile.find(slow).to_list(1000)
    assert [row["command"] for row in rows if row["ns"].split(".")[1] in NAMES] == []


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
