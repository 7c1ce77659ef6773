"""The handover of e-mail: refused, deferred and unknown outcomes differ, and no e-mail is sent twice."""

import asyncio
import re
from datetime import timedelta
from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart

import pytest

from services.notifications.mailing.compose import WIRE_POLICY
from services.notifications.mailing.domain import Mail, State
from services.notifications.mailing.store import MAILS, claim, hand_over, sweep
from services.notifications.mailing.transport import Deferred, OutcomeUnknown, SmtpTransport, Unreachable
from shared.clock import real_now
from shared.mongod import free_port
from shared.testing import until
from tests.support.people import MISSION, Member, Platform, ok, refused


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    member = await ccp.member("Anna")
    await member.follows(kinds=["mission"])
    return member


async def ledger(ccp: Platform, state: State) -> Mail:
    async def find() -> Mail | None:
        return await MAILS.first(ccp.system.db("notifications"), {"state": state})

    return await until(find, f"a mail that is {state}")


async def test_a_permanent_refusal_is_recorded_with_the_servers_words(ccp: Platform, anna: Member) -> None:
    ccp.smtp.answers = ["550 no such mailbox"]
    await ccp.operator.publishes(MISSION)
    mail = await ledger(ccp, State.FAILED)
    assert "550" in mail.note
    assert "no such mailbox" in mail.note
    assert len(await anna.alerts()) == 1


