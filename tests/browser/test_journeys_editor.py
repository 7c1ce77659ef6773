"""The journeys of an editor: a profile and its review, an application and its receipt, a claim and its correction."""

from typing import Any

import pytest
from playwright.async_api import Dialog, Route, expect

from tests.support.applicants import BRAZIL, FORM, drafts
from tests.support.missions import Traveller, come_back, travellers
from tests.support.people import PROFILE, Member, ok
from tests.support.pictures import logo
from tests.support.uploads import PDF
from tests.support.windows import Site, Visitor

LATER: dict[str, Any] = BRAZIL | {
    "title": "Matchmaking mission to Chile",
    "cut_offs": [{"deadline": "2016-12-01T17:00", "timezone": "Europe/Brussels"}],
    "mission": BRAZIL["mission"] | {"starts_on": "2017-03-06", "ends_on": "2017-03-10", "destinations": ["CL"]},
}
WHY = "We build houses that need no heating."


@pytest.fixture(scope="module")
async def selected(portal: Site) -> list[Traveller]:
    """Two missions from which Anna has come back, one for each window."""
    made = await travellers(portal.ccp, 2)
    await come_back(portal.ccp)
    return made


@pytest.fixture
async def anna(selected: list[Traveller], window: Visitor) -> Member:
    await window.is_member(selected[0].anna)
    return selected[0].anna


@pytest.fixture
async def call(selected: list[Traveller]) -> dict[str, Any]:
    """A call that takes applications, with a form."""
    made = await selected[0].ccp.operator.publishes(LATER)
    ok(await selected[0].ccp.operator.put(f"/calls/{made['id']}/form", {"fields": FORM}, version=0))
    return made


async def test_a_profile_is_written_returned_and_corrected(portal: Site, window: Visitor) -> None:
    erik = await portal.ccp.member("Erik")
    await window.is_member(erik)
    await window.open("/me/organisations")
    await window.follow("Add your organisation")
    await window.arrives("Add your organisation")
    await window.fill({"Country": "Norway"})
    await window.press("Continue")
    await window.fill({"Name": f"Fjord Cluster {erik.email}", "Acronym": "FC", "Website": "fjord"})
    await window.press("Save as a draft")
    await window.reads("There is a problem")
    await expect(window.field("Acronym")).to_have_value("FC")
    await window.fill({"Kind of organisation": "Cluster organisation"})
    await window.fill({"Website": "https://fjord.example"})
    await window.press("Save as a draft")
    await window.reads("The draft is saved.")
    await window.reads("Still missing: Description")
    await window.press("Submit for review")
    await window.reads("In review")

    [profile] = ok(await erik.get("/me/organisations"))
    reasons = {"outcome": "changes_requested", "reasons": ["Name your staff.", "Count your members."]}
    ok(await portal.ccp.operator.post(f"/organisations/{profile['id']}/review", reasons, version=profile["version"]))
    await window.open("/me/organisations")
    await window.follow("Change the profile")
    await window.arrives("Change the profile")
    await window.reads("Count your members.")
    await window.fill({"Staff": "2.5", "Small and medium-sized companies": "20", "Large companies": "3"})
    await window.press("Save the profile")
    await window.reads("The profile is saved.")
    await window.press("Submit for review")
    await window.reads("In review")


async def test_an_application_is_written_reviewed_and_submitted(
    anna: Member, call: dict[str, Any], window: Visitor
) -> None:
    await window.open(f"/calls/{call['id']}")
    await window.follow("Apply")
    await window.press("Start the application")
    await window.reads("A draft is saved.")
    await window.fill({"Why this mission?": WHY})
    await window.fill({"Find by name": "eve"})
    await window.field("Find by name").press("Enter")
    await window.page.get_by_label("Cluster of Eve").check()
    await expect(window.field("Why this mission?")).to_have_value(WHY)
    await window.press("Save and review")
    await window.reads("It cannot be submitted yet")
    await window.page.get_by_role("alert").get_by_role("link", name="How many of you travel?").click()
    await window.fill({"How many of you travel?": "2"})
    await window.page.get_by_label("Grids").check()
    await window.press("Save and review")
    await window.reads("Cluster of Eve")
    await window.press("Submit the application")
    await window.arrives("Receipt")
    await window.reads("Your application is submitted.")
    await window.follow("Verify the receipt")
    await window.reads("Genuine. This submission counts.")


