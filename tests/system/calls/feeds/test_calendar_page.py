"""A member's own calendar in the browser: its address is shown once, works in a program, and can be deleted."""

from urllib.parse import urlsplit

from tests.support.browsing import Browser
from tests.support.gatherings import SEMINAR, organised, registers
from tests.support.people import PASSWORD, Platform


async def test_a_member_subscribes_to_their_calendar_and_ends_it(shared_ccp: Platform) -> None:
    mia = await shared_ccp.member("Mia")
    await registers(mia, await organised(shared_ccp, SEMINAR, title="In my calendar", admission={}))
    browser = Browser(shared_ccp.http)
    await browser.log_in(mia.email, PASSWORD)
    page = await browser.open("/calendar")
    assert "You are registered for 1 gathering" in page.text
    page = await page.submit("Create the address")
    assert "is a secret" in page.text
    assert page.answer.headers["cache-control"] == "no-store"
    secret = urlsplit(page.soup.select_one("#secret")["value"]).path
    assert "In my calendar" in (await shared_ccp.http.get(secret)).text

    page = await browser.open("/calendar")
    assert secret not in page.answer.text
    page = await page.submit("Delete the address")
    assert "is deleted" in page.notice
    assert (await shared_ccp.http.get(secret)).status_code == 404
    assert (await Browser(shared_ccp.http).open("/calendar")).heading == "Log in"
