"""Achievements of organisations: written, reviewed, read in the gallery and the feeds, followed, and withdrawn."""

import json
from typing import Any

import pytest

from tests.support.achievements import ACHIEVEMENT, achieved, submitted, written
from tests.support.browsing import Browser, browser_of
from tests.support.people import OPERATOR_PASSWORD, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


async def gallery(ccp: Platform, **filters: Any) -> list[str]:
    return [each["title"] for each in ok(await ccp.http.get("/achievements", params=filters))["items"]]


async def test_an_achievement_is_public_after_its_review(ccp: Platform, eve: Member) -> None:
    ours, stranger = await ccp.organisation(eve, name="Harbour One"), await ccp.member("Sven")
    draft = await written(eve, ours)
    path = f"/achievements/{draft['id']}"
    for reader in (stranger, ccp.operator):
        refused(await reader.get(path), 404)
        refused(await reader.put(path, ACHIEVEMENT, version=1), 404)
    refused(await eve.post(f"{path}/review", {"outcome": "publish"}, version=1), 403)
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=1), 404)
    refused(await eve.post(f"{path}/submit", version=7), 412)
    waiting = ok(await eve.post(f"{path}/submit", version=1))
    queue = ok(await ccp.operator.get("/achievements/review", params={"limit": 100}))["items"]
    assert draft["id"] in [each["id"] for each in queue]
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "rejected"}, version=2), 422, "reasons")
    decision = {"outcome": "changes_requested", "reasons": ["Name the partners."]}
    returned = ok(await ccp.operator.post(f"{path}/review", decision, version=waiting["version"]))
    assert (returned["status"], returned["reasons"]) == ("changes_requested", ["Name the partners."])
    changed = ok(await eve.put(path, ACHIEVEMENT | {"title": "Four agreements"}, version=returned["version"]))
    again = ok(await eve.post(f"{path}/submit", version=changed["version"]))
    ok(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=again["version"]))
    read = ok(await ccp.http.get(path))
    assert (read["title"], read["behind"]["kind"], read["reasons"]) == ("Four agreements", "agreement", [])
    assert await gallery(ccp, organisation_id=ours["id"]) == ["Four agreements"]
    await ccp.system.settle()
    titles = [each["title"] for each in await eve.alerts()]
    assert titles[:2] == ["Achievement: Four agreements", "Change the achievement: Three agreements in Osaka"]
    assert "Three agreements" not in str(await ccp.operator.alerts())  # no one had reviewed it


async def test_a_change_of_a_public_achievement_is_reviewed_beside_it(ccp: Platform, eve: Member) -> None:
    ours, bert = await ccp.organisation(eve, name="Harbour Two"), await ccp.member("Bert")
    made = await achieved(eve, ours)
    path = f"/achievements/{made['id']}"
    ok(await ccp.http.put(f"/follows/achievement/{made['id']}", headers=bert.headers))
    changed = ok(await eve.put(path, ACHIEVEMENT | {"title": "Ten agreements"}, version=made["version"]))
    assert (changed["title"], changed["change"]["content"]["title"]) == (made["title"], "Ten agreements")
    assert ok(await ccp.http.get(path))["change"] is None
    refused(await ccp.operator.post(f"{path}/change/review", {"outcome": "refused"}, version=4), 422, "reasons")
    no = {"outcome": "refused", "reasons": ["Only three are signed."]}
    refusal = ok(await ccp.operator.post(f"{path}/change/review", no, version=changed["version"]))
    refused(await ccp.operator.post(f"{path}/change/review", no, version=refusal["version"]), 409, "change")
    other = ok(await eve.put(path, ACHIEVEMENT | {"title": "Three deals"}, version=refusal["version"]))
    ok(await ccp.operator.post(f"{path}/change/review", {"outcome": "accepted"}, version=other["version"]))
    assert ok(await ccp.http.get(path))["title"] == "Three deals"
    await ccp.system.settle()
    heard = [(each["title"], each["reason"]) for each in await bert.alerts()]
    assert heard == [("Changed: Three deals", "You follow this achievement")]


