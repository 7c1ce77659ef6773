"""A member leaves for good: each service erases and answers, nothing brings them back, operators see the proof."""

from datetime import timedelta
from typing import Any

import pytest

from services.calls.personal import PERSONAL as CALLS
from services.notifications.preferences.domain import Interest, InterestBody
from services.notifications.preferences.store import MEMBERS as MEMBER_COPIES
from services.notifications.preferences.store import set_interests
from services.profiles.accounts.store import MEMBERS as ACCOUNTS
from services.profiles.privacy.erasures.store import ERASURES
from shared.clock import real_now
from shared.contracts import Event
from shared.contracts.profiles import MemberConfirmed, MemberJoined, MemberRegistered, MemberReminded
from shared.erased import ERASED, due_at
from shared.mongo import Transaction
from shared.personal import Person, erase_again
from shared.testing import until
from tests.support.browsing import Browser, browser_of
from tests.support.dumps import places_of
from tests.support.former import completed, erases
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def test_the_last_administrator_hands_over_first(ccp: Platform) -> None:
    olga = await ccp.member("Olga")
    organisation = await ccp.organisation(olga, name="Olga's cluster")
    browser = await browser_of(olga)
    page = await (await browser.open("/me")).follow("Erase my account")
    assert "No one else belongs to Olga's cluster" in page.text
    assert page.buttons == []
    refused(await olga.post("/me/erasure", {"password": PASSWORD}), 409, code="hand_over_first")
    paul = await ccp.colleague(olga, organisation["id"], "Paul")
    page = await browser.open("/me/erasure")
    people = await page.follow("Olga's cluster has no other administrator. Make another person one first.")
    assert people.url.endswith("/people")
    version = next(each["version"] for each in (await people_of(olga, organisation["id"])) if each["id"] == paul.id)
    path = f"/organisations/{organisation['id']}/people/{paul.id}"
    ok(await olga.put(path, {"role": "administrator"}, version=version))
    wrong = await (await browser.open("/me/erasure")).submit("Erase my account for ever", password="not that")
    assert (wrong.status, wrong.errors.keys()) == (422, {"password"})
    await erases(olga)
    refused(await olga.get("/me"), 401)
    refused(await olga.get("/inbox"), 401)
    assert [each["id"] for each in await people_of(paul, organisation["id"])] == [paul.id]


async def people_of(member: Member, organisation_id: str) -> list[dict[str, Any]]:
    return ok(await member.get(f"/organisations/{organisation_id}/people"))["items"]


async def test_an_operator_erases_a_member_who_wrote_and_sees_the_proof(ccp: Platform) -> None:
    rita = await ccp.member("Rita")
    await rita.follows(countries=["JP"])
    browser = Browser(ccp.http)
    await browser.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    page = await browser.open("/erasures")
    unknown = await page.submit("Erase this member for ever", email="no@one.example", password=OPERATOR_PASSWORD)
    assert (unknown.status, unknown.errors.keys()) == (404, {"email"})
    wrong = await page.submit("Erase this member for ever", email=rita.email, password=PASSWORD)
    assert (wrong.status, wrong.errors.keys()) == (422, {"password"})
    done = await page.submit("Erase this member for ever", email=rita.email, password=OPERATOR_PASSWORD)
    assert "The account is erased" in done.notice
    await until(lambda: completed(ccp, rita.id), "all answers")
    page = await browser.open("/erasures")
    assert rita.id in page.text
    assert "asked by the member, done by an operator" in page.text
    assert "preferences, interests and address: 1 – erased" in page.text
    assert rita.email not in page.answer.text
    refused(await (await ccp.member("Stranger")).get("/erasures"), 403)
    browser.languages = "de"
    assert ": 1 – gelöscht" in (await browser.open("/erasures")).text


async def test_the_only_operator_stays(ccp: Platform) -> None:
    refused(await ccp.operator.post("/me/erasure", {"password": OPERATOR_PASSWORD}), 409, code="hand_over_first")
    [obstacle] = ok(await ccp.operator.get("/me/erasure"))["obstacles"]
    page = await (await browser_of(ccp.operator, OPERATOR_PASSWORD)).open(obstacle["url"])
    assert "Give the role" in page.buttons


async def test_events_that_come_late_bring_no_one_back(ccp: Platform) -> None:
    tom = await ccp.member("Tom")
    await erases(tom)
    facts = {"member_id": tom.id, "email": tom.email, "version": 9}
    late = [
        MemberRegistered(name="Tom", country="FR", **facts),
        MemberConfirmed(**facts),
        MemberJoined(member_id=tom.id, organisation_id="some", role="editor", version=3),
        MemberReminded(member_id=tom.id, email=tom.email),
    ]
    for event in late:
        await ccp.system.db("profiles").transact(publishing, event)
    await ccp.system.settle()
    found = [place for place in await places_of(ccp, tom.email) if not place.startswith("profiles.outbox")]
    assert found == []
    assert await MEMBER_COPIES.get(ccp.system.db("notifications"), tom.id) is None
    await look_again(ccp, tom.id)
    assert await places_of(ccp, tom.id, tom.email) == [*filter(is_nameless, await places_of(ccp, tom.id))]


