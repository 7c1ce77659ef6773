"""The list of calls for those who publish them: drafts too, and how many applied."""

from tests.support.applicants import BRAZIL, applicant, many_organisations
from tests.support.assessments import withdraws
from tests.support.people import Platform, ok, refused

FIELD = {"name": "people", "label": "How many?", "kind": "number", "required": False}


async def test_a_publisher_lists_drafts_and_sees_how_many_applied(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    own = {"organisation_id": publisher["id"]}
    call = await eve.publishes(BRAZIL, publisher)
    ok(await eve.put(f"/calls/{call['id']}/form", {"fields": [FIELD]}, version=0))
    ok(await eve.post("/calls", BRAZIL | own | {"title": "Not yet"}))
    anna = await ccp.member("Anna")
    organisations = await many_organisations(ccp, anna, 4)
    body = {"answers": {}}
    applications = [
        ok(await anna.post(f"/calls/{call['id']}/applications", body | {"organisation_id": one}))
        for one in organisations
    ]
    for application in applications[:3]:
        ok(await anna.post(f"/applications/{application['id']}/submit", version=1))
    await withdraws(anna, applications[0]["id"])
    first = ok(await eve.get("/calls/own", params={**own, "limit": 1}))
    assert [(each["title"], each["status"], each["applied"]) for each in first["items"]] == [("Not yet", "draft", 0)]
    [seen] = ok(await eve.get("/calls/own", params={**own, "cursor": first["next"]}))["items"]
    assert (seen["applied"], seen["applications"]) == (2, {"draft": 1, "submitted": 2, "withdrawn": 1})
    listed = ok(await eve.get("/calls/own", params={**own, "stage": "draft"}))["items"]
    assert [each["title"] for each in listed] == ["Not yet"]


async def test_only_publishers_list_them(ccp: Platform) -> None:
    eve, publisher = await applicant(ccp, "Eve")
    anna = await ccp.member("Anna")
    refused(await anna.get("/calls/own", params={"organisation_id": publisher["id"]}), 404)
    refused(await eve.get("/calls/own"), 403)
    assert ok(await ccp.operator.get("/calls/own"))["items"] == []
