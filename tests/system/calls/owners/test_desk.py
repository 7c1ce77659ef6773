"""The list of own calls: by status, with what waits in each."""

from tests.support.applicants import BRAZIL, applicant, many_organisations, pass_the_cut_off
from tests.support.browsing import browser_of
from tests.support.people import OPERATOR_PASSWORD, Platform, ok

FIELD = {"name": "people", "label": "How many?", "kind": "number", "required": False}


async def test_the_list_names_what_waits(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    call = await eve.publishes(BRAZIL, publisher)
    ok(await eve.put(f"/calls/{call['id']}/form", {"fields": [FIELD]}, version=0))
    ok(await eve.post("/calls", BRAZIL | {"organisation_id": publisher["id"], "title": "Not yet"}))
    anna = await ccp.member("Anna")
    ok(await anna.post(f"/calls/{call['id']}/questions", {"question": "May a science park join?"}))
    [one] = await many_organisations(ccp, anna, 1)
    application = ok(await anna.post(f"/calls/{call['id']}/applications", {"answers": {}, "organisation_id": one}))
    ok(await anna.post(f"/applications/{application['id']}/submit", version=1))
    browser = await browser_of(eve)
    page = await browser.open("/calls/own?utm_source=mail&stage=")
    assert page.text.index("Drafts 1") < page.text.index("Open 1")
    assert "1 application" in page.text
    answering = await page.follow("Answer 1 question")
    assert "May a science park join?" in answering.text
    await pass_the_cut_off(ccp)
    page = await browser.open("/calls/own")
    assert page.links["Open the round with 1 application"] == f"/calls/{call['id']}/rounds/1"
    manage = await page.follow(BRAZIL["title"])
    assert "Open the round with 1 application" in manage.links
    assert "Name assessors" in manage.links


async def test_operators_see_the_calls_of_the_platform(ccp: Platform) -> None:
    await ccp.operator.publishes(BRAZIL)
    page = await (await browser_of(ccp.operator, OPERATOR_PASSWORD)).open("/calls/own")
    assert BRAZIL["title"] in page.links
    assert "Import calls" in page.links
