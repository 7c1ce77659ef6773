"""Assessment over HTTP: rounds with two assessors, conflicts of interest, scores and the ranking."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.applicants import (
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
from tests.support.assessments import Selection, selection, withdraws
from tests.support.people import Member, Platform, ok, refused


@pytest.fixture
async def ada(ccp: Platform) -> Member:
    return await ccp.member("Ada")


@pytest.fixture
async def named(ccp: Platform, ada: Member) -> tuple[str, dict[str, Any]]:
    """Return the path and body of a new round: Ada and Bea assess by two criteria."""
    bea = await ccp.member("Bea")
    call = await call_with_form(ccp)
    return f"/calls/{call['id']}/rounds/1", {"assessors": [ada.id, bea.id], "criteria": CRITERIA}


async def test_a_round_needs_two_assessors_and_criteria(
    ccp: Platform, ada: Member, named: tuple[str, dict[str, Any]]
) -> None:
    path, body = named
    refused(await ccp.operator.put(path, body | {"assessors": [ada.id]}, version=0), 422, "assessors")
    refused(await ccp.operator.put(path, body | {"assessors": [ada.id] * 2}, version=0), 422, "assessors")
    refused(await ccp.operator.put(path, body | {"criteria": CRITERIA[:1] * 2}, version=0), 422, "criteria")
    high = [CRITERIA[0] | {"threshold": 6}]
    refused(await ccp.operator.put(path, body | {"criteria": high}, version=0), 422, "criteria.0.threshold")
    second = f"{path.removesuffix('1')}2"
    refused(await ccp.operator.put(second, body, version=0), 404, "cut_off")


async def test_a_round_is_made_by_the_publisher_and_read_by_its_assessors(
    ccp: Platform, ada: Member, named: tuple[str, dict[str, Any]]
) -> None:
    path, body = named
    refused(await ada.put(path, body, version=0), 404)
    refused(await ada.get(path), 404)
    made = ok(await ccp.operator.put(path, body, version=0))
    refused(await ccp.operator.put(path, body, version=0), 412)
    without_names = made | {"names": {}}
    assert ok(await ada.get(path)) == without_names
    assert ok(await ada.get("/rounds"))["items"] == [without_names]


async def test_a_round_opens_once_and_after_its_cut_off(
    ccp: Platform, ada: Member, named: tuple[str, dict[str, Any]]
) -> None:
    path, body = named
    made = ok(await ccp.operator.put(path, body, version=0))
    refused(await ccp.operator.post(f"{path}/open", version=made["version"]), 409, "cut_off", "cut_off_ahead")
    await pass_the_cut_off(ccp)
    opened = ok(await ccp.operator.post(f"{path}/open", version=made["version"]))
    refused(await ccp.operator.post(f"{path}/open", version=opened["version"]), 409, "status", "round_already_open")
    fewer = body | {"criteria": CRITERIA[:1]}
    refused(await ccp.operator.put(path, fewer, version=opened["version"]), 409, "criteria", "round_already_open")
    more = body | {"assessors": [*body["assessors"], ccp.operator.id]}
    assert len(ok(await ccp.operator.put(path, more, version=opened["version"]))["assessors"]) == 3


async def test_an_assessor_reads_what_was_submitted_and_scores_it_and_changes_it(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 1)
    [id], [ada, _] = made.ids, made.assessors
    assert ok(await ada.get(f"/applications/{id}/submitted"))["answers"]["people"] == 2
    refused(await anna.get(f"/applications/{id}/submitted"), 404)
    ok(await scores(ada, id, 4, 5))
    refused(await scores(ada, id, 4, 5), 412)
    ok(await scores(ada, id, 5, 5, version=1))


async def test_assessors_see_only_their_own_scores_until_all_have_scored_and_then_scores_are_final(
    ccp: Platform,
) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 1)
    [id], [ada, bea] = made.ids, made.assessors
    path = f"/applications/{id}/assessments"
    ok(await scores(ada, id, 5, 5))
    assert ok(await bea.get(path)) == []
    assert [one["assessor_id"] for one in ok(await ada.get(path))] == [ada.id]
    assert len(ok(await ccp.operator.get(path))) == 1
    refused(await anna.get(path), 404)
    ok(await scores(bea, id, 3, 2))
    assert {one["assessor_id"] for one in ok(await ada.get(path))} == {ada.id, bea.id}
    refused(await scores(ada, id, 1, 1, version=1), 409, "scores", "all_assessments_in")


@pytest.fixture(scope="module")
async def unscored(shared_ccp: Platform) -> Selection:
    return await selection(shared_ccp, await shared_ccp.member("Anna"), 1)


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
    unscored: Selection, change: list[dict[str, Any]], field: str
) -> None:
    path = f"/applications/{unscored.ids[0]}/assessment"
    refused(await unscored.assessors[0].put(path, {"scores": change}, version=0), 422, field)


@dataclass
class Conflicts:
    """A round in which two assessors have a conflict of interest: Anna belongs to the applicant, and Bea says so."""

    call: dict[str, Any]
    id: str
    round: dict[str, Any]
    anna: Member
    ada: Member
    bea: Member

    @property
    def selects(self) -> dict[str, Any]:
        return {"application_id": self.id, "outcome": "select"}


@pytest.fixture
async def conflicts(ccp: Platform, ada: Member) -> Conflicts:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    bea = await ccp.member("Bea")
    await pass_the_cut_off(ccp)
    round = await opens(ccp, call, anna, ada, bea)
    ok(await scores(ada, id, 5, 5))
    ok(await scores(bea, id, 3, 3))
    refused(await bea.post(f"/applications/{id}/conflict", {"reason": "."}), 422, "reason")
    ok(await bea.post(f"/applications/{id}/conflict", {"reason": "We share an office."}))
    return Conflicts(call, id, round, anna, ada, bea)


async def test_a_conflict_of_interest_bars_reading_and_scoring_whether_declared_or_not(conflicts: Conflicts) -> None:
    anna, bea, id = conflicts.anna, conflicts.bea, conflicts.id
    for path in ("/submitted", "/assessments", "/assessment"):
        refused(await anna.get(f"/applications/{id}{path}"), 404)
    refused(await scores(anna, id, 5, 5), 404)
    refused(await bea.get(f"/applications/{id}/submitted"), 404)
    refused(await scores(bea, id, 5, 5, version=2), 404)


async def test_merged_organisations_count_as_one_for_conflicts_of_interest(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    eve, kept = await applicant(ccp, "Eve")
    call = await call_with_form(ccp)
    id = (await applies(anna, call, cluster["id"]))["application_id"]
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    await pass_the_cut_off(ccp)
    await opens(ccp, call, eve, ada, bea)
    ok(await scores(eve, id, 5, 5))
    merger = {"into": kept["id"], "reasons": ["Both are the same cluster."]}
    ok(await ccp.operator.post(f"/organisations/{cluster['id']}/merge", merger, version=cluster["version"]))
    await ccp.system.settle()
    refused(await eve.get(f"/applications/{id}/submitted"), 404)
    [row] = ok(await ccp.operator.get(f"/calls/{call['id']}/rounds/1/ranking"))["items"]
    assert (row["judged"]["scored"], row["judged"]["conflicted"]) == (0, [eve.id])
    ok(await ada.get(f"/applications/{id}/submitted"))


async def test_an_assessor_with_a_conflict_of_interest_does_not_count_and_is_replaced(
    ccp: Platform, conflicts: Conflicts
) -> None:
    call, id, cleo = conflicts.call, conflicts.id, await ccp.member("Cleo")
    [row] = ok(await ccp.operator.get(f"/calls/{call['id']}/rounds/1/ranking"))["items"]
    assert (row["judged"]["scored"], row["judged"]["mean"]) == (1, "100.00"), (
        "scores of an assessor with a conflict do not count"
    )
    assert set(row["judged"]["conflicted"]) == {conflicts.anna.id, conflicts.bea.id}
    refused(await decides(ccp, call, conflicts.selects), 409, None, "assessments_missing")
    named = [conflicts.anna.id, conflicts.ada.id, conflicts.bea.id, cleo.id]
    body = {"assessors": named, "criteria": CRITERIA}
    ok(await ccp.operator.put(f"/calls/{call['id']}/rounds/1", body, version=conflicts.round["version"]))
    refused(await decides(ccp, call, conflicts.selects), 409, None, "assessments_missing")
    ok(await scores(cleo, id, 4, 4))
    ok(await decides(ccp, call, conflicts.selects))


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
