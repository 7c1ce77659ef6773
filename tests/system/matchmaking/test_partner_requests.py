"""Partner requests: those whom a new one fits are told; their organisation is reminded, renews and closes them."""

from datetime import timedelta
from typing import Any

from tests.support.browsing import browser_of
from tests.support.people import Member, Platform, ok, refused

WISH = {"side": "request", "title": "Quays for trials", "ecosystems": ["mobility"]}
EXPIRES = "2016-06-01T10:00:00Z"  # 23 days after the day on which tests begin


async def asks(by: Member, organisation: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = WISH | {"organisation_id": organisation["id"], "expires_at": EXPIRES} | more
    return ok(await by.post("/partner-requests", body))


async def reminders(member: Member) -> list[str]:
    await member.platform.system.settle()
    return [alert["url"] for alert in await member.alerts() if alert["title"] == "Expires in a week: Quays for trials"]


async def test_an_organisation_is_reminded_once_a_week_before_and_renews_with_a_click(ccp: Platform) -> None:
    mona = await ccp.member("Mona")
    cluster = await ccp.organisation(mona, name="Harbour Cluster")
    otto = await ccp.colleague(mona, cluster["id"], "Otto")
    made = await asks(mona, cluster)
    path = f"/partner-requests/{made['id']}"
    closed = await asks(mona, cluster)
    ok(await mona.post(f"/partner-requests/{closed['id']}/close", version=1))
    await asks(mona, cluster, expires_at="2016-05-12T10:00:00Z")  # shorter than a week from the start
    await ccp.system.travel(timedelta(days=15))
    assert (await reminders(mona), await reminders(otto)) == ([], [])
    await ccp.system.travel(timedelta(days=2))
    assert (await reminders(mona), await reminders(otto)) == ([path], [path])
    [alert] = [each for each in await otto.alerts() if each["url"] == path]
    assert "It is shown until 1 June 2016, 12:00 CEST." in alert["text"]

    page = await (await browser_of(otto)).open(path)
    renewed = await page.submit("Renew for ninety days")
    assert renewed.notice.startswith("It is valid for ninety days from today.")
    assert "24 August 2016" in renewed.text
    assert "Renew for ninety days" not in renewed.buttons, "it is as valid as it can be"
    await ccp.system.travel(timedelta(days=20))
    assert await reminders(mona) == [path], "the new time is far"
    assert ok(await ccp.http.get(f"/partner-requests?organisation_id={cluster['id']}"))["items"][0]["id"] == made["id"]
    await ccp.system.travel(timedelta(days=64))
    assert await reminders(mona) == [path, path]


async def test_a_request_that_expired_is_shown_again_everywhere_once_it_is_renewed(ccp: Platform) -> None:
    mona = await ccp.member("Mona")
    cluster = await ccp.organisation(mona, name="Harbour Cluster")
    made = await asks(mona, cluster, countries=["IS"])
    await ccp.system.travel(timedelta(days=30))
    shown = f"/partner-requests?organisation_id={cluster['id']}"

    async def everywhere() -> list[int]:
        lists = [ok(await ccp.http.get(shown))["items"], ok(await ccp.http.get("/countries/IS"))["announced"]]
        shelf = ok(await ccp.http.get(f"/organisations/{cluster['id']}/showcase"))["requests"]["open"]
        return [len(each) for each in (*lists, shelf)]

    assert await everywhere() == [0, 0, 0]
    page = await (await browser_of(mona)).open(f"/partner-requests/{made['id']}")
    assert "It has expired, and is no longer listed." in page.text
    await page.submit("Renew for ninety days")
    await ccp.system.settle()
    assert await everywhere() == [1, 1, 1]


async def test_colleagues_and_operators_renew_and_close_a_request_and_others_do_not(ccp: Platform) -> None:
    mona, sven = await ccp.member("Mona"), await ccp.member("Sven")
    cluster = await ccp.organisation(mona, name="Harbour Cluster")
    otto = await ccp.colleague(mona, cluster["id"], "Otto")
    await ccp.system.settle()
    path = f"/partner-requests/{(await asks(mona, cluster))['id']}"
    for what in ("renew", "close"):
        refused(await sven.post(f"{path}/{what}", version=1), 404)
    assert "Close" not in (await (await browser_of(sven)).open(path)).buttons
    renewed = ok(await otto.post(f"{path}/renew", version=1))
    refused(await otto.post(f"{path}/renew", version=1), 412)
    refused(await otto.post(f"{path}/renew", version=renewed["version"]), 409, "expires_at", "not_renewable")
    ok(await ccp.operator.post(f"{path}/close", version=renewed["version"]))
    closed = ok(await otto.get(path))
    assert closed["closed"]
    refused(await otto.post(f"{path}/renew", version=closed["version"]), 409, "closed", "not_renewable")


async def test_a_request_of_an_organisation_that_is_not_public_is_neither_renewed_nor_reminded_of(
    ccp: Platform,
) -> None:
    mona = await ccp.member("Mona")
    cluster = await ccp.organisation(mona, name="Harbour Cluster")
    made = await asks(mona, cluster)
    ok(await mona.post(f"/organisations/{cluster['id']}/withdraw", version=cluster["version"]))
    await ccp.system.settle()
    path = f"/partner-requests/{made['id']}"
    refused(await mona.post(f"{path}/renew", version=made["version"]), 409, "suspended", "not_renewable")
    await ccp.system.travel(timedelta(days=17))
    assert await reminders(mona) == []


async def test_those_whom_a_new_request_fits_are_told_once_and_see_each_other(ccp: Platform) -> None:
    mona, otto, sven = [await ccp.member(name) for name in ("Mona", "Otto", "Sven")]
    harbour = await ccp.organisation(mona, name="Harbour Cluster", country="MT")
    wharf = await ccp.organisation(otto, name="Wharf Cluster", country="PL")
    forest = await ccp.organisation(sven, name="Forest Cluster", country="SE")
    await ccp.system.settle()
    wanted = await asks(mona, harbour, countries=["PL", "DE"])
    await asks(mona, harbour, title="More quays")
    await asks(sven, forest, ecosystems=["digital"])
    closed = await asks(sven, forest)
    ok(await sven.post(f"/partner-requests/{closed['id']}/close", version=1))
    ok(await mona.put(f"/follows/organisation/{wharf['id']}", None))
    await ccp.system.settle()
    offer = await asks(otto, wharf, side="offer", title="We have quays", countries=["MT"])
    await ccp.system.settle()

    async def told(member: Member) -> list[str]:
        return [each["url"] for each in await member.alerts() if each["title"] == "A partner for you: Wharf Cluster"]

    assert await told(mona) == [f"/partner-requests/{offer['id']}"], "once, though two of theirs fit"
    assert await told(sven) == []
    assert len([mail for mail in mona.mails if "Wharf Cluster" in mail["Subject"]]) == 1, "followers get one e-mail"
    page = await (await browser_of(mona)).open(f"/partner-requests/{wanted['id']}")
    assert page.links["We have quays"] == f"/partner-requests/{offer['id']}"
    theirs = await (await browser_of(otto)).open(f"/partner-requests/{offer['id']}")
    assert {"Quays for trials", "More quays"} <= theirs.links.keys()
    assert "We have quays" not in (await (await browser_of(sven)).open(f"/partner-requests/{wanted['id']}")).links
