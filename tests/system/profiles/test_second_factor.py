"""Second factors: members may have one, operators need one; codes work once, and guessing them ends soon."""

from datetime import timedelta

import pytest

from services.profiles.accounts.operators.usecases import end_log_ins_without_factor
from shared.clock import real_now
from tests.support.browsing import Browser, browser_of
from tests.support.factors import App, operators_need_factors, set_up_factor, time_passes
from tests.support.people import OPERATOR_EMAIL, OPERATOR_PASSWORD, PASSWORD, Member, Platform, ok, refused


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


async def log_in(ccp: Platform, email: str, code: str = "", password: str = PASSWORD):  # type: ignore[no-untyped-def]
    return await ccp.http.post("/tokens", json={"email": email, "password": password, "code": code})


async def subjects(member: Member) -> list[str]:
    await member.platform.system.settle()
    return [mail["Subject"] for mail in member.mails]


async def test_a_log_in_needs_a_code_from_then_on_and_each_code_works_once(ccp: Platform, anna: Member) -> None:
    elsewhere = await ccp.log_in("Anna", anna.email)
    app = await set_up_factor(anna)
    refused(await log_in(ccp, anna.email), 401, "code", "code_needed")
    refused(await log_in(ccp, anna.email, app.code(), "another password"), 401, code="wrong_credentials")
    code = app.code()
    ok(await log_in(ccp, anna.email, code))
    assert "used already" in refused(await log_in(ccp, anna.email, code), 401, "code", "wrong_credentials")["detail"]
    assert (await anna.get("/me")).status_code == 200
    assert (await elsewhere.get("/me")).status_code == 401
    assert ok(await anna.get("/me/second-factor"))["on"]
    assert await subjects(anna) == ["Your second factor is switched on"]


async def test_the_factor_begins_only_with_the_password_and_a_right_code(anna: Member) -> None:
    refused(await anna.post("/me/second-factor", {"current": "not the password"}), 422, "current", "wrong_password")
    refused(await anna.post("/me/second-factor/on", {"code": "123456"}), 409, code="factor_not_begun")
    ok(await anna.post("/me/second-factor", {"current": PASSWORD}))
    refused(await anna.post("/me/second-factor/on", {"code": "12345"}), 422, "code", "wrong_code")
    assert not ok(await anna.get("/me/second-factor"))["on"]
    ok(await log_in(anna.platform, anna.email))


async def test_another_session_does_not_finish_what_one_began(ccp: Platform, anna: Member) -> None:
    elsewhere = await ccp.log_in("Anna", anna.email)
    ok(await anna.post("/me/second-factor", {"current": PASSWORD}))
    refused(await elsewhere.post("/me/second-factor/on", {"code": "123456"}), 409)
    factors = ccp.system.db("profiles").raw("second_factors")
    begun = await factors.find_one({"_id": anna.id})
    await factors.update_one({"_id": anna.id}, {"$set": {"begun_at": real_now() - timedelta(minutes=16)}})
    refused(await anna.post("/me/second-factor/on", {"code": "123456"}), 409)
    assert begun["begun_in"]


async def test_a_recovery_code_works_once_and_its_use_is_told(ccp: Platform, anna: Member) -> None:
    app = await set_up_factor(anna)
    ok(await log_in(ccp, anna.email, app.recovery[0]))
    refused(await log_in(ccp, anna.email, app.recovery[0]), 401)
    assert ok(await anna.get("/me/second-factor"))["recovery_codes"] == 9
    fresh = ok(await anna.post("/me/recovery-codes", {"code": app.recovery[1]}))["codes"]
    refused(await log_in(ccp, anna.email, app.recovery[2]), 401)
    ok(await log_in(ccp, anna.email, fresh[0].lower()))
    told = await subjects(anna)
    assert told.count("A recovery code was used") == 3
    assert "Your recovery codes were replaced" in told
    texts = [mail.get_body(("plain",)).get_content() for mail in anna.mails]
    assert not [code for code in [*app.recovery, *fresh, app.secret] for text in texts if code in text]


async def test_no_event_carries_a_secret(ccp: Platform, anna: Member) -> None:
    app = await set_up_factor(anna)
    rows = await ccp.system.db("profiles").raw("outbox").find({}).to_list(None)
    assert rows
    assert not [secret for secret in [app.secret, *app.recovery] if secret in str(rows)]


async def test_the_factor_is_switched_off_with_a_code(ccp: Platform, anna: Member) -> None:
    app = await set_up_factor(anna)
    refused(await anna.post("/me/second-factor/off", {"code": "000"}), 422, "code", "wrong_code")
    assert (await anna.post("/me/second-factor/off", {"code": app.code()})).status_code == 204
    ok(await log_in(ccp, anna.email))
    refused(await anna.post("/me/second-factor/off", {"code": app.code()}), 404)
    assert "Your second factor is switched off" in await subjects(anna)


async def test_guessing_codes_is_throttled_and_asking_for_the_code_is_not(ccp: Platform, anna: Member) -> None:
    app = await set_up_factor(anna)
    async with ccp.client_at("203.0.113.50") as http:
        credentials = {"email": anna.email, "password": PASSWORD}
        for _ in range(12):
            refused(await http.post("/tokens", json=credentials), 401, code="code_needed")
        for _ in range(10):
            refused(await http.post("/tokens", json=credentials | {"code": "000"}), 401)
        refused(await http.post("/tokens", json=credentials | {"code": app.code()}), 429)


