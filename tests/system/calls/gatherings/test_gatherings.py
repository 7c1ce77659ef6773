"""Gatherings over HTTP: drafts, changes and cancellations with their notifications, places, the waiting list."""

import asyncio
import codecs
import csv
from collections import Counter
from typing import Any

import pytest
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from services.calls.gatherings.registrations import usecases
from services.calls.gatherings.registrations.store import PLACES, REGISTRATIONS
from shared.mongo import Transaction
from tests.support.feeds import table_of
from tests.support.gatherings import OF_TWO, SEMINAR, leaves, logged_in, organised, registers, standing
from tests.support.people import Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


# --- what an organiser does ---------------------------------------------------------------------


async def test_a_draft_is_its_organisers_business_until_it_is_published(ccp: Platform) -> None:
    anna, stranger = await ccp.member("Anna"), logged_in(ccp, "stranger")
    organisation = await ccp.organisation(anna)
    body = SEMINAR | {"title": "Quiet", "organisation_id": organisation["id"]}
    draft = ok(await anna.post("/gatherings", body | {"draft": True}))
    path = f"/gatherings/{draft['id']}"
    for who in (ccp.http, stranger):
        refused(await who.get(path), 404)
    refused(await stranger.put(f"{path}/registration", None), 404)
    refused(await stranger.post(f"{path}/publish", version=1), 404)
    assert "Quiet" not in (await ccp.http.get("/gatherings")).text
    ok(await anna.put(path, body | {"title": "Loud"}, version=1))
    await ccp.system.settle()
    assert not [e for e in await ccp.system.published("calls") if e.subject == draft["id"]]

    assert ok(await anna.post(f"{path}/publish", version=2))["stage"] == "published"
    refused(await anna.post(f"{path}/publish", version=3), 409, "stage", "gathering_already_published")
    assert ok(await ccp.http.get(path))["title"] == "Loud"
    assert [e.type for e in await ccp.system.published("calls") if e.subject == draft["id"]] == [
        "calls.gathering.published.v1"
    ]


async def test_followers_and_participants_are_notified_once_of_a_change_and_a_cancellation(ccp: Platform) -> None:
    follows, comes, both = [await ccp.member(name) for name in ("Fay", "Cora", "Bo")]
    for member in (follows, both):
        await member.follows(countries=["DE"], keywords=["seminar"])
    path = await organised(ccp, SEMINAR, admission={})
    for member in (comes, both):
        assert (await registers(member, path))["state"] == "registered"
    moved = SEMINAR | {"admission": {}, "place": "Berlin", "mode": "hybrid", "join_link": "https://meet.example/1"}
    ok(await ccp.operator.put(path, moved, version=1))
    ok(await ccp.operator.put(path, moved, version=2))  # says nothing new
    await ccp.system.settle()
    ok(await ccp.operator.post(f"{path}/cancel", {"reason": "The hall burnt down."}, version=3))
    await ccp.system.settle()

    alerts = {m.name: Counter(a["title"].partition(":")[0] for a in await m.alerts()) for m in (follows, comes, both)}
    assert alerts == {
        "Fay": {"Save the date": 1, "Changed": 1, "Cancelled": 1},
        "Cora": {"You are registered": 1, "Changed": 1, "Cancelled": 1},
        "Bo": {"Save the date": 1, "You are registered": 1, "Changed": 2, "Cancelled": 2},
    }
    mails = Counter(mail["Subject"].partition(":")[0] for mail in both.mails)
    assert (mails["Changed"], mails["Cancelled"]) == (1, 1)
    changed = next(a for a in await comes.alerts() if a["title"].startswith("Changed"))
    assert "now Berlin, and online, instead of Hannover" in changed["text"]
    assert "meet.example" not in " ".join(str(a) for a in await comes.alerts())
    assert await standing(comes, path) == ("cancelled", None)
    refused(await logged_in(ccp, "late").put(f"{path}/registration", None), 409, "stage", "registration_closed")
    refused(await ccp.operator.put(path, moved, version=4), 409, "stage", "gathering_already_cancelled")


async def test_the_link_to_join_is_shown_to_members_with_a_place(ccp: Platform) -> None:
    link = "https://meet.example/secret"
    path = await organised(ccp, SEMINAR, mode="online", place="", join_link=link, admission={"capacity": 1})
    first, second = logged_in(ccp, "first"), logged_in(ccp, "second")
    await registers(first, path)
    await registers(second, path)
    assert ok(await first.get(path))["join_link"] == link
    assert link in (await first.get(path, headers={"Accept": "text/html"})).text
    assert ok(await ccp.operator.get(path))["join_link"] == link
    for answer in (await second.get(path), await ccp.http.get(path), await ccp.http.get("/gatherings")):
        assert ok(answer)
        assert link not in answer.text
    assert not [e for e in await ccp.system.published("calls") if link in e.model_dump_json()]


