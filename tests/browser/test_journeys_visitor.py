"""A visitor's journey: find a call in spite of a typing mistake, filter, page, read, keep its deadline, subscribe."""

import pytest
from playwright.async_api import expect

from tests.support.people import MISSION
from tests.support.windows import Site, Visitor

NUMBER = 21  # calls: more than a page has


@pytest.fixture(scope="module", autouse=True)
async def calls(portal: Site) -> None:
    """Public calls, whose words the search knows."""
    for number in range(NUMBER):
        await portal.ccp.operator.publishes(MISSION | {"title": f"Grants for ports {number}", "countries": ["NL"]})
    lighthouse = {"title": "Mission to lighthouses in Japan", "ecosystems": ["energy_renewables"]}
    await portal.ccp.operator.publishes(MISSION | lighthouse)
    runtime = portal.ccp.system.runtimes["calls"]
    await runtime.resources.vocabulary.refresh(runtime.db)


async def test_a_visitor_finds_reads_and_keeps_a_call(window: Visitor) -> None:
    page = window.page
    await window.open("/")
    await page.get_by_role("searchbox", name="Search calls").fill("lighthuose")
    await page.locator("header").get_by_role("button", name="Search").click()
    await window.arrives("Calls")
    await window.reads("Mission to lighthouses in Japan")

    await window.open("/calls")
    await window.reads(f"{NUMBER + 1} open calls")
    await opens_filters(window)
    await page.locator(".facets").get_by_role("link", name="Netherlands").click()
    chips = page.get_by_role("list", name="Chosen filters")
    await expect(chips).to_contain_text("Netherlands")
    await window.reads(f"{NUMBER} open calls")
    await window.follow("Next page")
    await expect(page.locator(".rows > li")).to_have_count(NUMBER - 20)
    await expect(chips).to_contain_text("Netherlands")
    await page.go_back()
    await expect(page.locator(".rows > li")).to_have_count(20)
    await page.go_forward()
    await window.follow("First page")
    await expect(page.locator(".rows > li")).to_have_count(20)
    for words, kind in (("Calendar of deadlines", "text/calendar"), ("Atom feed", "application/atom+xml")):
        await gets(window, words, kind)
    await chips.get_by_role("link", name="Netherlands").click()
    await expect(chips).to_have_count(0)

    await window.open("/calls?text=lighthouses")
    await window.follow("Mission to lighthouses in Japan")
    await window.arrives("Mission to lighthouses in Japan")
    await window.reads("Thursday 30 June 2016, 17:00 CEST")
    await gets(window, "Add to my calendar", "text/calendar")
    await window.follow("Log in to see whether you may apply")
    await window.arrives("Log in")


async def test_a_visitor_finds_a_call_with_the_keyboard_alone(keyboard: Visitor) -> None:
    await keyboard.open("/")
    await keyboard.page.keyboard.press("Tab")
    await keyboard.page.keyboard.press("Enter")  # the link that skips to the content
    await expect(keyboard.page.locator("main")).to_be_focused()
    await keyboard.open("/calls")
    await keyboard.tab_to(keyboard.field("Words, or the code of a topic"))
    await keyboard.page.keyboard.type("lighthouses")
    await keyboard.page.keyboard.press("Enter")
    await keyboard.reads("1 call")
    await keyboard.tab_to(keyboard.page.locator("main").get_by_role("link", name="Mission to lighthouses in Japan"))
    await keyboard.page.keyboard.press("Enter")
    await keyboard.arrives("Mission to lighthouses in Japan")


async def opens_filters(window: Visitor) -> None:
    """Open the drawer of filters where it is a drawer: a wide screen shows the filters at once."""
    drawer = window.page.locator("details.facets")
    if await drawer.locator("summary").is_visible() and await drawer.get_attribute("open") is None:
        await drawer.locator("summary").click()


async def gets(window: Visitor, words: str, media_type: str) -> None:
    """Follow a link to something that is no page."""
    address = await window.page.locator("main").get_by_role("link", name=words).get_attribute("href")
    answer = await window.context.request.get(window.url + str(address))
    assert answer.headers["content-type"].startswith(media_type), words
    assert answer.ok