async def test_an_api_token_changes_no_second_factor(anna: Member) -> None:
    token = ok(await anna.post("/me/tokens", {"name": "Script", "scope": "write"}))["token"]
    program = Member(anna.platform, "Program", anna.email, anna.id, token)
    refused(await program.post("/me/second-factor", {"current": PASSWORD}), 403, code="log_in_needed")


# --- operators --------------------------------------------------------------------------------------


async def test_an_operator_without_one_can_only_set_it_up(ccp: Platform) -> None:
    with operators_need_factors(ccp):
        token = ok(await log_in(ccp, OPERATOR_EMAIL, password=OPERATOR_PASSWORD))["token"]
        weak = Member(ccp, "Operator", OPERATOR_EMAIL, ccp.operator.id, token)
        for path in ("/me", "/organisations/review", "/rounds", "/partner-proposals", "/inbox", "/me/tokens"):
            problem = refused(await weak.get(path), 403, code="second_factor_needed")
            assert "/me/second-factor" in problem["detail"]
        refused(await weak.post("/me/tokens", {"name": "Script", "scope": "read"}), 403, code="second_factor_needed")
        assert ok(await weak.get("/me/second-factor"))["required"]
        app = await set_up_factor(weak, OPERATOR_PASSWORD)
        refused(await weak.get("/me/second-factor"), 401)
        again = await log_in(ccp, OPERATOR_EMAIL, app.code(), OPERATOR_PASSWORD)
        strong = Member(ccp, "Operator", OPERATOR_EMAIL, ccp.operator.id, ok(again)["token"])
        ok(await strong.get("/organisations/review"))
        await time_passes(ccp, strong.id, app)
        refused(await strong.post("/me/second-factor/off", {"code": app.code()}), 403, code="factor_required")
    await time_passes(ccp, strong.id, app)
    ok(await strong.post("/me/second-factor/off", {"code": app.code()}))
    await ccp.log_in_operator()


async def test_log_ins_and_api_tokens_of_operators_from_before_end_at_the_start(ccp: Platform) -> None:
    token = ok(await ccp.operator.post("/me/tokens", {"name": "Script", "scope": "read"}))["token"]
    program = Member(ccp, "Program", OPERATOR_EMAIL, ccp.operator.id, token)
    ok(await program.get("/inbox"))
    await end_log_ins_without_factor(ccp.system.db("profiles"))
    await ccp.system.settle()
    assert [(await each.get("/inbox")).status_code for each in (program, ccp.operator)] == [401, 401]
    await ccp.log_in_operator()


# --- in a browser without JavaScript ----------------------------------------------------------------


async def test_a_member_sets_it_up_and_logs_in_with_it_in_a_browser(ccp: Platform, anna: Member) -> None:
    browser = await browser_of(anna)
    page = await (await browser.open("/me")).follow("Second factor")
    page = await page.submit("Set it up", current="not the password")
    assert page.status == 422
    assert "password" in page.errors["current"]
    page = await page.submit("Set it up", current=PASSWORD)
    assert page.soup.select_one("svg")
    app = App(page.soup.select_one("#secret")["value"])
    page = await page.submit("Switch it on", code="000")
    assert "wrong" in page.errors["code"]
    page = await page.submit("Switch it on", code=app.code())
    assert page.heading == "Your recovery codes"
    codes = page.soup.select_one("#codes").get_text().split()
    assert len(codes) == 10
    assert (await browser.open("/me")).heading == "My account"
    other = Browser(ccp.http)
    page = await (await other.open("/login?next=/me")).submit("Log in", email=anna.email, password=PASSWORD)
    assert page.heading == "Type your code"
    assert not other.cookies
    assert PASSWORD not in page.answer.text
    page = await page.submit("Log in", code="000")
    assert "wrong" in page.problem
    page = await page.submit("Log in", code=codes[0])
    assert page.heading == "My account"
    page = await other.open("/me/second-factor")
    assert "Recovery codes left 9" in page.text
    await time_passes(ccp, anna.id, app)
    page = await page.submit("Switch it off", code=app.code())
    assert "switched off" in page.notice


async def test_what_was_typed_before_the_log_in_survives_the_code(ccp: Platform, anna: Member) -> None:
    browser = await browser_of(anna)
    form = await browser.open("/me/change")
    app = await set_up_factor(anna)  # ends the session of the browser
    page = await form.submit("Save", name="Anna Berg")
    page = await page.submit("Log in", email=anna.email, password=PASSWORD)
    page = await page.submit("Log in", code=app.code())
    page = await page.submit("Send what I typed")
    assert "Anna Berg" in page.text


async def test_every_page_leads_an_operator_without_one_to_the_set_up(ccp: Platform) -> None:
    with operators_need_factors(ccp):
        browser = Browser(ccp.http)
        page = await browser.log_in(OPERATOR_EMAIL, OPERATOR_PASSWORD)
        assert "Operators need a second factor" in page.text
        for path in ("/desk", "/me", "/inbox", "/organisations/review", "/calls/import"):
            page = await browser.open(path)
            assert page.url.endswith("/me/second-factor"), page.url
        page = await page.submit("Log out")
        assert not browser.cookies