async def test_its_page_shows_the_programme_with_speakers_and_the_places_left(ccp: Platform) -> None:
    session = {
        "title": "Clusters in the EU and the USA",
        "starts_at": "2016-06-01T14:00",
        "ends_at": "2016-06-01T15:30",
        "room": "Hall 2",
        "speakers": [{"name": "A. <b>Speaker</b>", "role": "Commissioner", "organisation": "DG GROWTH"}],
    }
    path = await organised(ccp, OF_TWO, programme=[session])
    await registers(logged_in(ccp, "one"), path)
    page = BeautifulSoup((await ccp.http.get(path, headers={"Accept": "text/html"})).text, "html.parser")
    words = " ".join(page.main.text.split())
    assert "14:00 to 15:30 Clusters in the EU and the USA" in words
    assert "Hall 2" in words
    assert "A. <b>Speaker</b>, Commissioner, DG GROWTH" in words
    assert "1 of 2 places left" in words
    assert page.find("a", href=f"{path}.ics")


async def test_a_past_gathering_cannot_change(ccp: Platform) -> None:
    refused(
        await ccp.operator.post(
            "/gatherings", SEMINAR | {"ends_at": "2016-05-08T17:00", "starts_at": "2016-05-08T09:00"}
        ),
        422,
        "ends_at",
        "already_over",
    )


async def test_a_member_who_registers_during_a_cancellation_is_notified(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, admission={})
    id, db = path.rpartition("/")[2], ccp.system.db("calls")
    cancelling: list[asyncio.Task[Any]] = []

    async def register_meanwhile(tx: Transaction) -> None:
        await usecases.register(tx, id, "hasty", None)
        if not cancelling:  # the first attempt
            cancelling.append(asyncio.create_task(ccp.operator.post(f"{path}/cancel", {"reason": "fire"}, version=1)))
            await asyncio.wait(cancelling, timeout=0.5)  # it has to wait for us

    await db.transact(register_meanwhile)
    ok(await cancelling[0])
    await ccp.system.settle()
    assert (await REGISTRATIONS.get(db, f"{id}:hasty")).state == "cancelled"
    notified = [e.data["member_id"] for e in await ccp.system.published("calls", "calls.participant.affected.v1")]
    assert notified.count("hasty") == 1


# --- places and the waiting list ----------------------------------------------------------------


async def test_the_first_waiting_member_gets_a_freed_place_and_may_decline(ccp: Platform) -> None:
    path = await organised(ccp, OF_TWO)
    ann, bob, cid, dee, eve = [logged_in(ccp, name) for name in ("ann", "bob", "cid", "dee", "eve")]
    for member in (ann, bob, cid, dee, eve, cid):  # cid asks twice
        await registers(member, path)
    assert [await standing(m, path) for m in (bob, cid, dee, eve)] == [
        ("registered", None),
        ("waiting", 1),
        ("waiting", 2),
        ("waiting", 3),
    ]
    refused(await bob.post(f"{path}/registration/decline"), 409, "state", "nothing_to_decline")
    refused(await cid.post(f"{path}/registration/decline"), 409, "state", "nothing_to_decline")
    await leaves(ann, path)
    await leaves(ann, path)  # again: nothing changes
    assert [await standing(m, path) for m in (ann, cid, dee, eve)] == [
        ("left", None),
        ("registered", None),
        ("waiting", 1),
        ("waiting", 2),
    ]
    for _ in range(2):
        assert ok(await cid.post(f"{path}/registration/decline"))["state"] == "declined"
    assert [await standing(m, path) for m in (dee, eve)] == [("registered", None), ("waiting", 1)]
    await registers(ann, path)  # comes again: at the end
    assert await standing(ann, path) == ("waiting", 2)
    places = [
        (e.data["member_id"], e.data.get("promoted"))
        for e in await ccp.system.published("calls")
        if e.subject == path.rpartition("/")[2] and e.type.startswith("calls.participant")
    ]
    assert places == [("ann", False), ("bob", False), ("ann", None), ("cid", True), ("cid", None), ("dee", True)]


async def test_a_member_promoted_from_the_waiting_list_is_notified(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, title="Full house", admission={"capacity": 1})
    first, gina = logged_in(ccp, "first"), await ccp.member("Gina")
    await registers(first, path)
    await registers(gina, path)
    await ccp.system.settle()
    assert await gina.alerts() == []
    await leaves(first, path)
    await ccp.system.settle()
    [alert] = await gina.alerts()
    assert (alert["title"], alert["url"]) == ("You have a place: Full house", path)


