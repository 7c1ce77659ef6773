"""Added places over HTTP: the reserve list is promoted as far as places and money go, each applicant once."""

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from services.calls.ledger.store import LEDGERS
from services.calls.selection.applications.store import APPLICATIONS
from tests.support.applicants import BRAZIL, applicant
from tests.support.assessments import Selection, selection, withdraws
from tests.support.browsing import browser_of
from tests.support.missions import assessed_crowd, mission
from tests.support.people import MISSION, Platform, ok, refused

ALL_TAKEN = ("select", "select", "select", "reserve", "reserve", "reserve")
TWICE = BRAZIL | {
    "model": "cut_offs",
    "cut_offs": [*BRAZIL["cut_offs"], {"deadline": "2016-07-08T23:59"}],
    "budget": {"total": 20_000},
}

NEW = {"ends_on": "2016-08-13", "places": 4}


async def full(ccp: Platform, call: dict[str, Any] = BRAZIL) -> Selection:
    """Six of Anna's organisations applied for three places."""
    made = await selection(ccp, await ccp.member("Anna"), 6, call)
    await made.score(5, 5, 5, 4, 4, 4)
    ok(await made.decide(*ALL_TAKEN))
    return made


async def adds(made: Selection, **more: int) -> Any:
    path = f"/calls/{made.call['id']}"
    version = ok(await made.ccp.http.get(path))["version"]
    return await made.ccp.operator.put(f"{path}/places", more, version=version)


async def states(made: Selection) -> list[str]:
    found = await APPLICATIONS.find(made.ccp.system.db("calls"), {"_id": {"$in": made.ids}}, limit=len(made.ids))
    by_id = {one.id: str(one.state) for one in found}
    return [by_id[id] for id in made.ids]


async def promoted(ccp: Platform) -> list[str]:
    return [event.data["application_id"] for event in await ccp.system.published("calls", "calls.reserve.promoted.v1")]


async def test_added_places_go_to_the_reserve_in_its_order_as_far_as_the_money_goes(ccp: Platform) -> None:
    made = await full(ccp)
    assert ok(await adds(made, places=5)) == {"places": 5, "taken": 3, "left": 2}, "there is no money for a fourth"
    assert ok(await adds(made, budget=9_999)) == {"places": 5, "taken": 4, "left": 1}
    assert await states(made) == ["selected"] * 4 + ["reserve"] * 2
    assert ok(await adds(made, budget=100_000)) == {"places": 5, "taken": 5, "left": 0}
    assert await states(made) == ["selected"] * 5 + ["reserve"]
    assert await promoted(ccp) == made.ids[3:5]
    accounts = ok(await ccp.operator.get(f"/calls/{made.call['id']}/accounts"))
    assert (accounts["budget"]["cents"], accounts["committed"]["cents"]) == (10_000_000, 5 * 200_000)
    trail = ok(await ccp.operator.get(f"/applications/{made.ids[3]}/trail"))
    assert (trail["intact"], trail["items"][-1]["what"], trail["items"][-1]["by"]) == (True, "promoted", "platform")


async def test_an_applicant_promoted_by_added_places_is_notified_once(ccp: Platform) -> None:
    made = await full(ccp, BRAZIL | {"budget": {"total": 20_000}})
    bert, cluster = await applicant(ccp, "Bert")
    at = ccp.system.db("calls")
    await APPLICATIONS.update(at, {"_id": made.ids[3]}, {"$set": {"organisation_id": cluster["id"]}})
    ok(await adds(made, places=4))
    ok(await adds(made, places=5))
    await ccp.system.settle()
    assert [one["title"] for one in await bert.alerts() if one["event_type"] == "calls.reserve.promoted.v1"] == [
        "Selected: Matchmaking mission to Brazil"
    ]
    assert sum(mail["Subject"].startswith("Selected") for mail in bert.mails) == 1


async def test_changing_an_open_call_can_add_places_too(ccp: Platform) -> None:
    made = await full(ccp, TWICE)
    path = f"/calls/{made.call['id']}"
    version = ok(await ccp.http.get(path))["version"]
    roomier = TWICE | {"mission": TWICE["mission"] | {"places": 4}}
    ok(await ccp.operator.put(path, roomier | {"title": "To Brazil, again"}, version=version))
    await ccp.system.settle()
    assert await states(made) == ["selected"] * 4 + ["reserve"] * 2
    assert ok(await ccp.http.get(f"{path}/places")) == {"places": 4, "taken": 4, "left": 0}
    ok(await ccp.operator.put(path, roomier | {"title": "To Brazil"}, version=version + 1))
    fewer = TWICE | {"mission": TWICE["mission"] | {"places": 2}}
    ok(await ccp.operator.put(path, fewer, version=version + 2))
    assert await states(made) == ["selected"] * 4 + ["reserve"] * 2, "commitments stay"
    assert ok(await ccp.http.get(f"{path}/places")) == {"places": 2, "taken": 4, "left": 0}


