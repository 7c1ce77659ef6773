"""Reports of things that are wrong: visitors and members send them, operators decide, organisations object once."""

from typing import Any

import pytest

from services.profiles.moderation.store import RECORD, REPORTS
from tests.support.browsing import Browser, browser_of
from tests.support.people import OPERATOR_PASSWORD, Member, Platform, ok, refused

TEXT = "The agreements were signed in Kyoto, not in Osaka."
WISH: dict[str, Any] = {
    "side": "offer",
    "title": "We measure everything",
    "ecosystems": ["digital"],
    "expires_at": "2017-01-01T00:00:00Z",
}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def eve(ccp: Platform) -> Member:
    return await ccp.member("Eve", "SE")


async def post_of(author: Member, organisation: dict[str, Any]) -> str:
    draft = ok(await author.post("/posts", {"organisation_id": organisation["id"], "title": "Agreements in Osaka"}))
    ok(await author.post(f"/posts/{draft['id']}/publish", {}, version=draft["version"]))
    return f"/posts/{draft['id']}"


async def reports(ccp: Platform, about: str, member: Member | None = None, **more: Any) -> Any:
    body = {"about": about, "cause": "wrong", "text": TEXT} | more
    return await ccp.http.post("/reports", json=body, headers=member.headers if member else {})


async def decides(ccp: Platform, case: str, outcome: str, reason: str = "It was Kyoto.") -> dict[str, Any]:
    version = ok(await ccp.operator.get(f"/moderation/{case}"))["version"]
    body = {"outcome": outcome, "reason": reason}
    return ok(await ccp.operator.post(f"/moderation/{case}/decide", body, version=version))


async def test_a_visitor_reports_a_post_an_operator_takes_it_down_and_its_editor_objects(
    ccp: Platform, eve: Member
) -> None:
    ours = await ccp.organisation(eve, name="Harbour Reported")
    path = await post_of(eve, ours)
    page = await (await Browser(ccp.http).open(path)).follow("Report something wrong")
    wrong = await page.submit("Send the report", cause="wrong", text="short")
    assert wrong.status == 422
    assert "text" in wrong.errors
    sent = await wrong.submit("Send the report", cause="wrong", text=TEXT, email="vera@visitors.example")
    assert sent.heading == "Thank you for your report"
    operator = await browser_of(ccp.operator, OPERATOR_PASSWORD)
    case = await (await (await operator.open("/desk")).follow("See all reports")).follow("Agreements in Osaka")
    assert TEXT in case.text
    assert "vera@visitors.example" in case.text
    decided = await case.submit("Decide", outcome="taken_down", reason="It was Kyoto.")
    assert decided.heading == "Reports"
    assert (await ccp.http.get(path)).status_code == 404
    await ccp.system.settle()
    [alert] = [each for each in await eve.alerts() if each["title"] == "Decision on a report: Agreements in Osaka"]
    assert "It was Kyoto." in alert["text"]
    editor = await (await browser_of(eve)).open(alert["url"])
    assert "It is taken down" in editor.text
    assert TEXT not in editor.text
    assert "vera" not in editor.answer.text
    again = await editor.submit("Object", text="Our partners confirm that it was Osaka.")
    assert "The organisation objects" in again.text
    assert "Object" not in again.buttons
    case = await operator.open(alert["url"])
    assert "Our partners confirm" in case.text
    await case.submit("Decide", outcome="nothing_wrong", reason="It was Osaka indeed.")
    record = await (await operator.open("/moderation")).follow("Record of moderation")
    for words in ("Report", "Decision: It is taken down", "Objection", "Decision: Nothing is wrong", "a visitor"):
        assert words in record.text
    assert ccp.operator.id not in record.text
    assert "Operator" in record.text
    assert (await editor.browser.open("/moderation/record")).status == 403


async def test_a_member_reports_a_thing_once_and_is_told_the_result(ccp: Platform, eve: Member) -> None:
    ours, anna = await ccp.organisation(eve, name="Harbour Once"), await ccp.member("Anna")
    about = f"/organisations/{ours['id']}"
    ok(await reports(ccp, about, anna, email="other@members.example"))
    refused(await reports(ccp, about, anna), 409, "about", "already_reported")
    ok(await reports(ccp, about))
    case = f"organisation:{ours['id']}"
    read = ok(await ccp.operator.get(f"/moderation/{case}"))
    assert (read["reports"], [each["email"] for each in read["received"]]) == (2, [None, None])
    refused(await eve.get(f"/moderation/{case}"), 404)
    await decides(ccp, case, "warned")
    await ccp.system.settle()
    [answer] = [each for each in await anna.alerts() if each["title"].startswith("Your report")]
    assert answer["url"] == about
    seen = ok(await eve.get(f"/moderation/{case}"))
    assert (seen["received"], seen["decision"]["by"], seen["reports"]) == ([], "", 0)
    assert anna.id not in str(seen)
    refused(await anna.get(f"/moderation/{case}"), 404)
    ok(await reports(ccp, about, anna))  # a new round
    assert ok(await ccp.operator.get(f"/moderation/{case}"))["round"] == 2


