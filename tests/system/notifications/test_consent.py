"""Consent to e-mail: by scope, with a way back, and with what the mail server says about an address."""

import re

import pytest

from ccp import mail as command
from services.notifications.mailing.domain import State
from services.notifications.mailing.store import MAILS
from shared.testing import until
from tests.support.browsing import Browser
from tests.support.eventlog import client
from tests.support.people import MISSION, PASSWORD, Member, Platform, ok, refused

HTML = {"Accept": "text/html"}


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    member = await ccp.member("Anna")
    await member.follows(kinds=["mission"])
    return member


async def subjects(member: Member) -> list[str]:
    await member.platform.system.settle()
    return [mail["Subject"] for mail in member.mails]


def stop_path(member: Member) -> str:
    return re.search(r"http://ccp\.test(/unsubscribe/[\w.-]+)", member.mails[-1].get_body(("plain",)).get_content())[1]


async def test_to_stop_alerts_about_calls_keeps_the_own_business(ccp: Platform, anna: Member) -> None:
    await ccp.operator.publishes(MISSION)
    assert await subjects(anna) == ["Apply: Mission to Japan"]
    path = stop_path(anna)
    assert ok(await ccp.http.post(path)) == {"mail": False, "own_mail": True, "undeliverable": ""}
    await ccp.operator.publishes(MISSION | {"title": "Second mission"})
    await ccp.organisation(anna)
    assert (await subjects(anna))[1:] == ["Published: Nordic ICT Cluster"]
    assert len(await anna.alerts()) == 3
    back = await (await Browser(ccp.http).open(path)).submit("Send them again")
    assert back.heading.startswith("Stop the e-mails about calls and gatherings that match your interests")
    await ccp.operator.publishes(MISSION | {"title": "Third mission"})
    assert (await subjects(anna))[-1] == "Apply: Third mission"


async def test_the_inbox_says_what_was_stopped_and_leads_back(ccp: Platform, anna: Member) -> None:
    browser = Browser(ccp.http)
    await browser.log_in(anna.email, PASSWORD)
    ok(await anna.put("/subscription", {"mail": False, "own_mail": False}))
    await ccp.organisation(anna)
    assert await subjects(anna) == []
    page = await browser.open("/inbox")
    assert "You stopped all e-mails about alerts." in page.text
    assert (await page.submit("Send me e-mails again")).heading == "Inbox"
    assert ok(await anna.get("/subscription")) == {"mail": True, "own_mail": True, "undeliverable": ""}
    assert ok(await anna.post("/subscription/resume")) == {"mail": True, "own_mail": True, "undeliverable": ""}


async def test_an_address_that_does_not_exist_gets_no_more_emails_and_the_inbox_says_so(
    ccp: Platform, anna: Member
) -> None:
    ccp.smtp.answers = ["550 5.1.1 no such user"]
    await ccp.operator.publishes(MISSION)
    await alerted(anna, 2)
    await ccp.operator.publishes(MISSION | {"title": "Second mission"})
    assert await subjects(anna) == []
    titles = [alert["title"] for alert in await anna.alerts()]
    assert sorted(titles) == ["Apply: Mission to Japan", "Apply: Second mission", "Your e-mail address does not work"]
    assert ok(await anna.get("/subscription"))["undeliverable"] == "550 5.1.1 no such user"
    assert "Send me e-mails again" in (await anna.get("/inbox", headers=HTML)).text
    ok(await anna.post("/subscription/resume"))
    await ccp.operator.publishes(MISSION | {"title": "Third mission"})
    assert await subjects(anna) == ["Apply: Third mission"]


async def alerted(member: Member, number: int) -> None:
    async def enough() -> bool:
        return len(await member.alerts()) >= number

    await until(enough, f"{number} alerts")


async def test_an_operator_sends_a_failed_email_again(
    ccp: Platform, anna: Member, capsys: pytest.CaptureFixture[str]
) -> None:
    ccp.smtp.answers = ["550 5.1.1 no such user"]
    await ccp.operator.publishes(MISSION)
    assert await subjects(anna) == []
    [failed] = ok(await ccp.operator.get("/deliveries", params={"state": "failed"}))["items"]
    refused(await anna.post("/deliveries/resend", {"ids": [failed["id"]]}), 403)
    await command.show_table(client(ccp))
    assert "no such user" in capsys.readouterr().out
    assert await command.send_again(client(ccp), [failed["id"]])
    assert await subjects(anna) == ["Apply: Mission to Japan"]
    assert (await MAILS.get(ccp.system.db("notifications"), failed["id"])).state is State.SENT
    answer = ok(await ccp.operator.post("/deliveries/resend", {"ids": [failed["id"], "unknown"]}))
    assert [each["id"] for each in answer["refused"]] == [failed["id"], "unknown"]
    with pytest.raises(ValueError, match="give ids, or --all"):
        command.resend([], ("", "", ""), everything=False)


async def test_the_own_business_is_not_held_behind_many_alerts(ccp: Platform, anna: Member) -> None:
    for number in range(7):
        await ccp.operator.publishes(MISSION | {"title": f"Mission {number}"})
    await ccp.organisation(anna)
    sent = await subjects(anna)
    assert len([subject for subject in sent if subject.startswith("Apply")]) == 5
    assert "Published: Nordic ICT Cluster" in sent