async def test_the_gallery_has_facets_pages_and_feeds(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Delta Seaports")
    own = {"organisation_id": ours["id"]}
    first = ACHIEVEMENT | {"title": "Dredgers for Brazil", "year": 2014, "countries": ["BR"]}
    await achieved(eve, ours, first | {"behind": {"kind": "meeting"}, "ecosystems": ["mobility"]})
    await achieved(eve, ours, ACHIEVEMENT | {"title": "A quay in Kobe"})
    assert await gallery(ccp, **own) == ["A quay in Kobe", "Dredgers for Brazil"]
    for wanted in (
        {"year": 2014},
        {"country": "BR"},
        {"cause": "meeting"},
        {"ecosystem": "mobility"},
        {"text": "dred"},
    ):
        assert await gallery(ccp, **own, **wanted) == ["Dredgers for Brazil"], wanted
    page = ok(await ccp.http.get("/achievements", params={**own, "limit": 1}))
    following = ok(await ccp.http.get("/achievements", params={**own, "limit": 1, "cursor": page["next"]}))
    assert [each["title"] for each in following["items"]] == ["Dredgers for Brazil"]
    feed = ok(await ccp.http.get("/achievements.feed.json", params={**own, "year": 2014}))
    assert [each["title"] for each in feed["items"]] == ["Dredgers for Brazil"]
    atom = await ccp.http.get("/achievements.atom", params=own)
    assert "A quay in Kobe" in atom.text
    visitor = Browser(ccp.http)
    shown = await (await visitor.open(f"/achievements?organisation_id={ours['id']}")).follow("2014")
    assert "1 achievement" in shown.text
    assert "Year: 2014" in shown.soup.select_one(".chips").get_text(" ", strip=True)


async def test_achievements_follow_their_organisation(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Four")
    made, waiting = await achieved(eve, ours), await submitted(eve, ours)
    current = ok(await eve.get(f"/organisations/{ours['id']}"))
    ok(await eve.post(f"/organisations/{ours['id']}/withdraw", version=current["version"]))
    refused(await ccp.http.get(f"/achievements/{made['id']}"), 404)
    publish = await ccp.operator.post(f"/achievements/{waiting['id']}/review", {"outcome": "publish"}, version=2)
    refused(publish, 409, "organisation_id", "achiever_not_public")
    await ccp.system.settle()
    assert await gallery(ccp, organisation_id=ours["id"]) == []
    refused(await eve.post("/achievements", ACHIEVEMENT | {"organisation_id": ours["id"]}), 409, "organisation_id")


async def test_achievements_of_a_duplicate_are_those_of_the_organisation_that_stays(ccp: Platform, eve: Member) -> None:
    duplicate, kept = [await ccp.organisation(eve, name=name) for name in ("Doubled Cluster", "Staying Cluster")]
    shown = await achieved(eve, duplicate)
    version = ok(await eve.get(f"/organisations/{duplicate['id']}"))["version"]
    ok(await ccp.operator.post(f"/organisations/{duplicate['id']}/merge", {"into": kept["id"]}, version=version))
    await ccp.system.settle()
    read = ok(await ccp.http.get(f"/achievements/{shown['id']}"))
    assert (read["organisation_id"], read["organisation_name"]) == (kept["id"], "Staying Cluster")
    listed = ok(await ccp.http.get("/achievements", params={"organisation_id": kept["id"]}))["items"]
    assert [each["id"] for each in listed] == [shown["id"]]


async def test_what_was_never_public_is_deleted_and_what_was_is_withdrawn(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Five")
    draft, made = await written(eve, ours), await achieved(eve, ours)
    headers = eve.headers | {"If-Match": "*"}
    refused(await ccp.http.delete(f"/achievements/{made['id']}", headers=headers), 409, "status")
    ok(await ccp.http.delete(f"/achievements/{draft['id']}", headers=headers))
    ok(await eve.post(f"/achievements/{made['id']}/withdraw", version=made["version"]))
    refused(await ccp.http.get(f"/achievements/{made['id']}"), 404)
    refused(await ccp.http.delete(f"/achievements/{made['id']}", headers=headers), 409, "status")
    own = ok(await eve.get("/achievements/own", params={"organisation_id": ours["id"]}))["items"]
    assert [each["status"] for each in own] == ["withdrawn"]


async def test_a_page_of_another_site_is_not_behind_an_achievement(ccp: Platform, eve: Member) -> None:
    own = {"organisation_id": (await ccp.organisation(eve))["id"]}

    async def made(page: str) -> Any:
        return await eve.post("/achievements", ACHIEVEMENT | own | {"behind": {"kind": "partnership", "page": page}})

    refused(await made("https://elsewhere.example/partnerships/1"), 422, "behind.page")
    refused(await made("/me/password"), 422, "behind.page")
    assert ok(await made("http://ccp.test/partnerships/1"))["behind"]["page"] == "/partnerships/1"


async def test_an_editor_and_an_operator_publish_an_achievement_in_their_browsers(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Six")
    editor, operator, visitor = (
        await browser_of(eve),
        await browser_of(ccp.operator, OPERATOR_PASSWORD),
        Browser(ccp.http),
    )
    page = await (await editor.open("/achievements/own")).follow("Tell what you achieved")
    page = await page.submit("Save as draft", title="x")
    assert page.status == 422
    typed = {"title": "A quay of glass", "story": "It shines.", "impact.0.figure": "12,5", "impact.0.unit": "jobs"}
    typed |= {"impact.0.measures": "New positions", "people.0.name": "Kenji Sato", "countries": ["JP"], "year": "2016"}
    page = await page.submit("Save as draft", **typed, **{"behind.text": "A memorandum"})
    assert "behind.kind" in page.errors
    page = await page.submit("Save as draft", **{"behind.kind": "agreement"})
    assert (page.heading, "Kenji Sato" in page.text) == ("A quay of glass", True)
    path = page.url.removeprefix("http://ccp.test")
    page = await page.submit("Submit for review")
    assert "In review" in page.text
    assert "A quay of glass" in (await operator.open("/desk")).links
    queue = await operator.open("/achievements/review")
    review = await queue.follow("A quay of glass")
    review = await review.submit("Decide", outcome="rejected")
    assert "reasons" in review.errors
    await review.submit("Decide", outcome="changes_requested", reasons="Name the quay.")
    form = await (await editor.open(path)).follow("Change")
    assert "What the reviewer wrote Name the quay." in form.text
    await (await form.submit("Save the changes", story="The north quay shines.")).submit("Submit for review")
    review = await operator.open(f"{path}/review")
    decided = await review.submit("Decide", outcome="publish")
    assert "Your decision is stored" in decided.notice
    shown = await visitor.open(path)
    assert "12.5 jobs New positions" in shown.text
    data = json.loads(shown.soup.select_one('script[type="application/ld+json"]').string)
    assert (data["headline"], data["author"]["name"]) == ("A quay of glass", "Harbour Six")
    assert shown.soup.select_one('meta[property="og:title"]')["content"] == "A quay of glass"
    listed = await visitor.open("/achievements?text=glass&country=JP&year=2016&cause=agreement")
    assert "A quay of glass" in listed.links
    profile = await visitor.open(f"/organisations/{ours['id']}")
    assert profile.links["A quay of glass"] == path
    assert (await visitor.open("/")).links["A quay of glass"] == path
    page = await (await editor.open(path)).follow("Change")
    page = await page.submit("Save the changes", title="A quay of steel")
    assert (page.heading, "Your change awaits a review" in page.text) == ("A quay of glass", True)
    assert "A quay of steel" not in (await visitor.open(path)).text
    review = await operator.open(f"{path}/review")
    assert "The change: A quay of steel" in review.text
    await review.submit("Decide", outcome="accepted")
    assert (await visitor.open(path)).heading == "A quay of steel"
    page = await editor.open(path)
    assert "Others no longer see it. You can submit it again." in page.text
    page = await page.submit("Withdraw")
    assert "Others do not see it" in page.notice
    assert (await visitor.open(path)).status == 404
