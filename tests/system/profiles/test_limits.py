"""Limits of requests: guessing passwords, registering and e-mailing end with 429, and honest members go on."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from services.profiles.accounts import usecases
from shared.bus.memory import MemoryBus
from shared.host import build_app
from shared.settings import Settings
from tests.support.people import MISSION, OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, PROFILE, Platform, ok, refused
from tests.support.platforms import interface_of_all, running_platform
from tests.support.uploads import PDF, uploads

HOME, ELSEWHERE, ATTACKER = "192.0.2.1", "192.0.2.2", "203.0.113.7"


@contextlib.asynccontextmanager
async def limited(mongo_url: str, folder: Path, **limits: str) -> AsyncIterator[Platform]:
    settings = Settings(data_dir=folder, public_url="http://ccp.test", **{f"limit_{n}": r for n, r in limits.items()})
    async with running_platform(mongo_url, settings, MemoryBus()) as platform:
        yield platform


async def logs_in(ccp: Platform, address: str, client: str, password: str = PASSWORD) -> httpx.Response:
    async with ccp.client_at(client) as http:
        return await http.post("/tokens", json={"email": address, "password": password})


async def statuses(ccp: Platform, address: str, clients: list[str]) -> list[int]:
    """Return the answers to simultaneous log-ins with a wrong password."""
    answers = await asyncio.gather(*[logs_in(ccp, address, client, "a wrong password") for client in clients])
    return sorted(answer.status_code for answer in answers)


async def registers(http: httpx.AsyncClient, address: str, **headers: str) -> httpx.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return await http.post("/members", json={"email": address, "name": "M", "country": "FR"}, headers=sent)


async def test_guessing_the_password_of_an_account_ends_soon_and_locks_no_member_out(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    assert await statuses(ccp, anna.email, [ATTACKER] * 40) == [401] * 10 + [429] * 30
    late = await logs_in(ccp, anna.email, ATTACKER)  # with the right password
    problem = refused(late, 429, code="log_in_throttled")
    assert 0 < int(late.headers["Retry-After"]) <= 15 * 60
    assert "minutes" in problem["detail"]
    refused(await logs_in(ccp, anna.email.upper(), ATTACKER), 429)
    ok(await logs_in(ccp, anna.email, HOME))


async def test_an_attack_from_many_addresses_locks_out_only_addresses_that_never_logged_in(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    ok(await logs_in(ccp, anna.email, HOME))
    botnet = [f"203.0.113.{number}" for number in range(70)]
    assert (await statuses(ccp, anna.email, botnet)).count(429) == 20
    refused(await logs_in(ccp, anna.email, ELSEWHERE), 429)
    ok(await logs_in(ccp, anna.email, HOME))


async def test_log_ins_that_succeed_do_not_count(mongo_url: str, tmp_path: Path) -> None:
    async with limited(mongo_url, tmp_path, log_ins_by_client="3 per hour") as ccp:
        for _ in range(6):
            ok(await logs_in(ccp, OPERATOR_EMAIL, HOME, OPERATOR_PASSWORD))
        assert await statuses(ccp, "unknown@members.example", [HOME] * 5) == [401] * 3 + [429] * 2
        refused(await logs_in(ccp, OPERATOR_EMAIL, HOME, OPERATOR_PASSWORD), 429)


async def test_right_passwords_that_arrive_at_once_all_succeed(mongo_url: str, tmp_path: Path) -> None:
    async with limited(mongo_url, tmp_path, log_ins_by_client="12 per hour") as ccp:
        anna, bert = await ccp.member("Anna"), await ccp.member("Bert")
        answers = await asyncio.gather(*[logs_in(ccp, m.email, HOME) for m in (anna, bert) for _ in range(30)])
        assert Counter(answer.status_code for answer in answers) == {201: 60}


async def test_clients_in_one_network_of_ipv6_count_as_one(ccp: Platform) -> None:
    network = [f"2001:db8:0:1::{number:x}" for number in range(1, 16)]
    assert (await statuses(ccp, "unknown@members.example", network)).count(429) == 5
    assert await statuses(ccp, "unknown@members.example", ["2001:db8:0:2::1"]) == [401]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the passwords that are hashed during the test."""
    passwords: list[str] = []
    hasher = usecases.HASHER

    def verify(password_hash: str, password: str) -> bool:
        passwords.append(password)
        return hasher.verify(password_hash, password)

    def hash_(password: str) -> str:
        passwords.append(password)
        return hasher.hash(password)

    monkeypatch.setattr(usecases, "HASHER", SimpleNamespace(verify=verify, hash=hash_))
    return passwords


async def test_wrong_passwords_beyond_the_limit_are_refused_before_they_are_hashed(
    ccp: Platform, hashed: list[str]
) -> None:
    """An honest log-in beside many wrong ones therefore waits for few of them."""
    anna = await ccp.member("Anna")
    hashed.clear()
    attack = asyncio.create_task(statuses(ccp, anna.email, [ATTACKER] * 150))
    ok(await logs_in(ccp, anna.email, HOME))
    assert await attack == [401] * 10 + [429] * 140
    assert len(hashed) == 11


