"""Registration: the owner of an address decides about its account, and a stranger learns and writes nothing."""

import asyncio
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from bs4 import BeautifulSoup
from pydantic import SecretStr

from services.notifications.mailing.store import ADDRESSEES
from services.profiles.accounts.domain import Member as Account
from services.profiles.accounts.domain import Registration
from services.profiles.accounts.store import MEMBERS, REGISTRATIONS
from services.profiles.accounts.usecases import register_member
from services.profiles.service import ensure_operator
from shared.ids import new_id
from tests.support.people import PASSWORD, Platform, ok, refused

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


def registration(address: str, **more: str) -> dict[str, str]:
    return {"email": address, "name": "Eve", "country": "FR", **more}


async def asks(ccp: Platform, address: str, key: str | None = None, **more: str) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return await ccp.http.post("/members", json=registration(address, **more), headers=headers)


async def logs_in(ccp: Platform, address: str, password: str) -> httpx.Response:
    return await ccp.http.post("/tokens", json={"email": address, "password": password})


async def links(ccp: Platform, address: str) -> list[str]:
    """Return the paths of the links in all e-mails to an address."""
    await ccp.system.settle()
    texts = [mail.get_body(("plain",)).get_content() for mail in ccp.mails_to(address)]
    return re.findall(r"http://ccp\.test(/confirm/\S+)", "\n".join(texts))


async def subjects(ccp: Platform, address: str) -> list[str]:
    await ccp.system.settle()
    return [mail["Subject"] for mail in ccp.mails_to(address)]


async def test_the_email_contains_nothing_that_the_person_who_registers_chose(ccp: Platform) -> None:
    body = registration("olga@members.example", name="Win 1000 EUR at prize.example", country="TO")
    ok(await ccp.http.post("/members", json=body, headers={"X-Correlation-ID": "call-0900-1234"}))
    await ccp.system.settle()
    [envelope] = [each for each in ccp.smtp.envelopes if "olga@members.example" in each.rcpt_tos]
    [mail] = ccp.mails_to("olga@members.example")
    texts = [envelope.content.decode(), *(part.get_content() for part in mail.iter_parts()), *mail.values()]
    for chosen in ("prize", "1000", "0900", "Tonga"):
        assert [text for text in texts if chosen in text] == []
    assert mail["To"] == "olga@members.example"


async def test_the_owner_of_the_address_sets_the_password_and_the_link_works_once(ccp: Platform) -> None:
    address = await ccp.registers("Paula", "SE")
    refused(await logs_in(ccp, address, PASSWORD), 401)
    path = await ccp.confirm_path(address)
    for _ in range(2):  # reading changes nothing
        assert ok(await ccp.http.get(path)) == {"email": address, "name": "Paula", "country": "SE"}
    refused(await ccp.http.post(path, json={"password": "short"}), 422, "password")
    member = ok(await ccp.http.post(path, json={"password": PASSWORD, "name": "Paula Berg"}))
    assert (member["name"], member["country"], member["confirmed"]) == ("Paula Berg", "SE", True)
    refused(await ccp.http.post(path, json={"password": "the password of a stranger"}), 404)
    refused(await ccp.http.get(path), 404)
    refused(await logs_in(ccp, address, "the password of a stranger"), 401)
    ok(await logs_in(ccp, address, PASSWORD))


async def test_a_lost_or_expired_link_is_sent_again_and_the_answer_does_not_tell_who_is_registered(
    ccp: Platform,
) -> None:
    address = await ccp.registers("Rita")
    lost = await ccp.confirm_path(address)
    member = await ccp.member("Rosa")
    for known in (address, member.email, "unknown@members.example"):
        answer = await ccp.http.post("/confirm", json={"email": known})
        assert (answer.status_code, answer.json()) == (202, {"email": known})
    assert await subjects(ccp, address) == ["Confirm your address and choose a password"] * 2
    assert (await subjects(ccp, member.email))[-1] == "You have an account already"
    assert await subjects(ccp, "unknown@members.example") == []
    ok(await ccp.http.get(lost))  # it was found again
    for _ in range(6):
        ok(await ccp.http.post("/confirm", json={"email": address}))
    assert len(await subjects(ccp, address)) <= 5  # no more in an hour
    ok(await ccp.http.post(await ccp.confirm_path(address), json={"password": PASSWORD}))