async def test_added_places_go_to_the_waiting_list_and_no_member_loses_a_place(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, admission={"capacity": 1})
    members = [logged_in(ccp, f"m{number:03}") for number in range(130)]
    for member in members:
        await registers(member, path)
    ok(await ccp.operator.put(path, SEMINAR | {"admission": {"capacity": 125}}, version=1))  # more than a batch
    await ccp.system.settle()
    states = [await standing(member, path) for member in members]
    assert states == [("registered", None)] * 125 + [("waiting", place) for place in range(1, 6)]
    few = SEMINAR | {"admission": {"capacity": 124}}
    refused(await ccp.operator.put(path, few, version=2), 422, "admission.capacity", "capacity_taken")
    refused(await ccp.operator.put(path, SEMINAR, version=2), 422, "admission", "capacity_taken")
    ok(await ccp.operator.put(path, SEMINAR | {"admission": {}}, version=2))
    assert await standing(members[-1], path) == ("registered", None)


async def test_two_hundred_at_once_get_as_many_places_as_there_are(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, admission={"capacity": 60})
    members = [logged_in(ccp, f"crowd-{number}") for number in range(200)]
    answers = await asyncio.gather(*[registers(member, path) for member in members])
    assert Counter(answer["state"] for answer in answers) == {"registered": 60, "waiting": 140}
    seated = [m for m, answer in zip(members, answers, strict=True) if answer["state"] == "registered"]
    await asyncio.gather(*[leaves(member, path) for member in seated[:20]])
    places = await PLACES.get(ccp.system.db("calls"), path.rpartition("/")[2])
    assert (places.taken, places.waiting, places.numbers) == (60, 120, 200)
    rows = await REGISTRATIONS.find(ccp.system.db("calls"), {"gathering_id": places.id}, limit=1000)
    assert Counter(row.state for row in rows) == {"registered": 60, "waiting": 120, "left": 20}
    assert sorted(row.number for row in rows) == [*range(1, 201)]
    last_in = max(row.number for row in rows if row.state == "registered")
    assert last_in < min(row.number for row in rows if row.state == "waiting")


async def test_replicas_do_not_give_a_place_twice(ccp: Platform) -> None:
    """Replicas do not share the in-process lock, so that these registrations run without it."""
    path = await organised(ccp, SEMINAR, admission={"capacity": 7})
    id, db = path.rpartition("/")[2], ccp.system.db("calls")
    names = [f"replica-{number}" for number in range(16)]
    rows = await asyncio.gather(*[db.transact(usecases.register, id, name, None) for name in names])
    assert Counter(row.state for row in rows) == {"registered": 7, "waiting": 9}
    assert sorted(row.number for row in rows) == [*range(1, 17)]


async def test_registration_is_open_in_its_period_only(ccp: Platform) -> None:
    member = logged_in(ccp, "punctual")
    closed = await organised(ccp, SEMINAR)
    early = await organised(ccp, SEMINAR, admission={"opens_at": "2016-05-20T09:00"})
    late = await organised(ccp, SEMINAR, admission={"closes_at": "2016-05-09T08:00"})
    refused(await member.put(f"{closed}/registration", None), 409, "admission", "registration_not_open")
    refused(await member.put(f"{early}/registration", None), 409, "admission", "registration_not_open")
    refused(await member.put(f"{late}/registration", None), 409, "admission", "registration_closed")
    refused(await member.get(f"{early}/registration"), 404)
    refused(await ccp.http.put(f"{early}/registration"), 401)


async def test_a_member_registers_for_their_own_organisation_only(ccp: Platform) -> None:
    erik = await ccp.member("Erik")
    organisation = await ccp.organisation(erik)
    path = await organised(ccp, OF_TWO)
    body = {"organisation_id": organisation["id"]}
    refused(await logged_in(ccp, "outsider").put(f"{path}/registration", body), 404, "organisation_id")
    assert ok(await erik.put(f"{path}/registration", body))["organisation_name"] == "Nordic ICT Cluster"
    [row] = ok(await ccp.operator.get(f"{path}/registrations"))["items"]
    assert (row["member_id"], row["organisation_id"], row["state"]) == (erik.id, organisation["id"], "registered")
    refused(await erik.get(f"{path}/registrations"), 404)


