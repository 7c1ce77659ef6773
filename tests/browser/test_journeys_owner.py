"""The journeys of a call owner: write, publish, build the form, answer a question, decide, add places."""

import pytest
from playwright.async_api import expect

from tests.support.applicants import scores
from tests.support.people import ok
from tests.support.rounds import OpenRound, open_rounds
from tests.support.windows import Site, Visitor


@pytest.fixture(scope="module")
async def rounds(portal: Site) -> list[OpenRound]:
    """Two calls whose applications have all their scores, one for each window."""
    made = await open_rounds(portal.ccp, 2, 2)
    for each in made:
        for id in each.ids:
            for assessor in each.assessors:
                ok(await scores(assessor, id, 4, 4))
    return made


async def test_a_call_is_written_published_and_answered(portal: Site, window: Visitor, rounds: list[OpenRound]) -> None:
    await window.is_member(rounds[0].publisher)
    await window.open("/calls/own")
    await window.follow("Write a call")
    await window.fill({"Title": "Green hydrogen for islands", "Summary": "Grants for islands that store energy."})
    await window.press("Save draft")
    await window.reads("There is a problem")
    await expect(window.field("Title")).to_have_value("Green hydrogen for islands")
    await window.page.locator("#f-deadline").fill("2016-09-30T17:00")
    await window.press("Save draft")
    await window.reads("The draft is saved.")
    manage = window.page.url
    await window.follow("Preview as visitors will see it")
    await window.reads("This is a draft.")
    await window.follow("Manage this call")
    await window.press("Publish")
    await window.reads("The call is public.")

    await window.follow("Build the application form")
    await window.arrives("Application form")
    await window.page.locator("#f-fields-0-label").fill("Which island?")
    await window.page.locator("#f-fields-0-kind").select_option(label="One line of text")
    await window.press("Add another")
    await expect(window.page.locator("#f-fields-0-label")).to_have_value("Which island?")
    await window.page.locator("#f-fields-1-label").fill("How many people live there?")
    await window.page.locator("#f-fields-1-kind").select_option(label="A number")
    await window.page.locator("#f-fields-1-label").press("Enter")
    await window.reads("The form is saved.")
    await expect(window.page.get_by_role("region", name="As applicants see it")).to_contain_text("How many people")

    anna = await portal.ccp.member("Quinn")
    path = manage.removesuffix("/manage").removeprefix(window.url)
    for text in ("May a peninsula apply?", "Who pays for the ferry?"):
        ok(await anna.post(f"{path}/questions", {"question": text}))
    await window.open(f"{path}/manage")
    await window.follow("Answer 2 questions")
    second = window.page.locator("main ul.plain > li").nth(1)
    await second.get_by_role("button", name="Publish the answer").click()
    await window.reads("There is a problem")
    await window.page.locator("#problem").get_by_role("link").click()
    await expect(second.get_by_label("Your answer")).to_be_focused()
    await second.get_by_label("Your answer").fill("The islands do.")
    await second.get_by_role("button", name="Publish the answer").click()
    await window.reads("The answer is public.")
    await window.open(path)
    await window.reads("The islands do.")


async def test_decisions_are_made_and_places_added(window: Visitor, rounds: list[OpenRound]) -> None:
    it = rounds[0 if await window.has_scripts() else 1]
    await window.is_member(it.publisher)
    await window.open(f"/calls/{it.call['id']}/manage")
    await window.follow("Ranking and decisions")
    await window.follow("Ranking")
    await window.follow("Decide")
    outcome = window.page.get_by_label("Decision")
    await outcome.nth(0).select_option(label="Select")
    await outcome.nth(1).select_option(label="Reserve list")
    await window.press("Send the decisions")
    await window.reads("There is a problem")
    await expect(outcome.nth(0)).to_have_value("select")
    await window.page.locator("#f-decisions-1-rank").fill("1")
    await window.page.locator("#f-decisions-1-reason").fill("Few places are left.")
    await window.press("Send the decisions")
    await window.reads("The decisions are stored")
    await window.open(f"/calls/{it.call['id']}/places")
    await window.page.locator("#f-places").fill("5")
    await window.press("Add places or money")
    await window.reads("of 5")


async def test_a_call_is_written_with_the_keyboard_alone(keyboard: Visitor, rounds: list[OpenRound]) -> None:
    await keyboard.is_member(rounds[0].publisher)
    await keyboard.open("/calls/new")
    await keyboard.keys({"Title": "Ports without smoke"})
    await keyboard.tab_to(keyboard.page.locator("#f-deadline"))
    for part, key in (("10102016", "Tab"), ("0500PM", "Shift+Tab")):  # after the year comes the hour
        await keyboard.page.keyboard.type(part)
        await keyboard.page.keyboard.press(key)
    await keyboard.enter_in("Title")
    await keyboard.reads("The draft is saved.")
    await keyboard.arrives("Ports without smoke")