async def test_a_reserve_with_free_places_is_promoted_only_when_places_are_added(ccp: Platform) -> None:
    made = await selection(ccp, await ccp.member("Anna"), 2, TWICE)
    await made.score(5, 5)
    ok(await made.decide("select", "reserve"))
    path = f"/calls/{made.call['id']}"
    version = ok(await ccp.http.get(path))["version"]
    longer, roomier = [TWICE | {"mission": TWICE["mission"] | {name: new}} for name, new in NEW.items()]
    ok(await ccp.operator.put(path, longer, version=version))
    assert await states(made) == ["selected", "reserve"], "new dates add no places"
    ok(await ccp.operator.put(path, roomier, version=version + 1))
    await ccp.system.settle()
    assert await states(made) == ["selected", "selected"]


async def test_places_added_while_others_step_back_are_all_given_and_none_twice(ccp: Platform) -> None:
    """Selected applicants and a reserve withdraw while the publisher adds places."""
    made = await full(ccp, BRAZIL | {"budget": {"total": 1_000_000}})
    anna = await ccp.log_in("Anna", "anna@members.example")

    async def add() -> Any:
        while (answer := await adds(made, places=4)).status_code == 412:
            pass
        return answer

    for answer in await asyncio.gather(add(), *(withdraws(anna, made.ids[n]) for n in (0, 1, 4))):
        ok(answer)
    assert await states(made) == ["withdrawn", "withdrawn", "selected", "selected", "withdrawn", "selected"]
    ups = Counter(await promoted(ccp))
    assert {**ups, made.ids[4]: 1} == dict.fromkeys(made.ids[3:], 1), (
        "the withdrawn reserve may have been promoted a moment before"
    )
    ledger = await LEDGERS.get(ccp.system.db("calls"), made.call["id"])
    assert (ledger.places, ledger.taken, ledger.committed) == (4, 3, 3 * 200_000)


async def test_a_hundred_and_twenty_of_the_reserve_move_up_while_the_publisher_asks_again_and_again(
    ccp: Platform,
) -> None:
    call = await ccp.operator.publishes(mission(places=1) | {"budget": {"total": 1_000_000}})
    ids = await assessed_crowd(ccp, call, 130)
    waiting = [
        {"application_id": id, "version": 1, "outcome": "reserve", "rank": rank, "reason": "All places are taken."}
        for rank, id in enumerate(ids, 1)
    ]
    ok(await ccp.operator.post(f"/calls/{call['id']}/rounds/1/decisions", {"decisions": waiting}))
    made = Selection(ccp, call, ids, [])
    answers = await asyncio.gather(*(adds(made, places=120) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]
    await ccp.system.settle()
    assert await states(made) == ["selected"] * 120 + ["reserve"] * 10
    assert sorted(await promoted(ccp)) == ids[:120]
    ledger = await LEDGERS.get(ccp.system.db("calls"), call["id"])
    assert (ledger.taken, ledger.committed) == (120, 120 * 200_000)


async def test_a_promoted_reserve_reads_what_is_true_now_and_the_old_reason_in_the_history(ccp: Platform) -> None:
    made = await full(ccp, BRAZIL | {"budget": {"total": 1_000_000}})
    anna = await ccp.log_in("Anna", "anna@members.example")
    path = f"/applications/{made.ids[3]}"
    browser = await browser_of(anna)
    reason = ok(await anna.get(path))["reason"]
    assert "Reasons for the decision" in (await browser.open(path)).text
    ok(await adds(made, places=6))
    await ccp.system.settle()
    page = await browser.open(path)
    assert "Selected" in page.text
    assert "Reasons for the decision" not in page.text
    assert f"Reason: {reason}" in page.soup.select_one("ol.timeline").get_text(" ", strip=True)
    assert ok(await anna.get(path))["reason"] == ""


async def test_limits_that_are_not_higher_are_refused(ccp: Platform) -> None:
    made = await full(ccp)
    refused(await adds(made), 422, "places", "limits_not_raised")
    refused(await adds(made, places=2), 422, "places", "limits_not_raised")
    refused(await adds(made, places=3, budget=6_000), 422, "places", "limits_not_raised")
    refused(await adds(made, places=5, budget=5_999), 422, "budget", "limits_not_raised")
    refused(await adds(made, places=0), 422, "places", "invalid")
    assert await promoted(ccp) == []


async def test_only_its_publisher_adds_places_and_only_until_the_mission_begins(ccp: Platform) -> None:
    made = await full(ccp)
    path = f"/calls/{made.call['id']}/places"
    refused(await made.assessors[0].put(path, {"places": 9}, version=1), 404)
    refused(await ccp.operator.put(path, {"places": 9}, version=1), 412)
    refused(await ccp.operator.put(path, {"places": 9}), 428)
    other = await ccp.operator.publishes(MISSION)
    refused(await ccp.operator.put(f"/calls/{other['id']}/places", {"places": 9}, version=other["version"]), 404)
    await ccp.system.travel(datetime(2016, 8, 8, tzinfo=UTC) - ccp.system.clock.now())
    await ccp.log_in_operator()
    refused(await adds(made, places=9), 409, "mission.starts_on", "mission_started")