async def test_a_temporary_refusal_is_tried_again_until_it_passes(
    ccp: Platform, anna: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.notifications.mailing.store.backoff", lambda _: timedelta())
    ccp.smtp.answers = ["451 greylisted", "451 greylisted"]
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    assert len(anna.mails) == 1
    mail = await MAILS.first(ccp.system.db("notifications"), {"kind": "alerts"})
    assert (mail.state, mail.attempts) == (State.SENT, 2)


async def test_a_sender_that_died_before_handing_over_releases_the_mail(ccp: Platform, anna: Member) -> None:
    database = ccp.system.db("notifications")
    await abandoned(database, State.CLAIMED)
    await sweep(database)
    assert (await MAILS.get(database, "left")).state is State.PENDING


async def test_a_sender_that_died_while_handing_over_leaves_it_ambiguous_and_never_resent(
    ccp: Platform, anna: Member
) -> None:
    database = ccp.system.db("notifications")
    await abandoned(database, State.HANDING)
    await sweep(database)
    assert (await MAILS.get(database, "left")).state is State.AMBIGUOUS
    assert await claim(database, 10, 0) == []
    page = ok(await ccp.operator.get("/deliveries", params={"state": "ambiguous"}))
    assert [delivery["id"] for delivery in page["items"]] == ["left"]
    assert (await anna.get("/deliveries")).status_code == 403


async def abandoned(database, state: State) -> None:
    mail = Mail(
        id="left",
        member_id="unknown",
        kind="alerts",
        occasions=["x"],
        state=state,
        created_at=real_now(),
        send_after=real_now() + timedelta(hours=1),
        token="dead",
        lease=real_now() - timedelta(seconds=1),
    )
    await MAILS.insert_new(database, [mail])


async def test_consent_is_checked_again_at_send_time(ccp: Platform, anna: Member) -> None:
    database = ccp.system.db("notifications")
    await database.raw("members").update_one({"_id": anna.id}, {"$set": {"mail": False}})
    await abandoned(database, State.PENDING)
    await MAILS.update(database, {"_id": "left"}, {"$set": {"member_id": anna.id, "send_after": real_now()}})
    database.notify("mailer")
    mail = await ledger(ccp, State.DROPPED)
    assert mail.note == "The member takes no e-mail."
    assert anna.mails == []


async def test_a_name_that_tries_to_add_a_header_cannot(ccp: Platform) -> None:
    body = {"email": "eve@members.example", "name": "Eve\r\nBcc: all@x", "country": "FR"}
    assert (await ccp.http.post("/members", json=body)).status_code == 422
    eve = await ccp.member("Eve")
    await (
        ccp.system.db("notifications")
        .raw("members")
        .update_one({"_id": eve.id}, {"$set": {"name": 'Eve\r\nBcc: all@x "<all@x>", (x)'}})
    )
    await eve.follows(kinds=["mission"])
    await ccp.operator.publishes(MISSION)
    await ccp.system.settle()
    [mail] = eve.mails
    assert "Bcc" not in mail
    assert mail["To"].addresses[0].addr_spec == "eve@members.example"
    assert len(mail["To"].addresses) == 1


async def test_mail_programs_can_read_where_to_unsubscribe(ccp: Platform, anna: Member) -> None:
    """As it stands on the wire: no program undoes an encoded word in List-Unsubscribe (RFC 2369)."""
    await ccp.operator.publishes({**MISSION, "title": "Mission über 北海道 " + "and further " * 8})
    await ccp.system.settle()
    [envelope] = [e for e in ccp.smtp.envelopes if b"one-click" in e.content.lower()]
    [header] = re.findall(rb"^List-Unsubscribe: <(http://ccp\.test/unsubscribe/[\w.-]+)>\r\n", envelope.content, re.M)
    assert ok(await ccp.http.post(header.decode())) == {"mail": False, "own_mail": True, "undeliverable": ""}
    assert max(map(len, envelope.content.split(b"\r\n"))) <= 998
    [mail] = anna.mails
    assert mail["Subject"].startswith("Apply: Mission über 北海道 and further")
    for part in mail.iter_parts():
        assert "北海道" in part.get_content()


@pytest.mark.parametrize("value", ["a\r\nBcc: all@x", "a\nb", "a\rb", "ü"])
def test_no_value_can_end_a_header(value: str) -> None:
    with pytest.raises(ValueError, match="X-Any cannot be"):
        MIMEMultipart(policy=WIRE_POLICY)["X-Any"] = value


async def test_a_slow_server_leaves_few_in_doubt(ccp: Platform, anna: Member, monkeypatch: pytest.MonkeyPatch) -> None:
    """E-mails that are not handed over in time are released, so that a crash leaves few ambiguous."""
    monkeypatch.setattr("services.notifications.mailing.mailer.LONGEST_BATCH", -1)
    database, mailer = ccp.system.db("notifications"), ccp.system.runtimes["notifications"].resources.mailer
    await abandoned(database, State.PENDING)
    await MAILS.update(database, {"_id": "left"}, {"$set": {"member_id": anna.id, "kind": "reminder"}})
    mail = await MAILS.get(database, "left")
    await mailer._send_batch(mailer.transports[0], [mail.model_copy(update={"state": State.CLAIMED})])
    assert (await MAILS.get(database, "left")).state is State.PENDING
    assert anna.mails == []


async def test_no_server_defers_and_a_server_that_hangs_up_after_the_content_is_unknown() -> None:

    message = EmailMessage()
    message.set_content("hello")
    with pytest.raises(Deferred):
        await SmtpTransport(f"smtp://127.0.0.1:{free_port()}").hand_over(message, "a@x.example", "b@x.example")

    async def hang_up_after_data(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            if line == b".\r\n":
                break
            if line.startswith((b"EHLO", b"MAIL", b"RCPT")):
                writer.write(b"250 ok\r\n")
            elif line.startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
        writer.close()

    port = free_port()
    async with await asyncio.start_server(hang_up_after_data, "127.0.0.1", port):
        transport = SmtpTransport(f"smtp://127.0.0.1:{port}")
        with pytest.raises(OutcomeUnknown):
            await transport.hand_over(message, "a@x.example", "b@x.example")
        await transport.close()


async def test_a_worker_whose_claim_was_taken_over_does_not_send(ccp: Platform) -> None:
    """A paused process continues after its lease has ended: another worker has claimed the e-mail."""
    database = ccp.system.db("notifications")
    await abandoned(database, State.CLAIMED)
    before = await MAILS.get(database, "left")
    await MAILS.update(database, {"_id": "left"}, {"$set": {"token": "other"}})
    assert await hand_over(database, [before]) == []
    claimed = await MAILS.get(database, "left")
    assert await hand_over(database, [claimed]) == [claimed]
    assert await hand_over(database, [claimed]) == []
    assert (await MAILS.get(database, "left")).lease > real_now()


async def test_four_workers_share_a_queue_and_take_nothing_twice(ccp: Platform) -> None:
    database = ccp.system.db("notifications")
    far = Mail(id="x", member_id="unknown", kind="confirm", occasions=[], created_at=real_now(), send_after=real_now())
    await ccp.system.runtimes["notifications"].resources.mailer.close()  # only the claims below
    await MAILS.insert_new(database, [far.model_copy(update={"id": f"m{n}"}) for n in range(40)])
    batches = await asyncio.gather(*(claim(database, 10, 0) for _ in range(4)))
    ids = [mail.id for batch in batches for mail in batch]
    assert len(ids) == len(set(ids))
    assert all(batches)


async def test_an_address_with_a_non_ascii_domain_gets_mail_and_does_not_affect_others(ccp: Platform) -> None:
    body = {"name": "Hans", "country": "DE"}
    ok(await ccp.http.post("/members", json=body | {"email": "hans@bücher.example"}))
    refused(await ccp.http.post("/members", json=body | {"email": "häns@buecher.example"}), 422, "email")
    await ccp.member("Anna")
    assert len(ccp.mails_to("hans@xn--bcher-kva.example")) == 1


async def test_a_server_that_refuses_our_sender_is_unreachable_for_every_recipient() -> None:
    async def refuse_every_sender(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"554 not you\r\n")
        writer.close()

    port = free_port()
    async with await asyncio.start_server(refuse_every_sender, "127.0.0.1", port):
        with pytest.raises(Unreachable):
            await SmtpTransport(f"smtp://127.0.0.1:{port}").hand_over(EmailMessage(), "a@x.example", "b@x.example")
