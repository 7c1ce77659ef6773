"""Sessions: a member sees where they are logged in, and a session that is ended is refused by every service."""

from datetime import timedelta

import pytest
from pydantic import SecretStr

from services.profiles.accounts.logins.usecases import open_session
from services.profiles.accounts.sessions.domain import browser_in
from services.profiles.accounts.sessions.store import MOST_SESSIONS
from services.profiles.accounts.store import MEMBERS
from services.profiles.accounts.usecases import hash_password, set_password
from shared.auth import ACCESS, REVOKED_TOKENS
from shared.clock import real_now
from shared.http.caller import cookie_name
from tests.support.browsing import Browser, browser_of
from tests.support.people import PASSWORD, Member, Platform, ok, refused
from tests.support.races import overlap, use

NEW_PASSWORD = "other words in another row"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:138.0) Gecko/20100101 Firefox/138.0"
# A path for reading in each service, which needs a caller.
READ = {"profiles": "/me", "calls": "/rounds", "matchmaking": "/partner-proposals", "notifications": "/inbox"}
ALL_REFUSE, ALL_ANSWER = dict.fromkeys(READ, 401), dict.fromkeys(READ, 200)


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
async def elsewhere(ccp: Platform, anna: Member) -> Member:
    """The same member, who logged in a second time."""
    return await ccp.log_in("Anna", anna.email)


async def statuses(caller: Member) -> dict[str, int]:
    """Return the answers of the services, after the events have reached them."""
    await caller.platform.system.settle()
    return {service: (await caller.get(path)).status_code for service, path in READ.items()}


async def deletes(member: Member, path: str) -> None:
    ok(await member.platform.http.delete(path, headers=member.headers))


@pytest.mark.parametrize(
    ("header", "browser"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/136.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/136.0 Safari/537 Edg/136.0", "Edge, Windows"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/136.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Safari/604.1", "Safari, iOS"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.4 Safari/605.1.15", "Safari, macOS"),
        ("curl/8.5.0", ""),
        ("", ""),
        ("<script>Windows", ""),
    ],
)
def test_of_a_browser_only_the_family_and_the_system_are_kept(header: str, browser: str) -> None:
    assert browser_in(header) == browser


async def test_an_ended_session_is_refused_by_every_service(anna: Member, elsewhere: Member) -> None:
    newest, oldest = ok(await anna.get("/me/sessions"))
    assert (newest["current"], oldest["current"]) == (False, True)
    assert await statuses(elsewhere) == ALL_ANSWER
    await deletes(anna, f"/me/sessions/{newest['id']}")
    assert await statuses(elsewhere) == ALL_REFUSE
    assert "has ended" in refused(await elsewhere.get("/me"), 401)["detail"]
    assert await statuses(anna) == ALL_ANSWER
    again = await anna.platform.http.delete(f"/me/sessions/{newest['id']}", headers=anna.headers)
    refused(again, 404)


async def test_a_member_ends_no_session_of_another(ccp: Platform, anna: Member) -> None:
    bert = await ccp.member("Bert")
    [session] = ok(await anna.get("/me/sessions"))
    refused(await ccp.http.delete(f"/me/sessions/{session['id']}", headers=bert.headers), 404)
    await deletes(bert, "/me/sessions")
    assert await statuses(anna) == ALL_ANSWER


async def test_all_other_sessions_end_at_once(ccp: Platform, anna: Member, elsewhere: Member) -> None:
    third = await ccp.log_in("Anna", anna.email)
    await deletes(anna, "/me/sessions")
    assert [await statuses(each) for each in (anna, elsewhere, third)] == [ALL_ANSWER, ALL_REFUSE, ALL_REFUSE]
    assert [each["current"] for each in ok(await anna.get("/me/sessions"))] == [True]


async def test_a_new_password_ends_all_other_sessions(anna: Member, elsewhere: Member) -> None:
    token = ok(await anna.post("/me/tokens", {"name": "Backup script", "scope": "read"}))["token"]
    ok(await anna.post("/me/password", {"current": PASSWORD, "new": NEW_PASSWORD}))
    assert await statuses(elsewhere) == ALL_REFUSE
    assert await statuses(anna) == ALL_ANSWER
    assert await statuses(Member(anna.platform, "Program", anna.email, anna.id, token)) == ALL_ANSWER


async def test_a_reset_ends_every_session(ccp: Platform, anna: Member, elsewhere: Member) -> None:
    signer = ccp.system.runtimes["notifications"].resources.mailer.composer._signer
    link = signer.sign("reset", anna.id, timedelta(hours=1), password_number=0)
    ok(await ccp.http.post(f"/reset/{link}", json={"password": NEW_PASSWORD}))
    assert [await statuses(each) for each in (anna, elsewhere)] == [ALL_REFUSE, ALL_REFUSE]