def is_nameless(place: str) -> bool:
    return "Tom" not in place


async def publishing(tx: Transaction, event: Event) -> None:
    tx.publish(event)


async def look_again(ccp: Platform, id: str) -> None:
    """Let the two minutes pass after which every service looks again."""
    for runtime in ccp.system.runtimes.values():
        past = {"$set": {"again_at": real_now() - timedelta(seconds=1)}}
        await ERASED.update(runtime.db, {"_id": id}, past)
        assert runtime.service.personal
        await erase_again(runtime.service.personal, runtime.db)
    await ccp.system.settle()


async def test_the_address_that_a_member_wanted_is_erased_with_them(ccp: Platform) -> None:
    vera = await ccp.member("Vera")
    wanted = vera.email.replace("@", ".wanted@")
    ok(await vera.post("/me/address", {"current": PASSWORD, "email": wanted}))
    await ccp.path_in_mail(wanted, "address")
    assert await places_of(ccp, wanted) != []
    await erases(vera)
    await look_again(ccp, vera.id)
    assert await places_of(ccp, wanted) == []


async def test_what_a_request_in_flight_stored_is_erased_after_two_minutes(ccp: Platform) -> None:
    uma, notifications = await ccp.member("Uma"), ccp.system.db("notifications")
    await erases(uma)
    before = await completed(ccp, uma.id)
    interest = Interest.of("late", InterestBody(keywords=["wombat"]))
    await set_interests(notifications, uma.id, [interest])  # its request began before the erasure
    await look_again(ccp, uma.id)
    assert await MEMBER_COPIES.get(notifications, uma.id) is None
    after = await completed(ccp, uma.id)
    assert number_of(after, "preferences, interests and address") == 2
    assert number_of(before, "preferences, interests and address") == 1


def number_of(erasure: dict[str, Any], what: str) -> int:
    return next(each["number"] for answer in erasure["answers"] for each in answer["things"] if each["what"] == what)


async def test_an_erasure_that_was_interrupted_tells_everything(ccp: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    vera = await ccp.member("Vera")
    await vera.follows(countries=["JP"])
    hits: list[str] = []

    def interrupt(point: str) -> None:
        hits.append(point)
        if point == "erasure.before_answer" and hits.count(point) <= 4:
            raise RuntimeError("interrupted")

    monkeypatch.setattr("shared.personal.failpoint.hit", interrupt)
    ok(await vera.post("/me/erasure", {"password": PASSWORD}))
    await until(lambda: completed(ccp, vera.id), "all answers")
    erasure = await completed(ccp, vera.id)
    assert hits.count("erasure.before_answer") > 4
    assert number_of(erasure, "preferences, interests and address") == 1
    assert number_of(erasure, "name") == 1


async def test_a_member_whom_a_backup_brings_back_is_erased_again(ccp: Platform) -> None:
    wim, profiles, calls = await ccp.member("Wim"), ccp.system.db("profiles"), ccp.system.db("calls")
    account = await ACCOUNTS.get(profiles, wim.id)
    assert account
    await erases(wim)
    await ACCOUNTS.insert_new(profiles, [account])  # profiles is restored from a backup
    for collection in (ERASURES, ERASED):
        await collection.delete(profiles, {"_id": wim.id})
    assert await ccp.log_in("Wim", wim.email)
    known = await ERASED.get(calls, wim.id)
    assert known
    await calls.transact(publishing, CALLS.answer(known))  # as `ccp events snapshot profiles` sends it
    erasure = await until(lambda: completed(ccp, wim.id), "all answers")
    assert erasure["asked_by"] == "restore"
    await ccp.system.settle()
    assert await ACCOUNTS.get(profiles, wim.id) is None
    assert await places_of(ccp, wim.email) == []


async def test_every_query_of_an_erasure_uses_an_index(ccp: Platform) -> None:
    person = Person("01975d2e-0000-7000-8000-00000000000a", "anna@members.example", "Anna")
    for runtime in ccp.system.runtimes.values():
        personal = runtime.service.personal
        assert personal
        queries = [(each.collection.name, each.of(person)) for each in personal.holdings]
        for name, query in [*queries, (ERASED.name, due_at(real_now()))]:
            plan = await runtime.db.raw(name).find(query).explain()
            assert "COLLSCAN" not in str(plan["queryPlanner"]["winningPlan"]), (name, query)
