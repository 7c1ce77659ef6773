"""A member's journey: register, say what is of interest, follow, read alerts, take part, change the password, leave."""

from playwright.async_api import expect

from tests.support.gatherings import OF_TWO, leaves, organised, registers
from tests.support.people import MISSION, PASSWORD
from tests.support.windows import Site, Visitor

WIND: dict[str, object] = MISSION | {"title": "Mission for wind parks", "ecosystems": ["energy_renewables"]}


async def signs_up(portal: Site, window: Visitor, address: str) -> None:
    """Register, open the link of the e-mail, choose a password, log in: the page of interests follows."""
    await window.open("/register")
    await window.fill({"E-mail address": address, "Your name": "Mia Lind", "Your country": "Sweden"})
    await window.press("Send me the link")
    await window.arrives("Look into your mailbox")
    await window.open(await portal.ccp.confirm_path(address))
    await window.arrives("Is this address yours?")
    await window.fill({"Password": "short"})
    await window.press("Confirm my address")
    await window.reads("There is a problem")
    await window.fill({"Password": PASSWORD})
    await window.press("Confirm my address")
    await window.reads("Your address is confirmed")
    await window.fill({"E-mail address": address, "Password": PASSWORD})
    await window.press("Log in")


async def test_a_member_signs_up_is_alerted_and_takes_part(portal: Site, window: Visitor) -> None:
    ccp, page = portal.ccp, window.page
    call = await ccp.operator.publishes(WIND)
    other = await ccp.member("Otto")
    gathering = await organised(ccp, OF_TWO, admission={"capacity": 1})
    await registers(other, gathering)
    address = f"mia{len(ccp.smtp.envelopes)}@members.example"
    await signs_up(portal, window, address)

    await window.arrives("Pick your interests")
    await page.get_by_role("group", name="2. In which sectors?").get_by_label("Renewable energy").check()
    await window.press("Add this interest")
    await window.reads("The interest is added.")
    await window.reads("open call")

    await window.open(f"/calls/{call['id']}")
    await window.press("Follow")
    await window.reads("You follow this now.")
    await window.open("/follows")
    await window.reads("Mission for wind parks")

    await ccp.system.settle()
    for title in ("A second mission for wind parks", "A third mission for wind parks"):
        await ccp.operator.publishes(WIND | {"title": title})
    await ccp.system.settle()
    await window.open("/inbox")
    await window.reads("A second mission for wind parks")
    await window.press("Mark all as read")
    await window.reads("All alerts are marked as read.")
    await window.press("Undo")
    await window.reads("These alerts are unread again.")
    await window.press("Mark as read")
    await window.follow("Apply: A second mission for wind parks")
    await window.arrives("A second mission for wind parks")

    await window.open(gathering)
    await window.press("Register")
    await window.reads("You are number 1 on the waiting list.")
    await leaves(other, gathering)
    await ccp.system.settle()
    await page.reload()
    await window.reads("You have a place.")

    await window.open("/me/password")
    await window.fill({"Present password": "not the password", "New password": "another long password"})
    await window.press("Change my password")
    await window.reads("There is a problem")
    await window.fill({"Present password": PASSWORD, "New password": "another long password"})
    await window.press("Change my password")
    await window.reads("Your password is changed.")
    await page.locator("details.menu summary").click()
    await page.get_by_role("button", name="Log out").first.click()
    await expect(page.locator("header").get_by_role("link", name="Log in")).to_be_visible()
    assert await window.open("/inbox") == 401


async def test_a_member_signs_up_with_the_keyboard_alone(portal: Site, keyboard: Visitor) -> None:
    await keyboard.open("/register")
    await keyboard.keys({"E-mail address": "kim@members.example", "Your name": "Kim", "Your country": "Sweden"})
    await keyboard.enter_in("Your name")
    await keyboard.arrives("Look into your mailbox")
    await portal.ccp.confirm_path("kim@members.example")
