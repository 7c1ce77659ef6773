"""The journeys of an operator: the desk, a review, an import with its preview, a parked event."""

import pytest
from playwright.async_api import Locator, expect

from shared.contracts.calls import CallPublished
from shared.envelope import wrap
from shared.parking import park
from tests.support.calls import CALL
from tests.support.people import PROFILE, Platform, ok
from tests.support.windows import Site, Visitor

FILE = (
    "code,name,open_date,close_date,budget_eur,link\n"
    "HORIZON-{0},Batteries for ships {0},2016-05-01,2016-09-01,1000000,https://example.org/1\n"
    "HORIZON-{0}-2,,2016-05-01,2016-09-01,1000000,https://example.org/2\n"
)


async def submitted_profile(ccp: Platform, name: str) -> None:
    author = await ccp.member("Erik")
    made = ok(await author.post("/organisations", PROFILE | {"name": name}))
    ok(await author.post(f"/organisations/{made['id']}/submit", version=made["version"]))


@pytest.fixture
async def code(window: Visitor) -> str:
    """A word that sets what one window makes apart from what the other makes."""
    return "WIDE" if await window.has_scripts() else "NARROW"


async def test_an_operator_reviews_a_profile_from_the_desk(portal: Site, window: Visitor, code: str) -> None:
    await submitted_profile(portal.ccp, f"Cluster {code}")
    await window.is_member(portal.ccp.operator)
    await window.open("/desk")
    await window.follow(f"Cluster {code}")
    await window.arrives(f"Review: Cluster {code}")
    await window.fill({"Your decision": "Request changes"})
    await window.press("Decide")
    await window.reads("There is a problem")
    await window.fill({"Your decision": "Publish the profile"})
    await window.press("Decide")
    await window.reads("Your decision is stored")
    await window.open("/organisations")
    await window.reads(f"Cluster {code}")


async def test_an_operator_imports_a_file_after_a_preview(portal: Site, window: Visitor, code: str) -> None:
    await window.is_member(portal.ccp.operator)
    await window.open("/desk")
    await window.follow("Import calls")
    await window.press("Preview the import")
    await window.reads("Choose a file.")
    sent = {"name": "calls.csv", "mimeType": "text/csv", "buffer": FILE.format(code).encode()}
    await window.page.locator("main input[type=file]").set_input_files(sent)
    await window.press("Preview the import")
    await window.arrives("Preview of the import")
    await window.reads("Nothing has been stored yet.")
    await window.reads("Refused rows")
    await window.press("Import these calls")
    await window.arrives("Report of the import")
    await window.follow(f"Batteries for ships {code}")
    await window.arrives(f"Batteries for ships {code}")


async def test_an_operator_hands_a_parked_event_over_again(portal: Site, window: Visitor, code: str) -> None:
    envelope = wrap(CallPublished(call_id=code, call=CALL), "calls")
    database = portal.ccp.system.db("matchmaking")
    body, kind = envelope.to_bytes(), envelope.type
    await park(database, "matchmaking.events", body, f"boom {code}", event_type=kind, event_id=code, attempts=12)
    await window.is_member(portal.ccp.operator)
    await window.open("/desk")
    await services(window).get_by_role("link", name="matchmaking").click()
    await window.follow("Parked messages: hand over again or drop")
    await window.follow(kind)
    await window.reads(f"boom {code}")
    await window.press("Hand over again")
    await portal.ccp.system.settle()
    await window.open("/operations/matchmaking/parked")
    await window.reads("No message is parked.")


def services(window: Visitor) -> Locator:
    return window.page.get_by_role("region", name="Services").last


async def test_an_operator_reviews_with_the_keyboard_alone(portal: Site, keyboard: Visitor) -> None:
    await submitted_profile(portal.ccp, "Cluster of keys")
    await keyboard.is_member(portal.ccp.operator)
    await keyboard.open("/organisations/review")
    await keyboard.tab_to(keyboard.page.get_by_role("link", name="Cluster of keys"))
    await keyboard.page.keyboard.press("Enter")
    await keyboard.arrives("Review: Cluster of keys")
    await keyboard.keys({"Your decision": "Request", "Reasons": "Name your members."})
    await keyboard.tab_to(keyboard.page.get_by_role("button", name="Decide"))
    await keyboard.page.keyboard.press("Enter")
    await keyboard.reads("Your decision is stored")
    await expect(keyboard.page.get_by_role("link", name="Cluster of keys")).to_have_count(0)
