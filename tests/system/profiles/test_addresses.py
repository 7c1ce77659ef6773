"""Addresses and passwords: a member reaches their account however they type them, and no stranger gets their mail."""

import time

import httpx
import pytest

from tests.support.people import Platform, ok, refused

PERSON = {"name": "Strauß", "country": "DE"}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def registers(ccp: Platform, address: str, password: str) -> httpx.Response:
    """Register, and set the password by the link in the e-mail."""
    stored = ok(await ccp.http.post("/members", json=PERSON | {"email": address}))["email"]
    return await ccp.http.post(await ccp.confirm_path(stored), json={"password": password})


async def test_mail_to_a_domain_with_eszett_goes_to_it_and_not_to_a_stranger(ccp: Platform) -> None:
    member = ok(await registers(ccp, "Anna@straße.example", "a long password"))
    assert member["email"] == "anna@xn--strae-oqa.example"
    again = ok(await ccp.http.post("/members", json=PERSON | {"email": "anna@xn--STRAE-oqa.example"}))
    assert again["email"] == member["email"]
    other = ok(await registers(ccp, "anna@strasse.example", "another password"))
    assert other["id"] != member["id"]
    mails = ccp.mails_to("anna@xn--strae-oqa.example")
    assert {mail["To"].addresses[0].domain for mail in mails} == {"xn--strae-oqa.example"}
    assert len(ccp.mails_to("anna@strasse.example")) == 1
    for typed in ("anna@straße.example", "ANNA@STRAẞE.example", "anna@xn--strae-oqa.example"):
        ok(await ccp.http.post("/tokens", json={"email": typed, "password": "a long password"}))


async def test_a_password_works_however_a_keyboard_composes_it(ccp: Platform) -> None:
    written = "Łódź e\u0301te\u0301\u00a0chaud"  # decomposed, and with a no-break space
    ok(await registers(ccp, "lodz@members.example", written))
    for typed in (written, "Łódź été chaud", "Ł\u00f3d\u017a \u00e9t\u00e9\u2003chaud"):
        ok(await ccp.http.post("/tokens", json={"email": "lodz@members.example", "password": typed}))
        form = {"email": "lodz@members.example", "password": typed}
        assert (await ccp.http.post("/login", data=form)).status_code == 303
    for wrong in ("Lodz ete chaud", "", "with\0control"):
        refused(await ccp.http.post("/tokens", json={"email": "lodz@members.example", "password": wrong}), 401)


@pytest.mark.parametrize("password", ["ten\0characters", "ten\ncharacters", "zero\u200bwidth chars"])
async def test_a_password_with_control_characters_is_refused(ccp: Platform, password: str) -> None:
    address = f"eve{sum(map(ord, password))}@members.example"
    refused(await registers(ccp, address, password), 422, "password")


async def test_a_form_with_fields_of_any_length_is_refused_at_once(ccp: Platform) -> None:
    """IDNA of a long domain took seconds, on the event loop."""
    started = time.monotonic()
    for email, password in (("a@" + "ü" * 40_000, "x"), ("a@" + "ü" * 400, "x"), ("a@b.example", "x" * 201)):
        assert (await ccp.http.post("/login", data={"email": email, "password": password})).status_code == 401
    assert time.monotonic() - started < 5
