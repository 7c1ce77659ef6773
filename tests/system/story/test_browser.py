"""A member in a real browser: follows the e-mail's link, confirms, logs in, reads, stops the e-mails."""

import os
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, async_playwright, expect

from ccp.client import Client
from services.__main__ import available, serving
from services.notifications.settings import NotificationsSettings
from services.profiles.settings import ProfilesSettings
from shared.mongo import connect
from shared.mongod import free_port
from shared.settings import Settings
from shared.testing import until
from tests.support.people import MISSION, OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, mails_to
from tests.support.platforms import MAY_2016, Inbox

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    chromium = shutil.which("chromium")
    if not chromium:
        reason = "no Chromium: apt-get install chromium"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page, errors = await browser.new_page(), []
        page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
        yield page
        await browser.close()
        assert [error for error in errors if "Content Security Policy" in error] == []


@pytest.fixture
async def url(mongo_url: str, smtp: Inbox, tmp_path: Path) -> AsyncIterator[str]:
    """The platform as `ccp up` runs it, behind its real HTTP server."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    settings = Settings(mongo_url=mongo_url, data_dir=tmp_path, port=port, public_url=url, clock=MAY_2016)
    profiles = ProfilesSettings(
        operator_email=OPERATOR_EMAIL, operator_password=OPERATOR_PASSWORD, operators_need_second_factor=False
    )
    mail = NotificationsSettings(mail_url=f"smtp://127.0.0.1:{smtp.port}", mail_settle_seconds=0)
    async with serving(settings, available(), profiles=profiles, notifications=mail):
        yield url
    client = connect(mongo_url)
    for name in available():
        await client.drop_database(f"ccp_{name}")
    client.close()


async def test_from_the_first_link_to_the_last(page: Page, url: str, smtp: Inbox) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        visitor = Client(http)
        body = {"email": "anna@members.example", "name": "Anna", "country": "SE"}
        await visitor.post("/members", body)
        confirm = await link_in(smtp, "/confirm/")
        await until(lambda: opens(http, confirm), "the key that signed the link to be known")
        await page.goto(confirm)
        await expect(page.get_by_role("heading")).to_have_text("Is this address yours?")
        await expect(page.get_by_label("Country")).to_have_value("SE")
        await page.get_by_label("Name").fill("Anna Berg")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Confirm my address").click()
        await expect(page.get_by_role("status")).to_contain_text("Your address is confirmed")

        anna = await visitor.log_in("anna@members.example", PASSWORD)
        await anna.post("/interests", {"countries": ["JP"]})
        operator = await visitor.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        draft = await operator.post("/calls", MISSION)
        await operator.post(f"/calls/{draft['id']}/publish", version=1)
        stop = await link_in(smtp, "/unsubscribe/")

    await page.goto(f"{url}/inbox")
    await page.get_by_label("E-mail address").fill("anna@members.example")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.get_by_role("link", name="Apply: Mission to Japan").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Mission to Japan")
    await expect(page.get_by_text("Thursday 30 June 2016, 17:00 CEST", exact=True)).to_be_visible()

    await page.goto(stop)
    await page.get_by_role("button", name="Stop these e-mails").click()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("You get no more e-mails")


async def opens(http: httpx.AsyncClient, link: str) -> bool:
    return (await http.get(link, headers={"Accept": "text/html"})).is_success


async def link_in(smtp: Inbox, path: str) -> str:
    async def find() -> str | None:
        texts = [mail.get_body(("plain",)).get_content() for mail in mails_to(smtp, "anna@members.example")]
        found = re.search(rf"http://\S+{path}\S+", " ".join(texts))
        return found[0] if found else None

    return await until(find, f"a mail with {path}")


async def test_pages_and_the_description_of_the_api_keep_to_their_policies(page: Page, url: str) -> None:
    await page.goto(f"{url}/calls")
    style = "getComputedStyle(document.querySelector('header')).backgroundColor"
    assert await page.evaluate(style) == "rgb(255, 255, 255)", "the style sheet was not loaded"
    await page.goto(f"{url}/docs")
    await expect(page.get_by_role("heading", name="Cluster Collaboration Platform")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Authorize").first.click()
    await expect(page.get_by_role("heading", name="Available authorizations")).to_be_visible()


async def test_in_the_description_of_the_api_a_token_authorizes_requests(page: Page, url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as http:
        operator = await Client(http).log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        token = (await operator.post("/me/tokens", {"name": "Swagger UI", "scope": "read"}))["token"]
    page.set_default_timeout(60_000)  # milliseconds; Swagger UI is slow on a busy machine
    await page.goto(f"{url}/docs#/Accounts/read_own_account")
    operation = page.locator("#operations-Accounts-read_own_account")
    await expect(operation).to_contain_text("anna@members.example", timeout=60_000)  # in the example of the answer
    await page.locator(".auth-wrapper .authorize").first.click()
    await page.locator(".auth-container input").first.fill(token)
    await page.locator(".auth-btn-wrapper .authorize").click()
    await page.locator(".auth-btn-wrapper .btn-done").click()
    await operation.locator(".try-out__btn").click()
    await operation.locator(".execute").click()
    await expect(operation.locator(".live-responses-table")).to_contain_text(OPERATOR_EMAIL, timeout=60_000)