async def test_a_link_that_is_used_many_times_at_once_hashes_one_password(ccp: Platform, hashed: list[str]) -> None:
    path = await ccp.confirm_path(await ccp.registers("Anna"))
    answers = await asyncio.gather(*[ccp.http.post(path, json={"password": PASSWORD}) for _ in range(50)])
    assert Counter(answer.status_code for answer in answers) == {200: 1, 404: 49}
    assert len(hashed) == 1


async def test_the_form_has_the_limits_of_the_api(ccp: Platform) -> None:
    async with ccp.client_at(ATTACKER) as http:
        form = {"email": OPERATOR_EMAIL, "password": "a wrong password"}
        answers = [(await http.post("/login", data=form)).status_code for _ in range(12)]
    assert answers == [401] * 10 + [429] * 2


async def test_long_texts_in_a_log_in_are_refused_at_once(ccp: Platform) -> None:
    started = time.monotonic()
    for email, password in (
        ("é" * 20_000 + "@a.example", PASSWORD),
        ("é." * 200, PASSWORD),
        ("a@b.example", "x" * 300),
        ("a@b.example", ""),
    ):
        page = await ccp.http.post("/login", data={"email": email, "password": password})
        assert (page.status_code, "There is a problem" in page.text) == (401, True)
    refused(await ccp.http.post("/login", data={"email": "a@b.example", "password": "x" * 2_000_000}), 413)
    refused(await ccp.http.post("/login", json={"email": "a@b.example", "password": "x"}), 422)
    refused(await ccp.http.post("/tokens", json={"email": "x" * 10_000, "password": "x"}), 413)
    assert time.monotonic() - started < 10  # on a busy machine, too


async def test_registrations_of_one_client_and_mails_to_one_address_are_limited(mongo_url: str, tmp_path: Path) -> None:
    async with limited(mongo_url, tmp_path, registrations_by_client="6 per hour", mails_to_address="2 per hour") as ccp:
        async with ccp.client_at(HOME) as http:
            for _ in range(3):  # the third e-mail is not sent; the answer does not tell
                ok(await registers(http, "anna@members.example"))
            for number in range(3):
                ok(await registers(http, f"member{number}@members.example"))
            refused(await registers(http, "later@members.example"), 429, code="too_many_requests")
        async with ccp.client_at(ELSEWHERE) as http:
            ok(await registers(http, "later@members.example"))
        await ccp.system.settle()
        assert [len(ccp.mails_to(f"{name}@members.example")) for name in ("anna", "later")] == [2, 1]


async def test_a_repetition_with_its_key_sends_no_email_and_does_not_count(ccp: Platform) -> None:
    first = ok(await registers(ccp.http, "anna@members.example", Idempotency_Key="once"))
    for _ in range(10):
        assert ok(await registers(ccp.http, "anna@members.example", Idempotency_Key="once")) == first
    for _ in range(6):
        ok(await registers(ccp.http, "anna@members.example"))
    await ccp.system.settle()
    assert len(ccp.mails_to("anna@members.example")) == 5


async def test_a_mailbox_is_one_address_whatever_its_tag(ccp: Platform) -> None:
    addresses = ["anna@members.example", *[f"anna+{number}@members.example" for number in range(9)]]
    others = ["+anna@members.example", "+bert@members.example"]
    for address in [*addresses, *others]:
        ok(await registers(ccp.http, address.replace("anna+", "Anna+")))
    await ccp.system.settle()
    assert [len(ccp.mails_to(address)) for address in addresses] == [1] * 5 + [0] * 5
    assert [len(ccp.mails_to(address)) for address in others] == [1, 1]


async def test_a_question_that_is_repeated_with_its_key_does_not_count(mongo_url: str, tmp_path: Path) -> None:
    async with limited(mongo_url, tmp_path, publications_by_member="2 per hour") as ccp:
        path = f"/calls/{(await ccp.operator.publishes(MISSION))['id']}/questions"
        anna, question = await ccp.member("Anna"), {"question": "May an organisation from Norway apply?"}
        answers = [await anna.post(path, question, Idempotency_Key="once") for _ in range(4)]
        answers += [await anna.post(path, {"question": text}, Idempotency_Key="once") for text in ("Why not?", "Why?")]
        assert [answer.status_code for answer in answers] == [201] * 4 + [422, 429]


