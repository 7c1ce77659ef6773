"""Files and pictures of posts: attached in the browser, as public as the post, in feeds, and deleted with it."""

import asyncio
from typing import Any
from xml.etree import ElementTree

import pytest

from services.profiles.posts.domain import MOST_GIGABYTES
from services.profiles.posts.store import POSTS
from shared.files.store import ORPHANED
from shared.testing import until
from tests.support.browsing import Browser, browser_of
from tests.support.people import Member, Platform, ok, refused
from tests.support.pictures import logo, opened, photo
from tests.support.uploads import HTML, PDF, SVG, sha256

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


@pytest.fixture
async def draft(ccp: Platform, eve: Member) -> dict[str, Any]:
    ours = await ccp.organisation(eve, name="Harbour")
    return ok(await eve.post("/posts", {"organisation_id": ours["id"], "title": "Three agreements in Osaka"}))


def sent(content: bytes, name: str) -> dict[str, Any]:
    return {"file": (name, content, "application/octet-stream")}


async def send(by: Member, path: str, content: bytes, **params: str) -> Any:
    return await by.platform.http.post(path, params=params, content=content, headers=by.headers)


async def publish(by: Member, post_id: str) -> dict[str, Any]:
    version = ok(await by.get(f"/posts/{post_id}"))["version"]
    return ok(await by.post(f"/posts/{post_id}/publish", {}, version=version))


async def test_an_editor_attaches_a_picture_and_a_file_and_visitors_read_them(
    ccp: Platform, eve: Member, draft: dict[str, Any]
) -> None:
    path = f"/posts/{draft['id']}"
    editor, visitor = await browser_of(eve), Browser(ccp.http)
    page = await (await editor.open(path)).follow("Files and pictures")
    silent = await page.submit("Upload the picture", files=sent(photo(800, 600), "osaka.jpg"))
    assert silent.status == 422
    assert "Say what the picture shows" in silent.errors["alt"]
    both = await page.submit("Upload the picture", alt="Us", decorative="true", files=sent(photo(), "osaka.jpg"))
    assert "only decorates" in both.errors["alt"]
    assert both.soup.find(id="f-alt")["value"] == "Us"
    wrong = await page.submit("Upload the picture", alt="Us", files=sent(SVG, "osaka.svg"))
    assert "can contain programs" in wrong.errors["file"]
    done = await page.submit("Upload the picture", alt="Nine people shake hands", files=sent(photo(800, 600), "a.jpg"))
    assert "part of the post" in done.notice
    assert "Nine people shake hands" in done.text
    no_pdf = await done.submit("Upload the file", files=sent(HTML, "paper.pdf"))
    assert no_pdf.status == 415
    done = await done.submit("Upload the file", title="The agreement", files=sent(PDF, "agreement.pdf"))
    assert "The agreement" in done.links
    decorated = await done.submit("Upload the picture", decorative="true", files=sent(logo(), "line.png"))
    assert "It only decorates the page." in decorated.text
    await publish(eve, draft["id"])
    shown = await visitor.open(path)
    assert shown.soup.select_one("svg title").get_text() == f"http://ccp.test{path}"
    first, second = shown.soup.select("main img")
    assert (first["alt"], second["alt"]) == ("Nine people shake hands", "")
    assert (first["width"], first["height"]) == ("600", "800"), "upright, as the telephone was held"
    assert "loading" not in first.attrs
    assert second["loading"] == "lazy"
    for address in (first["src"], *[each.split()[0] for each in first["srcset"].split(", ")]):
        assert opened((await ccp.http.get(address)).content).format == "WEBP"
    assert (await shown.follow("The agreement")).answer.content == PDF
    preview = shown.soup.select_one('meta[property="og:image"]')["content"]
    assert (await ccp.http.get(preview)).headers["cross-origin-resource-policy"] == "cross-origin"
    [row] = [
        each
        for each in (await visitor.open(f"/posts?organisation_id={draft['organisation_id']}")).soup.select(".rows > li")
        if each.select("img")
    ]
    assert row.img["alt"] == ""


