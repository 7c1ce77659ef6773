"""Profiles of organisations: drafts, the review with its checklist, and the events of changes."""

import pytest

from tests.support.people import PROFILE, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def editor(ccp: Platform) -> Member:
    return await ccp.member("Erik")


@pytest.fixture(scope="module")
async def stranger(ccp: Platform) -> Member:
    return await ccp.member("Stranger")


async def test_a_draft_organisation_is_visible_to_its_people_and_reviewers_only(
    ccp: Platform, editor: Member, stranger: Member
) -> None:
    draft = ok(await editor.post("/organisations", PROFILE))
    path = f"/organisations/{draft['id']}"
    assert ok(await editor.get(path))["status"] == "draft"
    assert ok(await ccp.operator.get(path))["status"] == "draft"
    refused(await stranger.get(path), 404)
    refused(await ccp.http.get(path), 404)
    refused(await stranger.post(f"{path}/review", {"outcome": "publish"}, version=1), 403)


async def test_a_profile_is_returned_with_reasons_and_published_only_when_it_meets_the_checklist(
    ccp: Platform, editor: Member
) -> None:
    small = ok(await editor.post("/organisations", PROFILE | {"members": {"sme": 3}, "website": ""}))
    path = f"/organisations/{small['id']}"
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=1), 409, "status", "wrong_status")
    ok(await editor.post(f"{path}/submit", version=1))
    problem = refused(await ccp.operator.post(f"{path}/review", {"outcome": "publish"}, version=2), 409)
    assert problem["detail"] == (
        "A published cluster organisation needs a website; at least 15 members, not 3; members of at least two kinds. "
        "Request changes, or name the national programme that recognises the cluster in waived_by."
    )
    refused(await ccp.operator.post(f"{path}/review", {"outcome": "rejected"}, version=2), 422, "reasons")
    returned = {"outcome": "changes_requested", "reasons": ["Please name your website."]}
    assert ok(await ccp.operator.post(f"{path}/review", returned, version=2))["status"] == "changes_requested"
    await ccp.system.settle()
    assert "Please name your website." in (await editor.alerts())[0]["text"]
    ok(await editor.post(f"{path}/submit", version=3))
    waived = {"outcome": "publish", "waived_by": "Cluster Programme Sweden"}
    assert ok(await ccp.operator.post(f"{path}/review", waived, version=4))["status"] == "published"


async def test_editing_a_published_profile_sends_no_second_alert_of_its_publication(ccp: Platform) -> None:
    owner = await ccp.member("Olga")
    organisation = await ccp.organisation(owner, name="Olga's cluster")
    for number in range(3):
        change = PROFILE | {"name": "Olga's cluster", "city": f"City {number}"}
        ok(await owner.put(f"/organisations/{organisation['id']}", change, version=organisation["version"] + number))
    await ccp.system.settle()
    assert len(await owner.alerts()) == 1
    copy = await ccp.system.db("calls").raw("organisation_copies").find_one({"_id": organisation["id"]})
    assert copy["version"] == organisation["version"] + 3
