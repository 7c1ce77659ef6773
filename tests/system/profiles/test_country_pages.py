"""Pages of countries: written in editions by operators, filled by what every service announces, and followed."""

from datetime import timedelta
from typing import Any

import pytest

from services.profiles.countries.domain import CountryText
from services.profiles.countries.usecases import write_country
from shared.auth import Caller
from shared.errors import Refusal
from shared.models import ExpectedVersion
from shared.mongo import Duplicate
from tests.support.achievements import ACHIEVEMENT, achieved
from tests.support.browsing import Browser, browser_of
from tests.support.eventlog import WISH
from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, OPERATOR_PASSWORD, Member, Platform, ok, refused
from tests.support.races import overlap, use

TEXT: dict[str, Any] = {
    "policy": "# Dialogue\n\nTwo meetings **a year**, [see](https://dialogue.example/).",
    "policy_fr": "Deux rencontres par an.",
    "gateways": [{"name": "EU-Japan Centre", "text": "Helps clusters", "link": "https://centre.example/"}],
    "sources": [{"name": "Joint declaration"}],
}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


async def announced(ccp: Platform, code: str) -> dict[str, list[str]]:
    await ccp.system.settle()
    made: dict[str, list[str]] = {}
    for each in ok(await ccp.http.get(f"/countries/{code}"))["announced"]:
        made.setdefault(each["kind"], []).append(each["title"])
    return made


