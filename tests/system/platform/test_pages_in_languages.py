"""Every page that a role can reach by links: each link leads to a page that knows it, in the reader's language."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
from bs4 import BeautifulSoup, Tag
from structlog.testing import capture_logs

from ccp import translations
from shared.web.i18n import catalogue
from tests.support.browsing import Browser
from tests.support.people import OPERATOR_PASSWORD, PASSWORD, Platform
from tests.support.roles import World, make_world

UNREAD = {"script", "style", "code", "textarea"}
ROLES = [("visitor", "de"), ("applicant", "fr"), ("assessor", "de"), ("editor", "fr"), ("operator", "de")]
NO_PAGES = re.compile(r"\.(ics|csv|atom|json|xml|pdf)$|^/(docs|openapi|logout)|/(feed|export)|/files/\w{64}|/qr")
ID = re.compile(r"/[0-9a-f-]{32,64}(?=/|$)")
LONG = 25  # characters of a message that is sought inside other text
IGNORED = "A part of the address is not valid, and the list ignores it:"


@dataclass(frozen=True)
class Shown:
    """A page that was opened, parsed once."""

    status: int
    soup: BeautifulSoup


@pytest.fixture(scope="module")
async def world(shared_ccp: Platform) -> World:
    return await make_world(shared_ccp)


@pytest.mark.parametrize(
    ("code", "too_long"), [("fr", "Utilisez au plus 120 caractères."), ("de", "Verwenden Sie höchstens 120 Zeichen.")]
)
async def test_an_error_with_a_limit_is_in_the_language_of_the_reader(
    shared_ccp: Platform, code: str, too_long: str
) -> None:
    browser = Browser(shared_ccp.http, languages=code)
    page = await browser.open("/register")
    button = catalogue(code).ugettext("Send me the link")
    refused = await page.submit(button, within="main", email="anna@members.example", name="x" * 121, country="FR")
    assert too_long in refused.errors["name"]
    answer = await shared_ccp.http.post("/members", json={"name": "x" * 121}, headers={"Accept-Language": code})
    assert too_long in {each["message"] for each in answer.json()["errors"]}


@pytest.mark.timeout(600)
@pytest.mark.parametrize(("role", "code"), ROLES)
async def test_every_link_leads_to_a_page_in_the_language_of_the_reader(world: World, role: str, code: str) -> None:
    browser = Browser(world.ccp.http, languages=code)
    if role != "visitor":
        password = OPERATOR_PASSWORD if role == "operator" else PASSWORD
        typed: dict[str, Any] = {"email": world.members[role].email, "password": password}
        page = await browser.open("/login")
        await page.submit(catalogue(code).ugettext("Log in"), within="main", **typed)
    with capture_logs() as lines:
        pages = await walk(browser, ["/", "/calls/own"] if role == "editor" else ["/"])
    assert len(pages) > 20
    asks_to_log_in = {401} if role == "visitor" else set()  # some links of visitors lead to the page for that
    wrong = {address: page.status for address, page in pages.items() if page.status not in {200} | asks_to_log_in}
    assert wrong == {}
    unknown = {(line["path"], *line["names"]) for line in lines if line["event"] == "parameters_ignored"}
    assert unknown == set(), "a link has a parameter that its page does not know"
    ignored = catalogue(code).ugettext(IGNORED)
    assert [address for address, page in pages.items() if ignored in page.soup.get_text(" ")] == []
    made = {text: catalogue(code).ugettext(text) for text in messages()}
    of_language = {text for text, found in made.items() if found != text} - {*made.values()}  # "Filter" is German, too
    english = {address: found for address, page in pages.items() if (found := english_on(page.soup, of_language))}
    assert english == {}


async def walk(browser: Browser, start: list[str]) -> dict[str, Shown]:
    """Open what the links of pages lead to, one address of each form; lists are narrowed once, not again and again."""
    opened: dict[str, Shown] = {}
    forms: set[tuple[str, ...]] = set()
    waiting = [*start]
    while waiting:
        address = waiting.pop(0)
        parts = urlsplit(address)
        form = (ID.sub("/{id}", parts.path), *sorted(parse_qs(parts.query)))
        if form in forms or NO_PAGES.search(parts.path):
            continue
        forms.add(form)
        page = await browser.open(address)
        if not page.answer.headers["content-type"].startswith("text/html"):
            continue
        shown = opened[address] = Shown(page.status, page.soup)
        links = {within(address, link) for link in shown.soup.find_all("a", href=True)} - {""}
        waiting += [link for link in links if not (parts.query and urlsplit(link).query)]
    return opened


def within(address: str, link: Tag) -> str:
    """Return the address of a link inside the platform; empty for another one."""
    found = urljoin(address, str(link["href"]).partition("#")[0])
    parts = urlsplit(found)
    return "" if parts.scheme or parts.netloc else found


def english_on(soup: BeautifulSoup, of_language: set[str]) -> list[str]:
    """Return the English messages that stand on a page although they have a translation."""
    words = [
        " ".join(text.split())
        for text in soup.find_all(string=True)
        if not any(each.name in UNREAD or (each.get("lang") and each.name != "html") for each in text.parents)
    ]
    for name in ("aria-label", "placeholder", "title"):
        words += [str(tag[name]) for tag in soup.select(f"[{name}]")]
    text = "\n".join(words)
    return sorted({*words} & of_language | {each for each in of_language if len(each) >= LONG and each in text})


def messages() -> set[str]:
    """Return all messages of one form without placeholders."""
    every = (each for found in translations.collected().values() for each in found)
    return {each for each in every if isinstance(each, str) and "%(" not in each and "{" not in each}
