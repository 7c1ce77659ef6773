"""Logos of organisations: uploaded by editors, reviewed like the name, shown on pages, replaced and removed."""

import json
from typing import Any

import pytest

from tests.support.browsing import Browser, browser_of
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, PROFILE, Member, Platform, ok, refused
from tests.support.pictures import BLUE, logo, opened, photo, pictures_on, stored_pictures, swept
from tests.support.uploads import SVG

GREEN_LOGO, BLUE_LOGO = logo(), logo(colour=BLUE)


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


def sent(content: bytes, name: str = "logo.png") -> dict[str, Any]:
    return {"file": (name, content, "application/octet-stream")}


async def put_logo(by: Member, organisation: dict[str, Any], content: bytes = GREEN_LOGO) -> Any:
    headers = by.headers | {"If-Match": f'"{organisation["version"]}"'}
    return await by.platform.http.put(f"/organisations/{organisation['id']}/logo", content=content, headers=headers)


async def accepted(ccp: Platform, organisation: dict[str, Any]) -> dict[str, Any]:
    review = {"outcome": "accepted"}
    path = f"/organisations/{organisation['id']}/change/review"
    return ok(await ccp.operator.post(path, review, version=organisation["version"]))


async def test_the_logo_of_a_draft_is_for_its_people(ccp: Platform, anna: Member) -> None:
    draft = ok(await anna.post("/organisations", PROFILE | {"name": "Draft with a logo"}))
    stranger = await ccp.member("Sven")
    refused(await put_logo(stranger, draft), 404)
    made = ok(await put_logo(anna, draft))
    assert [each["media_type"] for each in made["logo"]["renditions"]] == ["image/webp", "image/webp", "image/jpeg"]
    url = made["logo"]["renditions"][0]["url"]
    own = await anna.get(url)
    assert opened(own.content).format == "WEBP"
    assert own.headers["cache-control"] == "no-store"
    for headers in ({}, stranger.headers):
        refused(await ccp.http.get(url, headers=headers), 404)
    refused(await put_logo(anna, draft), 412)
    await anna.platform.http.delete(
        f"/organisations/{draft['id']}", headers=anna.headers | {"If-Match": f'"{made["version"]}"'}
    )
    await swept(ccp, made["logo"]["id"])


