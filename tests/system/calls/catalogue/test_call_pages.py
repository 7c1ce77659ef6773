"""A call in a browser: what visitors, members and publishers can read and do on its pages."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.browsing import Browser
from tests.support.newsletter import BRAZIL
from tests.support.people import MISSION, PASSWORD, Member, Platform, ok

LONG = "What it is about:\nGoals\n- first goal\n- second goal\n\nMore at https://japan.example/mission?a=1."
TOGETHER: dict[str, Any] = MISSION | {
    "title": "Mission of clusters",
    "summary": "A week of meetings.",
    "description": LONG,
    "programme": "COSME",
    "budget": {"total": 1_000_000, "largest": 20_000, "grants": 1},
    "eligibility": {"applicant": {"countries": ["SE"]}},
    "documents": [{"title": "Guide", "link": "https://japan.example/guide.pdf", "kind": "guide"}],
}


@pytest.fixture
async def erik(ccp: Platform) -> Member:
    return await ccp.member("Erik")


async def browser_of(ccp: Platform, member: Member) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(member.email, PASSWORD)
    return browser


async def test_a_visitor_reads_all_about_a_call(ccp: Platform) -> None:
    call = await ccp.operator.publishes(TOGETHER)
    ok(await ccp.operator.post(f"/calls/{call['id']}/updates", {"title": "Webinar", "text": "On 1 June."}))
    page = await Browser(ccp.http).open(f"/calls/{call['id']}")
    assert page.heading == "Mission of clusters"
    for words in (
        "Open Mission COSME",
        "Closes in 52 days : Thursday 30 June 2016, 17:00",
        "A week of meetings.",
        "€1,000,000 in total. Up to €20,000 for a project. About 1 grant.",
        "Webinar",
        "No question has been answered yet.",
        "History of the deadline",
        "another website",
    ):
        assert words in page.text, words
    assert [item.get_text() for item in page.soup.select(".long li")] == ["first goal", "second goal"]
    assert page.links["https://japan.example/mission?a=1"] == "https://japan.example/mission?a=1"
    assert page.links["Apply"] == f"/calls/{call['id']}/apply"
    assert page.links["Send by e-mail"].startswith("mailto:?subject=Mission%20of%20clusters&body=http")
    follow = page.soup.select_one(f'form[action="/follows/call/{call["id"]}"]')
    assert {field["name"]: field["value"] for field in follow.find_all("input")} == {
        "_operation": "follow_thing",
        "_next": f"/calls/{call['id']}",
    }
    assert "Manage this call" not in page.links


async def test_only_what_is_possible_is_offered(ccp: Platform) -> None:
    forthcoming = await ccp.operator.publishes(BRAZIL)
    page = await Browser(ccp.http).open(f"/calls/{forthcoming['id']}")
    assert "Apply" not in page.links
    assert "up to 80 % reimbursed" in page.text
    operator = Browser(ccp.http)
    await operator.log_in(ccp.operator.email, "operator-in-tests")
    page = await operator.open(f"/calls/{forthcoming['id']}")
    assert page.links["Manage this call"] == f"/calls/{forthcoming['id']}/manage"
    withdrawn = await ccp.operator.publishes(MISSION)
    reason = {"reason": "The visit moves to next year."}
    ok(await ccp.operator.post(f"/calls/{withdrawn['id']}/withdraw", reason, version=withdrawn["version"]))
    page = await Browser(ccp.http).open(f"/calls/{withdrawn['id']}")
    assert "This call was withdrawn. The visit moves to next year." in page.text
    assert "Send my question" not in page.buttons
    await ccp.system.travel(timedelta(days=120))
    page = await Browser(ccp.http).open(f"/calls/{forthcoming['id']}")
    assert "Closed on 8 June 2016" in page.text
    assert "Send my question" not in page.buttons


async def test_a_member_asks_and_reads_the_answer(ccp: Platform, erik: Member) -> None:
    call = await ccp.operator.publishes(MISSION)
    browser = await browser_of(ccp, erik)
    page = await browser.open(f"/calls/{call['id']}")
    wrong = await page.submit("Send my question", question="Why?")
    assert wrong.status == 422
    assert "question" in wrong.errors
    assert "Why?" in wrong.soup.select_one("textarea").get_text()
    page = await wrong.submit("Send my question", question="May companies without a cluster apply?")
    assert "Your question is with the publisher" in page.notice
    assert "May companies without a cluster apply? Asked on" in page.text
    [asked] = ok(await erik.get(f"/calls/{call['id']}/questions", params={"answered": False}))["items"]
    visitor = Browser(ccp.http)
    assert "May companies" not in (await visitor.open(f"/calls/{call['id']}/questions")).text
    answer = {"answer": "Yes.\n\n- with a letter\n- by 1 June"}
    ok(await ccp.operator.post(f"/calls/{call['id']}/questions/{asked['id']}/answer", answer, version=1))
    page = await (await visitor.open(f"/calls/{call['id']}")).follow("All questions")
    assert "May companies without a cluster apply? Yes. with a letter by 1 June" in page.text


async def test_a_visitor_who_asks_logs_in_and_loses_nothing(ccp: Platform, erik: Member) -> None:
    call = await ccp.operator.publishes(MISSION)
    page = await Browser(ccp.http).open(f"/calls/{call['id']}")
    page = await page.submit("Send my question", question="Is the flight paid as well?")
    assert page.heading == "Log in"
    page = await page.submit("Log in", email=erik.email, password=PASSWORD)
    if "Is the flight paid" not in page.text:
        page = await page.submit(page.buttons[-1])
    assert "Is the flight paid as well?" in page.text


async def test_a_member_checks_the_eligibility_of_an_own_organisation(ccp: Platform, erik: Member) -> None:
    call = await ccp.operator.publishes(TOGETHER)
    visitor = await Browser(ccp.http).open(f"/calls/{call['id']}/eligibility")
    assert visitor.heading == "Log in"
    browser = await browser_of(ccp, erik)
    page = await (await browser.open(f"/calls/{call['id']}")).follow("Am I eligible?")
    assert page.links["Add my organisation"] == "/me/organisations"
    nordic = await ccp.organisation(erik)
    await ccp.organisation(erik, name="Breton Cluster", country="FR", website="https://breton.example")
    page = await browser.open(f"/calls/{call['id']}/eligibility")
    page = await page.submit("Check", organisation_id=nordic["id"])
    assert "Nordic ICT Cluster: Yes, it may apply." in page.text
    breton = next(o["value"] for o in page.soup.select("#organisation option") if o.get_text() == "Breton Cluster")
    page = await page.submit("Check", organisation_id=breton, role="partner")
    assert "Breton Cluster: No, it may not apply." in page.text
    assert "What would change this" in page.text
    assert page.soup.select_one("#role option[selected]")["value"] == "partner"
    others = await ccp.organisation(await ccp.member("Anna"), name="Anna's", website="https://annas.example")
    page = await browser.open(f"/calls/{call['id']}/eligibility?organisation_id={others['id']}")
    assert page.status == 404


async def test_the_history_is_told_in_words(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    longer = {"deadline": "2016-07-07T17:00:00+02:00", "reason": "Many asked for more time."}
    ok(await ccp.operator.post(f"/calls/{call['id']}/extend", longer, version=call["version"]))
    page = await Browser(ccp.http).open(f"/calls/{call['id']}")
    assert "extended from 30 June 2016" in page.text
    page = await page.follow("The whole history, and how it is protected")
    assert "Intact" in page.text
    assert "Reason: Many asked for more time." in page.text


async def test_a_draft_is_shown_to_its_editors_only(ccp: Platform, erik: Member) -> None:
    ours = await ccp.organisation(erik)
    draft = ok(await erik.post("/calls", MISSION | {"organisation_id": ours["id"]}))
    pages = [f"/calls/{draft['id']}{part}" for part in ("", "/questions", "/updates", "/history", ".ics")]
    for path in pages:
        assert (await Browser(ccp.http).open(path)).status == 404, path
    browser = await browser_of(ccp, erik)
    page = await browser.open(pages[0])
    assert "This is a draft. Only its editors see it." in page.text
    for path in pages[1:]:
        assert (await browser.open(path)).status == 200, path


async def test_news_have_a_page(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    for number in range(5):
        ok(await ccp.operator.post(f"/calls/{call['id']}/updates", {"title": f"News {number}", "text": "<b>bold</b>"}))
    page = await (await Browser(ccp.http).open(f"/calls/{call['id']}")).follow("All news of this call")
    assert page.text.count("<b>bold</b>") == 5
    assert (await Browser(ccp.http).open(f"/calls/{call['id']}/updates?cursor=&utm_source=x")).status == 200
