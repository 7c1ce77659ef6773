"""What a member does with interests, inbox and e-mails in a browser, and what an operator does with deliveries."""

import re

import pytest

from tests.support.browsing import Browser, Page
from tests.support.people import MISSION, OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, Member, Platform, ok, refused


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
async def browser(ccp: Platform, anna: Member) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(anna.email, PASSWORD)
    return browser


def path_of(page: Page) -> str:
    return page.url.removeprefix("http://ccp.test")


# --- interests ----------------------------------------------------------------------------------


async def test_a_new_member_picks_interests_and_sees_what_fits(ccp: Platform, browser: Browser) -> None:
    fits = await ccp.operator.publishes(MISSION)
    await ccp.operator.publishes(MISSION | {"title": "Mission to Brazil", "countries": ["BR"]})
    later = {"title": "Opens later", "opens_at": "2016-06-10T09:00:00+02:00"}
    await ccp.operator.publishes(MISSION | later)
    await ccp.system.settle()
    page = await browser.open("/inbox")
    page = await page.follow("Pick your interests")
    assert page.heading == "Pick your interests"
    page = await page.submit("Add this interest")
    assert page.status == 422
    assert "Name at least one ecosystem, country, kind of call or keyword." in page.problem
    typed = {"countries": ["JP"], "kinds": ["mission"], "keywords": "$where"}
    page = await page.submit("Add this interest", **typed)
    assert "Use only letters" in page.errors["keywords"]
    page = await page.submit("Add this interest", keywords="trade\njapan")
    assert page.notice.startswith("The interest is added.")
    assert "1 open call fits you" in page.text
    assert page.links["Mission to Japan"] == f"/calls/{fits['id']}"
    assert "You follow missions, Japan, “japan”" in page.text
    assert "Kinds: Missions Countries: Japan Words: trade, japan" in page.text
    assert not {"Mission to Brazil", "Opens later"} & page.links.keys()


async def test_an_interest_is_changed_and_removed(ccp: Platform, anna: Member, browser: Browser) -> None:
    await anna.follows(countries=["JP"], ecosystems=["digital"])
    page = await browser.open("/interests")
    assert page.links["Search calls with these filters"] == "/calls?ecosystem=digital&country=JP"
    page = await page.follow("Change interest 1")
    assert [box["value"] for box in page.soup.select("input[checked]")] == ["JP", "digital"]
    page = await page.submit("Save the interest", countries=[], ecosystems=["health", "retail"])
    assert page.notice == "The interest is changed."
    assert "Sectors: Health, Retail" in page.text
    assert "Search calls with these filters" not in page.links
    [interest] = ok(await anna.get("/interests"))
    assert (interest["countries"], interest["ecosystems"]) == ([], ["health", "retail"])
    refused(await (await ccp.member("Bert")).put(f"/interests/{interest['id']}", {"countries": ["FR"]}), 404)
    page = await page.submit("Remove")
    assert page.notice == "The interest is removed."
    assert page.heading == "Pick your interests"


# --- inbox --------------------------------------------------------------------------------------


async def test_an_alert_leads_to_its_page_and_is_read_until_it_is_marked_as_unread(
    ccp: Platform, anna: Member, browser: Browser
) -> None:
    await anna.follows(kinds=["mission"])
    call = await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    page = await browser.open("/inbox?utm_source=newsletter&cursor=")
    assert "unread Apply: Mission to Japan" in page.text
    assert "Why you get this: You follow missions" in page.text
    alert = page.links["Apply: Mission to Japan"]
    page = await page.follow("Apply: Mission to Japan")
    assert path_of(page) == f"/calls/{call['id']}"
    page = await browser.open("/inbox?unread=true")
    assert "You have read everything." in page.text
    page = await browser.open("/inbox")
    page = await page.submit("Mark as unread")
    assert "unread Apply: Mission to Japan" in page.text
    page = await page.submit("Mark as read")
    assert "Mark as unread" in page.buttons
    stranger = Browser(ccp.http)
    assert (await stranger.open(alert)).heading == "Log in"
    await stranger.log_in((await ccp.member("Bert")).email, PASSWORD)
    assert (await stranger.open(alert)).status == 404
    assert (await browser.open("/inbox?cursor=wrong")).heading == "Inbox"


