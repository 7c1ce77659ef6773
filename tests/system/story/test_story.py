"""The main path: a published call becomes alerts and e-mails for the members whom it concerns, and for no others."""

from datetime import timedelta

from bs4 import BeautifulSoup

from shared.bus import Message
from shared.contracts.profiles import MemberJoined
from shared.envelope import wrap
from tests.support.people import MISSION, Platform, ok


async def test_a_published_call_reaches_the_members_it_concerns_with_the_reason(platform: Platform) -> None:
    editor = await platform.member("Erik")
    organisation = await platform.organisation(editor)
    anna, bert = await platform.member("Anna"), await platform.member("Bert")
    await anna.follows(countries=["JP"], ecosystems=["digital"])
    await bert.follows(ecosystems=["textiles"])

    await editor.publishes(MISSION, organisation)
    await platform.system.settle()

    [alert] = await anna.alerts()
    assert alert["title"] == "Apply: Mission to Japan"
    assert alert["reason"] == "You follow Digital, Japan"
    assert "30 June 2016, 17:00 CEST" in alert["text"]
    assert await bert.alerts() == []
    [mail] = anna.mails
    assert mail["Subject"] == "Apply: Mission to Japan"
    for form in ("plain", "html"):
        assert "You follow Digital, Japan" in mail.get_body((form,)).get_content()
    assert bert.mails == []


async def test_every_link_in_an_email_opens_a_page_for_people(platform: Platform) -> None:
    anna = await platform.member("Anna")
    await anna.follows(kinds=["mission"])
    await platform.operator.publishes(MISSION)
    await platform.system.settle()

    [mail] = anna.mails
    html = mail.get_body(("html",)).get_content()
    links = {a["href"] for a in BeautifulSoup(html, "html.parser").find_all("a")}
    assert len(links) == 3
    for link in links:
        page = await anna.get(link, headers={"Accept": "text/html,*/*;q=0.8"})
        assert page.status_code == 200, link
        assert BeautifulSoup(page.text, "html.parser").h1.text


async def test_one_click_unsubscribe_stops_mail_by_post_and_never_by_get(platform: Platform) -> None:
    anna = await platform.member("Anna")
    await anna.follows(kinds=["mission"])
    await platform.operator.publishes(MISSION)
    await platform.system.settle()
    [mail] = anna.mails
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = mail["List-Unsubscribe"].strip("<>")

    assert ok(await platform.http.get(link))["mail"]
    form = {"List-Unsubscribe": "One-Click"}
    assert not ok(await platform.http.post(link, data=form))["mail"]
    await platform.operator.publishes(MISSION | {"title": "A second mission"})
    await platform.system.settle()

    assert len(anna.mails) == 1
    assert len(await anna.alerts()) == 2


async def test_a_change_a_closing_and_a_withdrawal_are_each_notified_once(platform: Platform) -> None:
    anna = await platform.member("Anna")
    await anna.follows(kinds=["mission"])
    call = await platform.operator.publishes(MISSION)
    later = MISSION | {"deadline": "2016-07-07T17:00:00+02:00"}
    call = ok(await platform.operator.put(f"/calls/{call['id']}", later, version=call["version"]))
    await platform.system.travel(timedelta(days=53))  # 1 July, 09:00
    await platform.system.travel(timedelta(days=5, hours=20))  # 7 July, 05:00
    await platform.system.travel(timedelta(hours=1))
    call = ok(await platform.http.get(f"/calls/{call['id']}"))
    ok(await platform.operator.post(f"/calls/{call['id']}/withdraw", {"reason": "moved"}, version=call["version"]))
    await platform.system.settle()

    titles = sorted(alert["title"].partition(":")[0] for alert in await anna.alerts())
    assert titles == ["Apply", "Changed", "Closes in 7 days", "Closes in one day", "Withdrawn"]
    changed = next(a for a in await anna.alerts() if a["title"].startswith("Changed"))
    assert "deadline extended from 30 June 2016, 17:00 CEST to 7 July 2016, 17:00 CEST" in changed["text"]


async def test_a_call_closes_by_the_clock_and_publishes_it_once(platform: Platform) -> None:
    call = await platform.operator.publishes(MISSION)
    await platform.system.travel(timedelta(days=60))
    await platform.system.travel(timedelta(days=1))
    assert ok(await platform.http.get(f"/calls/{call['id']}"))["status"] == "closed"
    assert len(await platform.system.published("calls", "calls.call.closed.v1")) == 1
    closed = ok(await platform.http.get("/calls", params={"status": "closed"}))["items"]
    assert [c["id"] for c in closed] == [call["id"]]


async def test_a_flood_becomes_one_email(platform: Platform) -> None:
    anna = await platform.member("Anna")
    await anna.follows(kinds=["mission"])
    for number in range(8):
        await platform.operator.publishes(MISSION | {"title": f"Mission {number}"})
    await platform.system.settle()
    assert len(await anna.alerts()) == 8
    assert len(anna.mails) == 5

    await platform.system.travel(timedelta(minutes=11))
    await platform.system.travel(timedelta(minutes=11))

    assert len(anna.mails) == 6
    together = anna.mails[-1]
    assert together["Subject"].endswith("and 2 more")
    text = " ".join(mail.get_body(("plain",)).get_content() for mail in anna.mails)
    assert all(f"Mission {number}" in text for number in range(8))


