"""Pages that people share: what other sites show of them, and how a reader sends the address."""

from typing import Any

import pytest

from tests.support.browsing import Browser, Page
from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, Platform, ok


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


def described(page: Page) -> dict[str, Any]:
    found = {tag["property"]: tag["content"] for tag in page.soup.select('meta[property^="og:"]')}
    return found | {"description": page.soup.select_one('meta[name="description"]')["content"]}


async def test_calls_and_gatherings_describe_themselves_to_other_sites(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION | {"title": "Mission to Japan", "summary": "A week of visits."})
    gathering = ok(await ccp.operator.post("/gatherings", SEMINAR | {"title": "Seminar", "summary": "A day of talks."}))
    for path, title, text in (
        (f"/calls/{call['id']}", "Mission to Japan", "A week of visits."),
        (f"/gatherings/{gathering['id']}", "Seminar", "A day of talks."),
    ):
        page = await Browser(ccp.http).open(path)
        shown = described(page)
        assert (shown["og:title"], shown["og:description"], shown["description"]) == (title, text, text)
        assert shown["og:url"].endswith(path)
        assert page.soup.select_one('link[rel="canonical"]')["href"] == shown["og:url"]
        assert path.replace("/", "%2F") in page.links["Send by e-mail"].replace("/", "%2F")
