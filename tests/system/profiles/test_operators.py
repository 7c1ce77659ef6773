"""Operators: the role is given and taken on a page or by a command; who did it is kept, and tokens end with it."""

import pytest

from services.notifications.preferences.store import MEMBERS as COPIES
from services.notifications.preferences.usecases import on_member_registered, on_role_changed
from services.profiles.accounts.operators.usecases import appoint, dismiss, forget_factor
from shared.contracts.profiles import MemberRegistered, OperatorDismissed
from shared.ids import new_id
from tests.support.browsing import Browser, browser_of
from tests.support.factors import operators_need_factors, set_up_factor
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, Member, Platform, ok, refused

READ = ("/organisations/review", "/rounds", "/partner-proposals", "/inbox")  # a path of each service


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


async def take(ccp: Platform, member: Member) -> None:
    ok(await ccp.http.delete(f"/operators/{member.id}", headers=ccp.operator.headers))
    await ccp.system.settle()


async def test_the_role_is_given_and_taken_and_the_person_is_told(ccp: Platform, anna: Member) -> None:
    refused(await anna.get("/operators"), 403)
    refused(await anna.post("/operators", {"email": anna.email}), 403)
    ok(await ccp.operator.post("/operators", {"email": anna.email.upper()}))
    await ccp.system.settle()
    assert (await anna.get("/me")).status_code == 401
    again = await ccp.log_in("Anna", anna.email)
    assert [(await again.get(path)).status_code for path in READ] == [200] * 4
    refused(await ccp.operator.post("/operators", {"email": anna.email}), 409, "email", "already_operator")
    await take(ccp, anna)
    assert [(await again.get(path)).status_code for path in READ] == [401] * 4
    member = await ccp.log_in("Anna", anna.email)
    refused(await member.get("/operators"), 403)
    assert [mail["Subject"] for mail in anna.mails] == [
        "You operate the platform now",
        "You no longer operate the platform",
    ]
    taken, given = ok(await ccp.operator.get("/operators/changes"))[:2]
    assert [(each["name"], each["given"], each["by"]) for each in (taken, given)] == [
        ("Anna", False, "Operator"),
        ("Anna", True, "Operator"),
    ]


async def test_notifications_follows_the_role(ccp: Platform, anna: Member) -> None:
    async def is_operator() -> bool:
        await ccp.system.settle()
        copy = await COPIES.get(ccp.system.db("notifications"), anna.id)
        return bool(copy and copy.operator)

    for _ in range(2):
        ok(await ccp.operator.post("/operators", {"email": anna.email}))
        assert await is_operator()
        await take(ccp, anna)
        assert not await is_operator()


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (0, 2, 1), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("last", ["taken", "given"])
async def test_events_about_the_role_may_come_in_any_order(ccp: Platform, order: tuple[int, ...], last: str) -> None:
    id, db = new_id(), ccp.system.db("notifications")

    def registered(version: int, *, operator: bool) -> MemberRegistered:
        return MemberRegistered(
            member_id=id, email="x@members.example", name="X", country="FR", version=version, operator=operator
        )

    taken = OperatorDismissed(member_id=id, version=3)
    events = [registered(2, operator=True), taken, registered(4, operator=last == "given")]
    for number in order:
        event = events[number]
        handler = on_role_changed if isinstance(event, OperatorDismissed) else on_member_registered
        await db.transact(handler, event)
    copy = await COPIES.get(db, id)
    assert copy
    assert copy.operator is (last == "given")


async def test_the_last_operator_keeps_the_role(ccp: Platform) -> None:
    assert [each["name"] for each in ok(await ccp.operator.get("/operators"))] == ["Operator"]
    answer = await ccp.http.delete(f"/operators/{ccp.operator.id}", headers=ccp.operator.headers)
    refused(answer, 409, code="last_operator")


async def test_only_a_confirmed_member_becomes_an_operator(ccp: Platform) -> None:
    address = await ccp.registers("Uwe")
    for email in (address, "unknown@members.example"):
        refused(await ccp.operator.post("/operators", {"email": email}), 404, "email", "no_such_member")
    refused(await ccp.http.delete("/operators/unknown", headers=ccp.operator.headers), 404)


async def test_a_new_operator_sets_up_a_second_factor_first(ccp: Platform, anna: Member) -> None:
    app = await set_up_factor(anna)
    bert = await ccp.member("Bert")
    with operators_need_factors(ccp):
        for member in (anna, bert):
            await ccp.system.db("profiles").transact(appoint, member.email, None)
        credentials = {"email": anna.email, "password": PASSWORD, "code": app.code()}
        strong = ok(await ccp.http.post("/tokens", json=credentials))["token"]
        assert len(ok(await Member(ccp, "Anna", anna.email, anna.id, strong).get("/operators"))) == 3
        weak = ok(await ccp.http.post("/tokens", json={"email": bert.email, "password": PASSWORD}))["token"]
        answer = await Member(ccp, "Bert", bert.email, bert.id, weak).get("/operators")
        refused(answer, 403, code="second_factor_needed")
    for member in (anna, bert):
        await take(ccp, member)


async def test_commands_give_take_and_help_who_lost_the_factor(ccp: Platform, anna: Member) -> None:
    await set_up_factor(anna)
    db = ccp.system.db("profiles")
    assert await db.transact(forget_factor, anna.email)
    assert not await db.transact(forget_factor, anna.email)
    await ccp.log_in("Anna", anna.email)
    await db.transact(appoint, anna.email, None)
    await db.transact(dismiss, anna.id, None)
    assert ok(await ccp.operator.get("/operators/changes"))[0]["by"] == ""


async def test_operators_give_and_take_the_role_in_a_browser(ccp: Platform, anna: Member) -> None:
    browser = Browser(ccp.http)
    await browser.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    page = await (await browser.open("/desk")).follow("Operators")
    assert "Take the role" not in page.buttons
    page = await page.submit("Give the role", email="unknown@members.example")
    assert "confirmed this address" in page.errors["email"]
    page = await page.submit("Give the role", email=anna.email)
    assert "operates the platform now" in page.notice
    assert "Anna got the role from Operator" in page.text
    page = await page.submit("Take the role", within=f'form[action="/operators/{anna.id}"]')
    assert "The role is taken" in page.notice
    assert "Anna lost the role by Operator" in page.text
    stranger = await browser_of(await ccp.member("Sven"))
    assert (await stranger.open("/operators")).status == 403