async def test_an_organisation_that_is_taken_down_is_withdrawn_with_the_reason(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Gone")
    ok(await reports(ccp, f"/organisations/{ours['id']}", cause="spam"))
    await decides(ccp, f"organisation:{ours['id']}", "taken_down", "It does not exist.")
    after = ok(await eve.get(f"/organisations/{ours['id']}"))
    assert (after["status"], after["reasons"]) == ("taken_down", ["It does not exist."])
    refused(await reports(ccp, f"/organisations/{ours['id']}"), 404, "about")


async def test_matchmaking_closes_a_partner_request_that_is_taken_down(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Wish")
    request = ok(await eve.post("/partner-requests", WISH | {"organisation_id": ours["id"]}))
    await ccp.system.settle()
    browser = await browser_of(await ccp.member("Anna"))
    page = await browser.open(f"/partner-requests/{request['id']}")
    form = await page.follow("Report something wrong")
    assert "We measure everything" in form.text
    assert "email" not in form.answer.text.partition("<main")[2].partition("</main>")[0]
    await form.submit("Send the report", cause="spam", text=TEXT)
    await decides(ccp, f"partner_request:{request['id']}", "taken_down")
    await ccp.system.settle()
    assert ok(await ccp.http.get(f"/partner-requests/{request['id']}"))["closed"]
    refused(await reports(ccp, f"/partner-requests/{request['id']}"), 404)


@pytest.mark.parametrize(
    "about", ["/calls/x", "/posts/../x", "posts", "/posts/unknown", "//posts/x", "/posts/" + "x" * 90]
)
async def test_only_public_things_are_reported(ccp: Platform, about: str) -> None:
    assert (await reports(ccp, about)).status_code in {404, 422}
    assert (await Browser(ccp.http).open(f"/reports/new?about={about}")).status in {404, 422}


async def test_drafts_are_not_reported_and_a_decision_is_taken_once(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Draft")
    draft = ok(await eve.post("/posts", {"organisation_id": ours["id"], "title": "Not yet"}))
    refused(await reports(ccp, f"/posts/{draft['id']}"), 404)
    ok(await reports(ccp, f"/organisations/{ours['id']}"))
    case = f"organisation:{ours['id']}"
    version = (await decides(ccp, case, "nothing_wrong"))["version"]
    body = {"outcome": "warned", "reason": "Twice."}
    refused(await ccp.operator.post(f"/moderation/{case}/decide", body, version=version), 409, "status")
    refused(await eve.post(f"/moderation/{case}/object", {"text": "We are innocent."}, version=version), 409, "status")
    refused(await eve.post(f"/moderation/{case}/decide", body, version=version), 403)


async def test_a_repetition_with_the_same_key_is_one_report(ccp: Platform, eve: Member) -> None:
    ours = await ccp.organisation(eve, name="Harbour Key")
    body = {"about": f"/organisations/{ours['id']}", "cause": "other", "text": TEXT}
    for _ in range(2):
        ok(await ccp.http.post("/reports", json=body, headers={"Idempotency-Key": f"key-{ours['id']}"}))
    db, case = ccp.system.db("profiles"), f"organisation:{ours['id']}"
    assert await REPORTS.count(db, {"case_id": case}) == 1
    assert await RECORD.count(db, {"case_id": case}) == 1


async def test_reports_of_one_address_are_throttled(ccp: Platform, eve: Member, monkeypatch: Any) -> None:
    ours = await ccp.organisation(eve, name="Harbour Throttle")
    state = ccp.system.app.state
    few = state.settings.model_copy(update={"limit_reports_by_client": "2 per hour"})
    monkeypatch.setattr(state, "settings", few)
    async with ccp.client_at("203.0.113.77") as http:
        body = {"about": f"/organisations/{ours['id']}", "cause": "other", "text": TEXT}
        answers = [(await http.post("/reports", json=body)).status_code for _ in range(3)]
    assert answers == [202, 202, 429]