async def test_a_call_proposes_partners_without_a_second_email_about_it(platform: Platform) -> None:
    anna, bert, cara = [await platform.member(name) for name in ("Anna", "Bert", "Cara")]
    ours = await platform.organisation(anna, name="Green Building Valley")
    theirs = await platform.organisation(bert, name="Alpine Energy")
    wish = {"ecosystems": ["digital"], "expires_at": "2016-12-31T00:00:00Z"}
    ok(
        await anna.post(
            "/partner-requests", wish | {"organisation_id": ours["id"], "side": "request", "title": "Meters"}
        )
    )
    ok(
        await bert.post(
            "/partner-requests", wish | {"organisation_id": theirs["id"], "side": "offer", "title": "We meter"}
        )
    )
    await anna.follows(kinds=["mission"])
    await platform.system.settle()
    before = len(anna.mails), len(bert.mails)

    await platform.operator.publishes(MISSION)
    await platform.system.settle()

    titles = {alert["title"] for alert in await anna.alerts()}
    assert {"Apply: Mission to Japan", "Meet partners for: Mission to Japan"} <= titles
    assert (len(anna.mails), len(bert.mails)) == (before[0] + 1, before[1] + 1)
    [proposal] = ok(await anna.get("/partner-proposals"))["items"]
    [partner] = proposal["proposals"]
    assert partner["organisation_name"] == "Alpine Energy"
    assert partner["reason"] == "Alpine Energy (Sweden) offers “We meter”; you share Digital"
    meetings = [alert for alert in await anna.alerts() if alert["title"].startswith("Meet partners")]
    assert len(meetings) == 1
    assert await cara.alerts() == []


async def test_a_closed_partner_request_is_published_once(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    ours = await ccp.organisation(anna)
    wish = {"organisation_id": ours["id"], "side": "offer", "title": "We meter", "ecosystems": ["digital"]}
    wish = ok(await anna.post("/partner-requests", wish | {"expires_at": "2016-12-31T00:00:00Z"}))
    for _ in range(2):
        wish = ok(await anna.post(f"/partner-requests/{wish['id']}/close", version=wish["version"]))
    assert wish["closed"]
    [closed] = await ccp.system.published("matchmaking", "matchmaking.request.closed.v1")
    assert closed.data == {"request_id": wish["id"]}


async def test_an_inbox_is_read_one_by_one_or_all_at_once(platform: Platform) -> None:
    anna, bert = await platform.member("Anna"), await platform.member("Bert")
    await anna.follows(kinds=["mission"])
    for title in ("First", "Second", "Third"):
        await platform.operator.publishes(MISSION | {"title": title})
    await platform.system.settle()
    first = (await anna.alerts())[0]
    assert (await bert.post(f"/inbox/{first['id']}/read")).status_code == 404
    assert ok(await anna.post(f"/inbox/{first['id']}/read"))["read_at"]
    assert len(ok(await anna.get("/inbox", params={"unread": True}))["items"]) == 2
    assert ok(await anna.post("/inbox/read"))["read"] == 2
    assert ok(await anna.get("/inbox", params={"unread": True}))["items"] == []


async def test_one_correlation_id_connects_the_request_and_the_email(platform: Platform) -> None:
    anna = await platform.member("Anna")
    await anna.follows(kinds=["mission"])
    draft = ok(await platform.operator.post("/calls", MISSION))
    path, version = f"/calls/{draft['id']}/publish", draft["version"]
    answer = await platform.operator.post(path, version=version, X_Correlation_ID="pay-to-IBAN-4711")
    await platform.system.settle()
    [event] = await platform.system.published("calls", "calls.call.published.v1")
    [mail] = anna.mails
    assert answer.headers["x-correlation-id"] == event.correlationid == mail["X-Correlation-ID"]
    assert "4711" not in event.model_dump_json() + str(mail["X-Correlation-ID"])  # others read what a publisher chose


async def test_a_new_member_is_notified_if_the_news_was_faster(ccp: Platform) -> None:
    """The order of events is not guaranteed: here the membership arrives after the publication."""
    anna = await ccp.member("Anna")
    consumer = ccp.system.runtimes["notifications"].consumer
    joining = consumer.handlers.pop(MemberJoined.type)
    organisation = await ccp.organisation(anna)
    consumer.handlers[MemberJoined.type] = joining
    assert await anna.alerts() == []

    event = MemberJoined(member_id=anna.id, organisation_id=organisation["id"], role="administrator", version=1)
    for _ in range(2):
        envelope = wrap(event, "profiles")
        await consumer.receive(Message(envelope.id, envelope.type, envelope.to_bytes()))
    await ccp.system.settle()

    [alert] = await anna.alerts()
    assert alert["title"] == "Published: Nordic ICT Cluster"
    assert len(anna.mails) == 1