async def test_counters_are_shared_by_replicas_and_kept_without_addresses(ccp: Platform, mongo_url: str) -> None:
    await statuses(ccp, "unknown@members.example", [ATTACKER] * 10)
    database = ccp.system.db("profiles")
    settings = ccp.system.app.state.settings
    prefix = database.raw("members").database.name.removesuffix("profiles")
    services = [runtime.service for runtime in ccp.system.runtimes.values()]
    replica = build_app(
        services,
        settings=settings,
        mongo_url=mongo_url,
        bus=MemoryBus(),
        database_prefix=prefix,
        interface=interface_of_all(settings),
    )
    async with replica.router.lifespan_context(replica):
        transport = httpx.ASGITransport(replica, client=(ATTACKER, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://ccp.test") as http:
            body = {"email": "unknown@members.example", "password": "a wrong password"}
            refused(await http.post("/tokens", json=body), 429)
    rows = await database.raw("request_windows").find({}).to_list(100)
    assert rows
    assert "unknown" not in str(rows)
    assert ATTACKER not in str(rows)
    assert all(isinstance(row["expireAt"], datetime) for row in rows)


async def test_a_member_has_at_most_twenty_organisations_also_if_they_ask_at_once(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    answers = await asyncio.gather(*[anna.post("/organisations", PROFILE) for _ in range(30)])
    assert sorted(answer.status_code for answer in answers) == [201] * 20 + [409] * 10
    refused(await anna.post("/organisations", PROFILE), 409, code="quota_reached")
    ok(await (await ccp.member("Bert")).post("/organisations", PROFILE))


@pytest.mark.parametrize("rate", ["often", "5", "ten per hour", ""])
def test_a_rate_that_cannot_be_read_is_refused_at_start(rate: str) -> None:
    with pytest.raises(ValueError, match="limit_uploads_by_member"):
        Settings(limit_uploads_by_member=rate)


async def test_uploads_and_publications_of_a_member_are_limited_and_those_of_operators_are_not(
    mongo_url: str, tmp_path: Path
) -> None:
    limits = {"uploads_by_member": "2 per hour", "publications_by_member": "3 per hour"}
    async with limited(mongo_url, tmp_path, **limits) as ccp:
        anna, bert = await ccp.member("Anna"), await ccp.member("Bert")
        organisation = await ccp.organisation(anna)
        call = await anna.publishes(MISSION, organisation)
        names = [f"guide{number}.pdf" for number in range(3)]
        answers = [await uploads(anna, f"/calls/{call['id']}", name, PDF) for name in names]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        question = {"question": "May an organisation from Norway apply?"}
        answers = [await anna.post(f"/calls/{call['id']}/questions", question) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 429]
        ok(await bert.post(f"/calls/{call['id']}/questions", question))
        for _ in range(4):
            await ccp.operator.publishes(MISSION)


async def test_what_notifies_others_of_a_profile_is_limited(mongo_url: str, tmp_path: Path) -> None:
    """Everyone can submit a profile and take it back: each time, every operator gets an e-mail."""
    async with limited(mongo_url, tmp_path, publications_by_member="3 per hour") as ccp:
        anna = await ccp.member("Anna")
        organisation = ok(await anna.post("/organisations", PROFILE))
        path, version = f"/organisations/{organisation['id']}", organisation["version"]
        for _ in range(3):
            version = ok(await anna.post(f"{path}/submit", version=version))["version"]
            version = ok(await anna.post(f"{path}/withdraw", version=version))["version"]
        refused(await anna.post(f"{path}/submit", version=version), 429)
        refused(await anna.put(path, PROFILE, version=version), 429)
        refused(await anna.put(f"{path}/people/{anna.id}", {"role": "administrator"}, version=1), 429)


async def test_a_partner_request_that_is_closed_and_published_again_and_again_is_limited(
    mongo_url: str, tmp_path: Path
) -> None:
    """Each time, the members whom it concerns are notified."""
    async with limited(mongo_url, tmp_path, publications_by_member="3 per hour") as ccp:
        anna = await ccp.member("Anna")
        ours = {"organisation_id": (await ccp.organisation(anna))["id"]}
        offer = {"side": "offer", "title": "Ours", "ecosystems": ["digital"], "expires_at": "2017-01-01T00:00:00Z"}
        for _ in range(3):
            made = ok(await anna.post("/partner-requests", offer | ours))
            ok(await anna.post(f"/partner-requests/{made['id']}/close", version=made["version"]))
        refused(await anna.post("/partner-requests", offer | ours), 429)


async def test_an_organisation_has_at_most_a_hundred_drafts(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    draft = MISSION | {"organisation_id": (await ccp.organisation(anna))["id"]}
    made = [ok(await anna.post("/calls", draft)) for _ in range(60)]
    answers = await asyncio.gather(*[anna.post("/calls", draft) for _ in range(50)])
    assert Counter(answer.status_code for answer in answers) == {201: 40, 409: 10}
    refusal = refused(await anna.post("/calls", draft), 409, code="quota_reached")
    assert refusal["detail"].endswith("the most is 100. Publish or delete some of them first.")
    ok(await anna.post(f"/calls/{made[0]['id']}/publish", version=1))
    ok(await anna.post("/calls", draft))


async def test_a_member_has_at_most_a_hundred_open_partner_requests(ccp: Platform) -> None:
    anna = await ccp.member("Anna")
    organisation = await ccp.organisation(anna)
    offer = {"side": "offer", "title": "Ours", "ecosystems": ["digital"], "expires_at": "2017-01-01T00:00:00Z"}
    body = offer | {"organisation_id": organisation["id"]}
    made = [ok(await anna.post("/partner-requests", body)) for _ in range(100)]
    refused(await anna.post("/partner-requests", body), 409, code="quota_reached")
    ok(await anna.post(f"/partner-requests/{made[0]['id']}/close", version=1))
    ok(await anna.post("/partner-requests", body))
