"""The list of calls in a browser: what is open first, filters that stay, words that are marked, nothing that breaks."""

from datetime import timedelta
from typing import Any

import pytest

from services.calls.catalogue.domain import Call
from services.calls.catalogue.status import Stage
from services.calls.catalogue.store import CALLS
from tests.support.browsing import Browser, Page
from tests.support.calls import NOW
from tests.support.people import Platform, ok

DAY = timedelta(days=1)


def call(id: str, **more: Any) -> Call:
    deadline = NOW + more.pop("days", 40) * DAY
    facts = {"title": "Call", "organisation_name": "Publisher", "stage": Stage.PUBLISHED, "opens_at": NOW - DAY}
    return Call.model_validate({"id": id, "deadline": deadline, **facts, **more})


OPEN = call("open", title="Hydrogen for trains", kind="mission", countries=["JP"], programme="R&D", published_at=NOW)
SOON = call("soon", title="Depots", days=5.1, summary="For trains", ecosystems=["mobility"], published_at=NOW - DAY)
LATER = call("later", title="Bakeries", opens_at=NOW + 9.1 * DAY)
OVER = call("over", title="Looms", days=-3, description="Where looms meet hydrogen.")
OLDER = call("older", title="Spindles", days=-9)


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
def browser(ccp: Platform) -> Browser:
    return Browser(ccp.http)


async def only(ccp: Platform, *calls: Call) -> None:
    at = ccp.system.db("calls")
    await at.raw("calls").delete_many({})
    await CALLS.insert_new(at, calls)
    runtime = ccp.system.runtimes["calls"]
    await runtime.round(next(loop for loop in runtime.service.loops if loop.name == "vocabulary"))


def rows(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select("main .rows h3")]


def facet(page: Page) -> dict[str, tuple[str, str]]:
    """Return the number and the address of each choice."""
    items = page.soup.select(".facets li")
    return {item.a.get_text(): (item.span.get_text(), item.a["href"]) for item in items}


async def test_the_list_begins_with_what_is_open_the_next_deadline_first(ccp: Platform, browser: Browser) -> None:
    await only(ccp, OPEN, SOON, LATER, OVER)
    page = await browser.open("/calls")
    assert rows(page) == ["Depots", "Hydrogen for trains"]
    assert "2 open calls" in page.text
    assert "Closing soon closes in 5 days" in page.text
    assert rows(await page.follow("1 more call")) == ["Bakeries"]
    assert set(rows(await page.follow("Show all calls, closed ones too"))) == {
        "Looms",
        "Depots",
        "Bakeries",
        "Hydrogen for trains",
    }


async def test_the_first_screen_is_never_empty(ccp: Platform, browser: Browser) -> None:
    await only(ccp, LATER, OVER)
    page = await browser.open("/calls")
    assert "No such call is open now. These come next." in page.text
    assert rows(page) == ["Bakeries"]
    assert "opens in 9 days" in page.text
    await only(ccp, OLDER, OVER)
    page = await browser.open("/calls")
    assert "These closed last" in page.text
    assert rows(page) == ["Looms", "Spindles"]
    await only(ccp)
    assert "No call matches" in (await browser.open("/calls")).text


async def test_facets_narrow_the_list_and_chips_widen_it_again(ccp: Platform, browser: Browser) -> None:
    await only(ccp, OPEN, SOON, LATER, OVER)
    page = await browser.open("/calls?text=trains")
    assert rows(page) == ["Hydrogen for trains", "Depots"]
    choices = facet(page)
    assert {words: number for words, (number, _) in choices.items()} == {
        "Open": "1",
        "Closing soon": "1",
        "Funding call": "1",
        "Mission": "1",
        "Mobility, transport, automotive": "1",
        "Japan": "1",
        "R&D": "1",
    }
    page = await browser.open(choices["R&D"][1])
    assert rows(page) == ["Hydrogen for trains"]
    page = await browser.open(facet(page)["Japan"][1])
    assert "1 call" in page.text
    chips = {chip.get_text(" ", strip=True): chip["href"] for chip in page.soup.select(".chips a")}
    assert [words.removesuffix(" × (remove)") for words in chips] == [
        "“trains”",
        "Open to: Japan",
        "R&D",
        "Remove all filters",
    ]
    assert len(rows(await browser.open(chips["“trains” × (remove)"]))) == 1
    assert len(rows(await browser.open(chips["Remove all filters"]))) == 2


async def test_every_value_of_a_facet_can_be_chosen(ccp: Platform, browser: Browser) -> None:
    common = ["AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HU", "IE", "IT"]
    await only(ccp, call("a", countries=[*common, "LV", "HR"]), call("b", countries=common, title="Other"))
    page = await browser.open("/calls")
    folded = page.soup.select_one(".facets details")
    assert folded.summary.get_text() == "2 more"
    assert [link.get_text() for link in folded.select("a")] == ["Croatia", "Latvia"]
    assert rows(await browser.open(facet(page)["Croatia"][1])) == ["Call"]