async def test_an_organisers_list_pages_to_its_end(ccp: Platform) -> None:
    path, seen, cursor = await organised(ccp, OF_TWO), [], None
    for name in "pqrst":
        await registers(logged_in(ccp, name), path)
    while True:
        page = ok(
            await ccp.operator.get(
                f"{path}/registrations", params={"limit": 2, **({"cursor": cursor} if cursor else {})}
            )
        )
        seen += [row["member_id"] for row in page["items"]]
        if not (cursor := page["next"]):
            break
    assert seen == [*"pqrst"]


ACTIONS = st.lists(st.tuples(st.sampled_from(["come", "leave"]), st.sampled_from("abcdef")), max_size=20)


@examples(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(actions=ACTIONS, capacity=st.integers(1, 3))
async def test_the_first_to_register_have_the_places_after_any_actions(
    ccp: Platform, actions: list[tuple[str, str]], capacity: int
) -> None:
    path = await organised(ccp, SEMINAR, admission={"capacity": capacity})
    id, db, arrivals = path.rpartition("/")[2], ccp.system.db("calls"), []
    for action, name in actions:
        if action == "come":
            await db.transact(usecases.register, id, name, None)
            arrivals += [] if name in arrivals else [name]
        elif name in arrivals:
            await db.transact(usecases.leave, id, name)
            arrivals.remove(name)
    rows = await REGISTRATIONS.find(db, {"gathering_id": id, "state": {"$ne": "left"}}, sort=[("number", 1)], limit=100)
    assert [row.member_id for row in rows] == arrivals
    assert [row.state for row in rows] == ["registered"] * len(arrivals[:capacity]) + ["waiting"] * len(
        arrivals[capacity:]
    )


async def test_an_organiser_reads_and_exports_who_is_registered_by_name(ccp: Platform) -> None:
    lea, joe = await ccp.member("Léa"), await ccp.member("Joe")
    cluster = await ccp.organisation(lea, name="=Cluster, «Été»")
    path = await organised(ccp, SEMINAR, admission={"capacity": 1})
    ok(await lea.put(f"{path}/registration", {"organisation_id": cluster["id"]}))
    await registers(joe, path)
    listed = ok(await ccp.operator.get(f"{path}/registrations"))["items"]
    expected = [("Léa", "=Cluster, «Été»", "registered"), ("Joe", "", "waiting")]
    assert [(each["name"], each["organisation_name"], each["state"]) for each in listed] == expected
    answer = await ccp.operator.get(f"{path}/registrations.csv")
    assert answer.content.startswith(codecs.BOM_UTF8)
    rows = list(csv.DictReader(table_of(answer)))
    assert [(row["name"], row["organisation"], row["state"]) for row in rows] == [
        ("Léa", "'=Cluster, «Été»", "registered"),
        ("Joe", "", "waiting"),
    ]
    waiting = await ccp.operator.get(f"{path}/registrations.csv", params={"state": "waiting"})
    assert [row["name"] for row in csv.DictReader(table_of(waiting))] == ["Joe"]
    page = await ccp.operator.get(f"{path}/registrations", headers={"Accept": "text/html"})
    assert "Léa" in page.text
    for stranger in (lea, joe):
        refused(await stranger.get(f"{path}/registrations.csv"), 404)
        assert "Léa" not in (await stranger.get(path)).text


async def test_an_export_of_registrations_has_all_of_them_in_order(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, admission={})
    members = [logged_in(ccp, f"guest-{number:03}") for number in range(101)]  # more than one batch
    for member in members:
        await registers(member, path)
    rows = csv.DictReader(table_of(await ccp.operator.get(f"{path}/registrations.csv", params={"limit": 1})))
    assert [row["member_id"] for row in rows] == [member.id for member in members]


async def test_an_organiser_lists_drafts_with_the_others(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    organisation = await ccp.organisation(anna)
    own = {"organisation_id": organisation["id"]}
    ok(await anna.post("/gatherings", OF_TWO | own | {"title": "Public"}))
    ok(await anna.post("/gatherings", SEMINAR | own | {"title": "Quiet", "draft": True}))
    listed = ok(await anna.get("/gatherings/own", params={**own, "limit": 1}))
    assert [each["title"] for each in listed["items"]] == ["Quiet"]
    more = ok(await anna.get("/gatherings/own", params={**own, "cursor": listed["next"]}))["items"]
    assert [(each["title"], each["places"]["taken"]) for each in more] == [("Public", 0)]
    drafts = ok(await anna.get("/gatherings/own", params={**own, "stage": "draft"}))["items"]
    assert [each["title"] for each in drafts] == ["Quiet"]
    page = await anna.get("/gatherings/own", params=own, headers={"Accept": "text/html"})
    assert "Quiet" in page.text
    refused(await logged_in(ccp, "stranger").get("/gatherings/own", params=own), 404)
    refused(await anna.get("/gatherings/own"), 403)