async def test_files_and_pictures_of_a_draft_are_for_its_editors(
    ccp: Platform, eve: Member, draft: dict[str, Any]
) -> None:
    path, stranger = f"/posts/{draft['id']}", await ccp.member("Sven")
    file = ok(await send(eve, f"{path}/files", PDF, name="paper.pdf"))
    picture = ok(await send(eve, f"{path}/pictures", photo(), alt="A house"))
    addresses = [file["url"], *[each["url"] for each in picture["renditions"]]]
    for address in addresses:
        assert (await eve.get(address)).status_code == 200
        for headers in ({}, stranger.headers, ccp.operator.headers):
            refused(await ccp.http.get(address, headers=headers), 404)
            refused(await ccp.http.delete(address, headers=stranger.headers), 404)
    for where in ("files", "pictures"):
        refused(await send(stranger, f"{path}/{where}", PDF, name="paper.pdf"), 404)
    post = await publish(eve, draft["id"])
    for address in addresses:
        assert (await ccp.http.get(address)).status_code == 200
    ok(await eve.post(f"{path}/withdraw", version=post["version"]))
    for address in addresses:
        refused(await ccp.http.get(address), 404)
    refused(await send(eve, f"{path}/files", PDF, name="other.pdf"), 409, "stage", "wrong_stage")


async def test_a_feed_carries_files_and_pictures(ccp: Platform, eve: Member, draft: dict[str, Any]) -> None:
    path = f"/posts/{draft['id']}"
    ok(await send(eve, f"{path}/files", PDF, name="paper.pdf", title="Paper"))
    picture = ok(await send(eve, f"{path}/pictures", photo(), alt="A house"))
    await publish(eve, draft["id"])
    filters = {"organisation_id": draft["organisation_id"]}
    root = ElementTree.fromstring((await ccp.http.get("/posts.atom", params=filters)).content)  # noqa: S314
    links = [link.attrib for link in root.iter(f"{ATOM}link") if link.get("rel") == "enclosure"]
    assert [(link["type"], link["title"]) for link in links] == [
        ("application/pdf", "Paper"),
        ("image/jpeg", "A house"),
    ]
    assert links[0]["length"] == str(len(PDF))
    assert (await ccp.http.get(links[0]["href"])).content == PDF
    [item] = ok(await ccp.http.get("/posts.feed.json", params=filters))["items"]
    assert item["image"].endswith(picture["renditions"][-1]["url"])
    assert [each["mime_type"] for each in item["attachments"]] == ["application/pdf", "image/jpeg"]


async def test_what_is_deleted_loses_its_bytes(ccp: Platform, eve: Member, draft: dict[str, Any]) -> None:
    path, db = f"/posts/{draft['id']}", ccp.system.db("profiles")

    async def stored() -> int:
        return len(await db.raw("uploads.chunks").distinct("files_id"))

    async def left(number: int) -> None:
        async def is_left() -> bool:
            return await stored() == number and not await ORPHANED.count(db, {})

        await until(is_left, f"{number} files to be left")

    before = await stored()
    file = ok(await send(eve, f"{path}/files", PDF, name="paper.pdf"))
    assert ok(await send(eve, f"{path}/files", PDF, name="again.pdf"))["name"] == "paper.pdf"
    picture = ok(await send(eve, f"{path}/pictures", photo(300, 200), alt="A house"))
    await left(before + 1 + len(picture["renditions"]))
    editor = await browser_of(eve)
    page = await (await editor.open(f"{path}/attachments")).submit("Delete the picture")
    assert "no picture" in page.text
    await left(before + 1)
    assert sha256(PDF) in file["url"]
    ok(await send(eve, f"{path}/pictures", photo(), alt="A house"))
    await (await editor.open(path)).submit("Delete the draft")
    await left(before)


