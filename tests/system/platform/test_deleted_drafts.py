"""Drafts are deleted by those who wrote them, in the browser and by the API; what others know of them ends."""

import pytest

from services.calls.organisations.store import MEMBERSHIPS
from services.calls.selection.applications.store import FORMS
from services.notifications.involvements.domain import Part
from services.notifications.involvements.store import INVOLVEMENTS
from services.notifications.preferences.store import MEMBERS
from tests.support.applicants import BRAZIL, FORM, applicant, call_with_form, drafts, submits
from tests.support.browsing import browser_of
from tests.support.people import PROFILE, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def deletes(member: Member, path: str, version: int = 1) -> object:
    headers = member.headers | {"If-Match": f'"{version}"'}
    return await member.platform.http.delete(path, headers=headers)


async def test_a_draft_of_an_application_is_deleted_and_another_is_started(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call = await call_with_form(ccp)
    draft = await drafts(anna, call, cluster["id"])
    await ccp.system.settle()
    browser = await browser_of(anna)
    page = await (await browser.open(f"/applications/{draft['id']}")).submit("Delete the draft")
    assert (page.heading, page.notice) == ("My applications", "The draft is deleted.")
    assert (await anna.get(f"/applications/{draft['id']}")).status_code == 404
    await ccp.system.settle()
    part = await INVOLVEMENTS.get(ccp.system.db("notifications"), draft["id"])
    assert part
    assert part.part == Part.ENDED
    again = await drafts(anna, call, cluster["id"])
    await submits(anna, again)
    refused(await deletes(anna, f"/applications/{again['id']}", 2), 409, "state")
    refused(await deletes(anna, f"/applications/{again['id']}", 1), 412)


async def test_a_draft_of_a_call_is_deleted_with_its_form(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    draft = ok(await eve.post("/calls", BRAZIL | {"organisation_id": publisher["id"]}))
    ok(await eve.put(f"/calls/{draft['id']}/form", {"fields": FORM}, version=0))
    page = await (await browser_of(eve)).open(f"/calls/{draft['id']}/manage")
    page = await page.submit("Delete the draft")
    assert (page.heading, page.notice) == ("Calls that you publish", "The draft is deleted.")
    assert (await eve.get(f"/calls/{draft['id']}")).status_code == 404
    assert not await FORMS.count(ccp.system.db("calls"), {"call_id": draft["id"]})
    public = await eve.publishes(BRAZIL, publisher)
    refused(await deletes(eve, f"/calls/{public['id']}", 2), 409, "status")


async def test_a_profile_that_was_never_public_is_deleted(ccp: Platform) -> None:
    erik = await ccp.member("Erik")
    draft = ok(await erik.post("/organisations", PROFILE))
    await ccp.system.settle()
    page = await (await browser_of(erik)).open(f"/organisations/{draft['id']}")
    page = await page.submit("Delete the profile")
    assert (page.heading, page.notice) == ("My organisations", "The profile is deleted.")
    assert ok(await erik.get("/me/organisations")) == []
    await ccp.system.settle()
    assert await MEMBERSHIPS.get(ccp.system.db("calls"), f"{draft['id']}:{erik.id}") is None
    known = await MEMBERS.get(ccp.system.db("notifications"), erik.id)
    assert known
    assert list(known.organisations) == []


async def test_a_profile_in_review_or_in_public_is_not_deleted_and_others_do_not_find_it(ccp: Platform) -> None:
    erik, olga = await ccp.member("Erik"), await ccp.member("Olga")
    draft = ok(await erik.post("/organisations", PROFILE | {"name": "Fjord"}))
    refused(await deletes(olga, f"/organisations/{draft['id']}"), 404)
    ok(await erik.post(f"/organisations/{draft['id']}/submit", version=1))
    refused(await deletes(erik, f"/organisations/{draft['id']}", 2), 409, "status")
    review = {"outcome": "rejected", "reasons": ["It is not an organisation."]}
    ok(await ccp.operator.post(f"/organisations/{draft['id']}/review", review, version=2))
    assert (await deletes(erik, f"/organisations/{draft['id']}", 3)).status_code == 204
