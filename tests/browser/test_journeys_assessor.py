"""An assessor's journey: from the queue through all applications, one after the other."""

import pytest

from tests.support.rounds import OpenRound, open_rounds
from tests.support.windows import Site, Visitor

REASON = "The plan names dates and people."


@pytest.fixture(scope="module")
async def rounds(portal: Site) -> list[OpenRound]:
    return await open_rounds(portal.ccp, 3, 2)


async def test_an_assessor_scores_one_application_after_the_other(window: Visitor, rounds: list[OpenRound]) -> None:
    it = rounds[0 if await window.has_scripts() else 1]
    await window.is_member(it.assessors[0])
    await window.open("/rounds")
    await window.arrives("My assessments")
    await window.follow(it.call["title"])
    await window.reads("Fits the mission")
    await window.follow("Open the next one to score")
    await window.arrives("Assess Cluster org000")
    points, reasons = window.page.get_by_label("Points"), window.page.get_by_label("Reasons")
    await points.nth(0).fill("4")
    await reasons.nth(0).fill(REASON)
    await points.nth(1).fill("9")
    await reasons.nth(1).fill(REASON)
    await window.press("Save, and open the next one")
    await window.reads("Give at most 5 points.")
    await points.nth(1).fill("5")
    await window.press("Save, and open the next one")
    await window.arrives("Assess Cluster org001")
    await window.page.locator("summary", has_text="Declare a conflict of interest").click()
    await window.fill({"What is the conflict?": "I advise this organisation."})
    await window.press("Declare a conflict of interest")
    await window.open("/rounds")
    await window.reads("1 done")
    await window.reads("1 conflict of interest")


async def test_an_assessor_scores_with_the_keyboard_alone(keyboard: Visitor, rounds: list[OpenRound]) -> None:
    it = rounds[2]
    await keyboard.is_member(it.assessors[1])
    await keyboard.open(f"/applications/{it.ids[0]}/assessment")
    for number in range(2):
        await keyboard.tab_to(keyboard.page.get_by_label("Points").nth(number))
        await keyboard.page.keyboard.type("3")
        await keyboard.tab_to(keyboard.page.get_by_label("Reasons").nth(number))
        await keyboard.page.keyboard.type(REASON)
    await keyboard.tab_to(keyboard.page.get_by_label("Points").nth(1), "Shift+Tab")
    await keyboard.page.keyboard.press("Enter")
    await keyboard.reads("Your scores are saved.")
    await keyboard.arrives("Assess Cluster org001")
