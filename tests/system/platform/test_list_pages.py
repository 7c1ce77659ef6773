"""Lists in the browser: the link to the next page keeps the filters."""

from typing import Any
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup

from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, Member, Platform, ok


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def erik(ccp: Platform) -> Member:
    return await ccp.member("Erik")


async def read_all(reader: Member, path: str, **asked: Any) -> tuple[list[str], int]:
    """Follow the links from page to page; return the items shown and the number of pages."""
    shown: list[str] = []
    url, number = path, 0
    while url:
        first = {"params": {**asked, "limit": 1}} if not number else {}
        answer = await reader.get(url, headers={"Accept": "text/html"}, **first)
        page = BeautifulSoup(answer.raise_for_status().text, "html.parser")
        shown += [item.get_text() for item in page.select("ul.plain > li, ul.rows > li")]
        following, number = page.find("a", rel="next"), number + 1
        url = urljoin(path, following["href"]) if following else ""
    return shown, number


def holds(shown: list[str], *words: str) -> bool:
    """Return whether there is one line for each word, in any order."""
    return len(shown) == len(words) and all(any(word in line for line in shown) for word in words)


async def test_organisations_of_a_country(ccp: Platform, erik: Member) -> None:
    for name, country in (("North", "FI"), ("Between", "FR"), ("South", "FI")):
        await ccp.organisation(erik, name=name, country=country)
    shown, pages = await read_all(erik, "/organisations", country="FI")
    assert holds(shown, "North", "South")
    assert pages == 2


async def test_offers_without_the_requests(ccp: Platform, erik: Member) -> None:
    ours = await ccp.organisation(erik)
    wish = {"organisation_id": ours["id"], "ecosystems": ["digital"]}
    for day, (side, title) in enumerate([("offer", "Meters"), ("request", "Boilers"), ("offer", "Pumps")], 1):
        expires = f"2016-12-0{day}T00:00:00Z"
        ok(await erik.post("/partner-requests", {**wish, "side": side, "title": title, "expires_at": expires}))
    shown, pages = await read_all(erik, "/partner-requests", side="offer")
    assert holds(shown, "Meters", "Pumps")
    assert pages == 2


async def test_gatherings_in_a_country(ccp: Platform, erik: Member) -> None:
    for title, country in (("Fair", "SE"), ("Congress", "FR"), ("Forum", "SE")):
        ok(await ccp.operator.post("/gatherings", {**SEMINAR, "title": title, "countries": [country]}))
    shown, pages = await read_all(erik, "/gatherings", country="SE")
    assert holds(shown, "Fair", "Forum")
    assert pages == 2


async def test_calls_found_by_words_with_special_characters(ccp: Platform, erik: Member) -> None:
    for title in ("Research & data: a first step", "Data & bakeries", "Research & data: a second step"):
        await ccp.operator.publishes({**MISSION, "title": title})
    shown, pages = await read_all(erik, "/calls", text='"research & data" -bakeries', kind="mission")
    assert holds(shown, "first step", "second step")
    assert pages == 2


async def test_unanswered_questions(ccp: Platform, erik: Member) -> None:
    call = await ccp.operator.publishes(MISSION)
    path = f"/calls/{call['id']}/questions"
    texts = ["Who may come along?", "Who pays for it?", "When does it start?"]
    asked = [ok(await erik.post(path, {"question": text})) for text in texts]
    ok(await ccp.operator.post(f"{path}/{asked[1]['id']}/answer", {"answer": "You do so."}, version=1))
    shown, pages = await read_all(ccp.operator, path, answered="false")
    assert holds(shown, texts[0], texts[2])
    assert pages == 2


async def test_unread_alerts(ccp: Platform, erik: Member) -> None:
    await erik.follows(kinds=["mission"])
    for title in ("Japan", "Brazil", "Mexico"):
        await ccp.operator.publishes({**MISSION, "title": title})
    await ccp.system.settle()
    brazil = next(alert for alert in await erik.alerts() if "Brazil" in alert["title"])
    ok(await erik.post(f"/inbox/{brazil['id']}/read"))
    shown, pages = await read_all(erik, "/inbox", unread="true")
    assert holds(shown, "Japan", "Mexico")
    assert pages == 2
