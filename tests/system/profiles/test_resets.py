"""Resets: the owner of an address sets a new password by e-mail, and no answer tells who has an account."""

import asyncio
import re
from collections import Counter
from datetime import timedelta

import httpx
import pytest
from structlog.testing import capture_logs

from services.profiles.accounts.domain import Member as Account
from services.profiles.accounts.store import MEMBERS
from shared import log
from tests.support.browsing import Browser, browser_of
from tests.support.people import PASSWORD, Member, Platform, ok, refused

NEW_PASSWORD = "other words in another row"
LINK = re.compile(r"http://ccp\.test(/reset/\S+)")


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


async def asks(ccp: Platform, address: str) -> httpx.Response:
    return await ccp.http.post("/reset", json={"email": address})


async def links(ccp: Platform, address: str) -> list[str]:
    """Return the paths of the links in all e-mails to an address, oldest first."""
    await ccp.system.settle()
    texts = [mail.get_body(("plain",)).get_content() for mail in ccp.mails_to(address)]
    return LINK.findall("\n".join(texts))


async def link_of(ccp: Platform, address: str) -> str:
    ok(await asks(ccp, address))
    return (await links(ccp, address))[-1]


async def logs_in(ccp: Platform, address: str, password: str) -> httpx.Response:
    return await ccp.http.post("/tokens", json={"email": address, "password": password})


async def test_the_owner_of_the_address_sets_a_new_password_and_the_link_works_once(
    ccp: Platform, anna: Member
) -> None:
    path = await link_of(ccp, anna.email)
    for _ in range(2):  # reading changes nothing
        assert ok(await ccp.http.get(path)) == {"email": anna.email}
    refused(await ccp.http.post(path, json={"password": "short"}), 422, "password")
    ok(await logs_in(ccp, anna.email, PASSWORD))
    ok(await ccp.http.post(path, json={"password": NEW_PASSWORD}))
    refused(await logs_in(ccp, anna.email, PASSWORD), 401)
    ok(await logs_in(ccp, anna.email, NEW_PASSWORD))
    refused(await ccp.http.post(path, json={"password": "the password of a stranger"}), 404)
    refused(await ccp.http.get(path), 404)
    used = await Browser(ccp.http, languages="de").open(path)
    assert (used.status, used.links["/reset"]) == (404, "/reset"), "the page leads to the next step"
    await ccp.system.settle()
    assert [mail["Subject"] for mail in anna.mails] == ["Set a new password", "Your password was changed"]


async def test_no_answer_tells_who_has_an_account(ccp: Platform, anna: Member) -> None:
    await MEMBERS.insert_new(
        ccp.system.db("profiles"),
        [Account(id="old", email="old@members.example", name="Stranger", country="FR", password_hash="unknown")],
    )
    invited = await ccp.registers("Ivo")
    answers = {address: await asks(ccp, address) for address in ("no@members.example", "old@members.example", invited)}
    answers |= {anna.email: await asks(ccp, anna.email)}
    for address, answer in answers.items():
        assert (answer.status_code, answer.json()) == (202, {"email": address})
    assert [len(await links(ccp, address)) for address in answers] == [0, 0, 0, 1]


async def test_the_event_and_the_ledger_have_no_secret_and_no_address(ccp: Platform, anna: Member) -> None:
    path = await link_of(ccp, anna.email)
    [event] = [
        each for each in await ccp.system.published("profiles") if each.type == "profiles.password.forgotten.v1"
    ][-1:]
    assert event.data == {"member_id": anna.id, "password_number": 0}
    rows = await ccp.system.db("notifications").raw("mails").find({"member_id": anna.id}).to_list(10)
    assert path.rpartition("/")[2] not in str(rows)
    assert anna.email not in str(rows)


async def test_a_new_password_ends_the_links_of_the_one_before(ccp: Platform, anna: Member) -> None:
    first, second = await link_of(ccp, anna.email), await link_of(ccp, anna.email)
    ok(await ccp.http.get(first))  # a stranger who asks again does not end the link
    ok(await anna.post("/me/password", {"current": PASSWORD, "new": NEW_PASSWORD}))
    for path in (first, second):
        refused(await ccp.http.post(path, json={"password": "the password of a thief"}), 404)
    ok(await logs_in(ccp, anna.email, NEW_PASSWORD))


