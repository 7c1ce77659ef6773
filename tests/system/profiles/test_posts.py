"""Posts of organisations: written, published now or at a time, read in the stream and the feeds, and followed."""

from datetime import timedelta
from typing import Any

import pytest

from services.profiles.posts.usecases import publish_due
from tests.support.browsing import Browser, browser_of
from tests.support.people import PROFILE, Member, Platform, ok, refused

POST: dict[str, Any] = {
    "kind": "news",
    "title": "Three agreements in Osaka",
    "text": "Our delegation signed three agreements.\n\nMore follow.",
    "countries": ["JP"],
    "ecosystems": ["digital"],
}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


async def written(author: Member, organisation: dict[str, Any], **more: Any) -> dict[str, Any]:
    return ok(await author.post("/posts", POST | {"organisation_id": organisation["id"]} | more))


async def published(author: Member, organisation: dict[str, Any], **more: Any) -> dict[str, Any]:
    draft = await written(author, organisation, **more)
    return ok(await author.post(f"/posts/{draft['id']}/publish", {}, version=draft["version"]))


async def stream(ccp: Platform, **filters: str) -> list[str]:
    return [each["title"] for each in ok(await ccp.http.get("/posts", params=filters))["items"]]


async def test_a_draft_is_for_its_editors_until_it_is_published(ccp: Platform, eve: Member) -> None:
    ours, stranger = await ccp.organisation(eve, name="Harbour One"), await ccp.member("Sven")
    draft = await written(eve, ours)
    for reader in (stranger, ccp.operator):
        refused(await reader.get(f"/posts/{draft['id']}"), 404)
        refused(await reader.put(f"/posts/{draft['id']}", POST, version=1), 404)
        refused(await reader.post(f"/posts/{draft['id']}/publish", {}, version=1), 404)
    assert ok(await eve.get(f"/posts/{draft['id']}"))["stage"] == "draft"
    assert await stream(ccp, organisation_id=ours["id"]) == []
    refused(await eve.post(f"/posts/{draft['id']}/publish", {}, version=7), 412)
    post = ok(await eve.post(f"/posts/{draft['id']}/publish", {}, version=1))
    assert (post["stage"], post["organisation_name"]) == ("published", "Harbour One")
    assert ok(await stranger.get(f"/posts/{draft['id']}"))["text"] == POST["text"]
    assert await stream(ccp, organisation_id=ours["id"]) == [POST["title"]]
    refused(await eve.post(f"/posts/{draft['id']}/publish", {}, version=2), 409, "stage", "wrong_stage")


async def test_only_editors_of_a_published_organisation_post(ccp: Platform, eve: Member) -> None:
    ours, stranger = await ccp.organisation(eve), await ccp.member("Sven")
    refused(await stranger.post("/posts", POST | {"organisation_id": ours["id"]}), 404)
    draft = ok(await eve.post("/organisations", {"name": "Not yet", "kind": "association", "country": "SE"}))
    answer = await eve.post("/posts", POST | {"organisation_id": draft["id"]})
    refused(answer, 409, "organisation_id", "organisation_not_public")


