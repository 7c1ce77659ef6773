"""Applicants in the browser: they start, save, find a partner, review, submit and withdraw, or read why they cannot."""

from typing import Any

from tests.support.applicants import (
    BRAZIL,
    FORM,
    applicant,
    call_with_form,
    drafts,
    pass_the_cut_off,
)
from tests.support.assessments import selection
from tests.support.browsing import Browser, Page
from tests.support.people import PASSWORD, Member, Platform, ok

WIDE_FORM: list[dict[str, Any]] = [
    *FORM,
    {"name": "own_money", "label": "Your own money", "kind": "money", "least": 10_000},
    {"name": "insured", "label": "Are you insured?", "kind": "yes_no"},
    {"name": "home", "label": "Where do you start?", "kind": "country"},
    {"name": "day", "label": "When can you leave?", "kind": "date"},
    {"name": "size", "label": "Room", "kind": "choice", "options": ["single_room", "double room"]},
]


async def browse(ccp: Platform, member: Member) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(member.email, PASSWORD)
    return browser


async def start(browser: Browser, call: dict[str, Any]) -> Page:
    page = await browser.open(f"/calls/{call['id']}/apply")
    return await page.submit("Start the application")


async def test_an_application_is_started_saved_reviewed_and_submitted(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    _, partner = await applicant(ccp, "Bert")
    call = await call_with_form(ccp, fields=WIDE_FORM)
    browser = await browse(ccp, anna)
    page = await start(browser, call)
    assert page.notice.startswith("A draft is saved.")
    assert "23:59:00" in page.text
    page = await page.submit("Find", **{"_find.partners": "ber", "answers.motivation": "We build houses."})
    assert "Cluster of Bert" in page.text
    assert "We build houses." in page.text
    page = await page.submit("Save draft", partners=[partner["id"]], **{"answers.people": "two"})
    assert page.errors["answers.people"] == "Error: Enter a number from 1 to 3."
    page = await page.submit("Save and review", **{"answers.people": "2"})
    assert page.heading == "Review before you submit"
    assert "Your own money : This answer is required." in page.text
    assert "Submit the application" not in page.buttons
    page = await page.follow("Change it")
    page = await page.submit(
        "Save and review",
        **{
            "answers.topics": ["Grids"],
            "answers.own_money": "1 250,50",
            "answers.insured": "false",
            "answers.home": "SE",
            "answers.day": "2016-08-01",
            "answers.size": "single_room",
        },
    )
    for words in ("Cluster of Bert", "€1,250.50", "Sweden", "1 August 2016", "single_room", "Are you insured? No"):
        assert words in page.text
    page = await page.submit("Submit the application")
    assert (page.heading, page.notice) == ("Receipt", "Your application is submitted.")
    [made] = ok(await anna.get("/applications", params={"organisation_id": cluster["id"]}))["items"]
    assert (made["state"], made["answers"]["own_money"], made["answers"]["insured"]) == ("submitted", 125_050, False)
    assert made["partners"] == [partner["id"]]
    assert made["receipt"] in page.text
    page = await page.follow("Verify the receipt")
    assert "Genuine. This submission counts." in page.text


async def test_all_applications_say_their_state_deadline_and_next_step(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    await drafts(anna, call, cluster["id"])
    browser = await browse(ccp, anna)
    page = await browser.open("/applications?utm_source=mail&limit=")
    for words in ("Draft, not submitted", "8 June 2016, 23:59 CEST", "closes in 30 days", "Complete it and submit it"):
        assert words in page.text
    page = await page.follow(call["title"])
    page = await (await page.follow("Review and submit")).submit("Submit the application")
    page = await page.follow("Open the application")
    assert "What you submitted" not in page.text
    page = await page.follow("Change it")
    page = await page.submit("Save and review", **{"answers.people": "3"})
    await page.submit("Submit the application")
    page = await browser.open(page.url.removesuffix("/review"))
    page = await page.submit("Withdraw the application")
    assert page.notice == "Your application is withdrawn."
    await pass_the_cut_off(ccp)
    page = await browser.open("/applications")
    assert "Application withdrawn" in page.text
    assert "(has passed)" in page.text


async def test_who_cannot_apply_reads_why(ccp: Platform) -> None:
    call = await call_with_form(ccp)
    path = f"/calls/{call['id']}/apply"
    alone = await browse(ccp, await ccp.member("Olga"))
    page = await alone.open(path)
    assert "Organisations apply, not persons." in page.text
    anna, cluster = await applicant(ccp, "Anna")
    browser = await browse(ccp, anna)
    await drafts(anna, call, cluster["id"])
    page = await browser.open(path)
    assert "It has an application already." in page.text
    assert (await page.follow("Open the application of Cluster of Anna")).status == 200
    elsewhere = await ccp.operator.publishes(BRAZIL)
    assert "does not take applications on this platform" in (await browser.open(f"/calls/{elsewhere['id']}/apply")).text
    strict = await call_with_form(ccp, BRAZIL | {"eligibility": {"applicant": {"countries": ["NO"]}}})
    page = await browser.open(f"/calls/{strict['id']}/apply")
    assert "Not eligible" in page.text
    later = await call_with_form(ccp, BRAZIL | {"opens_at": "2016-06-01T12:00:00+02:00"})
    assert "Apply after it opens on 1 June 2016" in (await browser.open(f"/calls/{later['id']}/apply")).text
    assert (await Browser(ccp.http).open(path)).heading == "Log in"


async def test_others_do_not_find_an_application(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    draft = await drafts(anna, await call_with_form(ccp), cluster["id"])
    other = await browse(ccp, await ccp.member("Olga"))
    for page in ("", "/review", "/receipt"):
        assert (await other.open(f"/applications/{draft['id']}{page}")).status == 404


async def test_a_draft_that_another_editor_changed_shows_both_texts(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    draft = await drafts(anna, await call_with_form(ccp), cluster["id"])
    page = await (await browse(ccp, anna)).open(f"/applications/{draft['id']}")
    body = {"organisation_id": cluster["id"], "answers": {"motivation": "The text of my colleague."}}
    ok(await anna.put(f"/applications/{draft['id']}", body, version=1))
    page = await page.submit("Save draft", **{"answers.motivation": "My own text, written here."})
    assert page.status == 412
    assert "Stored now: The text of my colleague." in page.text
    page = await page.submit("Save draft")
    assert page.notice == "Your draft is saved."
    assert ok(await anna.get(f"/applications/{draft['id']}"))["answers"]["motivation"] == "My own text, written here."


async def test_a_rejected_applicant_reads_the_reasons(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 1)
    await made.score(4)
    ok(await made.decide("reject", reason="The plan names no company.\n\n- no dates\n- no places"))
    page = await (await browse(ccp, anna)).open(f"/applications/{made.ids[0]}")
    assert "Reasons for the decision The plan names no company. no dates no places" in page.text
    assert "Not selected" in page.text
    assert "You can still join at your own cost" in page.text, "the mission takes late applications"
