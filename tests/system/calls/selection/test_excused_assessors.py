"""An assessor who never scores is excused or replaced, so that decisions do not wait for them for ever."""

from typing import Any

import pytest

from tests.support.applicants import (
    applies,
    call_with_form,
    decides,
    many_organisations,
    opens,
    pass_the_cut_off,
    scores,
)
from tests.support.people import Member, Platform, ok, refused

REASON = {"reason": "They are ill until August."}


class Blocked:
    """A round with three assessors, of whom Cleo never scores, and one application."""

    def __init__(self, ccp: Platform, call: dict[str, Any], id: str, assessors: list[Member]) -> None:
        self.ccp, self.id = ccp, id
        self.call = call
        self.path = f"/calls/{call['id']}/rounds/1"
        self.ada, self.bea, self.cleo = assessors

    async def excuse(self, member: Member, **more: Any) -> Any:
        return await self.ccp.operator.post(f"{self.path}/assessors/{member.id}/excuse", REASON | more)

    async def select(self) -> Any:
        return await decides(self.ccp, self.call, {"application_id": self.id, "outcome": "select"})


@pytest.fixture
async def blocked(ccp: Platform) -> Blocked:
    call = await call_with_form(ccp)
    anna = await ccp.member("Anna")
    [organisation] = await many_organisations(ccp, anna, 1)
    id = (await applies(anna, call, organisation))["application_id"]
    assessors = [await ccp.member(name) for name in ("Ada", "Bea", "Cleo")]
    await pass_the_cut_off(ccp)
    await opens(ccp, call, *assessors)
    for assessor in assessors[:2]:
        ok(await scores(assessor, id, 4, 4))
    return Blocked(ccp, call, id, assessors)


async def test_decisions_no_longer_wait_for_an_excused_assessor(ccp: Platform, blocked: Blocked) -> None:
    refused(await blocked.select(), 409, None, "assessments_missing")
    round = ok(await blocked.excuse(blocked.cleo))
    assert round["assessors"] == [blocked.ada.id, blocked.bea.id]
    assert [(each["member_id"], each["reason"]) for each in round["excused"]] == [(blocked.cleo.id, REASON["reason"])]
    assert round["names"][blocked.cleo.id] == "Cleo"
    ok(await blocked.select())
    await ccp.system.settle()
    titles = [alert["title"] for alert in await blocked.cleo.alerts()]
    assert "You no longer assess: you were excused" in titles
    refused(await blocked.cleo.get(f"/applications/{blocked.id}/submitted"), 404)


async def test_a_replacement_scores_instead(ccp: Platform, blocked: Blocked) -> None:
    dora = await ccp.member("Dora")
    ok(await blocked.excuse(blocked.cleo, replacement=dora.id))
    await ccp.system.settle()
    assert [alert["title"] for alert in await dora.alerts()] == ["Assess: you were named as an assessor"]
    refused(await blocked.select(), 409, None, "assessments_missing")
    refused(await scores(blocked.cleo, blocked.id, 1, 1), 404)
    ok(await scores(dora, blocked.id, 5, 5))
    ok(await blocked.select())


async def test_scores_of_an_excused_assessor_still_count(ccp: Platform, blocked: Blocked) -> None:
    ok(await blocked.excuse(blocked.ada))
    ok(await scores(blocked.cleo, blocked.id, 1, 1))
    ranked = ok(await ccp.operator.get(f"{blocked.path}/ranking"))["items"]
    assert [(each["judged"]["scored"], each["judged"]["means"]["fit"]) for each in ranked] == [(3, "3.00")]


async def test_a_round_keeps_two_assessors_and_an_excused_one_does_not_come_back(
    ccp: Platform, blocked: Blocked
) -> None:
    refused(await blocked.excuse(blocked.cleo, reason=""), 422, "reason")
    refused(await blocked.excuse(blocked.cleo, replacement=blocked.ada.id), 422, "replacement")
    ok(await blocked.excuse(blocked.cleo))
    refused(await blocked.excuse(blocked.cleo), 404)
    refused(await blocked.excuse(blocked.ada), 409, "replacement", "too_few_assessors")
    refused(await blocked.excuse(blocked.ada, replacement=blocked.cleo.id), 422, "replacement", "replacement_unfit")
    round = ok(await ccp.operator.get(blocked.path))
    again = {"assessors": [*round["assessors"], blocked.cleo.id], "criteria": round["criteria"]}
    refused(await ccp.operator.put(blocked.path, again, version=round["version"]), 422, "assessors")


async def test_the_audit_log_of_a_round_says_who_was_excused_and_why(ccp: Platform, blocked: Blocked) -> None:
    ok(await blocked.excuse(blocked.cleo))
    log = ok(await ccp.operator.get(f"{blocked.path}/trail"))
    assert log["intact"]
    assert [entry["what"] for entry in log["items"]] == ["assessors named", "opened", "assessor excused"]
    assert log["items"][-1]["kept"]["excused"][0]["reason"] == REASON["reason"]
    refused(await blocked.ada.get(f"{blocked.path}/trail"), 404)


async def test_only_the_publisher_sees_names_and_excuses(ccp: Platform, blocked: Blocked) -> None:
    ok(await blocked.excuse(blocked.cleo))
    seen = ok(await blocked.ada.get(blocked.path))
    assert (seen["names"], seen["excused"]) == ({}, [])
    refused(await blocked.ada.post(f"{blocked.path}/assessors/{blocked.bea.id}/excuse", REASON), 404)
    page = await ccp.operator.get(blocked.path, headers={"Accept": "text/html"})
    assert "Cleo" in page.text
    assert REASON["reason"] in page.text


async def test_a_publisher_finds_an_assessor_by_name(ccp: Platform, blocked: Blocked) -> None:
    zoe = await ccp.member("Zoë")
    await ccp.organisation(zoe, name="Institute of Zoë")
    path = f"/calls/{blocked.call['id']}/assessors"
    for asked in ("zoe", "ZOË"):
        found = ok(await ccp.operator.get(path, params={"name": asked}))
        assert found == [{"id": zoe.id, "name": "Zoë", "organisations": ["Institute of Zoë"]}]
    assert ok(await ccp.operator.get(path, params={"name": "zoeira"})) == []
    refused(await ccp.operator.get(path, params={"name": "z."}), 422, "name")
    refused(await zoe.get(path, params={"name": "ada"}), 404)
