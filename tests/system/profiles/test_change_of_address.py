"""Changes of address: asked with the password, made by a link to the new address; the old one is told."""

from datetime import timedelta

import pytest

from services.notifications.preferences.store import MEMBERS as COPIES
from services.notifications.preferences.usecases import on_member_confirmed
from shared.contracts.profiles import MemberConfirmed
from tests.support.browsing import Browser, browser_of
from tests.support.people import PASSWORD, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


def address_for(member: Member) -> str:
    return member.email.replace("@", ".new@")


async def asks(member: Member, email: str) -> str:
    """Ask for an address, and return the path of the link in the e-mail to it."""
    ok(await member.post("/me/address", {"current": PASSWORD, "email": email}))
    return await member.platform.path_in_mail(email, "address")


async def test_nothing_changes_until_the_link_is_opened_and_the_old_address_is_told(
    ccp: Platform, anna: Member
) -> None:
    new = address_for(anna)
    path = await asks(anna, new)
    await ccp.system.settle()
    assert [mail["Subject"] for mail in anna.mails] == ["A new address was asked for"]
    assert ok(await ccp.http.get(path)) == {"email": new}
    assert ok(await anna.get("/me"))["email"] == anna.email
    assert ok(await ccp.http.post(path))["email"] == new
    await ccp.log_in("Anna", new)
    refused(await ccp.http.post("/tokens", json={"email": anna.email, "password": PASSWORD}), 401)
    refused(await ccp.http.post(path), 404)
    await ccp.system.settle()
    copy = await COPIES.get(ccp.system.db("notifications"), anna.id)
    assert copy
    assert (copy.email, copy.confirmed) == (new, True)


async def test_an_old_event_does_not_bring_the_old_address_back(ccp: Platform, anna: Member) -> None:
    new, db = address_for(anna), ccp.system.db("notifications")
    ok(await ccp.http.post(await asks(anna, new)))
    await ccp.system.settle()
    await db.transact(on_member_confirmed, MemberConfirmed(member_id=anna.id, email=anna.email, version=1))
    copy = await COPIES.get(db, anna.id)
    assert copy
    assert copy.email == new


async def test_the_password_is_asked_and_the_present_address_is_refused(anna: Member) -> None:
    body = {"current": "not the password", "email": address_for(anna)}
    refused(await anna.post("/me/address", body), 422, "current", "wrong_password")
    refused(await anna.post("/me/address", {"current": PASSWORD, "email": anna.email}), 422, "email", "same_address")
    token = ok(await anna.post("/me/tokens", {"name": "Script", "scope": "write"}))["token"]
    program = Member(anna.platform, "Program", anna.email, anna.id, token)
    refused(await program.post("/me/address", {"current": PASSWORD, "email": address_for(anna)}), 403)


async def test_no_answer_tells_who_has_an_account_and_its_owner_is_told(ccp: Platform, anna: Member) -> None:
    bert = await ccp.member("Bert")
    body = {"current": PASSWORD, "email": bert.email}
    taken = await anna.post("/me/address", body)
    free = await anna.post("/me/address", body | {"email": address_for(anna)})
    assert (taken.status_code, taken.json()) == (free.status_code, {"email": bert.email})
    await ccp.system.settle()
    assert [mail["Subject"] for mail in bert.mails] == ["You have an account already"]


async def test_an_address_that_was_taken_meanwhile_is_refused_in_clear_words(ccp: Platform, anna: Member) -> None:
    path = await asks(anna, "carla@members.example")
    carla = await ccp.member("Carla")
    assert carla.email == "carla@members.example"
    assert "yours stays as it is" in refused(await ccp.http.post(path), 409, code="address_taken")["detail"]
    assert ok(await anna.get("/me"))["email"] == anna.email


async def test_a_new_password_and_another_request_end_the_link(ccp: Platform, anna: Member) -> None:
    first = await asks(anna, address_for(anna))
    second = await asks(anna, f"other.{anna.email}")
    refused(await ccp.http.post(first), 404)
    ok(await ccp.http.get(second))
    ok(await anna.post("/me/password", {"current": PASSWORD, "new": "other words in another row"}))
    refused(await ccp.http.post(second), 404)


async def test_a_link_that_the_old_address_got_sets_no_password_any_more(ccp: Platform, anna: Member) -> None:
    """A member who lost their mailbox to a stranger moves away from it."""
    ok(await ccp.http.post("/reset", json={"email": anna.email}))
    old = await ccp.path_in_mail(anna.email, "reset")
    ok(await ccp.http.get(old))
    new = address_for(anna)
    ok(await ccp.http.post(await asks(anna, new)))
    refused(await ccp.http.get(old), 404)
    refused(await ccp.http.post(old, json={"password": "words of a stranger in a row"}), 404)
    ok(await anna.get("/me"))
    ok(await ccp.http.post("/reset", json={"email": new}))
    ok(await ccp.http.post(await ccp.path_in_mail(new, "reset"), json={"password": "other words in another row"}))


async def test_links_of_another_purpose_are_refused(ccp: Platform, anna: Member) -> None:
    signer = ccp.system.runtimes["notifications"].resources.mailer.composer._signer
    for purpose, hours in (("reset", 1), ("address", -1)):
        token = signer.sign(purpose, anna.id, timedelta(hours=hours))
        refused(await ccp.http.post(f"/address/{token}"), 401)


async def test_a_member_changes_the_address_in_a_browser(ccp: Platform, anna: Member) -> None:
    new, browser = address_for(anna), await browser_of(anna)
    page = await (await browser.open("/me")).follow("Change my e-mail address")
    page = await page.submit("Send me the link", current="not the password", email=new)
    assert "password" in page.errors["current"]
    page = await page.submit("Send me the link", current=PASSWORD, email=new)
    assert page.heading == "Look into your mailbox"
    path = await ccp.path_in_mail(new, "address")
    elsewhere = Browser(ccp.http)  # the link is opened on a phone that is not logged in
    page = await (await elsewhere.open(path)).submit("Use this address")
    assert "Log in" in page.title
    page = await browser.open("/me")
    assert new in page.text
