"""Members change their name and country, and other services follow."""

import pytest

from services.notifications.preferences.store import MEMBERS as RECIPIENTS
from services.notifications.preferences.usecases import on_member_registered
from shared.contracts.profiles import MemberRegistered
from tests.support.browsing import browser_of
from tests.support.people import Member, Platform, ok


@pytest.fixture
async def anna(shared_ccp: Platform) -> Member:
    return await shared_ccp.member("Anna")


async def test_a_member_changes_name_and_country_on_a_page(shared_ccp: Platform, anna: Member) -> None:
    browser = await browser_of(anna)
    page = await (await browser.open("/me")).follow("Change my name and country")
    page = await page.submit("Save", name="Anna Berg", country="SE")
    assert page.url.endswith("/me")
    assert "Anna Berg" in page.text
    assert "Sweden" in page.text
    await shared_ccp.system.settle()
    db = shared_ccp.system.runtimes["notifications"].db
    known = await RECIPIENTS.get(db, anna.id)
    assert known
    assert known.name == "Anna Berg"
    assert known.confirmed


async def test_a_change_needs_the_version_that_was_read_and_the_same_again_changes_nothing(anna: Member) -> None:
    body = {"name": "Anna Berg", "country": "SE"}
    version = ok(await anna.get("/me"))["version"]
    changed = ok(await anna.put("/me", body, version=version))
    assert changed["version"] == version + 1
    assert (await anna.put("/me", body, version=version)).status_code == 412
    assert ok(await anna.put("/me", body, version=version + 1))["version"] == version + 1


async def test_an_older_event_about_a_member_changes_no_copy(shared_ccp: Platform, anna: Member) -> None:
    await shared_ccp.system.settle()
    db = shared_ccp.system.runtimes["notifications"].db
    newer, older = (
        MemberRegistered(member_id=anna.id, email=anna.email, name=name, country="SE", version=version)
        for name, version in (("Anna Neu", 9), ("Anna Alt", 8))
    )
    for event in (newer, older, newer):
        await db.transact(on_member_registered, event)
    known = await RECIPIENTS.get(db, anna.id)
    assert known
    assert known.name == "Anna Neu"
