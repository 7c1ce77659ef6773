"""A call owner writes, publishes, extends and withdraws a call in a browser."""

from tests.support.applicants import BRAZIL, applicant
from tests.support.browsing import Browser, Page, browser_of
from tests.support.people import Platform, ok

FILLED = {
    "title": "Green hydrogen for islands",
    "summary": "Grants for islands that store energy.",
    "countries": ["PT", "GR"],
    "timezone": "Europe/Lisbon",
    "deadline": "2016-06-30T17:00",
    "budget.total": "1,250,000",
}


async def written(browser: Browser, **more: str | list[str]) -> Page:
    page = await browser.open("/calls/new")
    return await page.submit("Save draft", **FILLED | more)


async def test_a_call_from_its_draft_to_its_withdrawal(ccp: Platform) -> None:
    eve, _ = await applicant(ccp, "Eve")
    browser = await browser_of(eve)
    page = await written(browser)
    assert page.heading == "Green hydrogen for islands"
    assert "Draft" in page.text
    assert "17:00 Western European" in page.text or "17:00 WEST" in page.text
    assert (await ccp.http.get(page.url.removesuffix("/manage"))).status_code == 404

    changed = await (await page.follow("Change")).submit("Save changes", title="Hydrogen for islands")
    assert changed.heading == "Hydrogen for islands"
    public = await changed.submit("Publish")
    assert public.notice.startswith("The call is public")
    call = (await ccp.http.get(page.url.removesuffix("/manage"))).json()
    assert (call["title"], call["budget"]["total"], call["countries"]) == (
        "Hydrogen for islands",
        1_250_000,
        ["GR", "PT"],
    )
    assert call["deadline"] == "2016-06-30T16:00:00Z"

    extend = await public.follow("Extend the deadline")
    early = await extend.submit("Extend the deadline", deadline="2016-06-01T17:00", reason="Holidays")
    assert "Send a later one" in early.errors["deadline"]
    extended = await early.submit("Extend the deadline", deadline="2016-07-15T12:00")
    assert "15 July 2016" in extended.text
    withdraw = await extended.follow("Withdraw")
    gone = await withdraw.submit("Withdraw the call for good", reason="The money is gone.")
    assert "The money is gone." in gone.text
    assert not {"Change", "Withdraw", "Extend the deadline"} & gone.links.keys()


async def test_what_is_wrong_is_named_at_its_field_and_nothing_typed_is_lost(ccp: Platform) -> None:
    eve, _ = await applicant(ccp, "Eve")
    page = await (await browser_of(eve)).open("/calls/new")
    wrong = await page.submit(
        "Save draft",
        **FILLED | {"title": "", "opens_at": "2016-07-01T09:00", "description": "Long text", "budget.grants": "a few"},
    )
    assert wrong.status == 422
    assert {"title", "deadline", "budget.grants"} <= wrong.errors.keys()
    saved = await wrong.submit("Save draft", title="Green hydrogen", opens_at="", **{"budget.grants": "3"})
    change = await saved.follow("Change")
    assert "Long text" in change.text


async def test_several_cut_offs_are_added_without_a_script(ccp: Platform) -> None:
    eve, _ = await applicant(ccp, "Eve")
    page = await (await browser_of(eve)).open("/calls/new")
    both = await page.submit("Save draft", **FILLED | {"cut_offs.0.deadline": "2016-09-01T17:00"})
    assert "not both" in both.problem
    more = await both.submit("Add another", within="#f-cut_offs", deadline="", model="cut_offs")
    saved = await more.submit("Save draft", **{"cut_offs.1.deadline": "2016-12-01T17:00", "cut_offs.1.name": "Winter"})
    assert "1 September 2016" in saved.text
    assert "Winter" in saved.text
    public = await saved.submit("Publish")
    extend = await public.follow("Extend the deadline")
    extended = await extend.submit("Extend the deadline", cut_off="2", deadline="2016-12-20T17:00", reason="Too short")
    assert "20 December 2016" in extended.text


async def test_a_call_that_others_changed_meanwhile_shows_both_texts(ccp: Platform) -> None:
    eve, _ = await applicant(ccp, "Eve")
    browser = await browser_of(eve)
    change = await (await written(browser)).follow("Change")
    other = await browser.open(change.url)
    await other.submit("Save changes", title="Hydrogen from the wind")
    conflict = await change.submit("Save changes", title="Hydrogen from the sun")
    assert conflict.status == 412
    assert "Stored now: Hydrogen from the wind" in conflict.text
    assert (await conflict.submit("Save changes")).heading == "Hydrogen from the sun"


async def test_a_draft_whose_deadline_has_passed_leads_to_the_form(ccp: Platform) -> None:
    eve, _ = await applicant(ccp, "Eve")
    page = await written(await browser_of(eve), deadline="2016-05-01T17:00")
    refusal = await page.submit("Publish")
    assert "has passed" in refusal.problem
    assert (await refusal.follow("Correct it in the form of the call")).heading == "Change the call"


async def test_only_its_publishers_reach_the_pages_of_a_call(ccp: Platform) -> None:
    eve, _ = await applicant(ccp, "Eve")
    page = await written(await browser_of(eve))
    anna = await ccp.member("Anna")
    stranger, visitor = await browser_of(anna), Browser(ccp.http)
    path = page.url.removesuffix("/manage")
    for own in ("manage", "change", "extend", "withdraw", "form", "files"):
        assert (await stranger.open(f"{path}/{own}")).status == 404
        assert (await visitor.open(f"{path}/{own}")).heading == "Log in"
    assert "Register your organisation" in (await stranger.open("/calls/new")).text
    assert "Register your organisation" in (await stranger.open("/calls/own")).text
    assert (await visitor.open("/calls/new")).heading == "Log in"


async def test_all_that_was_written_is_in_the_form_again(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    cut_off = {"deadline": "2016-06-08T23:59:59", "timezone": "Europe/Brussels"}
    rich = {
        **BRAZIL,
        "cut_offs": [cut_off],
        "documents": [{"title": "Guide", "link": "https://example.org/guide", "kind": "guide"}],
    }
    call = await eve.publishes(rich, publisher)
    before = ok(await eve.get(f"/calls/{call['id']}"))
    browser = await browser_of(eve)
    page = await (await browser.open(f"/calls/{call['id']}/change")).submit("Save changes")
    assert page.notice == "Your changes are saved."
    after = ok(await eve.get(f"/calls/{call['id']}"))
    assert {name: value for name, value in after.items() if name != "version"} == {
        name: value for name, value in before.items() if name != "version"
    }
