"""Hostile texts and addresses: each member of an audience gets their e-mail, over SMTP, and no log shows an address."""

import json
from datetime import timedelta

import pytest

from services.notifications.mailing.domain import State
from services.notifications.mailing.mailer import Mailer
from services.notifications.mailing.store import MAILS
from shared import log
from shared.contracts.calls import CallPublished
from shared.mongo import Transaction
from tests.support.calls import CALL
from tests.support.people import MISSION, Member, Platform, ok, refused

# Lines that end for Python and not for SMTP, one of 3,000 octets, and what moves a terminal or turns a text round.
HOSTILE = "A\v" * 400 + "B\x1c\x85\u2028" * 100 + "C" * 200 + "\0\x1b[2J\f\u202e\r.\r\n.\n"


async def follower(ccp: Platform, name: str) -> Member:
    member = await ccp.member(name)
    await member.follows(kinds=["mission"])
    return member


async def publish_by_event(ccp: Platform, title: str, summary: str) -> None:
    """Publish a call as an older version did, which checked no text of several lines."""
    facts = CALL.model_copy(update={"title": title, "summary": summary, "organisation_name": "X" + summary[:200]})

    async def publish(tx: Transaction) -> None:
        tx.publish(CallPublished(call_id="hostile", call=facts))

    await ccp.system.db("calls").transact(publish)
    await ccp.system.settle()


async def test_a_hostile_text_of_an_older_event_reaches_every_member(ccp: Platform) -> None:
    members = [await follower(ccp, name) for name in ("Anna", "Bert", "Cleo")]
    await publish_by_event(ccp, HOSTILE[:250], HOSTILE[:1000])
    for member in members:
        [mail] = member.mails
        assert mail["Subject"].startswith("Apply: A")
        assert len(list(mail.iter_parts())) == 2
    [*contents] = [envelope.original_content for envelope in ccp.smtp.envelopes]
    assert max(len(line) for content in contents for line in content.split(b"\r\n")) <= 998
    assert not [content for content in contents if b"\r" in (rest := content.replace(b"\r\n", b"")) or b"\n" in rest]


@pytest.mark.parametrize("character", ["\v", "\f", "\x1c", "\0", "\x1b", "\u202e"])
async def test_a_hostile_text_is_refused_with_the_name_of_its_field(ccp: Platform, character: str) -> None:
    text = f"A summary{character}of a call"
    for field in ("title", "summary", "description", "programme", "reason"):
        refused(await ccp.operator.post("/calls", MISSION | {field: text}), 422, field)
    call = await ccp.operator.publishes(MISSION)
    refused(await ccp.operator.post(f"/calls/{call['id']}/questions", {"question": text}), 422, "question")
    withdrawal = {"reason": text}
    refused(await ccp.operator.post(f"/calls/{call['id']}/withdraw", withdrawal, version=2), 422, "reason")


@pytest.mark.parametrize("name", ["Eve\u202e", "E\u200bve", "\u200b\u200b", "\u3164", "Eve\u2028"])
async def test_a_name_that_people_cannot_see_is_refused(ccp: Platform, name: str) -> None:
    body = {"email": "eve@members.example", "name": name, "country": "FR", "password": "0123456789"}
    refused(await ccp.http.post("/members", json=body), 422, "name")


async def test_a_member_whose_e_mail_cannot_be_sent_does_not_stop_the_others(ccp: Platform) -> None:
    members = [await follower(ccp, name) for name in ("Anna", "Bert", "Cleo", "Dora")]
    broken, endless, *others = members
    copies = ccp.system.db("notifications").raw("members")
    await copies.update_one({"_id": broken.id}, {"$set": {"email": "anna@@nowhere\r\nBcc: all@x.example"}})
    await copies.update_one({"_id": endless.id}, {"$set": {"email": f"{'b' * 300}@members.example"}})
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    assert [len(member.mails) for member in others] == [1, 1]
    failed = await MAILS.find(ccp.system.db("notifications"), {"state": State.FAILED}, limit=9)
    assert {mail.member_id for mail in failed} == {broken.id, endless.id}
    assert not [mail.note for mail in failed if "nowhere" in mail.note or "bbb" in mail.note]


async def test_an_address_of_an_older_event_gets_the_domain_that_browsers_look_up(ccp: Platform) -> None:
    anna = await follower(ccp, "Anna")
    copies = ccp.system.db("notifications").raw("members")
    await copies.update_one({"_id": anna.id}, {"$set": {"email": "anna@straße.example"}})
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    assert len(ccp.mails_to("anna@xn--strae-oqa.example")) == 1


# --- personal data in the log and in the ledger --------------------------------------------------


async def test_neither_log_nor_ledger_shows_the_address_that_a_server_refuses(
    ccp: Platform, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    mailer: Mailer = ccp.system.runtimes["notifications"].resources.mailer
    await follower(ccp, "Wilhelmina")
    log.configure("json", "info")
    monkeypatch.setattr(mailer, "log", log.get(service="notifications"))
    ccp.smtp.answers = [
        "451 4.7.1 <Wilhelmina@members.example>: greylisted, see https://x.example/?to=wilhelmina%40members.example",
        "550 5.1.1 wilhelmina@members.example: no mailbox of Wilhelmina here",
    ]
    monkeypatch.setattr("services.notifications.mailing.store.backoff", lambda _: timedelta())
    try:
        await ccp.operator.publishes(MISSION)
        await ccp.system.settle()
    finally:
        log.configure(level="error")
    [delivery] = ok(await ccp.operator.get("/deliveries", params={"state": "failed"}))["items"]
    assert delivery["note"] == "550 5.1.1 [address]: no mailbox of [address] here"
    output = capsys.readouterr().out
    events = [json.loads(line)["event"] for line in output.splitlines() if '"mail_' in line]
    assert events[-2:] == ["mail_deferred", "mail_refused"]
    assert "wilhelmina" not in output.lower()
    assert "members.example" not in output


def test_an_error_of_a_driver_shows_no_address_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    for form in ("json", "console"):
        log.configure(form)
        try:
            raise ValueError('E11000 duplicate key: { email: "anna@members.example" }')
        except ValueError:
            log.get().exception("request_failed", reason="amqp://user:secret@broker:5672/ is away")
        finally:
            log.configure(level="error")
        output = capsys.readouterr().out
        assert "E11000" in output
        assert "anna" not in output
        assert "secret" not in output