async def test_an_expired_link_names_the_way_to_a_new_one(ccp: Platform) -> None:
    assert "/confirm" in refused(await ccp.http.get("/confirm/expired"), 401)["detail"]


@pytest.mark.parametrize(
    "sent", [{"content": b"{"}, {"json": []}, {"json": None}, {"data": {"passwort": PASSWORD}}, {"content": b"\xff"}]
)
async def test_a_body_that_is_no_confirmation_is_refused_and_changes_nothing(
    ccp: Platform, sent: dict[str, Any]
) -> None:
    path = await ccp.confirm_path(await ccp.registers("Ina"))
    refused(await ccp.http.post(path, **sent), 422)
    ok(await ccp.http.get(path))


async def test_a_strangers_registrations_leave_the_link_of_the_owner_and_what_they_typed(ccp: Platform) -> None:
    address = await ccp.registers("Greta", "SE")
    own = await ccp.confirm_path(address)
    for _ in range(6):  # more than the e-mails to one address in an hour
        assert ok(await asks(ccp, address)) == {"email": address}
    assert len(await subjects(ccp, address)) == 5
    assert ok(await ccp.http.get(own)) == {"email": address, "name": "Greta", "country": "SE"}
    others = sorted(set(await links(ccp, address)) - {own})
    assert [ok(await ccp.http.get(path))["name"] for path in others] == ["Eve"] * 4
    assert ok(await ccp.http.post(own, json={"password": PASSWORD}))["name"] == "Greta"
    for path in others:  # one account, one password
        refused(await ccp.http.get(path), 404)
        refused(await ccp.http.post(path, json={"password": "the password of a stranger"}), 404)
    assert await REGISTRATIONS.count(ccp.system.db("profiles"), {"email": address}) == 0


async def test_an_owner_without_a_further_email_sets_the_password_with_a_strangers_link(ccp: Platform) -> None:
    address = "gerda@members.example"
    for _ in range(5):
        ok(await asks(ccp, address))
    ok(await asks(ccp, address, name="Gerda", country="SE"))
    path = (await links(ccp, address))[0]
    page = BeautifulSoup((await ccp.http.get(path, headers=HTML)).text, "html.parser")
    assert page.find(id="f-name")["value"] == "Eve"
    assert "perhaps by another person" in page.main.get_text()
    sent = {"password": PASSWORD, "name": "Gerda", "country": "SE"}
    assert ok(await ccp.http.post(path, json=sent))["name"] == "Gerda"


async def test_the_newest_ten_registrations_of_an_address_are_kept(ccp: Platform) -> None:
    database, address = ccp.system.db("profiles"), "gudrun@members.example"
    bodies = [Registration(email=address, name=f"Gudrun {number}", country="SE") for number in range(13)]
    for body in bodies:
        await database.transact(register_member, new_id(), body)
    kept = await REGISTRATIONS.find(database, {"email": address}, sort=[("at", 1), ("_id", 1)], limit=20)
    assert [each.name for each in kept] == [body.name for body in bodies[3:]]


async def test_the_answer_does_not_tell_whether_an_address_is_known(ccp: Platform) -> None:
    known = (await ccp.member("Hanna")).email
    pending = await ccp.registers("Karl")
    answers = [await asks(ccp, address) for address in (known, known.upper(), pending, "new@members.example")]
    assert {answer.status_code for answer in answers} == {202}
    assert [answer.json() for answer in answers[1:]] == [
        {"email": address} for address in (known, pending, "new@members.example")
    ]
    assert len({tuple(sorted(answer.headers.keys())) for answer in answers}) == 1


async def test_a_member_is_told_by_email_at_most_once_a_day_and_nothing_changes(ccp: Platform) -> None:
    member = await ccp.member("Lena")
    await ccp.system.db("notifications").raw("members").update_one({"_id": member.id}, {"$set": {"mail": False}})
    for name in ("Stranger", "Another stranger"):
        ok(await asks(ccp, member.email, name=name))
    assert (await subjects(ccp, member.email))[1:] == ["You have an account already"]
    text = ccp.mails_to(member.email)[-1].get_body(("plain",)).get_content()
    assert "http://ccp.test/login" in text
    assert "tranger" not in text
    assert ok(await member.get("/me"))["name"] == "Lena"
    assert await REGISTRATIONS.count(ccp.system.db("profiles"), {"email": member.email}) == 0


