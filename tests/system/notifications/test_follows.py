"""Members follow things one by one, by a button that pages of all services have."""

from typing import Any

import pytest

from services.notifications.involvements.store import INVOLVEMENTS
from tests.support.browsing import Browser, Page, browser_of
from tests.support.eventlog import WISH
from tests.support.gatherings import SEMINAR
from tests.support.people import MISSION, PASSWORD, PROFILE, Member, Platform, ok, refused

PORTUGUESE = {"name": "Tagus Cluster", "country": "PT"}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def alerts(member: Member) -> list[tuple[str, str]]:
    """Return the titles and reasons of a member's alerts, the newest first."""
    await member.platform.system.settle()
    return [(alert["title"], alert["reason"]) for alert in await member.alerts()]


async def follows(member: Member, kind: str, id: str) -> None:
    answer = await member.platform.http.put(f"/follows/{kind}/{id}", headers=member.headers)
    assert answer.status_code == 204, answer.text


async def press_follow(browser: Browser, kind: str, id: str, page: str) -> Page:
    """Press the button as a page of another service has it."""
    data = [("_operation", "follow_thing"), ("_next", page)]
    return await browser.send("POST", f"/follows/{kind}/{id}", {"Sec-Fetch-Site": "same-origin"}, data)


async def test_followers_of_an_organisation_hear_of_all_that_it_publishes(ccp: Platform) -> None:
    eve, bert = await ccp.member("Eve"), await ccp.member("Bert")
    ours = await ccp.organisation(eve, name="Harbour Cluster")
    await follows(bert, "organisation", ours["id"])
    await follows(eve, "organisation", ours["id"])
    own: dict[str, Any] = {"organisation_id": ours["id"]}
    await eve.publishes(MISSION, ours)
    ok(await eve.post("/gatherings", SEMINAR | own))
    ok(await eve.post("/partner-requests", WISH | own | {"side": "request", "title": "Win 1000 EUR"}))
    heard = await alerts(bert)
    assert sorted(title for title, _ in heard) == [
        "Apply: Mission to Japan",
        "Partner wanted: Harbour Cluster",
        "Save the date: Policy seminar",
    ]
    assert {reason for _, reason in heard} == {"You follow Harbour Cluster"}
    assert {mail["Subject"] for mail in bert.mails} == {title for title, _ in heard}
    assert "Win 1000" not in str(await bert.alerts())
    assert [title for title, _ in await alerts(eve)] == ["Published: Harbour Cluster"]


async def test_followers_of_a_gathering_hear_of_its_change_and_cancellation(ccp: Platform) -> None:
    bert = await ccp.member("Bert")
    gathering = ok(await ccp.operator.post("/gatherings", SEMINAR))
    await follows(bert, "gathering", gathering["id"])
    path = f"/gatherings/{gathering['id']}"
    ok(await ccp.operator.put(path, SEMINAR | {"place": "Berlin"}, version=1))
    ok(await ccp.operator.post(f"{path}/cancel", {"reason": "The hall burnt down."}, version=2))
    reason = "You follow this gathering"
    assert await alerts(bert) == [("Cancelled: Policy seminar", reason), ("Changed: Policy seminar", reason)]


async def test_followers_of_a_country_hear_of_what_is_published_for_it(ccp: Platform) -> None:
    eve, bert = await ccp.member("Eve"), await ccp.member("Bert")
    ours = await ccp.organisation(eve, name="Andes Cluster")
    own: dict[str, Any] = {"organisation_id": ours["id"], "countries": ["CL"]}
    refused(await bert.put("/follows/country/cl", None), 404, "id")
    refused(await bert.put("/follows/country/XX", None), 404, "id")
    await follows(bert, "country", "CL")
    await follows(eve, "country", "CL")
    await eve.publishes(MISSION | {"countries": ["SE"], "about": ["CL"]}, ours)
    ok(await eve.post("/gatherings", SEMINAR | own))
    ok(await eve.post("/partner-requests", WISH | own | {"side": "request", "title": "Win 1000 EUR"}))
    post = ok(await eve.post("/posts", own | {"title": "We met in Santiago"}))
    ok(await eve.post(f"/posts/{post['id']}/publish", {}, version=1))
    heard = await alerts(bert)
    assert sorted(title for title, _ in heard) == [
        "Apply: Mission to Japan",
        "News: We met in Santiago",
        "Partner wanted: Andes Cluster",
        "Save the date: Policy seminar",
    ]
    assert {reason for _, reason in heard} == {"You follow Chile"}
    assert [title for title, _ in await alerts(eve)] == ["Published: Andes Cluster"]
    page = await (await browser_of(bert)).open("/follows")
    assert page.links["Chile"] == "/countries/CL"


async def test_followers_of_a_country_hear_once_of_an_organisation_that_is_new_there(ccp: Platform) -> None:
    eve, bert = await ccp.member("Eve"), await ccp.member("Bert")
    await follows(bert, "country", "PT")
    ours = await ccp.organisation(eve, name="Tagus Cluster", country="PT")
    assert await alerts(bert) == [("New organisation: Tagus Cluster", "You follow Portugal")]
    carl = await ccp.member("Carl")
    await follows(carl, "country", "PT")
    ok(
        await eve.put(
            f"/organisations/{ours['id']}", PROFILE | PORTUGUESE | {"city": "Lisbon"}, version=ours["version"]
        )
    )
    assert await alerts(carl) == []
    assert len(await alerts(bert)) == 1


