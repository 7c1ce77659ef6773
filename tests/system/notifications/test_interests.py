"""Interests: their criteria, their maximum number, and their owner."""

import pytest

from tests.support.people import Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def test_an_interest_has_a_criterion_and_their_number_is_limited(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    refused(await anna.post("/interests", {}), 422)
    refused(await anna.post("/interests", {"keywords": ["$where"]}), 422, "keywords.0")
    for _ in range(20):
        await anna.follows(countries=["JP"])
    refused(await anna.post("/interests", {"countries": ["JP"]}), 409, code="too_many_interests")
    [first, *_] = ok(await anna.get("/interests"))
    stranger = await ccp.member("Bert")
    gone = await ccp.http.delete(f"/interests/{first['id']}", headers=stranger.headers)
    refused(gone, 404)
    assert (await ccp.http.delete(f"/interests/{first['id']}", headers=anna.headers)).status_code == 204
    assert len(ok(await anna.get("/interests"))) == 19
