"""Pictures of achievements: uploaded by editors, reviewed with the story, shown on pages and in feeds, and removed."""

import json
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.support.achievements import ACHIEVEMENT, achieved, written
from tests.support.browsing import Browser, browser_of
from tests.support.people import OPERATOR_PASSWORD, Member, Platform, ok, refused
from tests.support.pictures import BLUE, logo, opened, photo, pictures_on, swept
from tests.support.uploads import SVG

ATOM = "{http://www.w3.org/2005/Atom}"
HARBOUR, QUAY = photo(800, 600), logo(colour=BLUE)


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


def sent(content: bytes, name: str = "harbour.jpg") -> dict[str, Any]:
    return {"file": (name, content, "application/octet-stream")}


async def put_picture(
    by: Member, achievement: dict[str, Any], content: bytes = HARBOUR, alt: str = "A harbour", **more: str
) -> Any:
    headers = by.headers | {"If-Match": f'"{achievement["version"]}"'}
    path, params = f"/achievements/{achievement['id']}/picture", {"alt": alt, **more}
    return await by.platform.http.put(path, params=params, content=content, headers=headers)


async def delete(by: Member, path: str, version: int) -> Any:
    return await by.platform.http.delete(path, headers=by.headers | {"If-Match": f'"{version}"'})


async def decided(ccp: Platform, achievement: dict[str, Any], outcome: str = "accepted") -> dict[str, Any]:
    review = {"outcome": outcome, "reasons": [] if outcome == "accepted" else ["Their faces are recognised."]}
    path = f"/achievements/{achievement['id']}/change/review"
    return ok(await ccp.operator.post(path, review, version=achievement["version"]))


async def test_the_picture_of_a_draft_is_for_its_editors(ccp: Platform, eve: Member) -> None:
    draft = await written(eve, await ccp.organisation(eve, name="Quay One"))
    path, stranger = f"/achievements/{draft['id']}", await ccp.member("Sven")
    for other in (stranger, ccp.operator):
        refused(await put_picture(other, draft), 404)
        refused(await delete(other, f"{path}/picture", 1), 404)
    refused(await put_picture(eve, draft, alt=""), 422, "alt")
    refused(await put_picture(eve, draft, decorative="true"), 422, "alt")
    refused(await put_picture(eve, draft, SVG), 415)
    refused(await put_picture(eve, draft, b"\xff" * (6 * 1024 * 1024)), 413)
    refused(await delete(eve, f"{path}/picture", 1), 404)
    made = ok(await put_picture(eve, draft))
    refused(await put_picture(eve, draft), 412)
    assert made["picture"]["alt"] == "A harbour"
    for each in made["picture"]["renditions"]:
        own = await eve.get(each["url"])
        assert own.headers["cache-control"] == "no-store"
        for headers in ({}, stranger.headers, ccp.operator.headers):
            refused(await ccp.http.get(each["url"], headers=headers), 404)
    changed = ok(await eve.put(path, ACHIEVEMENT | {"title": "A quay of glass"}, version=made["version"]))
    assert changed["picture"] == made["picture"], "a change of the text keeps it"
    other = ok(await put_picture(eve, changed, QUAY, alt="", decorative="true"))
    assert (other["picture"]["alt"], other["change"]) == ("", None)
    await swept(ccp, made["picture"]["id"])
    waiting = ok(await eve.post(f"{path}/submit", version=other["version"]))
    url = other["picture"]["renditions"][0]["url"]
    assert (await ccp.operator.get(url)).status_code == 200
    refused(await put_picture(eve, waiting), 409, "status", "wrong_status")
    back = ok(await eve.post(f"{path}/withdraw", version=waiting["version"]))
    assert (await delete(eve, path, back["version"])).status_code == 204
    await swept(ccp, other["picture"]["id"])


async def test_the_new_picture_of_a_public_achievement_awaits_a_review(ccp: Platform, eve: Member) -> None:
    made = await achieved(eve, await ccp.organisation(eve, name="Quay Two"))
    path = f"/achievements/{made['id']}"
    waiting = ok(await put_picture(eve, made))
    assert (waiting["picture"], waiting["change"]["content"]["title"]) == (None, made["title"])
    first = waiting["change"]["picture"]
    url = first["renditions"][0]["url"]
    refused(await ccp.http.get(url), 404)
    assert (await ccp.operator.get(url)).status_code == 200
    edited = ok(await eve.put(path, ACHIEVEMENT | {"title": "A quay of steel"}, version=waiting["version"]))
    assert edited["change"]["picture"] == first, "a change of the text does not withdraw it"
    public = await decided(ccp, edited)
    assert (public["change"], public["picture"], public["title"]) == (None, first, "A quay of steel")
    seen = await ccp.http.get(url)
    assert seen.headers["cache-control"] == "public, max-age=31536000, immutable"
    front = {image["src"] for image in pictures_on(await Browser(ccp.http).open("/"))}
    assert front & {each["url"] for each in first["renditions"]}, "the front page shows it, too"
    other = ok(await put_picture(eve, public, QUAY, alt="A quay"))
    read = ok(await ccp.http.get(path))
    assert (read["picture"], read["change"]) == (first, None), "the present one stays public"
    refusal = await decided(ccp, other, "refused")
    assert refusal["picture"] == first
    same = ok(await eve.put(path, ACHIEVEMENT | {"title": "A quay of steel"}, version=refusal["version"]))
    assert same["change"] is None
    await swept(ccp, other["change"]["picture"]["id"])
    third = ok(await put_picture(eve, same, QUAY, alt="A quay"))
    replaced = await decided(ccp, third)
    assert replaced["picture"]["alt"] == "A quay"
    await swept(ccp, first["id"])
    refused(await ccp.http.get(url), 404)
    ok(await eve.post(f"{path}/withdraw", version=replaced["version"]))
    refused(await ccp.http.get(replaced["picture"]["renditions"][0]["url"]), 404)


