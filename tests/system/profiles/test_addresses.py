"""Addresses and passwords: a member reaches their account however they type them, and no stranger gets their mail."""

import pytest

from tests.support.people import Platform, ok, refused

PERSON = {"name": "Strauß", "country": "DE"}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


async def test_mail_to_a_domain_with_eszett_goes_to_it_and_not_to_a_stranger(ccp: Platform) -> None:
    body = PERSON | {"email": "Anna@straße.example", "password": "a long password"}
    assert ok(await ccp.http.post("/members", json=body))["email"] == "anna@xn--strae-oqa.example"
    refused(await ccp.http.post("/members", json=body | {"email": "anna@xn--STRAE-oqa.example"}), 409, "email")
    ok(await ccp.http.post("/members", json=body | {"email": "anna@strasse.example"}))  # another person
    await ccp.system.settle()
    assert [mail["To"].addresses[0].domain for mail in ccp.mails_to("anna@xn--strae-oqa.example")] == [
        "xn--strae-oqa.example"
    ]
    assert len(ccp.mails_to("anna@strasse.example")) == 1
    for typed in ("anna@straße.example", "ANNA@STRAẞE.example", "anna@xn--strae-oqa.example"):
        ok(await ccp.http.post("/tokens", json={"email": typed, "password": "a long password"}))


async def test_a_password_works_however_a_keyboard_composes_it(ccp: Platform) -> None:
    written = "Łódź e\u0301te\u0301\u00a0chaud"  # decomposed, and with a no-break space
    ok(await ccp.http.post("/members", json=PERSON | {"email": "lodz@members.example", "password": written}))
    for typed in (written, "Łódź été chaud", "Ł\u00f3d\u017a \u00e9t\u00e9\u2003chaud"):
        ok(await ccp.http.post("/tokens", json={"email": "lodz@members.example", "password": typed}))
        form = {"email": "lodz@members.example", "password": typed}
        assert (await ccp.http.post("/login", data=form)).status_code == 303
    for wrong in ("Lodz ete chaud", "", "with\0control"):
        refused(await ccp.http.post("/tokens", json={"email": "lodz@members.example", "password": wrong}), 401)


@pytest.mark.parametrize("password", ["ten\0characters", "ten\ncharacters", "zero\u200bwidth chars"])
async def test_a_password_with_control_characters_is_refused(ccp: Platform, password: str) -> None:
    body = PERSON | {"email": "eve@members.example", "password": password}
    refused(await ccp.http.post("/members", json=body), 422, "password")


async def test_a_form_with_fields_of_any_length_is_refused_at_once(ccp: Platform) -> None:
    """IDNA of a long domain took seconds, on the event loop."""
    for form in ({"email": "a@" + "ü" * 40_000, "password": "x"}, {"email": "a@b.example", "password": "x" * 201}):
        refused(await ccp.http.post("/login", data=form), 422)
