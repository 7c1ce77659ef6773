"""Assessors are notified that they were named: for which call, by when, with a link, and once for each round."""

from typing import Any

from bs4 import BeautifulSoup

from tests.support.applicants import BRAZIL, CRITERIA
from tests.support.people import Member, Platform, ok, refused

TWICE = BRAZIL | {"model": "cut_offs", "cut_offs": [*BRAZIL["cut_offs"], {"deadline": "2016-07-08T23:59"}]}


async def names(
    ccp: Platform, call: dict[str, Any], *assessors: Member, version: int = 0, number: int = 1, **more: Any
) -> dict[str, Any]:
    body = {"assessors": [one.id for one in assessors], "criteria": CRITERIA, **more}
    made = ok(await ccp.operator.put(f"/calls/{call['id']}/rounds/{number}", body, version=version))
    await ccp.system.settle()
    return made


async def assess_alerts(member: Member) -> list[dict[str, Any]]:
    return [alert for alert in await member.alerts() if alert["title"].startswith("Assess")]


def mailed(member: Member) -> int:
    return sum(mail["Subject"].startswith("Assess") for mail in member.mails)


async def test_an_assessor_is_notified_of_call_and_due_time_with_a_link(ccp: Platform) -> None:
    ada, bea, cara = [await ccp.member(name) for name in ("Ada", "Bea", "Cara")]
    call = await ccp.operator.publishes(BRAZIL)
    await names(ccp, call, ada, bea, assess_by="2016-06-20T17:00:00+02:00")
    [alert] = await assess_alerts(ada)
    assert alert["title"] == "Assess: you were named as an assessor"
    assert alert["text"] == (
        "You were named as an assessor of a call. Its cut-off is 8 June 2016, 23:59 CEST. After it, the publisher"
        " opens the applications, and you can read and score them."
        " Please send your scores by 20 June 2016, 17:00 CEST."
    )
    assert alert["reason"] == "You were named as an assessor"
    page = BeautifulSoup((await ada.get(alert["url"], headers={"Accept": "text/html"})).text, "html.parser")
    assert "20 June 2016, 17:00 CEST" in page.main.get_text(" ")
    assert [row.td.text for row in page.main.find_all("tr")[1:]] == ["Fits the mission", "Plan of the visit"]
    assert (await ada.get(page.main.h1.a["href"])).status_code == 200
    assert ok(await ada.get(alert["url"]))["assess_by"] == "2016-06-20T15:00:00Z"
    assert (mailed(ada), mailed(bea)) == (1, 1)
    assert f"http://ccp.test{alert['url']}" in ada.mails[-1].get_body(("plain",)).get_content()
    assert (await assess_alerts(cara), await assess_alerts(ccp.operator), mailed(cara)) == ([], [], 0)
    refused(await cara.get(alert["url"]), 404)


async def test_an_assessor_is_notified_once_for_each_round(ccp: Platform) -> None:
    ada, bea, cara = [await ccp.member(name) for name in ("Ada", "Bea", "Cara")]
    call = await ccp.operator.publishes(TWICE)
    await names(ccp, call, ada, bea)
    await names(ccp, call, bea, ada, version=1)
    await names(ccp, call, ada, cara, version=2)
    await names(ccp, call, bea, cara, ada, version=3)
    assert [(len(await assess_alerts(member)), mailed(member)) for member in (ada, bea, cara)] == [(1, 1)] * 3
    assert "scores by" not in (await assess_alerts(ada))[0]["text"]
    named = await ccp.system.published("calls", "calls.assessor.named.v1")
    assert [event.data["member_id"] for event in named] == [ada.id, bea.id, cara.id, bea.id]

    await names(ccp, call, ada, bea, number=2)
    assert [(len(await assess_alerts(member)), mailed(member)) for member in (ada, bea, cara)] == [
        (2, 2),
        (2, 2),
        (1, 1),
    ]
    assert "8 July 2016, 23:59 CEST" in (await assess_alerts(ada))[0]["text"]


async def test_events_about_an_assessor_carry_only_the_id(ccp: Platform) -> None:
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    await names(ccp, await ccp.operator.publishes(BRAZIL), ada, bea)
    named = await ccp.system.published("calls", "calls.assessor.named.v1")
    fields = {"call_id", "call_title", "cut_off", "member_id", "sealed_until", "assess_by", "timezone", "url"}
    assert {frozenset(event.data) for event in named} == {frozenset(fields)}
    assert not any(word in event.model_dump_json() for event in named for word in ("Ada", "ada@", "Bea", "bea@"))


async def test_scores_cannot_be_due_before_the_cut_off(ccp: Platform) -> None:
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await ccp.operator.publishes(BRAZIL)
    body = {"assessors": [ada.id, bea.id], "criteria": CRITERIA, "assess_by": "2016-06-08T23:59:00+02:00"}
    path = f"/calls/{call['id']}/rounds/1"
    refused(await ccp.operator.put(path, body, version=0), 422, "assess_by", "assessed_too_early")
    refused(await ccp.operator.put(path, body | {"assess_by": "2016-06-20T17:00"}, version=0), 422, "assess_by")
    await ccp.system.settle()
    assert await assess_alerts(ada) == []


async def test_no_assessor_is_named_for_a_call_that_they_cannot_read(ccp: Platform) -> None:
    ada, bea = [await ccp.member(name) for name in ("Ada", "Bea")]
    draft = ok(await ccp.operator.post("/calls", BRAZIL))
    body = {"assessors": [ada.id, bea.id], "criteria": CRITERIA}
    refused(await ccp.operator.put(f"/calls/{draft['id']}/rounds/1", body, version=0), 409, "status", "call_not_public")
    assert await assess_alerts(ada) == []
