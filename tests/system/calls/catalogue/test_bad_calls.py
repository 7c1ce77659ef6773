"""Invalid calls: refused with the name of the field, and never stored."""

import pytest

from tests.support.calls import calls_stored
from tests.support.people import MISSION, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "blue"}, "colour"),
        ({"title": 7}, "title"),
        ({"title": "line\nbreak"}, "title"),
        ({"deadline": "2016-06-30T17:00:00"}, "deadline"),
        ({"deadline": "soon"}, "deadline"),
        ({"opens_at": "2016-07-01T00:00:00Z"}, "deadline"),
        ({"countries": ["XX"]}, "countries.0"),
        ({"ecosystems": ["magic"]}, "ecosystems.0"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"keywords": ["x" * 81]}, "keywords.0"),
        ({"organisation_id": {"$gt": ""}}, "organisation_id"),
        ({"countries": ["FR", "BE", "FR"]}, "countries"),
        ({"ecosystems": ["digital", "digital"]}, "ecosystems"),
        ({"keywords": ["drones", "drones"]}, "keywords"),
        ({"eligibility": {"applicant": {"kinds": ["company", "company"]}}}, "eligibility.applicant.kinds"),
        (
            {"mission": {"starts_on": "0001-01-01", "ends_on": "2016-08-01", "destinations": ["BR"]}},
            "mission.starts_on",
        ),
        ({"mission": {"starts_on": "2016-08-01", "ends_on": "9999-12-31", "destinations": ["BR"]}}, "mission.ends_on"),
    ],
)
async def test_a_call_with_a_bad_field_is_refused_with_its_name(ccp: Platform, change: dict, field: str) -> None:
    before = await calls_stored(ccp)
    refused(await ccp.operator.post("/calls", MISSION | change), 422, field)
    assert await calls_stored(ccp) == before


async def test_a_call_is_not_published_after_its_deadline(ccp: Platform) -> None:
    draft = ok(await ccp.operator.post("/calls", MISSION | {"deadline": "2016-05-08T17:00:00+02:00"}))
    refused(await ccp.operator.post(f"/calls/{draft['id']}/publish", version=1), 422, "deadline", "deadline_passed")
    assert ok(await ccp.operator.get(f"/calls/{draft['id']}"))["status"] == "draft"


async def test_a_mission_is_not_published_after_its_end(ccp: Platform) -> None:
    dates = {"starts_on": "2016-05-02", "ends_on": "2016-05-08", "destinations": ["BR"]}  # today is 9 May
    draft = ok(await ccp.operator.post("/calls", MISSION | {"mission": dates}))
    refused(await ccp.operator.post(f"/calls/{draft['id']}/publish", version=1), 422, "mission.ends_on", "mission_over")
    call = await ccp.operator.publishes(MISSION | {"mission": dates | {"ends_on": "2016-05-09"}})
    late = MISSION | {"mission": dates}
    refused(await ccp.operator.put(f"/calls/{call['id']}", late, version=call["version"]), 422, "mission.ends_on")


async def test_a_call_of_an_older_version_is_shown_without_what_no_call_may_have_now(ccp: Platform) -> None:
    dates = {"starts_on": "2016-08-01", "ends_on": "2016-08-05", "destinations": ["BR"]}
    call = await ccp.operator.publishes(MISSION | {"mission": dates})
    old = {
        "title": "Mission\u200b to Japan",
        "summary": "First\x0bsecond\x1b",
        "countries": ["JP", "FR", "JP"],
        "mission.starts_on": "0001-01-01",
    }
    await ccp.system.db("calls").raw("calls").update_one({"_id": call["id"]}, {"$set": old})
    shown = ok(await ccp.http.get(f"/calls/{call['id']}"))
    assert (shown["title"], shown["summary"]) == ("Mission to Japan", "First\nsecond")
    assert (shown["countries"], shown["mission"]["starts_on"]) == (["JP", "FR"], "1990-01-01")
    assert call["id"] in [item["id"] for item in ok(await ccp.http.get("/calls", params={"limit": 100}))["items"]]
    ok(await ccp.operator.put(f"/calls/{call['id']}", MISSION | {"mission": dates}, version=call["version"]))


async def test_a_call_that_could_not_be_read_again_is_not_stored(ccp: Platform) -> None:
    opens = {"opens_at": "2016-06-01T09:00:00+02:00"}
    call = await ccp.operator.publishes(MISSION | opens)
    path, early = f"/calls/{call['id']}", MISSION | {"deadline": "2016-05-20T17:00:00+02:00"}
    refused(await ccp.operator.put(path, early, version=call["version"]), 422, "deadline")
    long_link = {"link": "https://a.example/" + "é" * 300}
    refused(await ccp.operator.put(path, MISSION | long_link, version=call["version"]), 422, "link")
    same = {"starts_at": "2016-06-01T09:00:00.0001Z", "ends_at": "2016-06-01T09:00:00.0009Z"}
    refused(await ccp.operator.post("/gatherings", same | {"title": "Short", "place": "Here"}), 422, "ends_at")
    for when in ("9999-12-31T23:30:00Z", "9999-12-31T23:59:59-05:00", "0001-01-01T00:00:00+05:00"):
        refused(await ccp.operator.post("/calls", MISSION | {"deadline": when}), 422, "deadline")
    for page in ("/calls", "/gatherings", "/"):
        assert (await ccp.http.get(page, headers={"Accept": "text/html"})).status_code == 200