async def test_an_application_is_saved_while_it_is_typed(
    selected: list[Traveller], call: dict[str, Any], keyboard: Visitor
) -> None:
    anna, window = selected[0].anna, keyboard
    await window.is_member(anna)
    [cluster] = ok(await anna.get("/me/organisations"))
    draft = await drafts(anna, call, cluster["id"], motivation="Not yet.......")
    await window.open(f"/applications/{draft['id']}")
    await window.fill({"Why this mission?": WHY})
    state = window.page.locator("[data-draft-state]")
    await expect(state).to_have_text("Your draft is saved.")
    assert ok(await anna.get(f"/applications/{draft['id']}"))["answers"]["motivation"] == WHY
    await window.page.reload()
    await expect(window.field("Why this mission?")).to_have_value(WHY)

    started = window.page.expect_request(lambda sent: sent.resource_type == "fetch")

    async def slowly(route: Route) -> None:
        if route.request.resource_type == "fetch":
            await window.page.wait_for_timeout(500)
        await route.continue_()

    await window.page.route("**/applications/*", slowly)
    async with started:
        await window.fill({"Why this mission?": WHY + " And barns."})
    await window.fill({"How many of you travel?": "3"})
    await window.press("Save draft")  # while the draft is still on its way
    await window.page.wait_for_load_state()
    await expect(window.page.locator(".notice")).to_have_text("Your draft is saved.")
    saved = ok(await anna.get(f"/applications/{draft['id']}"))["answers"]
    assert (saved["motivation"], saved["people"]) == (WHY + " And barns.", 3)


async def test_a_claim_is_sent_returned_and_corrected(
    portal: Site, anna: Member, selected: list[Traveller], window: Visitor
) -> None:
    it = selected[0 if await window.has_scripts() else 1]
    await window.open(f"/applications/{it.id}")
    await window.follow("Claim your costs.")
    await window.page.locator("main input[type=file]").set_input_files(
        {"name": "ticket.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    await window.press("Upload the file")
    await window.reads("The file is uploaded.")
    await window.follow("Enter the costs")
    await window.fill({"What for?": "Travel", "Amount": "1 000", "Paid on": "2016-07-20"})
    await window.press("Send the claim")
    await window.reads("There is a problem")
    await window.fill({"Receipt": "ticket.pdf"})
    await window.press("Send the claim")
    await window.reads("Your claim is sent.")
    await window.reads("€800")

    claim = {"id": window.page.url.rpartition("/")[2]}
    ok(await it.step(it.eve, claim, "return", {"reason": "The ticket cost 900 euros."}))
    await window.page.reload()
    await window.reads("The ticket cost 900 euros.")
    await window.follow("Correct the claim")
    await window.fill({"Amount": "900,50"})
    await window.press("Send the corrected claim")
    await window.reads("€720.40")


async def test_what_is_typed_is_not_lost_by_another_form_of_the_page(portal: Site) -> None:
    window, asked = await portal.visitor(), []

    async def stay_once(dialog: Dialog) -> None:
        asked.append(dialog.type)
        await (dialog.dismiss() if len(asked) == 1 else dialog.accept())

    window.page.on("dialog", stay_once)
    erik = await portal.ccp.member("Erik")
    draft = ok(await erik.post("/organisations", PROFILE | {"name": "Guarded Cluster"}))
    await window.is_member(erik)
    await window.open(f"/organisations/{draft['id']}/edit")
    await window.field("City").press_sequentially("Bergen")
    await window.field("Picture file").set_input_files({"name": "logo.png", "mimeType": "image/png", "buffer": logo()})
    await window.press("Upload the logo")
    await expect(window.field("City")).to_have_value("Bergen")
    assert asked == ["beforeunload"]
    await window.press("Save the profile")
    await window.reads("The profile is saved.")


async def test_another_group_of_a_list_gets_the_focus(portal: Site, window: Visitor) -> None:
    await window.is_member(portal.ccp.operator)
    await window.open("/countries/NO/change")
    await window.page.get_by_role("button", name="Add another: Sources").click()
    await expect(window.page.get_by_role("group", name="Sources 2")).to_be_focused()


async def test_a_profile_is_begun_with_the_keyboard_alone(portal: Site, keyboard: Visitor) -> None:
    await keyboard.is_member(await portal.ccp.member("Kim"))
    await keyboard.open("/organisations/new")
    await keyboard.keys({"Country": "Norway"})
    await keyboard.tab_to(keyboard.page.get_by_role("button", name="Continue"))
    await keyboard.page.keyboard.press("Enter")
    await keyboard.keys({"Name": "Keyboard Cluster", "Kind of organisation": "Cluster"})
    await keyboard.keys({"Website": "https://keys.example"})
    await keyboard.tab_to(
        keyboard.page.get_by_role("group", name="Industrial ecosystems").get_by_role("checkbox").first
    )
    await keyboard.page.keyboard.press("Space")
    await keyboard.enter_in("Website")
    await keyboard.reads("The draft is saved.")
    await keyboard.arrives("Keyboard Cluster")


async def test_enter_sends_a_form_and_finds_a_partner(
    selected: list[Traveller], call: dict[str, Any], keyboard: Visitor
) -> None:
    anna = selected[0].anna
    [cluster] = ok(await anna.get("/me/organisations"))
    draft = await drafts(anna, call, cluster["id"])
    await keyboard.is_member(anna)
    await keyboard.open(f"/applications/{draft['id']}")
    await keyboard.keys({"Your page about it": "https://houses.example"})
    await keyboard.page.keyboard.press("Enter")
    await keyboard.reads("Your draft is saved.")
    await keyboard.keys({"Find by name": "eve"})
    await keyboard.page.keyboard.press("Enter")
    await expect(keyboard.page.get_by_label("Cluster of Eve")).to_be_visible()
