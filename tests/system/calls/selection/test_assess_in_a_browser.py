"""A round in the browser: the publisher names assessors, the assessors score, the publisher decides and adds places."""

from typing import Any

from tests.support.applicants import (
    BRAZIL,
    applicant,
    applies,
    call_with_form,
    many_organisations,
    pass_the_cut_off,
    scores,
)
from tests.support.assessments import selection
from tests.support.browsing import Browser, Page
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, Member, Platform, ok


async def browse(ccp: Platform, member: Member) -> Browser:
    browser = Browser(ccp.http)
    await browser.log_in(member.email, OPERATOR_PASSWORD if member.email == OPERATOR_EMAIL else PASSWORD)
    return browser


async def name_two(page: Page, ada: Member, bea: Member) -> Page:
    page = await page.submit("Find", **{"_find.assessors": "ada"})
    page = await page.submit("Find", assessors=[ada.id], **{"_find.assessors": "bea"})
    page = await page.submit("Add another", assessors=[ada.id, bea.id], **{"criteria.0.label": "Fits the mission"})
    return await page.submit(
        "Save assessors and criteria",
        assess_by="2016-06-20T17:00",
        **{"criteria.0.weight": "3", "criteria.0.threshold": "3", "criteria.1.label": "Plan of the visit"},
    )


async def test_a_publisher_names_assessors_by_their_names_and_opens_the_round(ccp: Platform) -> None:
    anna, cluster = await applicant(ccp, "Anna")
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    call = await call_with_form(ccp)
    await applies(anna, call, cluster["id"])
    publisher = await browse(ccp, ccp.operator)
    path = f"/calls/{call['id']}/rounds/1"
    page = await name_two(await publisher.open(path), ada, bea)
    assert page.notice.startswith("Assessors and criteria are saved.")
    round = ok(await ccp.operator.get(path))
    assert round["assessors"] == [ada.id, bea.id]
    assert [(each["name"], each["weight"]) for each in round["criteria"]] == [
        ("fits_the_mission", 3),
        ("plan_of_the_visit", 1),
    ]
    assert round["assess_by"] == "2016-06-20T15:00:00Z"
    assert "Open the round" not in page.buttons
    page = await page.submit("Save assessors and criteria", assessors=[ada.id])
    assert "Give at least 2 items." in page.problem
    assert ok(await ccp.operator.get(path))["assessors"] == [ada.id, bea.id]
    await pass_the_cut_off(ccp)
    page = await (await publisher.open(path)).submit("Open the round")
    assert "1 submitted" in page.text
    page = await page.follow("Applications")
    assert "0 of 2 Ada, Bea" in page.text
    other = await browse(ccp, anna)
    for below in ("", "/applications", "/ranking", "/decisions", "/next", f"/assessors/{ada.id}/excuse"):
        assert (await other.open(path + below)).status == 404, below


async def test_an_assessor_is_led_from_one_application_to_the_next(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 3)
    ada, _ = made.assessors
    browser = await browse(ccp, ada)
    page = await browser.open("/rounds")
    assert "3 to do" in page.text
    page = await page.follow("Open the next one to score")
    assert page.heading == "Assess Cluster org000"
    assert "We build houses that need no heating." in page.text
    good = {"scores.0.points": "4", "scores.0.rationale": "They know the market.", "scores.1.points": "9"}
    page = await page.submit("Save, and open the next one", **good)
    assert page.status == 422
    assert "They know the market." in page.text
    page = await page.submit("Save, and open the next one", **good, **{"scores.1.rationale": "The plan names dates."})
    assert "Give at most 5 points." in page.errors["scores.1.points"]
    page = await page.submit("Save, and open the next one", **{"scores.1.points": "5"})
    assert (page.heading, page.notice) == ("Assess Cluster org001", "Your scores are saved.")
    page = await page.submit("Declare a conflict of interest", reason="I advise this organisation.")
    assert page.heading == "Assess Cluster org002"
    page = await page.submit(
        "Save and stay here", **good | {"scores.1.points": "2", "scores.1.rationale": "No dates at all."}
    )
    assert page.heading == "Assess Cluster org002"
    page = await page.follow("Back to my assessments")
    for words in ("0 to do", "2 done", "1 conflict of interest"):
        assert words in page.text
    assert (await browser.open(f"/applications/{made.ids[1]}/assessment")).status == 404
    assert (await (await browse(ccp, anna)).open(f"/applications/{made.ids[0]}/assessment")).status == 404


