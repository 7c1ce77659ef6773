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
        ({"countries": ["UK"]}, "countries.0"),
        ({"ecosystems": ["magic"]}, "ecosystems.0"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"keywords": ["x" * 81]}, "keywords.0"),
        ({"organisation_id": {"$gt": ""}}, "organisation_id"),
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