async def test_an_editor_removes_both_pictures_at_once(ccp: Platform, eve: Member) -> None:
    made = await achieved(eve, await ccp.organisation(eve, name="Quay Three"))
    path = f"/achievements/{made['id']}"
    public = await decided(ccp, ok(await put_picture(eve, made)))
    text = ok(await eve.put(path, ACHIEVEMENT | {"title": "Ten agreements"}, version=public["version"]))
    both = ok(await put_picture(eve, text, QUAY))
    left = ok(await delete(eve, f"{path}/picture", both["version"]))
    assert (left["picture"], left["change"]["picture"]) == (None, None)
    assert left["change"]["content"]["title"] == "Ten agreements", "the words still await their review"
    await swept(ccp, public["picture"]["id"])
    await swept(ccp, both["change"]["picture"]["id"])


async def test_an_editor_uploads_a_picture_and_visitors_see_it_after_the_review(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Quay Four")
    made = await achieved(eve, ours)
    path = f"/achievements/{made['id']}"
    editor, visitor = await browser_of(eve), Browser(ccp.http)
    operator = await browser_of(ccp.operator, OPERATOR_PASSWORD)
    page = await (await editor.open(path)).follow("Picture")
    silent = await page.submit("Upload the picture", files=sent(HARBOUR))
    assert silent.status == 422
    assert "Say what the picture shows" in silent.errors["alt"]
    wrong = await page.submit("Upload the picture", alt="Us", files=sent(SVG, "us.svg"))
    assert "can contain programs" in wrong.errors["file"]
    done = await page.submit("Upload the picture", alt="Cranes in the evening", files=sent(HARBOUR))
    assert "an operator looks at it first" in done.notice
    assert "This picture awaits a review." in done.text
    assert [image["alt"] for image in pictures_on(done)] == ["Cranes in the evening"]
    assert pictures_on(await visitor.open(path)) == []
    review = await operator.open(f"{path}/review")
    assert "New picture Cranes in the evening" in review.text
    await review.submit("Decide", outcome="accepted")
    shown = await visitor.open(path)
    [image] = pictures_on(shown)
    assert (image["width"], image["height"], image["alt"]) == ("600", "800", "Cranes in the evening")
    assert opened((await ccp.http.get(image["src"])).content).format == "WEBP"
    head = {meta["property"]: meta["content"] for meta in shown.soup.select("meta[property]")}
    assert (await ccp.http.get(head["og:image"])).headers["content-type"] == "image/jpeg"
    data = json.loads(shown.soup.select_one('script[type="application/ld+json"]').string)
    assert data["image"]["url"] == head["og:image"]
    for where in (f"/achievements?organisation_id={ours['id']}", f"/organisations/{ours['id']}"):
        [listed] = [each for each in pictures_on(await visitor.open(where)) if path in each["src"]]
        assert (listed["alt"], listed["loading"]) == ("", "lazy")
    gone = await (await editor.open(f"{path}/change")).submit("Remove the picture")
    assert "The picture is removed." in gone.notice
    assert pictures_on(await visitor.open(path)) == []


async def test_a_feed_carries_the_picture(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Quay Five")
    made = await decided(ccp, ok(await put_picture(eve, await achieved(eve, ours))))
    preview, filters = made["picture"]["renditions"][-1], {"organisation_id": ours["id"]}
    root = ElementTree.fromstring((await ccp.http.get("/achievements.atom", params=filters)).content)  # noqa: S314
    [link] = [link.attrib for link in root.iter(f"{ATOM}link") if link.get("rel") == "enclosure"]
    assert (link["type"], link["title"], link["length"]) == ("image/jpeg", "A harbour", str(preview["size"]))
    assert link["href"].endswith(preview["url"])
    [item] = ok(await ccp.http.get("/achievements.feed.json", params=filters))["items"]
    assert item["image"] == link["href"]
    assert [each["mime_type"] for each in item["attachments"]] == ["image/jpeg"]
