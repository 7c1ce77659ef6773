"""Members ask to join an organisation: accepted with a role, declined with a reason, withdrawn, expired."""

from datetime import timedelta

import pytest

from tests.support.browsing import browser_of
from tests.support.people import PROFILE, Member, Platform, ok, refused

MESSAGE = {"message": "I lead the training programme since March."}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
async def path(ccp: Platform, anna: Member) -> str:
    return f"/organisations/{(await ccp.organisation(anna, name='Training Cluster'))['id']}"


async def asks(member: Member, path: str) -> dict[str, str]:
    return ok(await member.post(f"{path}/join-requests", MESSAGE))


async def titles(member: Member) -> list[str]:
    await member.platform.system.settle()
    return [alert["title"] for alert in await member.alerts() if not alert["title"].startswith("Published")]


async def test_an_administrator_accepts_with_a_role_and_both_sides_are_told(
    ccp: Platform, anna: Member, path: str
) -> None:
    editor = await ccp.colleague(anna, path.rpartition("/")[2], "Eve")
    bea = await ccp.member("Bea")
    asked = await asks(bea, path)
    assert ok(await anna.get(f"{path}/join-requests")) == [asked]
    assert (asked["name"], asked["email"], asked["message"]) == ("Bea", bea.email, MESSAGE["message"])
    refused(await editor.get(f"{path}/join-requests"), 404)
    assert (await titles(anna))[0] == "Asks to join: Training Cluster"
    assert "Asks to join: Training Cluster" not in await titles(editor), "only administrators decide"
    mail = anna.mails[-1].get_body(("plain",)).get_content()
    assert "asks to join" in mail
    assert not any(word in mail for word in ("Bea", bea.email, "training")), "no words of a stranger in an e-mail"
    accept = f"{path}/join-requests/{asked['id']}/accept"
    refused(await editor.post(accept, {"role": "editor"}), 404)
    refused(await bea.post(accept, {"role": "editor"}), 404)
    assert ok(await anna.post(accept, {"role": "editor"}))["role"] == "editor"
    refused(await anna.post(accept, {"role": "editor"}), 404)
    assert await titles(bea) == ["You joined: Training Cluster"]
    assert (await titles(anna))[0] == (await titles(editor))[0] == "New colleague: Training Cluster"
    refused(await bea.post(f"{path}/join-requests", MESSAGE), 409, None, "already_inside")
    ok(await bea.put(path, PROFILE | {"name": "Training Cluster", "city": "Lund"}, version=3))


async def test_a_stranger_who_asks_and_withdraws_again_and_again_is_told_of_once_a_day(
    ccp: Platform, anna: Member, path: str
) -> None:
    bea, cara = await ccp.member("Bea"), await ccp.member("Cara")
    for _ in range(4):
        asked = await asks(bea, path)
        ok(await ccp.http.delete(f"{path}/join-requests/{asked['id']}", headers=bea.headers))
    again = await asks(bea, path)
    assert ok(await anna.get(f"{path}/join-requests")) == [again]
    assert await titles(anna) == ["Asks to join: Training Cluster"]
    await asks(cara, path)
    assert await titles(anna) == ["Asks to join: Training Cluster"] * 2


async def test_one_request_is_open_and_a_declined_one_comes_again_after_30_days(
    ccp: Platform, anna: Member, path: str
) -> None:
    bea = await ccp.member("Bea")
    asked = await asks(bea, path)
    refused(await bea.post(f"{path}/join-requests", MESSAGE), 409, None, "already_asked")
    decline = f"{path}/join-requests/{asked['id']}/decline"
    refused(await anna.post(decline, {"reason": " "}), 422, "reason")
    refused(await bea.post(decline, {"reason": "I am not sure."}), 404)
    ok(await anna.post(decline, {"reason": "We do not know you."}))
    assert ok(await anna.get(f"{path}/join-requests")) == []
    assert await titles(bea) == ["Request declined: Training Cluster"]
    [own] = ok(await bea.get("/me/join-requests"))
    assert (own["outcome"], own["reason"]) == ("declined", "We do not know you.")
    problem = refused(await bea.post(f"{path}/join-requests", MESSAGE), 409, None, "already_asked")
    assert "was declined" in problem["detail"]
    await ccp.system.travel(timedelta(days=30))
    await asks(bea, path)


