"""Members who leave for good by the page, and the proof of it."""

from typing import Any

from shared.testing import until
from tests.support.browsing import browser_of
from tests.support.people import PASSWORD, Member, Platform, ok


async def erases(member: Member) -> str:
    """Erase a member by the page, and return the number of the erasure."""
    page = await (await browser_of(member)).open("/me/erasure")
    done = await page.submit("Erase my account for ever", password=PASSWORD)
    assert done.heading == "Your account is erased"
    assert done.browser.cookies.get("ccp_token") is None
    await until(lambda: completed(member.platform, member.id), "all answers")
    await member.platform.system.settle()
    return member.id


async def completed(ccp: Platform, id: str) -> Any:
    found = ok(await ccp.operator.get("/erasures", params={"limit": 100}))["items"]
    return next((each for each in found if each["id"] == id and each["completed_at"]), None)
