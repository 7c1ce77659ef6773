"""Sessions in a browser: register, log in and out, return to the page one wanted, lose nothing when a session ends."""

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.profiles.accounts.domain import Member as Account
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import hash_password
from shared import log
from tests.support.browsing import Browser, Page
from tests.support.people import PASSWORD, Member, Platform, ok, refused

NEW_PASSWORD = "another long password"


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
def browser(ccp: Platform) -> Browser:
    return Browser(ccp.http)


def path_of(page: Page) -> str:
    return page.url.removeprefix("http://ccp.test").removeprefix("http://testserver")


async def test_a_person_registers_confirms_and_logs_in(ccp: Platform, browser: Browser) -> None:
    page = await (await browser.open("/")).follow("Create an account")
    wrong = await page.submit("Send me the link", email="ute@", name="Ute", country="DE")
    assert (wrong.status, wrong.errors.keys(), wrong.title[:6]) == (422, {"email"}, "Error:")
    sent = await wrong.submit("Send me the link", email="ute@members.example")
    assert sent.heading == "Look into your mailbox"
    page = await browser.open(await ccp.confirm_path("ute@members.example"))
    assert page.soup.find(id="f-name")["value"] == "Ute"
    short = await page.submit("Confirm my address", password="short")
    assert short.errors == {"password": "Error: Use at least 10 characters."}
    assert short.soup.find(id="f-password")["value"] == ""
    done = await short.submit("Confirm my address", name="Ute Berg", password=PASSWORD)
    assert "Your address is confirmed" in done.notice
    page = await done.submit("Log in", email="ute@members.example", password=PASSWORD)
    assert path_of(page).endswith("/interests")
    assert (await browser.open("/")).heading == "Welcome, Ute Berg"


async def test_an_address_without_confirmation_cannot_log_in_and_gets_a_new_link(
    ccp: Platform, browser: Browser
) -> None:
    address = await ccp.registers("Olaf")
    page = await browser.log_in(address, PASSWORD)
    assert (page.status, browser.cookies) == (401, {})
    page = await page.follow("Get a new link")
    again = await page.submit("Send a new link", email=address)
    assert again.heading == "Look into your mailbox"
    assert (await browser.open("/confirm/expired")).status == 401


async def test_an_account_of_version_0_1_is_used_after_its_owner_confirmed_the_address(
    ccp: Platform, browser: Browser
) -> None:
    email = "old@members.example"
    hashed = await hash_password(SecretStr(PASSWORD))
    old = Account(id="old", email=email, name="Old", country="FR", password_hash=hashed)
    await MEMBERS.insert_new(ccp.system.db("profiles"), [old])
    page = await browser.log_in(email, PASSWORD)
    assert "Your address is not confirmed" in page.problem
    refused(await ccp.http.post("/tokens", json={"email": email, "password": PASSWORD}), 401)
    await (await page.follow("Get a new link")).submit("Send a new link", email=email)
    page = await browser.open(await ccp.confirm_path(email))
    await page.submit("Confirm my address", password=NEW_PASSWORD)
    assert (await browser.log_in(email, NEW_PASSWORD)).status == 200


async def test_a_wrong_password_shows_the_form_again(browser: Browser, anna: Member) -> None:
    page = await browser.open("/login?next=/me")
    page = await page.submit("Log in", email=anna.email, password="not the password")
    assert page.status == 401
    assert "The e-mail address or the password is wrong" in page.problem
    assert page.soup.find(id="email")["value"] == anna.email
    assert page.soup.find(id="password").get("value", "") == ""
    page = await page.submit("Log in", password=PASSWORD)
    assert (page.heading, path_of(page)) == ("My account", "/me")


@pytest.mark.parametrize("path", ["/me", "/me/organisations", "/organisations/new", "/me/password"])
async def test_a_private_page_shows_the_log_in_and_follows_it(browser: Browser, anna: Member, path: str) -> None:
    page = await browser.open(f"{path}?from=mail")
    assert (page.status, page.heading) == (401, "Log in")
    assert page.notice == "Log in to open this page."
    assert "Bearer" not in page.answer.text
    page = await page.submit("Log in", email=anna.email, password=PASSWORD)
    assert (page.status, path_of(page)) == (200, f"{path}?from=mail")


@pytest.mark.parametrize(
    "wanted", ["https://evil.example/", "//evil.example", "/\\evil.example", "/login", "/register"]
)
async def test_log_in_leads_to_no_other_site_and_to_no_page_of_visitors(
    browser: Browser, anna: Member, wanted: str
) -> None:
    page = await (await browser.open(f"/login?next={wanted}")).submit("Log in", email=anna.email, password=PASSWORD)
    assert path_of(page) == "/inbox"


