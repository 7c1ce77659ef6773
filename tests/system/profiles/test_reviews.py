"""What becomes of a public profile: withdrawn, confirmed, taken down, merged; decisions with their checklist."""

from datetime import timedelta

import pytest

from tests.support.browsing import Browser, browser_of
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PROFILE, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def erik(ccp: Platform) -> Member:
    return await ccp.member("Erik", "SE")


@pytest.fixture
async def operator(ccp: Platform) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
    return browser


async def test_an_administrator_withdraws_a_profile_and_submits_it_again(ccp: Platform, erik: Member) -> None:
    made = await ccp.organisation(erik, name="Withdrawn Wood", website="https://wood.example")
    path = f"/organisations/{made['id']}"
    stranger = await ccp.member("Mallory")
    refused(await stranger.post(f"{path}/withdraw", version=made["version"]), 404)
    browser = await browser_of(erik)
    page = await (await browser.open(path)).submit("Withdraw")
    assert "The profile is withdrawn" in page.notice
    assert (await Browser(ccp.http).open(path)).status == 404
    await ccp.system.settle()
    assert (await erik.alerts())[0]["title"] == "Withdrawn: Withdrawn Wood"
    call = {
        "title": "A call",
        "kind": "funding",
        "deadline": "2016-06-30T17:00:00+02:00",
        "organisation_id": made["id"],
    }
    refused(await erik.post("/calls", call), 404, "organisation_id")
    assert "In review" in (await page.submit("Submit for review")).text
    draft = await (await browser.open(path)).submit("Withdraw")  # the submission is taken back
    assert "Draft" in draft.text


async def test_an_operator_takes_a_profile_down_with_reasons(ccp: Platform, erik: Member, operator: Browser) -> None:
    made = await ccp.organisation(erik, name="Spam Valley", website="https://spam.example")
    path = f"/organisations/{made['id']}"
    refused(await erik.post(f"{path}/take-down", {"reasons": ["No."]}, version=made["version"]), 403)
    review = await (await operator.open(path)).follow("Decisions, duplicates, taking down")
    assert (await review.submit("Take the profile down")).errors.keys() == {"reasons"}
    done = await review.submit("Take the profile down", reasons="It advertises medicine.")
    assert "It advertises medicine." in done.text
    assert (await Browser(ccp.http).open(path)).status == 404
    await ccp.system.settle()
    assert "It advertises medicine." in (await erik.alerts())[0]["text"]
    own = await (await browser_of(erik)).open(path)
    assert "Taken down" in own.text
    assert "It advertises medicine." in own.text


async def test_two_profiles_of_one_organisation_become_one(ccp: Platform, erik: Member, operator: Browser) -> None:
    kept = await ccp.organisation(erik, name="Harbour Cluster", website="https://harbour.example")
    eve = await ccp.colleague(erik, kept["id"], "Eve")
    bert = await ccp.member("Bert")
    same = await ccp.organisation(bert, name="HARBOUR-CLUSTER", website="https://other.example")
    merge = f"/organisations/{same['id']}/merge"
    refused(await bert.post(merge, {"into": kept["id"]}, version=same["version"]), 403)
    refused(await ccp.operator.post(merge, {"into": same["id"]}, version=same["version"]), 422, "into")
    refused(await ccp.operator.post(merge, {"into": "none"}, version=same["version"]), 404)
    review = await operator.open(f"/organisations/{same['id']}/review")
    await review.submit("Merge", into=kept["id"], reasons="Both are the port.")
    await ccp.system.settle()
    answer = await ccp.http.get(f"/organisations/{same['id']}", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (302, f"/organisations/{kept['id']}")
    mine = {each["id"]: each["status"] for each in ok(await bert.get("/me/organisations"))}
    assert mine == {same["id"]: "merged", kept["id"]: "published"}
    change = PROFILE | {"name": "Harbour Cluster", "website": "https://harbour.example", "city": "Lund"}
    refused(await bert.put(f"/organisations/{kept['id']}", change, version=kept["version"]), 404)  # a member, no editor
    told = [alert["title"] for alert in await bert.alerts()]
    assert {"Merged: HARBOUR-CLUSTER", "You joined: Harbour Cluster"} <= {*told}
    assert "New colleague: Harbour Cluster" not in told, "those who come know each other"
    for colleague in (erik, eve):
        assert "Bert joined, and is a member. Another profile of the organisation was merged into it." in [
            alert["text"] for alert in await colleague.alerts()
        ]
    refused(
        await ccp.operator.post(
            f"/organisations/{same['id']}/review", {"outcome": "publish"}, version=same["version"] + 1
        ),
        409,
    )


async def test_decisions_are_kept_with_the_checklist_of_that_time(
    ccp: Platform, erik: Member, operator: Browser
) -> None:
    draft = ok(await erik.post("/organisations", PROFILE | {"name": "Small Cluster", "members": {"sme": 3}}))
    path = f"/organisations/{draft['id']}"
    ok(await erik.post(f"{path}/submit", version=1))
    waived = {"outcome": "publish", "waived_by": "go-cluster"}
    refused(await ccp.operator.post(f"{path}/review", waived, version=2), 409, "waived_by", "wrong_programme")
    page = await operator.open(f"{path}/review")
    options = [option.get_text() for option in page.soup.select("#f-waived_by option")]
    assert options == ["–", "Vinnväxt"]
    await page.submit("Decide", outcome="publish", waived_by="Vinnväxt")
    body = PROFILE | {"name": "Small Cluster"}
    ok(await erik.put(path, body, version=3))
    [decision] = ok(await ccp.operator.get(f"{path}/decisions"))
    assert (decision["outcome"], decision["waived_by"]) == ("publish", "Vinnväxt")
    assert {point["name"]: point["met"] for point in decision["checklist"]} == {
        "staff": True,
        "website": True,
        "members": False,
        "kinds": False,
    }
    assert "Not met · At least 15 members (3)" in (await operator.open(f"{path}/review")).text
    refused(await erik.get(f"{path}/decisions"), 403)
    assert "CEST Published" in (await (await browser_of(ccp.operator, OPERATOR_PASSWORD)).open(f"{path}/review")).text


async def test_the_people_of_a_stale_profile_are_reminded_and_confirm_it(ccp: Platform, erik: Member) -> None:
    made = await ccp.organisation(erik, name="Sleepy Cluster", website="https://sleepy.example")
    path = f"/organisations/{made['id']}"
    runtime = ccp.system.runtimes["profiles"]
    [loop] = [each for each in runtime.service.loops if each.name == "reminders"]
    await loop.work(runtime)
    await ccp.system.settle()
    assert len(await erik.alerts()) == 1
    late = runtime.db.now() - timedelta(days=1)
    await runtime.db.raw("organisations").update_one({"_id": made["id"]}, {"$set": {"remind_at": late}})
    for _ in range(2):
        await loop.work(runtime)
    await ccp.system.settle()
    titles = [alert["title"] for alert in await erik.alerts()]
    assert titles == ["Check the profile: Sleepy Cluster", "Published: Sleepy Cluster"]
    page = await (await (await browser_of(erik)).open(path)).submit("Everything is still correct")
    assert "You are reminded in a year" in page.notice
    shown = ok(await erik.get(path))
    assert shown["updated_at"] < shown["remind_at"]
    refused(await (await ccp.member("Mallory")).post(f"{path}/confirm", version=made["version"]), 404)