async def test_a_search_keeps_the_filters_and_so_do_feeds_and_exports(ccp: Platform, browser: Browser) -> None:
    await only(ccp, OPEN, SOON, LATER, OVER)
    page = await browser.open("/calls?kind=mission&status=open&status=closing_soon&utm_source=mail")
    page = await page.submit("Search", text="trains", within="main")
    assert rows(page) == ["Hydrogen for trains"]
    query = "text=trains&status=open&status=closing_soon&kind=mission"
    assert page.links["Calendar of deadlines"] == f"/calls.ics?{query}"
    for words in ("Calendar of deadlines", "Atom feed", "JSON feed", "Table (CSV)", "Data (JSON)"):
        assert page.links[words].endswith(f"?{query}")
        answer = await ccp.http.get(page.links[words])
        assert "Hydrogen for trains" in answer.text, words
        assert "Depots" not in answer.text, words
    assert {link["href"].partition("?")[2] for link in page.soup.select("head link[rel=alternate]")} == {query}


async def test_what_matched_is_marked_also_for_starts_typos_and_descriptions(ccp: Platform, browser: Browser) -> None:
    await only(ccp, OPEN, OVER)
    for typed in ("hydrogen", "HYDRO", "hydrogn"):
        page = await browser.open(f"/calls?text={typed}")
        assert rows(page) == ["Hydrogen for trains", "Looms"]
        assert [mark.get_text() for mark in page.soup.find_all("mark")] == ["Hydrogen", "hydrogen"], typed


async def test_the_order_can_be_chosen(ccp: Platform, browser: Browser) -> None:
    await only(ccp, OPEN, SOON)
    page = await browser.open("/calls?kind=mission&kind=")
    page = await browser.open("/calls")
    page = await page.follow("Newest")
    assert rows(page) == ["Hydrogen for trains", "Depots"]
    assert "Best match" not in page.links
    assert "Best match" in (await browser.open("/calls?text=trains&sort=newest")).links


async def test_pages_lead_on_and_back(ccp: Platform, browser: Browser) -> None:
    await only(ccp, *(call(f"c{number}", title=f"Grid {number}", days=number + 9) for number in range(3)))
    page = await browser.open("/calls?text=grid&limit=2")
    following = await page.follow("Next page")
    assert sorted(rows(page) + rows(following)) == ["Grid 0", "Grid 1", "Grid 2"]
    assert rows(await following.follow("First page")) == rows(page)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("utm_source=newsletter&text=", ""),
        ("text=x", "text"),
        ("kind=lottery", "kind"),
        ("closing_within=soon", "closing_within"),
        ("status=open&status=nonsense", "status"),
        ("cursor=abc", "This page of the list does not exist any more"),
        ("cursor=WyJ4IiwgImMiXQ&text=trains", "This page of the list does not exist any more"),
    ],
)
async def test_no_address_is_a_dead_end(ccp: Platform, browser: Browser, query: str, said: str) -> None:
    await only(ccp, OPEN, SOON)
    page = await browser.open(f"/calls?{query}")
    assert (page.status, len(rows(page))) == (200, 2)
    warning = page.soup.select_one("main div.warning")
    assert (said in warning.get_text()) if said else warning is None


async def test_members_filter_for_their_organisation(ccp: Platform, browser: Browser) -> None:
    erik = await ccp.member("Erik")
    park = await ccp.organisation(erik, name="Lund Park", ecosystems=["mobility"])
    await only(ccp, OPEN, SOON)
    assert (await browser.open(f"/calls?for_profile={park['id']}")).heading == "Log in"
    await browser.log_in(erik.email, "a long enough password")
    page = await browser.open(f"/calls?for_profile={park['id']}")
    assert rows(page) == ["Depots"]
    assert "fits Lund Park" in page.text


async def test_feeds_and_calendars_are_explained_with_addresses_that_work(ccp: Platform, browser: Browser) -> None:
    page = await browser.open("/calls")
    page = await page.follow("Feeds and calendars")
    assert page.heading == "Feeds and calendars"
    for href in {link["href"] for link in page.soup.select("main a")} - {"/"}:
        assert (await browser.open(href)).status == 200, href


async def test_one_call_has_a_calendar(ccp: Platform, browser: Browser) -> None:
    await only(ccp, OPEN)
    page = await (await browser.open("/calls/open")).follow("Add to my calendar")
    assert page.answer.headers["content-type"].startswith("text/calendar")
    assert "SUMMARY:Deadline: Hydrogen for trains" in page.answer.text
    assert (await ccp.http.get("/calls/missing.ics")).status_code == 404
    assert ok(await ccp.http.get("/calls/open"))["id"] == "open"