async def test_the_stream_has_filters_pages_and_feeds(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Delta Seaports")
    await published(eve, ours, title="Dredgers for Brazil", countries=["BR"], ecosystems=["mobility"])
    await published(eve, ours, title="Annual report", kind="document", link="https://delta.example/report.pdf")
    own = {"organisation_id": ours["id"]}
    assert await stream(ccp, **own) == ["Annual report", "Dredgers for Brazil"]
    assert await stream(ccp, **own, kind="document") == ["Annual report"]
    assert await stream(ccp, **own, country="BR") == ["Dredgers for Brazil"]
    assert await stream(ccp, **own, ecosystem="mobility") == ["Dredgers for Brazil"]
    assert await stream(ccp, **own, text="dredg") == ["Dredgers for Brazil"]
    assert await stream(ccp, text="seaport brazil") == ["Dredgers for Brazil"]
    first = ok(await ccp.http.get("/posts", params={**own, "limit": 1}))
    second = ok(await ccp.http.get("/posts", params={**own, "limit": 1, "cursor": first["next"]}))
    assert [page["items"][0]["title"] for page in (first, second)] == ["Annual report", "Dredgers for Brazil"]
    assert second["next"] is None
    feed = ok(await ccp.http.get("/posts.feed.json", params={**own, "kind": "news"}))
    assert [(item["title"], item["authors"][0]["name"]) for item in feed["items"]] == [
        ("Dredgers for Brazil", "Delta Seaports")
    ]
    atom = await ccp.http.get("/posts.atom", params=own)
    assert atom.headers["content-type"].startswith("application/atom+xml")
    assert "Annual report" in atom.text


async def test_a_scheduled_post_is_published_once_at_its_time(ccp: Platform, eve: Member) -> None:
    ours, bert = await ccp.organisation(eve, name="Harbour Two"), await ccp.member("Bert")
    ok(await ccp.http.put(f"/follows/organisation/{ours['id']}", headers=bert.headers))
    db = ccp.system.db("profiles")
    draft = await written(eve, ours)
    path, now = f"/posts/{draft['id']}", db.now()
    past, at = [{"publish_at": (now + timedelta(seconds=each)).isoformat()} for each in (-30, 30)]
    refused(await eve.post(f"{path}/publish", past, version=1), 422, "publish_at")
    scheduled = ok(await eve.post(f"{path}/publish", at, version=1))
    assert scheduled["stage"] == "scheduled"
    await publish_due(db)
    assert await stream(ccp, organisation_id=ours["id"]) == []
    ccp.system.clock.travel(timedelta(minutes=1))
    await publish_due(db)
    await publish_due(db)
    await ccp.system.settle()
    assert await stream(ccp, organisation_id=ours["id"]) == [POST["title"]]
    alerts = [(each["title"], each["reason"], each["url"]) for each in await bert.alerts()]
    assert alerts == [(f"News: {POST['title']}", "You follow Harbour Two", path)]
    assert "three agreements." not in str(await bert.alerts())


async def test_a_post_is_changed_withdrawn_and_a_draft_deleted(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Three")
    post, draft = await published(eve, ours), await written(eve, ours, title="Never mind")
    changed = ok(await eve.put(f"/posts/{post['id']}", POST | {"title": "Four agreements"}, version=2))
    assert await stream(ccp, organisation_id=ours["id"]) == ["Four agreements"]
    headers = eve.headers | {"If-Match": "*"}
    refused(await ccp.http.delete(f"/posts/{post['id']}", headers=headers), 409, "stage")
    ok(await ccp.http.delete(f"/posts/{draft['id']}", headers=headers))
    refused(await eve.get(f"/posts/{draft['id']}"), 404)
    ok(await eve.post(f"/posts/{post['id']}/withdraw", version=changed["version"]))
    refused(await ccp.http.get(f"/posts/{post['id']}"), 404)
    assert await stream(ccp, organisation_id=ours["id"]) == []
    own = ok(await eve.get("/posts/own", params={"organisation_id": ours["id"]}))["items"]
    assert [(each["title"], each["stage"]) for each in own] == [("Four agreements", "withdrawn")]


async def test_posts_follow_their_organisation(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Four")
    post, draft = await published(eve, ours), await written(eve, ours)
    at = {"publish_at": (ccp.system.db("profiles").now() + timedelta(seconds=30)).isoformat()}
    ok(await eve.post(f"/posts/{draft['id']}/publish", at, version=1))
    current = ok(await eve.get(f"/organisations/{ours['id']}"))
    ok(await eve.post(f"/organisations/{ours['id']}/withdraw", version=current["version"]))
    refused(await ccp.http.get(f"/posts/{post['id']}"), 404)
    await ccp.system.settle()
    assert await stream(ccp, organisation_id=ours["id"]) == []
    ccp.system.clock.travel(timedelta(minutes=1))
    await publish_due(ccp.system.db("profiles"))
    assert ok(await eve.get(f"/posts/{draft['id']}"))["stage"] == "draft"


async def test_posts_show_the_name_that_their_organisation_has_now(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Six")
    await published(eve, ours)
    path = f"/organisations/{ours['id']}"
    renamed = ok(await eve.put(path, PROFILE | {"name": "Quay of Lanterns"}, version=ours["version"]))
    ok(await ccp.operator.post(f"{path}/change/review", {"outcome": "accepted"}, version=renamed["version"]))
    await ccp.system.settle()
    [post] = ok(await ccp.http.get("/posts", params={"text": "lantern"}))["items"]
    assert post["organisation_name"] == "Quay of Lanterns"


async def test_an_editor_writes_and_publishes_a_post_in_a_browser(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Five")
    browser, visitor = await browser_of(eve), Browser(ccp.http)
    page = await (await browser.open("/posts/own")).follow("Write a post")
    page = await page.submit("Save as draft", title="x")
    assert page.status == 422
    page = await page.submit("Save as draft", title="A quay of glass", text="It shines.", countries=["FR"])
    assert page.heading == "A quay of glass"
    assert "Draft" in page.text
    page = await page.submit("Publish", publish_at="2016-01-01T10:00")
    assert "publish_at" in page.errors
    page = await page.submit("Publish", publish_at="")
    assert "public now" in page.notice
    shown = await visitor.open(page.url.removeprefix("http://ccp.test"))
    assert (shown.heading, "It shines." in shown.text) == ("A quay of glass", True)
    listed = await visitor.open(f"/posts?organisation_id={ours['id']}&text=glass&country=FR")
    assert "A quay of glass" in listed.links
    assert "1 post" in listed.text
    assert "Harbour Five" in listed.soup.select_one(".chips").get_text()
    profile = await visitor.open(f"/organisations/{ours['id']}")
    assert profile.links["A quay of glass"] == page.url.removeprefix("http://ccp.test")
    assert "A quay of glass" in (await visitor.open("/")).links
    page = await (await page.follow("Change")).submit("Save the changes", title="A quay of steel")
    assert page.heading == "A quay of steel"
    assert "It can neither be changed nor published again." in page.text
    page = await page.submit("Withdraw the post")
    assert "your inbox has the reason" in page.text
    assert "Others do not see it" in page.notice
    assert "A quay of steel" not in (await visitor.open(f"/posts?organisation_id={ours['id']}")).text
    assert "A quay of steel" in (await browser.open("/posts/own")).links
