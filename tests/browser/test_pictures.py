"""Pictures in a real browser: they are shown, fit the screen, and nothing moves when they arrive."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image, ImageDraw

from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, PROFILE, ok
from tests.support.pictures import encoded, logo
from tests.support.windows import SIDEWAYS, Site

WATCH = """
window.moved = 0;
new PerformanceObserver(list => list.getEntries().forEach(each => { window.moved += each.value }))
  .observe({ type: "layout-shift", buffered: true });
"""
ARRIVED = """async () => {
  for (const each of document.querySelectorAll("main img")) { each.scrollIntoView(); await each.decode() }
  scrollTo(0, 0);
  return [...document.querySelectorAll("main img")].map(each => each.naturalWidth);
}"""


def landscape(width: int = 1600, height: int = 1000) -> bytes:
    image = Image.new("RGB", (width, height), (150, 190, 230))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.7, 80, width * 0.7 + 180, 260), fill=(250, 220, 120))
    draw.polygon([(0, height), (width * 0.3, height * 0.35), (width * 0.6, height)], fill=(80, 120, 90))
    draw.polygon([(width * 0.3, height), (width * 0.7, height * 0.5), (width, height)], fill=(60, 95, 75))
    return encoded(image, "JPEG")


@pytest.fixture(scope="module")
async def paths(portal: Site, shared_ccp: Any) -> dict[str, str]:
    """Pages with pictures: an organisation with a logo and a post, the list of both, and the post."""
    ccp = shared_ccp
    eve = await ccp.member("Eve", "SE")
    draft = ok(await eve.post("/organisations", PROFILE | {"name": "Nordic Harbour Cluster", "acronym": "NHC"}))
    path = f"/organisations/{draft['id']}"
    headers = eve.headers | {"If-Match": "*"}
    ok(await ccp.http.put(f"{path}/logo", content=logo(600, 400), headers=headers))
    ok(await ccp.http.post(f"{path}/submit", headers=headers))
    review = {"outcome": "publish"}
    ok(await ccp.http.post(f"{path}/review", json=review, headers=ccp.operator.headers | {"If-Match": "*"}))
    await ccp.system.settle()
    own = {"organisation_id": draft["id"]}
    text = "Our delegation signed three agreements in Osaka.\n\n" + "More follow in autumn. " * 20
    post = ok(await eve.post("/posts", own | {"title": "Three agreements in Osaka", "text": text}))
    for alt, content in (("Hills behind the harbour", landscape()), ("The sun", landscape(900, 900))):
        sent = await ccp.http.post(
            f"/posts/{post['id']}/pictures", params={"alt": alt}, content=content, headers=headers
        )
        ok(sent)
    pdf = BytesIO(b"%PDF-1.7\n%%EOF").getvalue()
    named = {"name": "agreement.pdf", "title": "The agreement"}
    ok(await ccp.http.post(f"/posts/{post['id']}/files", params=named, content=pdf, headers=headers))
    ok(await ccp.http.post(f"/posts/{post['id']}/publish", json={}, headers=headers))
    await eve.publishes(MISSION, draft)
    ok(await eve.post("/gatherings", SEMINAR | own))
    await ccp.system.settle()
    return {"organisation": path, "directory": "/organisations", "post": f"/posts/{post['id']}", "stream": "/posts"}


@pytest.mark.parametrize(
    ("name", "width"),
    [
        ("organisation", 1280),
        ("organisation", 390),
        ("post", 1280),
        ("post", 390),
        ("directory", 1280),
        ("stream", 1280),
    ],
)
async def test_pictures_are_shown_and_nothing_moves(
    portal: Site, paths: dict[str, str], tmp_path: Any, name: str, width: int
) -> None:
    visitor = await portal.visitor(viewport={"width": width, "height": 800})
    await visitor.context.add_init_script(WATCH)
    assert await visitor.open(paths[name]) == 200
    widths = await visitor.page.evaluate(ARRIVED)
    assert widths, "the page has a picture"
    assert all(widths), widths
    assert await visitor.page.evaluate("window.moved") == 0
    assert await visitor.page.evaluate(SIDEWAYS) <= 0
    assert (visitor.console, visitor.elsewhere) == ([], [])
    await visitor.page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)
