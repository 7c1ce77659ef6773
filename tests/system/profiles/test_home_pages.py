"""The front page, and the pages about the platform."""

import re

import pytest

from services.calls.catalogue.access import call_facts
from services.calls.catalogue.domain import Call
from services.calls.catalogue.store import CALLS
from services.profiles.home.usecases import on_call_changed
from shared.contracts.calls import CallChanged, CallPublished
from tests.support.browsing import Browser
from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, PASSWORD, Platform, ok

SECTIONS = ("open", "forthcoming", "gatherings", "newest")


@pytest.fixture
def visitor(shared_ccp: Platform) -> Browser:
    return Browser(shared_ccp.http)


async def test_the_first_screen_says_what_the_platform_is_before_anything_is_on_it(ccp: Platform) -> None:
    visitor = Browser(ccp.http)
    page = await visitor.open("/")
    assert page.heading == "Where clusters find each other"
    assert page.links["See open calls"] == "/calls"
    assert page.links["Create an account"] == "/register"
    assert "No call is open at this moment" in page.text
    for path in ("/organisations", "/map"):
        page = await visitor.open(path)
        assert page.links["Add your organisation"] == "/organisations/new"
        assert "filters. Remove one" not in page.text


async def test_the_front_page_shows_what_is_open_and_what_comes_next(shared_ccp: Platform, visitor: Browser) -> None:
    anna = await shared_ccp.member("Anna")
    await shared_ccp.organisation(anna, name="Alpha Cluster")
    await shared_ccp.operator.publishes(MISSION | {"title": "Later deadline", "deadline": "2016-07-30T17:00:00+02:00"})
    await shared_ccp.operator.publishes(MISSION | {"title": "Earlier deadline"})
    await shared_ccp.operator.publishes(MISSION | {"title": "Opens in June", "opens_at": "2016-06-01T09:00:00+02:00"})
    published = ok(await shared_ccp.operator.post("/gatherings", SEMINAR | {"title": "Seminar in Brussels"}))
    await shared_ccp.system.settle()
    page = await visitor.open("/")
    of = {name: " ".join(page.soup.find(id=name).parent.get_text(" ").split()) for name in SECTIONS}
    assert of["open"].index("Earlier deadline") < of["open"].index("Later deadline")
    assert "closes in" in of["open"]
    assert "Opens in June" in of["forthcoming"]
    assert "Opens in June" not in of["open"]
    assert "Seminar in Brussels" in of["gatherings"]
    assert "Alpha Cluster Cluster organisation" in of["newest"]
    assert page.links["Show on the map"] == "/map"
    cancelled = await shared_ccp.operator.post(
        f"/gatherings/{published['id']}/cancel", {"reason": "The hall is closed."}, version=published["version"]
    )
    ok(cancelled)
    await shared_ccp.system.settle()
    assert "Seminar in Brussels" not in (await visitor.open("/")).text
    shown = ok(await shared_ccp.http.get("/"))
    assert [call["title"] for call in shown["calls"]] == ["Earlier deadline", "Later deadline"]
    assert "Alpha Cluster" in [each["name"] for each in shown["newest"]]


async def test_a_changed_call_without_an_opening_stays_open_on_the_front_page(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION | {"title": "Open from the start"})
    facts = call_facts(await call_of(ccp, call["id"])).model_copy(update={"opens_at": None})
    db = ccp.system.db("profiles")
    await ccp.system.settle()
    for version, event in (
        (7, CallPublished(call_id="early", call=facts.model_copy(update={"version": 7}))),
        (8, CallChanged(call_id="early", call=facts.model_copy(update={"version": 8}), changes=["title"])),
    ):
        await db.transact(on_call_changed, event)
        shown = ok(await ccp.http.get("/"))
        assert "early" in [each["id"] for each in shown["calls"]], f"version {version} is open"
        assert "early" not in [each["id"] for each in shown["forthcoming"]]
    later = facts.model_copy(update={"version": 1})
    await db.transact(on_call_changed, CallPublished(call_id="later", call=later, is_open=False))
    later = facts.model_copy(update={"version": 2})
    await db.transact(on_call_changed, CallChanged(call_id="later", call=later, changes=["title"]))
    assert "later" in [each["id"] for each in ok(await ccp.http.get("/"))["forthcoming"]]


async def call_of(ccp: Platform, id: str) -> Call:
    call = await CALLS.get(ccp.system.db("calls"), id)
    assert call
    return call


async def test_a_member_gets_short_links_to_what_they_do(shared_ccp: Platform, visitor: Browser) -> None:
    anna = await shared_ccp.member("Anna")
    await visitor.log_in(anna.email, PASSWORD)
    page = await visitor.open("/")
    assert page.heading == "Welcome, Anna"
    links = [link["href"] for link in page.soup.select("main nav a")]
    assert {"/inbox", "/me", "/me/organisations"} <= {*links}
    assert "/organisations/review" not in links


@pytest.mark.parametrize("name", ["About", "Imprint", "Privacy", "Accessibility"])
async def test_the_footer_leads_to_pages_about_the_platform(visitor: Browser, name: str) -> None:
    page = await (await visitor.open("/calls")).follow(name)
    assert page.status == 200
    assert name.lower() in page.heading.lower()


async def test_the_imprint_says_what_to_do_until_the_operator_has_a_name(visitor: Browser) -> None:
    assert "CCP_IMPRINT_NAME" in (await visitor.open("/imprint")).text


async def test_the_sitemap_lists_public_pages_only(shared_ccp: Platform) -> None:
    anna = await shared_ccp.member("Anna")
    public = await shared_ccp.organisation(anna, name="Alpha Cluster")
    draft = ok(await anna.post("/organisations", {"name": "Draft", "kind": "company", "country": "FR"}))
    robots = (await shared_ccp.http.get("/robots.txt")).text
    address = robots.partition("Sitemap: ")[2].strip()
    answer = await shared_ccp.http.get(address.removeprefix("http://ccp.test"))
    assert answer.headers["content-type"] == "application/xml"
    listed = {*re.findall("<loc>(.*?)</loc>", answer.text)}
    assert {f"http://ccp.test{path}" for path in ("/", "/calls", "/organisations", "/imprint")} <= listed
    assert f"http://ccp.test/organisations/{public['id']}" in listed
    assert f"http://ccp.test/organisations/{draft['id']}" not in listed