async def test_a_post_has_a_limited_number_of_files(eve: Member, draft: dict[str, Any]) -> None:
    for number in range(10):
        ok(await send(eve, f"/posts/{draft['id']}/files", PDF + str(number).encode(), name="paper.pdf"))
    refused(await send(eve, f"/posts/{draft['id']}/files", PDF, name="paper.pdf"), 409, "files", "too_many_files")


async def test_the_posts_of_an_organisation_have_a_limited_number_of_bytes(
    ccp: Platform, eve: Member, draft: dict[str, Any]
) -> None:
    db, body = ccp.system.db("profiles"), {"organisation_id": draft["organisation_id"], "title": "Withdrawn by now"}
    old = ok(await eve.post("/posts", body))
    ok(await send(eve, f"/posts/{old['id']}/files", PDF, name="paper.pdf"))
    picture = ok(await send(eve, f"/posts/{old['id']}/pictures", photo(), alt="A house"))
    await publish(eve, old["id"])
    version = ok(await eve.get(f"/posts/{old['id']}"))["version"]
    ok(await eve.post(f"/posts/{old['id']}/withdraw", version=version))
    room = MOST_GIGABYTES * 1024**3 - sum(each["size"] for each in picture["renditions"])
    await POSTS.update(db, {"_id": old["id"]}, {"$set": {"files.0.size": room}})
    path = f"/posts/{draft['id']}"
    refused(await send(eve, f"{path}/files", PDF, name="paper.pdf"), 409, "body", "quota_reached")
    full = refused(await send(eve, f"{path}/pictures", photo(), alt="A house"), 409, "body", "quota_reached")
    assert "at most 2 GB" in full["detail"]
    editor = await browser_of(eve)
    page = await (await editor.open(f"/posts/{old['id']}")).follow("Files and pictures")
    page = await page.submit("Delete the file")
    assert "The post has no file" in page.text
    ok(await send(eve, f"{path}/files", PDF, name="paper.pdf"))
    await (await editor.open(f"/posts/{old['id']}/attachments")).submit("Delete the picture")
    refused(await send(eve, f"/posts/{old['id']}/files", PDF, name="paper.pdf"), 409)


async def test_of_uploads_to_several_posts_at_once_only_those_fit_that_have_room(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour full")
    body = {"organisation_id": ours["id"], "title": "One of many posts"}
    posts = [ok(await eve.post("/posts", body))["id"] for _ in range(6)]
    ok(await send(eve, f"/posts/{posts[0]}/files", PDF, name="paper.pdf"))
    size = MOST_GIGABYTES * 1024**3 - 2 * len(PDF)
    await POSTS.update(ccp.system.db("profiles"), {"_id": posts[0]}, {"$set": {"files.0.size": size}})
    answers = await asyncio.gather(*[send(eve, f"/posts/{id}/files", PDF, name="paper.pdf") for id in posts[1:]])
    assert sorted(answer.status_code for answer in answers) == [201, 201, 409, 409, 409]


async def test_a_merged_organisation_leaves_its_posts_to_the_one_that_stays(ccp: Platform, eve: Member) -> None:
    kept = await ccp.organisation(eve, name="Harbour that stays")
    same = await ccp.organisation(eve, name="Harbour twice")
    draft = ok(await eve.post("/posts", {"organisation_id": same["id"], "title": "Written by the other"}))
    await publish(eve, draft["id"])
    ok(await ccp.operator.post(f"/organisations/{same['id']}/merge", {"into": kept["id"]}, version=same["version"]))
    await ccp.system.settle()
    post = ok(await ccp.http.get(f"/posts/{draft['id']}"))
    assert (post["organisation_id"], post["organisation_name"]) == (kept["id"], "Harbour that stays")
    assert "Written by the other" in (await Browser(ccp.http).open(f"/organisations/{kept['id']}")).text
