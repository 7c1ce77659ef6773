"""Cut-offs over HTTP: published once, extended with a reason, with a history that shows tampering."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from services.calls.catalogue.usecases import publish_milestones
from tests.support.newsletter import JAPAN, TWICE
from tests.support.people import Platform, ok, refused


async def test_each_cut_off_is_published_once_with_several_replicas(ccp: Platform) -> None:
    call = await ccp.operator.publishes(TWICE)
    calls = ccp.system.db("calls")
    seen = []
    for days in (5, 5.5, 2, 150, 6, 5.5, 2):  # 14, 19, 21 May, 18, 24, 30 October, 1 November
        ccp.system.clock.travel(timedelta(days=days))
        await asyncio.gather(*[publish_milestones(calls) for _ in range(4)])
        seen.append(ok(await ccp.http.get(f"/calls/{call['id']}")))
    await ccp.system.settle()

    types = Counter(event.type for event in await ccp.system.published("calls"))
    assert types == {
        "calls.call.published.v1": 1,
        "calls.deadline.approached.v1": 4,
        "calls.cutoff.passed.v1": 1,
        "calls.call.closed.v1": 1,
    }
    events = [e.data for e in await ccp.system.published("calls", "calls.deadline.approached.v1")]
    assert [(e["call"]["cut_off"], e["days"]) for e in events] == [
        ("Spring", 7),
        ("Spring", 1),
        ("Autumn", 7),
        ("Autumn", 1),
    ]
    [passed] = await ccp.system.published("calls", "calls.cutoff.passed.v1")
    assert (passed.data["number"], passed.data["call"]["cut_off"]) == (1, "Autumn")
    statuses = [view["status"] for view in seen]
    assert statuses == ["closing_soon", "closing_soon", "open", "open", "closing_soon", "closing_soon", "closed"]
    assert seen[2]["deadline"] == "2016-10-30T16:00:00Z"


LONGER = {"deadline": "2016-07-07T17:00:00+02:00", "reason": "the fair was moved"}
EXTENDED = "deadline extended from 30 June 2016, 17:00 CEST to 7 July 2016, 17:00 CEST"


async def test_only_its_publisher_extends_a_deadline_and_only_to_a_later_one(shared_ccp: Platform) -> None:
    anna = await shared_ccp.member("Anna")
    operator, call = shared_ccp.operator, await shared_ccp.operator.publishes(JAPAN)
    path = f"/calls/{call['id']}/extend"
    refused(await operator.post(path, LONGER), 428)
    refused(await anna.post(path, LONGER, version=2), 404)
    refused(await operator.post(path, LONGER | {"deadline": "2016-06-29T17:00:00Z"}, version=2), 422)
    ok(await operator.post(path, LONGER, version=2))
    refused(await operator.post(path, LONGER, version=2), 412)


async def test_followers_are_notified_of_an_extension_with_its_reason(shared_ccp: Platform) -> None:
    anna = await shared_ccp.member("Anna")
    await anna.follows(kinds=["mission"])
    call = await shared_ccp.operator.publishes(JAPAN)
    ok(await shared_ccp.operator.post(f"/calls/{call['id']}/extend", LONGER, version=2))
    await shared_ccp.system.settle()
    texts = [alert["text"] for alert in await anna.alerts()]
    assert any(f"{EXTENDED}; reason: the fair was moved" in text for text in texts)


async def test_the_history_of_a_deadline_is_kept_and_paged(shared_ccp: Platform) -> None:
    operator, call = shared_ccp.operator, await shared_ccp.operator.publishes(JAPAN)
    path = f"/calls/{call['id']}"
    ok(await operator.post(f"{path}/extend", LONGER, version=2))
    call = ok(await operator.put(path, JAPAN | {"deadline": "2016-07-01T17:00:00+02:00"}, version=3))
    history = ok(await shared_ccp.http.get(f"{path}/history"))
    assert history["intact"] is True
    assert [entry["reason"] for entry in history["items"]] == ["published", "the fair was moved", ""]
    assert {entry["by"] for entry in history["items"]} == {operator.id}
    assert history["items"][-1]["hash"] == call["history"]
    assert history["items"][1]["words"] == [EXTENDED]
    first = ok(await shared_ccp.http.get(f"{path}/history", params={"limit": 2}))
    second = ok(await shared_ccp.http.get(f"{path}/history", params={"limit": 2, "cursor": first["next"]}))
    assert [e["number"] for e in first["items"] + second["items"]] == [1, 2, 3]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("collection", "query", "change", "fault"),
    [
        ("deadline_changes", {"number": 2}, {"reason": "another"}, "entry 2 was changed after it was written"),
        ("calls", {}, {"history": "0" * 64}, "the call's deadlines are not those of the newest entry"),
        ("deadline_changes", {"number": 1}, None, "entry 1 is missing"),
        ("deadline_changes", {}, None, "every entry is missing"),
    ],
)
async def test_a_history_rewritten_in_the_database_is_detected(
    shared_ccp: Platform, collection: str, query: dict, change: dict | None, fault: str
) -> None:
    call = await shared_ccp.operator.publishes(JAPAN)
    path = f"/calls/{call['id']}"
    longer = {"deadline": "2016-07-07T17:00:00Z", "reason": "late"}
    ok(await shared_ccp.operator.post(f"{path}/extend", longer, version=2))
    rows = shared_ccp.system.db("calls").raw(collection)
    query = query | {"_id" if collection == "calls" else "call_id": call["id"]}
    await (rows.update_one(query, {"$set": change}) if change else rows.delete_many(query))
    history = ok(await shared_ccp.http.get(f"{path}/history"))
    assert (history["intact"], history["fault"]) == (False, fault)
    page = await shared_ccp.http.get(f"{path}/history", headers={"Accept": "text/html"})
    assert "not intact" in page.text


async def test_a_passed_cut_off_cannot_be_moved(ccp: Platform) -> None:
    call = await ccp.operator.publishes(TWICE)
    await ccp.system.travel(timedelta(days=20))
    path = f"/calls/{call['id']}"
    version = ok(await ccp.http.get(path))["version"]
    only = TWICE | {"model": "single", "cut_offs": TWICE["cut_offs"][1:]}
    refused(await ccp.operator.put(path, only, version=version), 409, "cut_offs", "past_cut_off_changed")
    third = TWICE | {"cut_offs": [*TWICE["cut_offs"], {"name": "Winter", "deadline": "2016-12-20T17:00"}]}
    changed = ok(await ccp.operator.put(path, third, version=version))
    assert len(changed["cut_offs"]) == 3