async def test_followers_of_a_country_hear_of_a_new_edition_of_its_page(ccp: Platform) -> None:
    bert = await ccp.member("Bert")
    await follows(bert, "country", "KR")
    text = {"policy": "Two meetings a year."}
    ok(await ccp.operator.put("/countries/KR/text", text, version=0))
    assert await alerts(bert) == [], "only operators read it"
    ok(await ccp.operator.post("/countries/KR/editions/1/publish", version=1))
    assert await alerts(bert) == [("Country page: South Korea", "You follow South Korea")]
    page = await (await browser_of(bert)).open((await bert.alerts())[0]["url"])
    assert "Two meetings a year." in page.text


async def test_followers_of_a_post_hear_of_its_changes_and_its_end(ccp: Platform) -> None:
    eve, bert = await ccp.member("Eve"), await ccp.member("Bert")
    ours = await ccp.organisation(eve, name="Fjord Cluster")
    content = {"title": "We met in Osaka"}
    path = f"/posts/{ok(await eve.post('/posts', content | {'organisation_id': ours['id']}))['id']}"
    ok(await eve.post(f"{path}/publish", {}, version=1))
    await ccp.system.settle()
    browser = await browser_of(bert)
    page = await (await browser.open(path)).submit("Follow this post")
    assert page.notice == "You follow this now."
    ok(await eve.put(path, content | {"text": "It rained."}, version=2))
    assert (await browser.open("/follows")).links["We met in Osaka"] == path
    assert await alerts(bert) == [("Changed: We met in Osaka", "You follow this post")]
    ok(await eve.post(f"{path}/withdraw", version=3))
    assert (await alerts(bert))[0] == ("Withdrawn: We met in Osaka", "You follow this post")
    assert "no longer public" in (await browser.open("/follows")).text


async def test_what_is_followed_is_no_longer_public_without_its_organisation(ccp: Platform) -> None:
    eve, bert = await ccp.member("Eve"), await ccp.member("Bert")
    ours = await ccp.organisation(eve, name="Dune Cluster")
    path = f"/posts/{ok(await eve.post('/posts', {'title': 'We met', 'organisation_id': ours['id']}))['id']}"
    ok(await eve.post(f"{path}/publish", {}, version=1))
    await follows(bert, "post", path.rpartition("/")[2])
    ok(await eve.post(f"/organisations/{ours['id']}/withdraw", version=ours["version"]))
    await ccp.system.settle()
    assert [each["over"] for each in ok(await bert.get("/follows"))] == [True]


async def test_a_member_follows_by_a_button_and_stops_on_the_page_of_what_they_follow(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    browser = Browser(ccp.http)
    await browser.log_in(anna.email, PASSWORD)
    assert "You follow nothing yet" in (await browser.open("/follows")).text
    call = await ccp.operator.publishes(MISSION)
    gathering = ok(await ccp.operator.post("/gatherings", SEMINAR))
    organisation = await ccp.organisation(await ccp.member("Eve"), name="Delta Cluster")
    page = await press_follow(browser, "call", call["id"], "/interests")
    assert (page.notice, page.url.removeprefix("http://ccp.test")) == ("You follow this now.", "/interests")
    await press_follow(browser, "gathering", gathering["id"], "/interests")
    await press_follow(browser, "organisation", organisation["id"], "/interests")
    await ccp.system.settle()
    page = await browser.open("/follows")
    assert page.links["Mission to Japan"] == f"/calls/{call['id']}"
    assert page.links["Policy seminar"] == f"/gatherings/{gathering['id']}"
    assert page.links["Delta Cluster"] == f"/organisations/{organisation['id']}"
    page = await page.submit("Stop following", within=f'form[action="/follows/call/{call["id"]}"]')
    assert page.notice == "You no longer follow it."
    assert "Mission to Japan" not in page.text
    assert {each["kind"] for each in ok(await anna.get("/follows"))} == {"gathering", "organisation"}


async def test_a_visitor_logs_in_and_then_follows(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    call = await ccp.operator.publishes(MISSION)
    browser = Browser(ccp.http)
    page = await press_follow(browser, "call", call["id"], "/follows")
    assert (page.status, page.heading) == (401, "Log in")
    assert "it is done then" in page.text
    page = await page.submit("Log in", email=anna.email, password=PASSWORD)
    assert "One more press" in page.text
    page = await page.submit("Go on")
    assert page.notice == "You follow this now."
    assert "Mission to Japan" in page.text


async def test_a_follow_that_is_refused_says_why(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    browser = Browser(ccp.http)
    await browser.log_in(anna.email, PASSWORD)
    refused(await anna.put("/follows/person/0196d5a6-0000-7000-8000-000000000000", None), 422, "kind")
    rows = [
        {"_id": f"{n}:{anna.id}:follows", "call_id": str(n), "part": "follows", "member_id": anna.id, "version": 1}
        for n in range(200)
    ]
    await ccp.system.db("notifications").raw(INVOLVEMENTS.name).insert_many(rows)
    call = await ccp.operator.publishes(MISSION)
    page = await press_follow(browser, "call", call["id"], "/calls")
    assert page.status == 409
    assert "the most is 200. Stop following some of them first." in page.text
    page = await browser.open("/follows")  # what an earlier release stored is calls
    assert page.buttons.count("Stop following") == 200