async def test_a_member_logs_out(browser: Browser, anna: Member) -> None:
    page = await browser.log_in(anna.email, PASSWORD)
    assert browser.cookies.keys() == {"ccp_token"}
    page = await page.submit("Log out", within="header")
    assert (path_of(page), browser.cookies) == ("/", {})
    assert (await browser.open("/me")).status == 401


@pytest.mark.parametrize(("ticked", "kept"), [([], None), (["true"], 14 * 24 * 3600)])
async def test_a_member_stays_logged_in_if_they_want(
    ccp: Platform, anna: Member, ticked: list[str], kept: int | None
) -> None:
    data = {"email": anna.email, "password": PASSWORD, **({"stay": "true"} if ticked else {})}
    answer = await ccp.http.post("/login", data=data, headers={"Sec-Fetch-Site": "same-origin"})
    ccp.http.cookies.clear()
    cookie = answer.headers["set-cookie"]
    assert ("Max-Age" in cookie) == (kept is not None)
    assert kept is None or f"Max-Age={kept}" in cookie


async def test_what_was_typed_in_a_session_that_ended_is_sent_after_the_next_log_in(
    browser: Browser, anna: Member
) -> None:
    text = "\nWir bauen Häuser.\n\n" + "Größe äöü & <b>\n" * 300
    await browser.log_in(anna.email, PASSWORD)
    page = await browser.open("/organisations/new?country=DE")
    browser.cookies.clear()
    typed = {"name": "Häuser & Co.", "kind": "company", "description": text}
    ended = await page.submit("Save as a draft", **typed, ecosystems=["construction", "digital"])
    assert (ended.status, ended.heading) == (401, "Log in")
    assert "what you typed is kept" in ended.text
    wrong = await ended.submit("Log in", email=anna.email, password="not the password")
    assert "wrong" in wrong.problem
    again = await wrong.submit("Log in", password=PASSWORD)
    done = await again.submit("Send what I typed")
    assert "The draft is saved" in done.notice
    made = ok(await anna.get("/me/organisations"))[-1]
    assert (made["name"], made["ecosystems"]) == (typed["name"], ["construction", "digital"])
    assert made["description"].replace("\r", "") == text.strip()


async def test_a_password_is_not_kept_in_the_page_after_a_session_ended(ccp: Platform, browser: Browser) -> None:
    bert = await ccp.member("Bert")
    await browser.log_in(bert.email, PASSWORD)
    page = await browser.open("/me/password")
    browser.cookies.clear()
    ended = await page.submit("Change my password", current=PASSWORD, new=NEW_PASSWORD)
    assert ended.status == 401
    assert PASSWORD not in ended.answer.text
    assert NEW_PASSWORD not in ended.answer.text


async def test_a_member_changes_their_password(ccp: Platform, browser: Browser) -> None:
    clara = await ccp.member("Clara")
    await browser.log_in(clara.email, PASSWORD)
    page = await (await browser.open("/me")).follow("Change my password")
    wrong = await page.submit("Change my password", current="not the password", new=NEW_PASSWORD)
    assert (wrong.status, wrong.errors.keys()) == (422, {"current"})
    short = await wrong.submit("Change my password", current=PASSWORD, new="short")
    assert (short.status, short.errors.keys()) == (422, {"new"})
    log.configure(level="info")
    with capture_logs() as lines:
        done = await short.submit("Change my password", current=PASSWORD, new=NEW_PASSWORD)
    log.configure(level="error")
    assert "Your password is changed" in done.notice
    assert "password_changed" in [line.get("security_event") for line in lines]
    assert (await Browser(ccp.http).log_in(clara.email, PASSWORD)).status == 401
    assert (await Browser(ccp.http).log_in(clara.email, NEW_PASSWORD)).status == 200


async def test_guesses_of_the_present_password_are_limited_like_log_ins(ccp: Platform) -> None:
    dora = await ccp.member("Dora")
    guess = {"current": "not the password", "new": NEW_PASSWORD}
    answers = [(await dora.post("/me/password", guess)).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


async def test_a_visitor_chooses_a_language_and_stays_on_the_page(browser: Browser) -> None:
    page = await browser.open("/organisations?country=SE")
    page = await page.submit("Deutsch", within="footer")
    assert path_of(page) == "/organisations?country=SE"
    assert page.soup.html["lang"] == "de"
    assert (await browser.open("/about")).soup.html["lang"] == "de"
