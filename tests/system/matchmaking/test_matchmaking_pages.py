"""Partner search and partnerships in the browser: find, publish, close; proposals with reasons; partnerships."""

from datetime import UTC, datetime

import pytest

from services.matchmaking.partnerships.domain import Partnership
from services.matchmaking.partnerships.store import PARTNERSHIPS
from shared.ids import new_id
from shared.mongo import Transaction
from tests.support.browsing import Browser
from tests.support.people import MISSION, PASSWORD, Member, Platform, ok


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def browser_of(member: Member) -> Browser:
    browser = Browser(member.platform.http)
    await browser.log_in(member.email, PASSWORD)
    return browser


async def test_a_member_publishes_an_offer_that_others_find_and_closes_it(ccp: Platform) -> None:
    mona = await ccp.member("Mona")
    cluster = await ccp.organisation(mona, name="Harbour Cluster", country="MT")
    browser = await browser_of(mona)
    page = await (await browser.open("/partner-requests")).follow("Publish an offer or a request")
    typed = {"side": "offer", "title": "Quays for trials", "ecosystems": ["mobility"], "countries": ["IT"]}
    page = await page.submit("Publish", **typed, expires_at="2016-05-01")
    assert "Choose a time in the future" in page.errors["expires_at"]
    page = await page.submit("Publish", expires_at="2016-12-31", description="Ten quays.\n\n- deep\n- free")
    assert "It is published." in page.notice
    assert page.heading == "Quays for trials"
    assert "Shown until 31 December 2016" in page.text
    assert [item.get_text() for item in page.soup.select(".long li")] == ["deep", "free"]

    visitor = Browser(ccp.http)
    found = await visitor.open("/partner-requests?country=MT&utm_source=mail&side=&cursor=broken")
    assert "1 offer or request is open" in found.text
    assert "Invalid cursor" in found.text
    found = await found.follow("Quays for trials")
    assert "Close" not in found.buttons
    assert found.links["Harbour Cluster"] == f"/organisations/{cluster['id']}"
    assert "Your offers and requests" in (await browser.open("/partner-requests")).text

    page = await page.submit("Close")
    assert "It is closed" in page.notice
    assert "0 offers and requests" in (await visitor.open("/partner-requests?country=MT")).text


async def test_an_offer_is_linked_to_a_call_that_is_found_by_its_title(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION | {"title": "Mission to the shipyards of Gdańsk"})
    lena = await ccp.member("Lena")
    cluster = await ccp.organisation(lena, name="Wharf Cluster", country="PL")
    await ccp.system.settle()
    browser = await browser_of(lena)
    page = await browser.open("/partner-requests/new")
    page = await page.submit("Find", within="main", **{"_find.call_id": "gdansk ship"}, title="Cranes")
    assert "Mission to the shipyards of Gdańsk" in page.text
    typed = {"side": "offer", "ecosystems": ["mobility"], "expires_at": "2016-12-31", "call_id": call["id"]}
    page = await page.submit("Publish", **typed)
    assert page.links["Mission to the shipyards of Gdańsk"] == f"/calls/{call['id']}"
    found = await Browser(ccp.http).open(f"/partner-requests?organisation_id={cluster['id']}")
    assert "1 offer or request is open" in found.text
    assert "Organisation: Wharf Cluster" in found.text
    wish = {"organisation_id": cluster["id"], "side": "offer", "title": "Ours", "ecosystems": ["digital"]}
    body = wish | {"expires_at": "2016-12-31T00:00:00Z", "call_id": cluster["id"]}
    refused = await lena.post("/partner-requests", body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (404, "call_id")


async def test_one_without_an_organisation_is_told_what_to_do(ccp: Platform) -> None:
    page = await (await browser_of(await ccp.member("Solo"))).open("/partner-requests/new")
    assert page.links["Show my organisations"] == "/me/organisations"
    assert "Publish" not in page.buttons
    assert (await Browser(ccp.http).open("/partner-requests/new")).heading == "Log in"


async def test_partners_are_proposed_with_a_reason(ccp: Platform) -> None:
    offers, seeks = await ccp.member("Olga"), await ccp.member("Sven")
    for member, name, side in ((offers, "Wood Valley", "offer"), (seeks, "Paper Coast", "request")):
        cluster = await ccp.organisation(member, name=name, ecosystems=["construction"])
        wish = {"organisation_id": cluster["id"], "side": side, "title": "Timber", "ecosystems": ["construction"]}
        ok(await member.post("/partner-requests", wish | {"expires_at": "2016-12-01T00:00:00Z"}))
    browser = await browser_of(seeks)
    assert "No partners yet." in (await browser.open("/partner-proposals")).text
    await ccp.operator.publishes(MISSION | {"title": "Timber mission", "ecosystems": ["construction"]})
    await ccp.system.settle()
    page = await browser.open("/partner-proposals")
    assert "Timber mission" in page.links
    assert "Wood Valley (Sweden) offers “Timber”; you share Construction" in page.text
    assert (await page.follow("Wood Valley")).heading == "Timber"
    assert (await Browser(ccp.http).open("/partner-proposals")).heading == "Log in"


async def test_partnerships_begin_with_ones_own(ccp: Platform) -> None:
    pia, visitor = await ccp.member("Pia"), Browser(ccp.http)
    lead = await ccp.organisation(pia, name="Lead Cluster", country="PT")
    partner = await ccp.organisation(await ccp.member("Ravi"), name="Fellow Cluster", country="RO")
    db, ids = ccp.system.runtimes["matchmaking"].db, [lead["id"], partner["id"]]
    for coordinator, other in (ids, (new_id(), new_id())):
        await db.transact(_formed, coordinator, other)
    page = await visitor.open("/partnerships")
    assert "2 partnerships" in page.text
    assert "Your partnerships" not in page.text
    page = await page.follow("Partnership of Lead Cluster")
    rows = [row.get_text(" ", strip=True) for row in page.soup.select("tbody tr")]
    assert rows == ["Lead Cluster Portugal Coordinator", "Fellow Cluster Romania Partner"]
    own = await (await browser_of(pia)).open("/partnerships")
    assert "Lead Cluster" in own.soup.select_one(".own").get_text()
    assert "Unknown coordinator" not in own.soup.select_one(".own").get_text()
    assert (await visitor.open(f"/partnerships/{new_id()}")).status == 404


async def _formed(tx: Transaction, coordinator: str, partner: str) -> None:
    partnership = Partnership(
        id=new_id(),
        call_id=new_id(),
        call_title="Partnerships for going international",
        coordinator_id=coordinator,
        coordinator_name="Unknown coordinator",
        partner_ids=[partner],
        formed_at=datetime(2016, 5, 9, tzinfo=UTC),
    )
    await PARTNERSHIPS.insert(tx, partnership)
