"""Applications, rounds and alerts stay with their cut-off when an earlier one is added or dropped."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.applicants import (
    ANSWERS,
    BRAZIL,
    CRITERIA,
    CUT_OFF,
    applicant,
    call_with_form,
    drafts,
    own_cost_closed,
    scores,
    submits,
)
from tests.support.people import Member, Platform, ok, refused

FIRST, MIDDLE, LAST = CUT_OFF, CUT_OFF + timedelta(days=10), CUT_OFF + timedelta(days=30)
JULY = "8 July 2016, 23:59 CEST"


async def changes(ccp: Platform, call: dict[str, Any], *deadlines: Any) -> dict[str, Any]:
    """Change the cut-offs of a call and nothing else."""
    version = ok(await ccp.operator.get(f"/calls/{call['id']}"))["version"]
    return ok(await ccp.operator.put(f"/calls/{call['id']}", with_cut_offs(*deadlines), version=version))


def with_cut_offs(*deadlines: Any) -> dict[str, Any]:
    cut_offs = [{"deadline": at.isoformat(), "timezone": "Europe/Brussels"} for at in deadlines]
    return own_cost_closed() | {"model": "cut_offs", "cut_offs": cut_offs}


async def names(ccp: Platform, call: dict[str, Any], number: int, *assessors: Member) -> dict[str, Any]:
    body = {"assessors": [one.id for one in assessors], "criteria": CRITERIA}
    return ok(await ccp.operator.put(f"/calls/{call['id']}/rounds/{number}", body, version=0))


async def page(by: Member, path: str) -> str:
    return (await by.get(path, headers={"Accept": "text/html"})).text


async def test_an_application_keeps_its_cut_off_when_the_one_before_is_dropped(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    bert, others = await applicant(ccp, "Bert")
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await call_with_form(ccp, with_cut_offs(FIRST, LAST))
    await names(ccp, call, 2, ada, bea)
    early = await drafts(anna, call, cluster["id"])
    call = await changes(ccp, call, LAST)
    assert call["cut_off_numbers"] == [2]
    receipt = await submits(bert, await drafts(bert, call, others["id"]))
    assert (receipt["cut_off"], receipt["deadline"][:10]) == (2, "2016-07-08")
    assert JULY in await page(bert, f"/applications/{receipt['application_id']}")
    assert JULY in await page(ada, f"/calls/{call['id']}/rounds/2")

    refusal = refused(await anna.post(f"/applications/{early['id']}/submit", version=1), 409, "cut_off")
    assert refusal["code"] == "cut_off_dropped"
    assert "8 June 2016, 23:59 CEST, was dropped. Start an application at the next cut-off." in refusal["detail"]
    assert "8 June 2016" in await page(anna, f"/applications/{early['id']}")
    again = await drafts(anna, call, cluster["id"])
    assert again["cut_off"] == 2

    await changes(ccp, call, MIDDLE, LAST)
    body = {"organisation_id": others["id"], "answers": ANSWERS | {"people": 1}}
    path = f"/applications/{receipt['application_id']}"
    saved = ok(await bert.put(path, body, version=receipt["version"]))
    assert (await submits(bert, saved))["cut_off"] == 2


async def test_a_round_ranks_and_decides_what_came_for_its_cut_off(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await call_with_form(ccp, with_cut_offs(FIRST, LAST))
    call = await changes(ccp, call, LAST)
    receipt = await submits(anna, await drafts(anna, call, cluster["id"]))
    await names(ccp, call, 2, ada, bea)
    path = f"/calls/{call['id']}/rounds/2"
    await changes(ccp, call, MIDDLE, LAST)
    await ccp.system.travel(MIDDLE + timedelta(minutes=1) - ccp.system.clock.now())
    assert JULY in refused(await ccp.operator.post(f"{path}/open", version=1), 409, "cut_off")["detail"]
    await ccp.system.travel(LAST + timedelta(minutes=1) - ccp.system.clock.now())
    ok(await ccp.operator.post(f"{path}/open", version=1))
    for assessor in (ada, bea):
        ok(await scores(assessor, receipt["application_id"], 5, 5))
    [ranked] = ok(await ccp.operator.get(f"{path}/ranking"))["items"]
    decision = {"application_id": ranked["id"], "version": ranked["version"], "outcome": "select"}
    [decided] = ok(await ccp.operator.post(f"{path}/decisions", {"decisions": [decision]}))
    assert decided["state"] == "selected"
    assert ok(await ccp.http.get(f"/receipts/{receipt['hash']}"))["cut_off"] == 2


async def test_the_end_of_an_earlier_cut_off_leaves_a_draft_to_be_reminded_of_its_own(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp, with_cut_offs(LAST))
    await drafts(anna, call, cluster["id"])
    await ccp.system.settle()
    assert (await changes(ccp, call, FIRST, LAST))["cut_off_numbers"] == [2, 1]
    await ccp.system.travel(FIRST + timedelta(minutes=1) - ccp.system.clock.now())
    await ccp.system.settle()
    await ccp.system.travel(LAST - timedelta(hours=20) - ccp.system.clock.now())
    await ccp.system.settle()
    alert = next(alert for alert in await anna.alerts() if alert["title"].startswith("Submit your draft"))
    assert JULY in alert["text"]


async def test_an_extension_names_the_number_of_a_cut_off_that_the_call_has(ccp: Platform) -> None:
    call = await call_with_form(ccp, with_cut_offs(FIRST, MIDDLE, LAST))
    call = await changes(ccp, call, MIDDLE, LAST)
    extension = {"deadline": "2016-07-20T12:00:00+02:00", "cut_off": 3, "reason": "Many asked."}
    path = f"/calls/{call['id']}/extend"
    answer = await ccp.operator.post(path, extension | {"cut_off": 1}, version=call["version"])
    problem = refused(answer, 422, "cut_off")
    assert problem["detail"] == "Cut-off 1 not found. Extend one of these: 2, 3."
    extended = ok(await ccp.operator.post(path, extension, version=call["version"]))
    assert [each["deadline"][:10] for each in extended["cut_offs"]] == ["2016-06-18", "2016-07-20"]
    assert "Cut-off 3: Wednesday 20 July 2016" in await page(ccp.operator, f"/calls/{call['id']}")


@pytest.mark.parametrize("number", [3, 51])
async def test_a_round_of_no_cut_off_is_refused_with_the_numbers_that_there_are(ccp: Platform, number: int) -> None:
    call = await call_with_form(ccp, BRAZIL)
    body = {"assessors": [(await ccp.member(name)).id for name in ("Ada", "Bea")], "criteria": CRITERIA}
    answer = await ccp.operator.put(f"/calls/{call['id']}/rounds/{number}", body, version=0)
    assert refused(answer, 404, "cut_off")["detail"].endswith("Numbers of its cut-offs: 1.")
