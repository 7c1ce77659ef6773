"""Interests: their criteria, their maximum number, their owner, and the calls that match them."""

import pytest

from services.notifications.preferences.store import MEMBERS
from services.notifications.preferences.usecases import fold_again
from tests.support.people import MISSION, Platform, ok, refused


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


async def test_members_are_told_of_calls_for_their_country_and_about_a_country(ccp: Platform) -> None:
    mission = {"starts_on": "2016-09-05", "ends_on": "2016-09-09", "destinations": ["JP"]}
    body = MISSION | {"countries": ["FR"], "about": ["KR"], "mission": mission, "ecosystems": []}
    followers = {
        "Japan (destination)": {"countries": ["JP"]},
        "South Korea (destination)": {"countries": ["KR"]},
        "France": {"countries": ["FR"]},
        "Health (for every sector)": {"ecosystems": ["health"]},
        "": {"countries": ["BR"]},
    }
    members = {name: await ccp.member(f"Member{number}") for number, name in enumerate(followers)}
    for name, interest in followers.items():
        await members[name].follows(**interest)
    editor = await ccp.member("Erik")
    call = await editor.publishes(body, await ccp.organisation(editor))
    await ccp.system.settle()
    for name, member in members.items():
        reasons = [alert["reason"] for alert in await member.alerts() if alert["url"] == f"/calls/{call['id']}"]
        assert reasons == ([f"You follow {name}"] if name else []), name


async def test_alerts_and_search_find_the_same_words(ccp: Platform) -> None:
    followers = {word: await ccp.member(f"Follower{n}") for n, word in enumerate(["energie", "WHO", "Łodz", "works"])}
    for word, member in followers.items():
        await member.follows(keywords=[word])
    editor = await ccp.member("Erik")
    organisation = await ccp.organisation(editor)
    titles = ["Énergies for those who work", "WHO in Lodz", "Work it out"]
    calls = {title: await editor.publishes(MISSION | {"title": title}, organisation) for title in titles}
    await ccp.system.settle()
    by_id = {call["id"]: title for title, call in calls.items()}
    for word, member in followers.items():
        alerted = {by_id.get(alert["url"].removeprefix("/calls/")) for alert in await member.alerts()}
        found = {by_id[call["id"]] for call in ok(await ccp.http.get("/calls", params={"text": word}))["items"]}
        assert alerted == found != set(), word


async def test_keywords_of_an_earlier_release_match_after_they_are_folded(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    await anna.follows(keywords=["Batteries"])
    at = ccp.system.db("notifications")
    earlier = {
        "$set": {"anchors": ["keyword:batteries"], "interests.0.keywords": ["batteries"]},
        "$unset": {"folding": 1},
    }
    await at.raw("members").update_one({"_id": anna.id}, earlier)
    await fold_again(at)
    member = await MEMBERS.get(at, anna.id)
    assert member is not None
    assert member.anchors == ("keyword:batteri",)
    editor = await ccp.member("Erik")
    await editor.publishes(MISSION | {"title": "A battery"}, await ccp.organisation(editor))
    await ccp.system.settle()
    assert [alert["reason"] for alert in await anna.alerts()] == ["You follow “batteries”"]