async def test_a_publisher_reads_the_ranking_and_decides_in_one_form(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    made = await selection(ccp, anna, 4)
    await made.score(5, 4, 3, 2)
    publisher = await browse(ccp, ccp.operator)
    page = await publisher.open(f"/calls/{made.call['id']}/rounds/1/ranking")
    assert page.text.index("Cluster org000") < page.text.index("Cluster org003")
    assert "100.00 %" in page.text
    assert "needs 3" in page.text
    page = await page.follow("Decide")
    choices: dict[str, Any] = {"decisions.0.outcome": "select", "decisions.1.outcome": "reserve"}
    choices |= {"decisions.3.outcome": "reject"}
    page = await page.submit("Send the decisions", **choices, **{"decisions.1.rank": "1"})
    assert page.status == 422
    assert page.errors["decisions.1.reason"].endswith("Enter the reason why the application is not selected.")
    assert "decisions.3.reason" in page.errors
    assert "Cluster org002" in page.text, "those without a decision are still there"
    reasons = {"decisions.1.reason": "Few places are left.", "decisions.3.reason": "The plan has no dates."}
    page = await page.submit("Send the decisions", **reasons)
    assert page.notice.startswith("The decisions are stored")
    for words in ("Selected", "On the reserve list", "In assessment", "Not selected"):
        assert words in page.text
    states = [ok(await anna.get(f"/applications/{id}"))["state"] for id in made.ids]
    assert states == ["selected", "reserve", "in_assessment", "rejected"]
    page = await publisher.open(f"/calls/{made.call['id']}/places")
    assert "Places taken 1 of 3" in page.text
    page = await page.submit("Add places or money", places="2")
    assert "The limit is 3 now." in page.errors["places"]
    page = await page.submit("Add places or money", places="5", budget="10000")
    assert "€10,000" in page.text
    assert ok(await anna.get(f"/applications/{made.ids[1]}"))["state"] == "selected"
    visitor = await Browser(ccp.http).open(f"/calls/{made.call['id']}/places")
    assert "Budget" not in visitor.text


async def test_an_absent_assessor_is_replaced(ccp: Platform) -> None:
    made = await selection(ccp, await ccp.member("Anna"), 1)
    ada, _ = made.assessors
    cleo = await ccp.member("Cleo")
    ok(await scores(ada, made.ids[0], 5, 5))
    publisher = await browse(ccp, ccp.operator)
    page = await publisher.open(f"/calls/{made.call['id']}/rounds/1")
    page = await page.follow("Excuse or replace Bea")
    page = await page.submit("Find", reason="Bea is ill.", **{"_find.replacement": "cleo"})
    page = await page.submit("Excuse the assessor", replacement=cleo.id)
    assert "Bea Excused Bea is ill. Replaced by Cleo." in page.text
    assert ok(await publisher_round(ccp, made.call))["assessors"] == [ada.id, cleo.id]


async def publisher_round(ccp: Platform, call: dict[str, Any]) -> Any:
    return await ccp.operator.get(f"/calls/{call['id']}/rounds/1")


async def test_a_round_of_many_shows_every_application_to_its_assessor(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    call = await call_with_form(ccp, BRAZIL)
    for id in await many_organisations(ccp, anna, 2):
        await applies(anna, call, id)
    ada, bea = await ccp.member("Ada"), await ccp.member("Bea")
    body = {"assessors": [ada.id, bea.id], "criteria": [{"label": "Größe & Plan"}]}
    made = ok(await ccp.operator.put(f"/calls/{call['id']}/rounds/1", body, version=0))
    assert made["criteria"][0]["name"] == "groe_plan"
    page = await (await browse(ccp, ada)).open(f"/calls/{call['id']}/rounds/1")
    assert "The applications are sealed" in page.text
