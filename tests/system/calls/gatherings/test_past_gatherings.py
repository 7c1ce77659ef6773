"""Gatherings that are over: their list, and the report with a recording and a summary."""

from datetime import timedelta

from tests.support.gatherings import SEMINAR, organised
from tests.support.people import Platform, ok, refused

REPORT = {"recording": "https://video.example/seminar", "summary": "Forty clusters met.\n\nThey plan a mission."}


async def test_past_gatherings_are_listed_the_last_one_first(ccp: Platform) -> None:
    days = {"May": ("2016-05-20T09:00", "2016-05-20T17:00"), "June": ("2016-06-01T09:00", "2016-06-01T17:00")}
    for title, (start, end) in days.items():
        await organised(ccp, SEMINAR, title=title, starts_at=start, ends_at=end)
    await organised(ccp, SEMINAR, title="November", starts_at="2016-11-01T09:00", ends_at="2016-11-01T17:00")
    await ccp.system.travel(timedelta(days=60))
    first = ok(await ccp.http.get("/gatherings", params={"when": "past", "limit": 1}))
    second = ok(await ccp.http.get("/gatherings", params={"when": "past", "limit": 1, "cursor": first["next"]}))
    assert [each["title"] for each in first["items"] + second["items"]] == ["June", "May"]
    assert second["next"] is None
    assert [each["title"] for each in ok(await ccp.http.get("/gatherings"))["items"]] == ["November"]
    page = await ccp.http.get("/gatherings?when=past", headers={"Accept": "text/html"})
    assert page.text.index("June") < page.text.index("May</a>")


async def test_a_past_gathering_has_a_recording_and_a_summary(ccp: Platform) -> None:
    path = await organised(ccp, SEMINAR)
    refused(await ccp.operator.put(f"{path}/report", REPORT, version=1), 409, "ends_at", "gathering_not_over")
    await ccp.system.travel(timedelta(days=60))
    refused(
        await ccp.operator.put(f"{path}/report", {"recording": "http://video.example/1"}, version=1), 422, "recording"
    )
    refused(await ccp.operator.put(f"{path}/report", {}, version=1), 422, "summary")
    refused(await (await ccp.member("Anna")).put(f"{path}/report", REPORT, version=1), 404)
    assert ok(await ccp.operator.put(f"{path}/report", REPORT, version=1))["version"] == 2
    assert ok(await ccp.http.get(path))["report"] == REPORT
    page = await ccp.http.get(path, headers={"Accept": "text/html"})
    assert 'href="https://video.example/seminar"' in page.text
    assert "They plan a mission." in page.text
    refused(await ccp.operator.put(f"{path}/report", REPORT, version=1), 412)
