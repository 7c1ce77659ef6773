"""Gatherings in the browser: find one, register, wait, decline; write, publish, change and cancel one."""

from datetime import timedelta

import pytest

from tests.support.browsing import Browser
from tests.support.gatherings import OF_TWO, SEMINAR, leaves, logged_in, organised, registers
from tests.support.people import PASSWORD, Member, Platform, ok


@pytest.fixture(scope="module")
def shared(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def browser_of(member: Member) -> Browser:
    browser = Browser(member.platform.http)
    await browser.log_in(member.email, PASSWORD)
    return browser


async def test_a_visitor_narrows_the_list_and_widens_it_again(shared: Platform) -> None:
    await organised(shared, SEMINAR, title="Wool fair", countries=["IS"], ecosystems=["textiles"])
    await organised(shared, SEMINAR, title="Fish fair", countries=["IS"], ecosystems=["agri_food"])
    visitor = Browser(shared.http)
    page = await visitor.open("/gatherings?country=IS&utm_source=mail&mode=&cursor=broken")
    assert ("Wool fair" in page.text, "Fish fair" in page.text) == (True, True)
    assert "2 gatherings" in page.text
    assert "Invalid cursor" in page.text
    page = await page.follow("Textiles")
    assert ("Wool fair" in page.text, "Fish fair" in page.text) == (True, False)
    assert page.links["calendar (iCalendar)"] == "/gatherings.ics?country=IS&ecosystem=textiles"
    page = await page.follow("Ecosystem: Textiles × (remove)")
    assert "Fish fair" in page.text
    page = await visitor.open("/gatherings?country=Iceland")
    assert page.status == 200
    assert "country" in page.text


async def test_a_gathering_says_when_where_and_how_to_take_part(shared: Platform) -> None:
    path = await organised(shared, OF_TWO, link="https://seminar.example/programme")
    page = await Browser(shared.http).open(path)
    assert "Wednesday 1 June 2016, 09:00 to Thursday 2 June 2016, 17:00 CEST" in page.text
    assert "Europe/Berlin" in page.text
    assert "2 of 2 places left" in page.text
    assert page.links["Log in to register"] == f"/login?next={path}"
    assert (await page.follow("Add to your calendar")).answer.text.startswith("BEGIN:VCALENDAR")
    follow = page.soup.select_one(f'form[action="/follows{path.replace("gatherings", "gathering")}"]')
    assert {each["name"]: each["value"] for each in follow.select("input")} == {
        "_operation": "follow_thing",
        "_next": path,
    }
    days = await organised(shared, SEMINAR, starts_at="2016-06-01", ends_at="2016-06-01")
    assert "Wednesday 1 June 2016 Time zone" in (await Browser(shared.http).open(days)).text


async def test_members_take_places_wait_for_them_and_give_them_on(shared: Platform) -> None:
    first, second = await shared.member("Finn"), await shared.member("Sara")
    cluster = await shared.organisation(first, name="Island Cluster")
    link = "https://meet.example/only-you"
    path = await organised(shared, SEMINAR, mode="hybrid", join_link=link, admission={"capacity": 1})
    one, two = await browser_of(first), await browser_of(second)

    page = await (await one.open(path)).submit("Register", organisation_id=cluster["id"])
    assert "You have a place." in page.text
    assert "You represent Island Cluster." in page.text
    assert page.links["Join online"] == link
    assert "You take part" in (await one.open("/gatherings")).text

    page = await two.open(path)
    assert "you are number 1 then" in page.text
    page = await page.submit("Register")
    assert "You are number 1 on the waiting list." in page.text
    assert link not in page.answer.text

    page = await (await one.open(path)).submit("Give up my registration")
    assert page.notice == "You gave up your registration."
    page = await two.open(path)
    assert "This place came from the waiting list." in page.text
    page = await page.submit("Decline the place")
    assert "You declined the place." in page.text
    assert "1 of 1 place left" in page.text


async def test_registration_says_why_it_is_not_possible(shared: Platform) -> None:
    anna = await browser_of(await shared.member("Anna"))
    later = await organised(shared, SEMINAR, admission={"opens_at": "2016-05-20T10:00"})
    assert "Registration opens on Friday 20 May 2016, 10:00 CEST." in (await anna.open(later)).text
    elsewhere = await organised(shared, SEMINAR)
    assert "Members do not register on this platform." in (await anna.open(elsewhere)).text
    path = await organised(shared, SEMINAR, admission={})
    page = await anna.open(path)
    ok(await shared.operator.post(f"{path}/cancel", {"reason": "The hall burnt down."}, version=1))
    page = await page.submit("Register")
    assert "The gathering was cancelled." in page.problem
    assert "Cancelled: The hall burnt down." in page.text
    assert "Register" not in page.buttons


async def test_an_organiser_writes_publishes_changes_and_cancels(shared: Platform) -> None:
    eve = await shared.member("Eve")
    await shared.organisation(eve, name="Forge Cluster")
    browser = await browser_of(eve)
    page = await (await browser.open("/gatherings/own")).follow("Organise a gathering")
    what = {"title": "Metal days", "place": "Essen", "timezone": "Europe/Berlin", "admission.capacity": "40"}
    when = {"starts_at": "2016-09-01", "ends_at": "2016-09-02", "ends_at.time": "13:00"}
    day = {"programme.0.starts_at": "2016-09-01", "programme.0.ends_at": "2016-09-01"}
    page = await page.submit("Save as draft", **what, **when | {"ends_at": "2 September"}, **day)
    assert page.errors["ends_at"].endswith("Choose a day and a time.")
    page = await page.submit("Save as draft", **what, **when | {"ends_at": "2016-08-01"}, **day)
    assert page.status == 422
    assert "after the start" in page.errors["ends_at"]
    assert page.errors["programme.0.title"]
    page = await page.submit("Add another", within="#f-programme-0-speakers")
    assert page.soup.select_one('[name="programme.0.speakers.1.name"]')
    assert page.soup.select_one('[name="admission.capacity"]')["value"] == "40"
    page = await page.submit(
        "Save as draft", **when, **{"programme.0.title": "Opening", "programme.0.starts_at.time": "09:00"}
    )
    assert page.heading == "Metal days"
    assert "Only your organisation can see it" in page.text
    assert "Thursday 1 September 2016, 00:00 to Friday 2 September 2016, 13:00 CEST" in page.text
    assert "09:00 to 24:00 Opening" in page.text
    assert "40 of 40 places left" not in page.text  # a draft invites no one yet

    draft = page.url.removeprefix(str(shared.http.base_url))
    assert (await Browser(shared.http).open(draft)).status == 404
    page = await page.submit("Publish")
    assert "is published" in page.notice
    assert "40 of 40 places left" in page.text

    stale = await browser.open(f"{draft}/change")
    page = await stale.submit("Save the changes", place="Dortmund")
    assert "Dortmund" in page.text
    page = await stale.submit("Save the changes", place="Bochum")
    assert page.status == 412
    assert "Stored now: Dortmund" in page.text
    assert "Metal days" in page.answer.text

    page = await (await browser.open(f"{draft}/cancel")).submit("Cancel the gathering", reason="")
    assert "reason" in page.errors
    page = await page.submit("Cancel the gathering", reason="Too few came.")
    assert "Cancelled: Too few came." in page.text
    own = await browser.open("/gatherings/own?stage=cancelled")
    assert "Metal days" in own.text
    assert "Metal days" not in (await browser.open("/gatherings/own?stage=draft")).text


async def test_registration_is_switched_off_by_its_box(shared: Platform) -> None:
    path = await organised(shared, OF_TWO)
    browser = Browser(shared.http)
    await browser.log_in("operator@ccp.example", "operator-in-tests")
    page = await browser.open(f"{path}/change")
    page = await page.submit("Save the changes", admission="false")
    assert "Members do not register on this platform." in page.text
    assert ok(await shared.http.get(path))["admission"] is None


async def test_only_organisers_see_what_organisers_do(shared: Platform) -> None:
    path = await organised(shared, OF_TWO)
    stranger, visitor = await browser_of(await shared.member("Otto")), Browser(shared.http)
    assert "Change" not in (await stranger.open(path)).links
    for page in ("change", "cancel", "report", "registrations"):
        assert (await stranger.open(f"{path}/{page}")).status == 404
        assert (await visitor.open(f"{path}/{page}")).heading == "Log in"
    for page in ("/gatherings/own", "/gatherings/new"):
        assert "Only editors of a published organisation organise gatherings." in (await stranger.open(page)).text
        assert (await visitor.open(page)).heading == "Log in"


async def test_an_organiser_reads_who_comes(shared: Platform) -> None:
    path = await organised(shared, SEMINAR, admission={"capacity": 1})
    lea, joe = await shared.member("Léa"), await shared.member("Joe")
    for member in (lea, joe):
        await registers(member, path)
    await leaves(logged_in(shared, joe.id), path)
    browser = Browser(shared.http)
    await browser.log_in("operator@ccp.example", "operator-in-tests")
    page = await (await browser.open(path)).follow("Who has registered")
    assert "Have a place 1 of 1 Wait for a place 0 Places left 0" in page.text
    assert [row.get_text(" ", strip=True).split()[0] for row in page.soup.select("tbody tr")] == ["Léa"]
    page = await page.follow("Gave up")
    assert "Joe" in page.text
    assert page.links["Download all as a table (CSV)"] == f"{path}/registrations.csv?state=left"


async def test_a_past_gathering_gets_a_report(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR, title="Past seminar")
    await ccp.system.travel(timedelta(days=60))
    browser = Browser(ccp.http)
    await browser.log_in("operator@ccp.example", "operator-in-tests")
    page = await (await browser.open(path)).follow("Write a report")
    page = await page.submit("Publish the report", summary="Forty clusters met.", recording="http://video.example/1")
    assert "https://" in page.errors["recording"]
    page = await page.submit("Publish the report", recording="https://video.example/1")
    assert "Forty clusters met." in page.text
    visitor = await Browser(ccp.http).open("/gatherings")
    page = await visitor.follow("Show past gatherings")
    assert "Past seminar" in page.text
    page = await page.follow("Past seminar")
    assert page.links["Watch the recording"] == "https://video.example/1"