async def test_a_country_shows_what_every_service_announces_for_it(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Fuji Cluster", country="IS")
    own: dict[str, Any] = {"organisation_id": ours["id"], "countries": ["IS"]}
    await eve.publishes(MISSION | {"countries": ["SE"], "about": ["IS"]}, ours)
    gathering = ok(await eve.post("/gatherings", SEMINAR | own))
    wish = ok(await eve.post("/partner-requests", WISH | own | {"side": "request", "title": "Geysers wanted"}))
    post = ok(await eve.post("/posts", own | {"title": "We met in Reykjavik"}))
    ok(await eve.post(f"/posts/{post['id']}/publish", {}, version=1))
    made = await achieved(eve, ours, ACHIEVEMENT | {"countries": ["IS"]})
    assert await announced(ccp, "IS") == {
        "call": ["Mission to Japan"],
        "gathering": ["Policy seminar"],
        "request": ["Geysers wanted"],
        "achievement": [ACHIEVEMENT["title"]],
        "post": ["We met in Reykjavik"],
        "organisation": ["Fuji Cluster"],
    }
    assert {"code": "IS", "name": "Iceland", "has_text": False, "url": "/countries/IS"} in ok(
        await ccp.http.get("/countries")
    )
    page = await Browser(ccp.http).open("/countries/is")
    assert page.links["Policy seminar"] == f"/gatherings/{gathering['id']}"
    assert page.links[ACHIEVEMENT["title"]] == f"/achievements/{made['id']}"
    ok(await ccp.operator.post(f"/gatherings/{gathering['id']}/cancel", {"reason": "It rains."}, version=1))
    ok(await eve.post(f"/partner-requests/{wish['id']}/close", version=1))
    ok(await eve.post(f"/posts/{post['id']}/withdraw", version=2))
    assert {*await announced(ccp, "IS")} == {"call", "achievement", "organisation"}
    current = ok(await eve.get(f"/organisations/{ours['id']}"))
    ok(await eve.post(f"/organisations/{ours['id']}/withdraw", version=current["version"]))
    assert {*await announced(ccp, "IS")} == {"call"}
    ccp.system.clock.travel(timedelta(days=365))
    assert await announced(ccp, "IS") == {}
    ccp.system.clock.travel(timedelta(days=-365))


async def test_what_a_duplicate_posted_stays_on_the_page_after_it_was_merged(ccp: Platform, eve: Member) -> None:
    duplicate, kept = [await ccp.organisation(eve, name=name, country="MT") for name in ("Doubled", "Staying")]
    made = await achieved(eve, duplicate, ACHIEVEMENT | {"countries": ["MT"]})
    version = ok(await eve.get(f"/organisations/{duplicate['id']}"))["version"]
    ok(await ccp.operator.put(f"/follows/achievement/{made['id']}", None))
    ok(await ccp.operator.post(f"/organisations/{duplicate['id']}/merge", {"into": kept["id"]}, version=version))
    await ccp.system.settle()
    assert await announced(ccp, "MT") == {"achievement": [ACHIEVEMENT["title"]], "organisation": ["Staying"]}
    [followed] = ok(await ccp.operator.get("/follows"))
    assert followed["over"] is False
    current = ok(await eve.get(f"/organisations/{kept['id']}"))
    take_down = f"/organisations/{kept['id']}/take-down"
    ok(await ccp.operator.post(take_down, {"reasons": ["Spam"]}, version=current["version"]))
    await ccp.system.settle()
    assert await announced(ccp, "MT") == {}
    [followed] = ok(await ccp.operator.get("/follows"))
    assert followed["over"] is True


async def test_operators_write_in_editions_and_publish_one(ccp: Platform, eve: Member) -> None:
    path = "/countries/BR"
    refused(await ccp.http.get("/countries/XX"), 404)
    refused(await eve.put(f"{path}/text", TEXT, version=0), 403)
    refused(await eve.get(f"{path}/editions"), 403)
    assert ok(await ccp.http.get(path))["version"] == 0
    first = ok(await ccp.operator.put(f"{path}/text", TEXT, version=0))
    assert (first["number"], first["public"], first["author"]) == (1, False, "Operator")
    assert ok(await ccp.http.get(path))["text"] is None
    refused(await ccp.operator.put(f"{path}/text", TEXT, version=0), 412)
    second = ok(await ccp.operator.put(f"{path}/text", TEXT | {"policy": "Other"}, version=first["version"]))
    publish = f"{path}/editions/{second['number']}/publish"
    refused(await eve.post(publish, version=2), 403)
    refused(await ccp.operator.post(publish, version=1), 412)
    ok(await ccp.operator.post(publish, version=2))
    refused(await ccp.operator.post(publish, version=3), 409, "number", "already_public")
    refused(await ccp.operator.post(f"{path}/editions/9/publish", version=3), 404)
    assert ok(await ccp.http.get(path))["text"]["policy"] == "Other"
    ok(await ccp.operator.post(f"{path}/editions/1/publish", version=3))
    assert ok(await ccp.http.get(path))["text"]["policy"] == TEXT["policy"]
    editions = ok(await ccp.operator.get(f"{path}/editions"))
    assert [(each["number"], each["public"]) for each in editions] == [(2, False), (1, True)]
    assert ok(await ccp.operator.get(f"{path}/editions/2"))["text"]["policy"] == "Other"
    refused(await eve.get(f"{path}/editions/2"), 403)
    assert f"{path}</loc>" in (await ccp.http.get("/sitemap.xml")).text


async def test_an_operator_writes_and_publishes_in_a_browser_and_a_member_follows(ccp: Platform, eve: Member) -> None:
    browser, visitor = await browser_of(ccp.operator, OPERATOR_PASSWORD), Browser(ccp.http)
    page = await (await browser.open("/countries/MX")).follow("Write about the country")
    typed = {"policy": TEXT["policy"] + "\n\n<script>x</script>", "policy_fr": TEXT["policy_fr"]}
    typed |= {"gateways.0.name": "Casa Europa", "gateways.0.link": "not a link"}
    page = await page.submit("Save and look at it", **typed)
    assert (page.status, "gateways.0.link" in page.errors) == (422, True)
    page = await page.submit("Save and look at it", **{"gateways.0.link": "https://casa.example/"})
    assert "Only operators see it" in page.notice
    assert "Deux rencontres" in page.text
    assert "Casa Europa" not in (await visitor.open("/countries/MX")).text
    other = await (await browser_of(ccp.operator, OPERATOR_PASSWORD)).open("/countries/MX/change")
    page = await page.submit("Publish this edition")
    assert "Everyone reads this edition now" in page.notice
    shown = await visitor.open("/countries/MX")
    assert shown.soup.select_one(".long h3").get_text() == "Dialogue"
    assert shown.soup.select_one(".long script") is None
    assert shown.links["Casa Europa"] == "https://casa.example/"
    french = Browser(ccp.http, languages="fr")
    assert (await french.open("/countries/MX")).soup.select_one('.long[lang="fr"]').get_text(strip=True) == TEXT[
        "policy_fr"
    ]
    german = Browser(ccp.http, languages="de")
    assert "Two meetings" in (await german.open("/countries/MX")).soup.select_one('.long[lang="en"]').get_text()
    assert "Mexico" in (await visitor.open("/countries")).links
    conflict = await other.submit("Save and look at it", policy="Mine")
    assert conflict.status == 412
    assert "Others changed this in the meantime" in conflict.problem
    listed = await browser.open("/countries/MX/editions")
    assert "Operator" in listed.text
    assert "Edition 1" in listed.links
    page = await (await (await browser_of(eve)).open("/countries/MX")).submit("Follow this country")
    assert page.notice == "You follow this now."
    assert (await (await browser_of(eve)).open("/countries/MX/change")).status == 403


async def test_two_operators_who_write_the_first_edition_do_not_lose_one(ccp: Platform) -> None:
    db, anna, bert = ccp.system.db("profiles"), *(Caller(id=name, operator=True) for name in ("anna", "bert"))
    new = ExpectedVersion(frozenset({0}))
    writes = [use(write_country, "NZ", CountryText(policy=who.id), who, new) for who in (anna, bert)]
    try:
        both = await overlap(db, *writes)
    except Duplicate:  # the API answers 412
        return
    assert both.conflicted or isinstance(both.second, Refusal | Duplicate)
