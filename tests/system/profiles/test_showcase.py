"""The page of an organisation shows what it publishes in the other services: open first, past folded, no drafts."""

from datetime import timedelta
from typing import Any

import pytest

from services.profiles.showcase.store import REQUESTS
from services.profiles.showcase.usecases import on_expression_decided, on_request_announced, on_request_closed
from shared.contracts.calls import ApplicationFacts, ExpressionDecided
from shared.contracts.matchmaking import PartnerRequestClosed, PartnerRequestPublished
from shared.vocabulary import CallKind
from tests.support.browsing import Browser, Page
from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, Member, Platform, ok

WISH = {"side": "offer", "ecosystems": ["digital"], "expires_at": "2016-07-01T00:00:00Z"}


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


async def publishes_all(by: Member, organisation: dict[str, Any], name: str = "") -> dict[str, dict[str, Any]]:
    """Publish a call, a gathering and a partner request, and write a draft of the first two."""
    own = {"organisation_id": organisation["id"]}
    call = await by.publishes(MISSION | {"title": f"Mission{name}"}, organisation)
    ok(await by.post("/calls", MISSION | own | {"title": "Draft of a call"}))
    gathering = ok(await by.post("/gatherings", SEMINAR | own | {"title": f"Seminar{name}"}))
    ok(await by.post("/gatherings", SEMINAR | own | {"title": "Draft of a seminar", "draft": True}))
    request = ok(await by.post("/partner-requests", WISH | own | {"title": f"We measure{name}"}))
    await by.platform.system.settle()
    return {"call": call, "gathering": gathering, "request": request}


def headings(page: Page) -> list[str]:
    return [each.get_text(" ", strip=True) for each in page.soup.select("main section h2")]


def listed(page: Page, section: str, within: str = "ul") -> list[str]:
    return [each.get_text(strip=True) for each in page.soup.select(f"section[aria-labelledby={section}] {within} h3 a")]


async def test_a_page_shows_what_its_organisation_publishes(ccp: Platform, eve: Member) -> None:
    ours, theirs = await ccp.organisation(eve, name="Harbour"), await ccp.organisation(eve, name="Not this one")
    made = await publishes_all(eve, ours)
    await publishes_all(eve, theirs, " of others")
    post = ok(await eve.post("/posts", {"organisation_id": ours["id"], "title": "News of ours"}))
    ok(await eve.post(f"/posts/{post['id']}/publish", {}, version=post["version"]))
    path, visitor = f"/organisations/{ours['id']}", Browser(ccp.http)
    page = await visitor.open(path)
    assert headings(page) == ["Newest posts", "Calls", "Gatherings", "Partner search"]
    assert (listed(page, "calls"), listed(page, "gatherings")) == (["Mission"], ["Seminar"])
    assert listed(page, "requests") == ["We measure"]
    assert "Draft of" not in page.text
    for words in ("Mission", "Seminar", "We measure"):
        assert (await page.follow(words)).status == 200
    shown = ok(await ccp.http.get(f"{path}/showcase"))
    assert [shown[kind]["number"] for kind in ("calls", "gatherings", "requests", "partnerships")] == [1, 1, 1, 0]
    request = made["request"]
    ok(await eve.post(f"/partner-requests/{request['id']}/close", version=request["version"]))
    gathering, reason = made["gathering"], {"reason": "The hall burnt down."}
    ok(await eve.post(f"/gatherings/{gathering['id']}/cancel", reason, version=gathering["version"]))
    await ccp.system.settle()
    assert headings(await visitor.open(path)) == ["Newest posts", "Calls"]
    await ccp.system.travel(timedelta(days=100))
    past = await visitor.open(path)
    assert listed(past, "calls", "details ul") == ["Mission"]
    assert "closed on" in past.text


async def test_a_withdrawn_call_and_a_draft_are_not_shown_and_many_are_counted(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour")
    calls = [await eve.publishes(MISSION | {"title": f"Mission {number}"}, ours) for number in range(5)]
    ok(await eve.post(f"/calls/{calls[0]['id']}/withdraw", {"reason": "No money."}, version=calls[0]["version"]))
    await ccp.system.settle()
    page = await Browser(ccp.http).open(f"/organisations/{ours['id']}")
    assert listed(page, "calls") == ["Mission 1", "Mission 2", "Mission 3"]
    every = await page.follow("All 4 calls")
    assert "Mission 4" in every.text
    assert "Mission 0" not in every.text


async def test_a_merged_organisation_leaves_its_calls_to_the_page_of_the_other(ccp: Platform, eve: Member) -> None:
    kept, same = await ccp.organisation(eve, name="Harbour"), await ccp.organisation(eve, name="Harbour twice")
    await publishes_all(eve, same, " of both")
    ok(await ccp.operator.post(f"/organisations/{same['id']}/merge", {"into": kept["id"]}, version=same["version"]))
    await ccp.system.settle()
    page = await Browser(ccp.http).open(f"/organisations/{kept['id']}")
    assert (listed(page, "calls"), listed(page, "gatherings")) == (["Mission of both"], ["Seminar of both"])
    assert listed(page, "requests") == []
    for words in ("Mission of both", "Seminar of both"):
        assert (await page.follow(words)).status == 200


async def test_partnerships_are_shown_until_they_end(ccp: Platform, eve: Member) -> None:
    ours, db = await ccp.organisation(eve, name="Harbour"), ccp.system.db("profiles")

    def decided(outcome: Any, version: int) -> ExpressionDecided:
        facts = ApplicationFacts(
            version=version,
            call_id="a-call",
            call_title="Strategic partnerships",
            call_kind=CallKind.EXPRESSION_OF_INTEREST,
            cut_off=1,
            organisation_id="others",
            organisation_name="Port Cluster",
            url="/applications/a",
        )
        return ExpressionDecided(application_id="a", application=facts, outcome=outcome, partner_ids=[ours["id"]])

    path, visitor = f"/organisations/{ours['id']}", Browser(ccp.http)
    await db.transact(on_expression_decided, decided("reserve", 3))
    assert "Partnerships" not in headings(await visitor.open(path))
    await db.transact(on_expression_decided, decided("selected", 4))
    page = await visitor.open(path)
    assert listed(page, "partnerships") == ["Strategic partnerships"]
    assert "coordinated by Port Cluster" in page.text
    assert f"formed on {db.now().day} {db.now():%B %Y}" in page.text  # the platform's clock is in 2016
    assert page.links["Strategic partnerships"] == "/partnerships/a"
    await db.transact(on_expression_decided, decided("withdrawn", 5))
    await db.transact(on_expression_decided, decided("selected", 4))
    assert "Partnerships" not in headings(await visitor.open(path))


@pytest.mark.parametrize("closed_first", [True, False])
async def test_a_request_that_is_closed_stays_closed_in_any_order(ccp: Platform, closed_first: bool) -> None:
    db = ccp.system.db("profiles")
    facts = {
        "organisation_id": "ours",
        "organisation_name": "Ours",
        "title": "We measure",
        "url": "/partner-requests/r",
    }
    published = PartnerRequestPublished(request_id="r", side="offer", expires_at=db.now(), **facts)
    events = [(on_request_announced, published), (on_request_closed, PartnerRequestClosed(request_id="r"))]
    for handler, event in events[::-1] if closed_first else events:
        await db.transact(handler, event)
    assert await REQUESTS.count(db, {"organisation_id": "ours", "closed": True}) == 1
