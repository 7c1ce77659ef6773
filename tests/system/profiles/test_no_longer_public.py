"""An organisation that is no longer public: nothing new in its name, and nothing of what it began is lost."""

from typing import Any

import pytest

from services.profiles.organisations.domain import Organisation
from services.profiles.organisations.review import Status
from services.profiles.snapshot import organisation_facts
from tests.support.applicants import applicant, call_with_form, drafts
from tests.support.browsing import browser_of
from tests.support.people import MISSION, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def withdraws(member: Member, organisation: dict[str, Any]) -> dict[str, Any]:
    path = f"/organisations/{organisation['id']}"
    done = ok(await member.post(f"{path}/withdraw", version=ok(await member.get(path))["version"]))
    await member.platform.system.settle()
    return done


async def test_it_publishes_no_call_and_its_own_calls_stay_in_reach(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    draft = ok(await eve.post("/calls", MISSION | {"organisation_id": publisher["id"], "title": "A draft of Eve"}))
    await withdraws(eve, publisher)
    refused(await eve.post(f"/calls/{draft['id']}/publish", version=1), 403, "organisation_id")
    page = await (await browser_of(eve)).open("/calls/own")
    assert "A draft of Eve" in page.text


async def test_it_starts_and_sends_no_application_and_still_sees_its_own(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    call, other = await call_with_form(ccp), await call_with_form(ccp)
    draft = await drafts(anna, call, cluster["id"])
    await withdraws(anna, cluster)
    body = {"organisation_id": cluster["id"], "answers": draft["answers"]}
    refused(await anna.post(f"/calls/{other['id']}/applications", body), 404, "organisation_id")
    refused(await anna.post(f"/applications/{draft['id']}/submit", version=draft["version"]), 404)
    listed = ok(await anna.get("/applications", params={"organisation_id": cluster["id"]}))["items"]
    assert [each["id"] for each in listed] == [draft["id"]]
    assert call["title"] in (await (await browser_of(anna)).open("/applications")).text


async def test_its_partner_requests_wait_until_it_is_public_again(ccp: Platform) -> None:
    olga, cluster = await applicant(ccp, "Olga")
    wish = {"side": "offer", "title": "Olga offers a laboratory", "ecosystems": ["digital"]}
    body = wish | {"organisation_id": cluster["id"], "expires_at": "2017-01-01T00:00:00Z"}
    ok(await olga.post("/partner-requests", body))
    path = "/partner-requests"
    assert "laboratory" in str(ok(await ccp.http.get(path)))
    done = await withdraws(olga, cluster)
    assert "laboratory" not in str(ok(await ccp.http.get(path)))
    ok(await olga.post(f"/organisations/{cluster['id']}/submit", version=done["version"]))
    review = f"/organisations/{cluster['id']}/review"
    ok(await ccp.operator.post(review, {"outcome": "publish"}, version=done["version"] + 1))
    await ccp.system.settle()
    assert "laboratory" in str(ok(await ccp.http.get(path)))


async def test_it_is_not_deleted_by_a_detour_over_a_draft(ccp: Platform) -> None:
    vera, cluster = await applicant(ccp, "Vera")
    path = f"/organisations/{cluster['id']}"
    done = await withdraws(vera, cluster)
    submitted = ok(await vera.post(f"{path}/submit", version=done["version"]))
    draft = ok(await vera.post(f"{path}/withdraw", version=submitted["version"]))
    assert draft["status"] == "draft"
    headers = vera.headers | {"If-Match": f'"{draft["version"]}"'}
    refused(await ccp.http.delete(path, headers=headers), 409, "status")
    assert "Delete the profile" not in (await (await browser_of(vera)).open(path)).text


async def test_a_snapshot_says_that_it_is_no_longer_public(ccp: Platform) -> None:
    organisation = Organisation(
        id="01a21920-aae7-73e5-af35-9da5e69d62fc",
        name="Spam Valley",
        kind="cluster_organisation",  # type: ignore[arg-type]
        country="SE",  # type: ignore[arg-type]
        status=Status.TAKEN_DOWN,
        was_public=True,
        version=4,
    )
    [fact] = organisation_facts(organisation, ccp.system.clock.now())
    assert (fact.event.cause, fact.event.version) == ("taken_down", 4)  # type: ignore[attr-defined]
    assert organisation_facts(organisation.replace(was_public=False), ccp.system.clock.now()) == []
