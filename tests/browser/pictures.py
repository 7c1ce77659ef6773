"""Plays the demo and takes the pictures of the README: `make pictures`."""

import asyncio
import secrets
import shutil
import tempfile
from pathlib import Path

from playwright.async_api import Browser, async_playwright
from pydantic import SecretStr
from rich.console import Console

from ccp.client import Client, connect
from ccp.demo.command import START, Embedded, play
from ccp.demo.mailbox import Folder
from ccp.demo.story import Result
from ccp.options import OPERATOR
from services.__main__ import available, serving
from services.profiles.settings import ProfilesSettings
from shared.mongod import free_port
from shared.settings import Settings
from tests.support import ROOT
from tests.support.windows import FLAGS

PICTURES = ROOT / "docs" / "pictures"
SIZE = {"width": 1080, "height": 720}


async def take(browser: Browser, url: str, result: Result, password: str) -> None:
    """Take one picture for each kind of page."""
    async with connect(url) as http:
        calls = (await Client(http).get("/calls", text="Brazil", status="open"))["items"]
    traveller = next(person for person in result.people if person.name == "Sanne de Vries")
    for name, path, log_in in (
        ("home", "/", None),
        ("call", f"/calls/{calls[0]['id']}", None),
        ("application", "/applications", (traveller.email, result.password)),
        ("desk", "/desk", (OPERATOR, password)),
    ):
        page = await browser.new_page(viewport=SIZE, locale="en-GB")
        if log_in:
            await page.goto(f"{url}/login")
            await page.get_by_label("E-mail address").fill(log_in[0])
            await page.get_by_label("Password", exact=True).fill(log_in[1])
            await page.get_by_role("button", name="Log in").click()
            await page.wait_for_url("**/inbox")
        await page.goto(url + path, wait_until="networkidle")
        if name == "application":
            await page.locator("main a[href^='/applications/']").first.click()
            await page.wait_for_load_state("networkidle")
        await page.screenshot(path=PICTURES / f"{name}.jpg", type="jpeg", quality=72)
        await page.close()


async def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        port, password = free_port(), secrets.token_urlsafe(12)
        url = f"http://127.0.0.1:{port}"
        settings = Settings(data_dir=Path(folder), port=port, public_url=url, clock=START, log_level="error")  # type: ignore[arg-type]
        operator = ProfilesSettings(
            operator_email=OPERATOR, operator_password=SecretStr(password), operators_need_second_factor=False
        )
        async with serving(settings, available(), profiles=operator) as app, async_playwright() as playwright:
            mailbox = Folder(Path(folder) / "mail")
            result = await play(Console(), url, mailbox, OPERATOR, password, Embedded(app))
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            await take(browser, url, result, password)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(main())