async def test_a_repeated_request_with_its_key_sends_one_email(ccp: Platform) -> None:
    address = "mona@members.example"
    answers = [await asks(ccp, address, key="once") for _ in range(2)]
    assert ok(answers[0]) == ok(answers[1])
    refused(await asks(ccp, address, key="once", name="Other"), 422, "Idempotency-Key")
    assert len(await subjects(ccp, address)) == 1


@pytest.mark.parametrize("registrations", [1, 2])
async def test_of_two_confirmations_at_once_only_one_sets_the_password(ccp: Platform, registrations: int) -> None:
    address = await ccp.registers("Nele")
    for _ in range(registrations - 1):
        ok(await asks(ccp, address))
    paths = await links(ccp, address)
    sent = [(paths[0], "the first password"), (paths[-1], "the second password")]
    answers = await asyncio.gather(*(ccp.http.post(path, json={"password": password}) for path, password in sent))
    assert sorted(answer.status_code for answer in answers) == [200, 404]
    logins = [(await logs_in(ccp, address, password)).is_success for _, password in sent]
    assert logins == [answer.is_success for answer in answers]


async def test_others_hear_of_a_person_only_after_the_confirmation(ccp: Platform) -> None:
    address = await ccp.registers("Rosa")
    await ccp.system.settle()
    published = [event for event in await ccp.system.published("profiles") if address in str(event.data)]
    assert [(event.type, set(event.data)) for event in published] == [
        ("profiles.member.invited.v1", {"member_id", "email"})
    ]
    id = published[0].data["member_id"]
    ok(await ccp.http.post(await ccp.confirm_path(address), json={"password": PASSWORD}))
    types = [event.type for event in await ccp.system.published("profiles") if event.subject == id]
    assert types[1:] == ["profiles.member.registered.v1", "profiles.member.confirmed.v1"]


async def test_links_and_registrations_expire(ccp: Platform) -> None:
    address = await ccp.registers("Tove")
    path = await ccp.confirm_path(address)
    signer = ccp.system.runtimes["notifications"].resources.mailer.composer._signer
    pending = await REGISTRATIONS.first(ccp.system.db("profiles"), {"email": address})
    late = signer.sign("confirm", pending.id, timedelta(seconds=-1), email=address)
    refused(await ccp.http.get(f"/confirm/{late}"), 401)
    another_purpose = signer.sign("unsubscribe", pending.id, timedelta(days=1), email=address)
    refused(await ccp.http.post(f"/confirm/{another_purpose}", json={"password": PASSWORD}), 401)
    for service, collection, days in (("profiles", REGISTRATIONS, 30), ("notifications", ADDRESSEES, 8)):
        indexes = await ccp.system.db(service).raw(collection.name).index_information()
        assert indexes["at_1"]["expireAfterSeconds"] == days * 24 * 3600
    await REGISTRATIONS.delete(ccp.system.db("profiles"), {"email": address})  # as the database does in time
    refused(await ccp.http.post(path, json={"password": PASSWORD}), 404)


async def test_an_account_that_a_stranger_created_in_version_0_1_ends_when_the_owner_confirms(ccp: Platform) -> None:
    database, address = ccp.system.db("profiles"), "vera@members.example"
    old = Account(id="old", email=address, name="Stranger", country="FR", password_hash="unknown")
    await MEMBERS.insert_new(database, [old])
    ok(await asks(ccp, address, name="Vera"))
    member = ok(await ccp.http.post(await ccp.confirm_path(address), json={"password": PASSWORD}))
    assert member["name"] == "Vera"
    assert await MEMBERS.get(database, "old") is None


async def test_a_registration_ends_when_its_address_becomes_an_operators(ccp: Platform) -> None:
    address = await ccp.registers("Willy")
    path = await ccp.confirm_path(address)
    assert await ensure_operator(ccp.system.db("profiles"), address, SecretStr(PASSWORD))
    refused(await ccp.http.post(path, json={"password": "the password of a stranger"}), 404)
    assert (await ccp.log_in("Willy", address)).id
    assert not await ensure_operator(ccp.system.db("profiles"), address, SecretStr(PASSWORD))