async def test_all_alerts_are_marked_as_read_and_that_is_undone(ccp: Platform, anna: Member, browser: Browser) -> None:
    await anna.follows(kinds=["mission"])
    for number in range(3):
        await ccp.operator.publishes(MISSION | {"title": f"Mission {number}"})
    await ccp.system.settle()
    page = await browser.open("/inbox")
    page = await page.submit("Mark as read")
    page = await page.submit("Mark all as read")
    assert page.notice == "All alerts are marked as read."
    assert "2 alerts were marked as read together." in page.text
    page = await page.submit("Undo")
    assert page.notice == "These alerts are unread again."
    assert "2 unread" in page.links
    assert "Undo" not in page.buttons
    assert len(ok(await anna.get("/inbox", params={"unread": True}))["items"]) == 2


# --- e-mails ------------------------------------------------------------------------------------


async def test_a_member_chooses_which_emails_they_get(anna: Member, browser: Browser) -> None:
    page = await browser.open("/subscription")
    page = await page.submit("Save", mail="false")
    assert page.notice == "Your choice is saved."
    assert "You get e-mails about your own business only." in page.text
    assert ok(await anna.get("/subscription"))["mail"] is False
    page = await browser.open("/inbox")
    assert "You stopped e-mails about calls and gatherings" in page.text
    page = await page.submit("Send me e-mails again")
    assert (page.notice, page.heading) == ("You get all e-mails again.", "Inbox")
    assert ok(await anna.get("/subscription"))["mail"] is True


async def test_the_link_in_an_email_stops_them_and_leads_back(ccp: Platform, anna: Member) -> None:
    await anna.follows(kinds=["mission"])
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    link = re.search(r"http://ccp\.test(/unsubscribe/[\w.-]+)", anna.mails[-1].get_body(("plain",)).get_content())[1]
    reader = Browser(ccp.http)  # not logged in
    page = await (await reader.open(link)).submit("Stop these e-mails")
    assert page.heading.startswith("You get no more e-mails about calls and gatherings that match your interests")
    assert ok(await anna.get("/subscription"))["mail"] is False
    page = await page.submit("Send them again")
    assert page.heading.startswith("Stop the e-mails about calls and gatherings")
    assert ok(await anna.get("/subscription"))["mail"] is True
    page = await reader.open(f"{link}x")
    assert (page.status, page.heading) == (401, "This link is not valid, or too old")


@pytest.mark.parametrize("accept", ["*/*", "text/html,*/*;q=0.8"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
async def test_a_mail_program_stops_emails_with_one_click(ccp: Platform, anna: Member, kind: str, accept: str) -> None:
    """RFC 8058: the program posts one pair, without a cookie, and gets no redirect."""
    await anna.follows(kinds=["mission"])
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    mail = anna.mails[-1]
    link = re.search(r"<http://ccp\.test(/unsubscribe/[\w.-]+)>", mail["List-Unsubscribe"])[1]
    name, _, value = mail["List-Unsubscribe-Post"].partition("=")
    sent = {"files": {name: (None, value)}} if kind.startswith("multipart") else {"data": {name: value}}
    answer = await ccp.http.post(link, headers={"Accept": accept}, **sent)
    assert (answer.status_code, answer.json()["mail"]) == (200, False)
    assert ok(await anna.get("/subscription"))["mail"] is False


# --- operators ----------------------------------------------------------------------------------


async def test_an_operator_finds_a_failed_email_and_sends_it_again(
    ccp: Platform, anna: Member, browser: Browser
) -> None:
    await anna.follows(kinds=["mission"])
    ccp.smtp.answers = ["550 5.1.1 no such user"]
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    assert (await browser.open("/deliveries")).status == 403
    desk = Browser(ccp.http)
    await desk.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    page = await desk.open("/deliveries")
    assert {"failed", "sent"} <= page.links.keys()
    page = await page.follow("failed")
    assert "anna@members.example Apply: Mission to Japan failed 550 5.1.1 no such user" in page.text
    page = await page.submit("Send again to anna@members.example: Apply: Mission to Japan")
    assert page.notice.startswith("The e-mails are sent again.")
    await ccp.system.settle()
    assert [mail["Subject"] for mail in anna.mails] == ["Apply: Mission to Japan"]
    page = await desk.open("/deliveries?state=nonsense")
    assert "anna@members.example Confirm your address and choose a password sent" in page.text