async def test_the_new_logo_of_a_public_profile_awaits_a_review(ccp: Platform, anna: Member) -> None:
    ours = await ccp.organisation(anna, name="Public with a logo")
    waiting = ok(await put_logo(anna, ours))
    assert waiting["logo"] is None
    url = waiting["change"]["logo"]["renditions"][0]["url"]
    refused(await ccp.http.get(url), 404)
    assert (await ccp.operator.get(url)).status_code == 200
    profile = PROFILE | {"name": "Public with a logo", "description": "Better words."}
    edited = ok(await anna.put(f"/organisations/{ours['id']}", profile, version=waiting["version"]))
    assert edited["change"]["logo"] == waiting["change"]["logo"], "a change of the text does not withdraw it"
    public = await accepted(ccp, edited)
    assert (public["change"], public["logo"]) == (None, waiting["change"]["logo"])
    seen = await ccp.http.get(url)
    assert seen.headers["content-type"] == "image/webp"
    assert seen.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert seen.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in seen.headers["content-security-policy"]
    again = await ccp.http.get(url, headers={"If-None-Match": seen.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = ok(await put_logo(anna, public, BLUE_LOGO))
    assert ok(await ccp.http.get(f"/organisations/{ours['id']}"))["logo"] == public["logo"]
    replaced = await accepted(ccp, other)
    await swept(ccp, public["logo"]["id"])
    refused(await ccp.http.get(url), 404)
    assert replaced["logo"]["id"] in await stored_pictures(ccp)


async def test_a_refused_or_withdrawn_logo_is_deleted(ccp: Platform, anna: Member) -> None:
    ours = await ccp.organisation(anna, name="Refused with a logo")
    waiting = ok(await put_logo(anna, ours))
    path = f"/organisations/{ours['id']}/change/review"
    no = {"outcome": "refused", "reasons": ["It is the emblem of a public body."]}
    turned_down = ok(await ccp.operator.post(path, no, version=waiting["version"]))
    kept = ok(await anna.put(f"/organisations/{ours['id']}", PROFILE | {"name": ours["name"]}, turned_down["version"]))
    assert kept["change"] is None
    await swept(ccp, waiting["change"]["logo"]["id"])
    second = ok(await put_logo(anna, kept))
    ok(await anna.post(f"/organisations/{ours['id']}/withdraw", version=second["version"]))
    await swept(ccp, second["change"]["logo"]["id"])


async def test_the_reviewer_of_a_new_profile_sees_its_logo(ccp: Platform, anna: Member) -> None:
    path = f"/organisations/{ok(await anna.post('/organisations', PROFILE | {'name': 'New with a logo'}))['id']}"
    editor = await browser_of(anna)
    await (await editor.open(f"{path}/edit")).submit("Upload the logo", files=sent(logo(), "logo.png"))
    await (await editor.open(path)).submit("Submit for review")
    review = await (await browser_of(ccp.operator, OPERATOR_PASSWORD)).open(f"{path}/review")
    assert len(pictures_on(review)) == 1


async def test_a_file_that_is_sent_after_the_session_has_ended_is_chosen_again(ccp: Platform, anna: Member) -> None:
    ours = await ccp.organisation(anna, name="Ended session")
    path = f"/organisations/{ours['id']}/edit"
    editor = await browser_of(anna)
    form = await editor.open(path)
    editor.cookies.clear()
    login = await form.submit("Upload the logo", files=sent(logo(), "logo.png"))
    assert "the file is not stored. Log in, then choose it again." in login.notice
    back = await login.submit("Log in", email=anna.email, password=PASSWORD)
    assert (back.status, back.heading) == (200, "Change the profile")


async def test_an_editor_uploads_a_logo_and_visitors_see_it_after_the_review(ccp: Platform, anna: Member) -> None:
    ours = await ccp.organisation(anna, name="Brücken & Söhne")
    path = f"/organisations/{ours['id']}"
    editor, operator, visitor = await browser_of(anna), Browser(ccp.http), Browser(ccp.http)
    await operator.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    page = await editor.open(f"{path}/edit")
    assert "A new logo is public after a review" in page.text
    assert "Save what you typed before you upload a picture" in page.text
    wrong = await page.submit("Upload the logo", files=sent(SVG, "logo.svg"))
    assert wrong.status == 415
    assert "can contain programs" in wrong.errors["file"]
    assert "Choose a file." in (await page.submit("Upload the logo", files=sent(b"", ""))).problem
    done = await page.submit("Upload the logo", files=sent(photo(400, 200), "photo.jpg"))
    assert "shown after a review" in done.notice
    assert "Brücken & Söhne" in done.text
    assert [image["alt"] for image in pictures_on(done)] == ["Logo of Brücken & Söhne"]
    assert pictures_on(await visitor.open(path)) == []
    review = await (await operator.open("/organisations/review")).follow("Brücken & Söhne")
    review = await operator.open(f"{path}/review")
    assert "New logo" in review.text
    assert len(pictures_on(review)) == 1
    assert (await review.submit("Decide", outcome="accepted")).status == 200
    shown = await visitor.open(path)
    [image] = pictures_on(shown)
    assert (image["width"], image["height"], image["alt"]) == ("96", "96", "Logo of Brücken & Söhne")
    assert (await ccp.http.get(image["src"])).status_code == 200
    head = {meta["property"]: meta["content"] for meta in shown.soup.select("meta[property]")}
    assert (await ccp.http.get(head["og:image"])).headers["content-type"] == head["og:image:type"] == "image/jpeg"
    data = json.loads(shown.soup.select_one('script[type="application/ld+json"]').string)
    assert data["logo"]["url"] == head["og:image"]
    [listed] = pictures_on(await visitor.open("/organisations?text=Brücken"))
    assert (listed["width"], listed["height"], listed["alt"], listed["loading"]) == ("64", "64", "", "lazy")


async def test_an_editor_removes_a_logo_at_once(ccp: Platform, anna: Member) -> None:
    ours = await ccp.organisation(anna, name="Without a logo")
    public = await accepted(ccp, ok(await put_logo(anna, ours)))
    ok(await put_logo(anna, public, BLUE_LOGO))
    editor = await browser_of(anna)
    page = await editor.open(f"/organisations/{ours['id']}/edit")
    done = await page.submit("Remove the logo")
    assert "removed" in done.notice
    left = ok(await anna.get(f"/organisations/{ours['id']}"))
    assert (left["logo"], left["change"]) == (None, None)
    await swept(ccp, public["logo"]["id"])
    stale = await page.submit("Remove the logo")
    assert stale.status == 412
