"""The directory of organisations in a browser: words, filters, counts."""

import pytest

from services.profiles.organisations.store import DIRECTORY, ORGANISATIONS, keep_words
from tests.support.browsing import Browser, Page
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, PROFILE, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def erik(ccp: Platform) -> Member:
    return await ccp.member("Erik", "SE")


@pytest.fixture(scope="module")
async def directory(ccp: Platform, erik: Member) -> None:
    """Three public organisations and a draft."""
    await ccp.organisation(
        erik, name="Île-de-France Mobilité", kind="association", country="FR", ecosystems=["mobility"]
    )
    await ccp.organisation(erik, name="Wood Valley", acronym="WV", description="Batteries for sawmills.", city="Umeå")
    await ccp.organisation(erik, name="Zinc Works", kind="company", ecosystems=["digital", "energy_intensive"])
    ok(await erik.post("/organisations", PROFILE | {"name": "Draft of Wood"}))


@pytest.fixture
async def editor(ccp: Platform, erik: Member) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(erik.email, PASSWORD)
    return browser


@pytest.fixture
async def operator(ccp: Platform) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    return browser


@pytest.fixture
def visitor(ccp: Platform) -> Browser:
    return Browser(ccp.http)


def names(page: Page) -> list[str]:
    return [link.get_text() for link in page.soup.select(".rows h2 a")]


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("wood", ["Wood Valley"]),
        ("wo", ["Wood Valley", "Zinc Works"]),  # a beginning; "Works" begins with it, too
        ("WV", ["Wood Valley"]),
        ("ile de france", ["Île-de-France Mobilité"]),
        ("battery", ["Wood Valley"]),  # the stem of batteries
        ("umea", ["Wood Valley"]),
        ("wood zinc", []),
        ("a.*", []),
    ],
)
async def test_a_visitor_finds_organisations_by_words(visitor: Browser, text: str, found: list[str]) -> None:
    page = await (await visitor.open("/organisations")).submit("Search", within="main", text=text)
    assert (page.status, names(page)) == (200, found)


@pytest.mark.usefixtures("directory")
async def test_a_visitor_narrows_the_list_and_removes_filters(visitor: Browser) -> None:
    page = await visitor.open("/organisations?utm_source=news&text=")
    assert names(page) == ["Wood Valley", "Zinc Works", "Île-de-France Mobilité"]
    assert "3 organisations" in page.text
    page = await page.follow("Company")
    assert names(page) == ["Zinc Works"]
    page = await page.submit("Search", within="main", text="wood")  # the filter is kept
    assert "No organisation passes all of these filters" in page.text
    page = await page.follow("“wood” × (remove)")
    assert names(page) == ["Zinc Works"]
    assert names(await page.follow("Remove all filters")) == [
        "Wood Valley",
        "Zinc Works",
        "Île-de-France Mobilité",
    ]
    newest = await (await visitor.open("/organisations?limit=2")).follow("newest first")
    assert names(newest) == ["Zinc Works", "Wood Valley"]
    assert names(await newest.follow("Next page")) == ["Île-de-France Mobilité"]


@pytest.mark.usefixtures("directory")
@pytest.mark.parametrize("query", ["country=XX", "kind=cluster", "text=a", "cursor=xyz", "limit=0", "sort=best"])
async def test_a_filter_that_is_not_valid_shows_the_list_with_a_message(visitor: Browser, query: str) -> None:
    page = await visitor.open(f"/organisations?{query}")
    assert page.status == 200
    assert len(names(page)) == 3
    assert page.soup.select_one(".warning").get_text(strip=True)


@pytest.mark.usefixtures("directory")
async def test_programs_search_and_count_too(ccp: Platform) -> None:
    found = ok(await ccp.http.get("/organisations", params={"text": "wood", "sort": "newest"}))
    assert [each["name"] for each in found["items"]] == ["Wood Valley"]
    counts = ok(await ccp.http.get("/organisations/facets", params={"country": "SE"}))
    assert counts["kind"] == {"cluster_organisation": 1, "company": 1}
    assert counts["ecosystem"] == {"digital": 2, "energy_intensive": 1}
    refused(await ccp.http.get("/organisations?cursor=xyz"), 422, "cursor")


@pytest.mark.usefixtures("directory")
async def test_organisations_of_an_earlier_release_are_found(ccp: Platform, visitor: Browser) -> None:
    database = ccp.system.db("profiles")
    await database.raw(ORGANISATIONS.name).update_many({}, {"$unset": {"found_by": "", "alike": ""}})
    await DIRECTORY.update(database, {}, {"$inc": {"changes": 1}})  # a process that starts now reads them like this
    assert names(await visitor.open("/organisations?text=wood")) == []
    await keep_words(database)
    assert names(await visitor.open("/organisations?text=wood")) == ["Wood Valley"]