async def test_links_end_after_an_hour_and_have_one_purpose(ccp: Platform, anna: Member) -> None:
    signer = ccp.system.runtimes["notifications"].resources.mailer.composer._signer
    late = signer.sign("reset", anna.id, timedelta(seconds=-1), password_number=0)
    other = signer.sign("confirm", anna.id, timedelta(hours=1), email=anna.email)
    own = ccp.system.runtimes["profiles"].resources.signer.sign("reset", anna.id, timedelta(hours=1), password_number=0)
    for token in (late, other, own, "no-token"):
        refused(await ccp.http.post(f"/reset/{token}", json={"password": NEW_PASSWORD}), 401)
    unknown = signer.sign("reset", "unknown", timedelta(hours=1), password_number=0)
    refused(await ccp.http.post(f"/reset/{unknown}", json={"password": NEW_PASSWORD}), 404)
    path = await link_of(ccp, anna.email)
    claims = await ccp.system.runtimes["profiles"].keys.find("notifications", signer._key_id)
    assert claims is not None
    assert "within 1 hour" in anna.mails[-1].get_body(("plain",)).get_content()
    assert ok(await ccp.http.get(path))["email"] == anna.email


@pytest.mark.parametrize("leaked", ["password123", "1234567890", "correcthorsebatterystaple"])
async def test_a_password_that_leaked_is_refused_wherever_it_is_set(ccp: Platform, anna: Member, leaked: str) -> None:
    confirm = await ccp.confirm_path(await ccp.registers("Carl"))
    reset = await link_of(ccp, anna.email)
    for path in (confirm, reset):
        refused(await ccp.http.post(path, json={"password": leaked}), 422, "password", "common_password")
    refused(await anna.post("/me/password", {"current": PASSWORD, "new": leaked}), 422, "new", "common_password")
    ok(await logs_in(ccp, anna.email, PASSWORD))
    page = await (await Browser(ccp.http).open(reset)).submit("Set the password", password=leaked)
    assert "leaked" in page.errors["password"]
    ok(await ccp.http.post(reset, json={"password": NEW_PASSWORD}))


async def test_one_link_used_many_times_at_once_sets_one_password(ccp: Platform, anna: Member) -> None:
    path = await link_of(ccp, anna.email)
    answers = await asyncio.gather(
        *[ccp.http.post(path, json={"password": f"the password number {n}"}) for n in range(20)]
    )
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 19}
    [right] = [number for number, answer in enumerate(answers) if answer.is_success]
    ok(await logs_in(ccp, anna.email, f"the password number {right}"))


async def test_an_address_gets_few_links_and_the_answer_stays(ccp: Platform, anna: Member) -> None:
    answers = [await asks(ccp, anna.email) for _ in range(12)]
    assert {answer.status_code for answer in answers} == {202}
    assert 3 <= len(await links(ccp, anna.email)) <= 5


async def test_a_member_whom_guessers_lock_out_logs_in_after_a_reset(ccp: Platform, anna: Member) -> None:
    path = await link_of(ccp, anna.email)
    for number in range(60):
        async with ccp.client_at(f"203.0.113.{number}") as http:
            await http.post("/tokens", json={"email": anna.email, "password": "a wrong password"})
    async with ccp.client_at("198.51.100.7") as http:
        refused(await http.post("/tokens", json={"email": anna.email, "password": PASSWORD}), 429)
        ok(await http.post(path, json={"password": NEW_PASSWORD}))
        ok(await http.post("/tokens", json={"email": anna.email, "password": NEW_PASSWORD}))


async def test_a_reset_is_a_security_event_without_the_address(ccp: Platform, anna: Member) -> None:
    path = await link_of(ccp, anna.email)
    log.configure(level="info")
    with capture_logs() as lines:
        ok(await ccp.http.post(path, json={"password": NEW_PASSWORD}))
    log.configure(level="error")
    assert [line["security_event"] for line in lines if "security_event" in line] == ["password_changed"]
    for secret in (anna.email, NEW_PASSWORD, path.rpartition("/")[2]):
        assert secret not in str(lines)


async def test_a_member_who_forgot_the_password_sets_another_one_in_a_browser(ccp: Platform, anna: Member) -> None:
    elsewhere, browser = await browser_of(anna), Browser(ccp.http)
    page = await (await browser.open("/login")).follow("Set a new password")
    wrong = await page.submit("Send me the link", email="anna@")
    assert (wrong.status, wrong.errors.keys()) == (422, {"email"})
    sent = await wrong.submit("Send me the link", email=anna.email)
    assert sent.heading == "Look into your mailbox"
    [path] = await links(ccp, anna.email)
    page = await browser.open(path)
    assert anna.email in page.text
    short = await page.submit("Set the password", password="short")
    assert short.errors == {"password": "Error: Use at least 10 characters."}
    done = await short.submit("Set the password", password=NEW_PASSWORD)
    assert "Your password is changed" in done.notice
    await done.submit("Log in", email=anna.email, password=NEW_PASSWORD)
    assert (await browser.open("/")).heading == "Welcome, Anna"
    used = await browser.open(path)
    assert (used.status, "Request a new one" in used.text) == (404, True)
    assert (await elsewhere.open("/me")).heading == "Log in"