async def test_log_out_ends_the_session_in_every_service(ccp: Platform, anna: Member) -> None:
    browser = await browser_of(anna)
    stolen = browser.cookies[cookie_name("http://ccp.test")]
    thief = Member(ccp, "Thief", anna.email, anna.id, stolen)
    assert await statuses(thief) == ALL_ANSWER
    await (await browser.open("/me")).submit("Log out", within="main")
    assert await statuses(thief) == ALL_REFUSE
    assert await statuses(anna) == ALL_ANSWER


async def test_no_log_in_begins_with_a_password_that_is_replaced_at_that_moment(ccp: Platform, anna: Member) -> None:
    db = ccp.system.db("profiles")
    known = await MEMBERS.get(db, anna.id)
    assert known
    change = use(set_password, known, await hash_password(SecretStr(NEW_PASSWORD)))
    both = await overlap(db, change, use(open_session, known, timedelta(hours=1), ""))
    assert both.conflicted
    assert "was changed" in str(both.second.detail)
    assert await statuses(anna) == ALL_REFUSE


async def test_a_member_has_a_bounded_number_of_sessions_and_the_oldest_ends(ccp: Platform, anna: Member) -> None:
    db = ccp.system.db("profiles")
    known = await MEMBERS.get(db, anna.id)
    for _ in range(MOST_SESSIONS - 1):
        await db.transact(open_session, known, timedelta(hours=1), FIREFOX)
    assert len(ok(await anna.get("/me/sessions"))) == MOST_SESSIONS
    last = await ccp.log_in("Anna", anna.email)
    assert len(ok(await last.get("/me/sessions"))) == MOST_SESSIONS
    assert await statuses(anna) == ALL_REFUSE


async def test_the_hour_of_the_last_use_is_kept(ccp: Platform, anna: Member) -> None:
    sessions = ccp.system.db("profiles").raw("sessions")
    long_ago = (real_now() - timedelta(days=2)).replace(minute=0, second=0, microsecond=0)
    await sessions.update_one({"member_id": anna.id}, {"$set": {"used_at": long_ago}})
    ok(await anna.get("/me"))
    [session] = ok(await anna.get("/me/sessions"))
    assert session["used_at"].endswith(":00:00Z")
    assert session["used_at"] > f"{long_ago:%Y-%m-%dT%H}"


async def test_a_session_is_forgotten_at_its_end(ccp: Platform, anna: Member) -> None:
    db = ccp.system.db("profiles")
    assert (await db.raw("sessions").index_information())["ends_at_1"]["expireAfterSeconds"] == 0
    await db.raw("sessions").update_one({"member_id": anna.id}, {"$set": {"ends_at": real_now()}})
    assert ok(await anna.get("/me/sessions")) == []


async def test_a_log_in_of_an_earlier_release_works_until_its_end(ccp: Platform, anna: Member) -> None:
    signer = ccp.system.runtimes["profiles"].resources.signer
    old = Member(ccp, "Anna", anna.email, anna.id, signer.sign(ACCESS, anna.id, timedelta(hours=1)))
    assert await statuses(old) == ALL_ANSWER
    await deletes(old, "/me/sessions")
    assert [await statuses(each) for each in (old, anna)] == [ALL_ANSWER, ALL_REFUSE]
    assert await REVOKED_TOKENS.get(ccp.system.db("calls"), "") is None


async def test_an_api_token_lists_and_ends_no_session(ccp: Platform, anna: Member) -> None:
    token = ok(await anna.post("/me/tokens", {"name": "Backup script", "scope": "write"}))["token"]
    script = Member(ccp, "Program", anna.email, anna.id, token)
    refused(await script.get("/me/sessions"), 403)
    refused(await ccp.http.delete("/me/sessions", headers=script.headers), 403)


async def test_a_member_sees_their_sessions_and_ends_them_in_a_browser(ccp: Platform, anna: Member) -> None:
    browser, other = await browser_of(anna), Browser(ccp.http)
    await other.log_in(anna.email, PASSWORD)
    page = await (await browser.open("/me")).follow("Where you are logged in")
    assert page.text.count("this device") == 1
    assert page.buttons.count("Log out there") == 2
    page = await page.submit("Log out there")  # the newest one, which is that of the other browser
    assert page.notice == "The session has ended."
    assert (await other.open("/me")).heading == "Log in"
    page = await page.submit("Log out everywhere else")
    assert page.notice == "All other sessions have ended."
    assert page.buttons == []
    assert await statuses(anna) == ALL_REFUSE