async def test_a_request_is_withdrawn_or_expires_after_30_days(ccp: Platform, anna: Member, path: str) -> None:
    bea, carl = await ccp.member("Bea"), await ccp.member("Carl")
    first = await asks(bea, path)
    url = f"{path}/join-requests/{first['id']}"
    assert (await ccp.http.delete(url, headers=carl.headers)).status_code == 404
    assert (await ccp.http.delete(url, headers=anna.headers)).status_code == 404
    ok(await ccp.http.delete(url, headers=bea.headers))
    refused(await anna.post(f"{url}/accept", {"role": "editor"}), 404)
    second = await asks(bea, path)
    await ccp.system.travel(timedelta(days=30))
    refused(await anna.post(f"{path}/join-requests/{second['id']}/accept", {"role": "editor"}), 404)
    assert await titles(bea) == ["Request expired: Training Cluster"]
    await asks(bea, path)


async def test_requests_go_to_public_organisations(ccp: Platform, anna: Member) -> None:
    draft = ok(await anna.post("/organisations", PROFILE))
    bea = await ccp.member("Bea")
    refused(await bea.post(f"/organisations/{draft['id']}/join-requests", MESSAGE), 404)
    refused(await bea.post("/organisations/none/join-requests", MESSAGE), 404)


async def test_both_sides_do_all_of_it_in_a_browser(ccp: Platform, anna: Member, path: str) -> None:
    bea = await ccp.member("Beate")
    page = await (await (await browser_of(bea)).open(path)).follow("Ask to join this organisation")
    wrong = await page.submit("Send the request", message="x")
    assert wrong.status == 422
    page = await wrong.submit("Send the request", **MESSAGE)
    assert page.heading == "My organisations"
    assert "Waits for an answer until" in page.text
    page = await page.submit("Withdraw the request")
    assert page.notice == "The request is withdrawn."
    page = await (await page.browser.open(path)).follow("Ask to join this organisation")
    await page.submit("Send the request", **MESSAGE)
    admin = await (await (await browser_of(anna)).open(path)).follow("People: roles and invitations")
    assert MESSAGE["message"] in admin.text
    admin = await admin.submit("Decline the request", reason="Call us first.")
    assert admin.notice == "The request is declined, and the person is told."
    page = await page.browser.open(f"{path}/join")
    assert "Call us first." in page.text
    assert "Send the request" not in page.buttons
    await ccp.system.travel(timedelta(days=30))
    page = await (await browser_of(bea)).open(f"{path}/join")
    await page.submit("Send the request", **MESSAGE)
    admin = await (await browser_of(anna)).open(f"{path}/people")
    admin = await admin.submit("Accept the request", role="member")
    assert admin.notice == "The person belongs to the organisation now, and is told."
    assert "Beate" in admin.text
    page = await page.browser.open(f"{path}/join")
    assert page.url.endswith(path), "a member is led to the page of the organisation"


async def test_an_operator_appoints_an_administrator_in_a_browser(ccp: Platform, path: str) -> None:
    bea = await ccp.member("Bea")
    operator = await browser_of(ccp.operator, "operator-in-tests")
    page = await operator.open(f"{path}/people")
    wrong = await page.submit("Appoint an administrator", email="unknown@members.example")
    assert "No member has this address." in wrong.text
    page = await wrong.submit("Appoint an administrator", email=bea.email)
    assert page.notice == "The member is an administrator now."
    assert await titles(bea) == ["Your role changed: Training Cluster"]
    own = await (await browser_of(bea)).open(f"{path}/people")
    assert "Your role: Administrator" in own.text


async def test_a_visitor_logs_in_before_asking(ccp: Platform, path: str) -> None:
    answer = await ccp.http.get(f"{path}/join", headers={"Accept": "text/html"})
    assert answer.status_code == 401
    assert "Log in" in answer.text
