"""Tokens, passwords and cookies: where they are accepted and when they are refused."""

import asyncio
import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from jwt.algorithms import OKPAlgorithm

from shared.auth import Signer, SigningKey, load_signer
from shared.contracts.profiles import KeyPublished
from shared.http.caller import cookie_name
from shared.mongo import Database
from tests.support.people import MISSION, PASSWORD, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def editor(ccp: Platform) -> Member:
    return await ccp.member("Erik")


async def test_tokens_that_are_missing_broken_expired_or_foreign_are_refused(ccp: Platform, editor: Member) -> None:
    signer: Signer = ccp.system.runtimes["profiles"].resources.signer
    mailer: Signer = await load_signer(ccp.system.db("notifications"), KeyPublished)
    expired = signer.sign("access", editor.id, timedelta(seconds=-1))
    another_purpose = signer.sign("confirm", editor.id, timedelta(hours=1))
    by_another_service = mailer.sign("access", editor.id, timedelta(hours=1), operator=True)
    for token in ("", "rubbish", expired, another_purpose, by_another_service):
        response = await ccp.http.get("/inbox", headers={"Authorization": f"Bearer {token}"})
        refused(response, 401)
        assert response.headers["WWW-Authenticate"] == "Bearer"
    forged = Signer("profiles", another_key("unpublished")).sign("access", editor.id, timedelta(hours=1))
    refused(await ccp.http.get("/inbox", headers={"Authorization": f"Bearer {forged}"}), 401)


def another_key(id: str) -> SigningKey:
    """Return a key that no service published."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SigningKey(id=id, private_pem=pem)


async def test_a_stray_cookie_with_an_unknown_key_slows_only_the_first_request(ccp: Platform, editor: Member) -> None:
    key = another_key("stray")
    token = Signer("profiles", key).sign("access", editor.id, timedelta(hours=1))
    cookie, call = {"Cookie": f"{cookie_name('http:')}={token}"}, await ccp.operator.publishes(MISSION)
    calls = ccp.system.runtimes["calls"]
    together = await asyncio.gather(*[ccp.http.get(f"/calls/{call['id']}", headers=cookie) for _ in range(5)])
    with counting_reads(calls.db, "public_keys") as reads:
        for _ in range(5):
            together.append(await ccp.http.get(f"/calls/{call['id']}", headers=cookie))
    assert [answer.status_code for answer in together] == [200] * 10
    assert len(reads) == 5


async def test_a_key_that_arrives_later_works_at_once(ccp: Platform, editor: Member) -> None:
    key = another_key("late")
    bearer = {"Authorization": f"Bearer {Signer('profiles', key).sign('access', editor.id, timedelta(hours=1))}"}
    refused(await ccp.http.get("/inbox", headers=bearer), 401)
    public = {"kty": "OKP", "crv": "Ed25519", "x": public_x(key)}
    await (
        ccp.system.db("notifications")
        .raw("public_keys")
        .insert_one({"_id": key.id, "issuer": "profiles", "jwk": public})
    )
    ok(await ccp.http.get("/inbox", headers=bearer))


@contextlib.contextmanager
def counting_reads(db: Database, collection: str) -> Iterator[list[str]]:
    """Collect the names of a collection each time it is opened."""
    opened: list[str] = []
    original = db.open

    async def counted(name: str) -> Any:
        opened.extend([name] if name == collection else [])
        return await original(name)

    db.open = counted
    try:
        yield opened
    finally:
        del db.open


def public_x(key: SigningKey) -> str:
    private = load_pem_private_key(key.private_pem, password=None)
    return OKPAlgorithm.to_jwk(private.public_key(), as_dict=True)["x"]


async def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(ccp: Platform, editor: Member) -> None:
    wrong = await ccp.http.post("/tokens", json={"email": editor.email, "password": "not the password"})
    unknown = await ccp.http.post("/tokens", json={"email": "unknown@members.example", "password": PASSWORD})
    assert refused(wrong, 401) == refused(unknown, 401)


async def test_a_cookie_may_read_but_not_change(ccp: Platform, editor: Member) -> None:
    form = {"email": editor.email, "password": PASSWORD}
    answer = await ccp.http.post("/login", data=form)
    assert answer.status_code == 303
    assert "httponly" in answer.headers["set-cookie"].lower()
    cookie = {"Cookie": answer.headers["set-cookie"].partition(";")[0]}
    ccp.http.cookies.clear()
    page = await ccp.http.get("/inbox", headers=cookie | {"Accept": "text/html"})
    assert "Inbox" in page.text
    refused(await ccp.http.post("/inbox/read", headers=cookie), 401)


async def test_a_bad_token_is_refused_on_public_pages_too(ccp: Platform) -> None:
    call = await ccp.operator.publishes(MISSION)
    rubbish = {"Authorization": "Bearer rubbish"}
    refused(await ccp.http.get(f"/calls/{call['id']}", headers=rubbish), 401)
    ok(await ccp.http.get(f"/calls/{call['id']}"))
