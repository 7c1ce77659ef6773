"""API tokens: what a program may do with one, in every service, until it ends or is revoked."""

import asyncio
import base64
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from structlog.testing import capture_logs

from services.profiles.accounts.tokens.domain import ApiTokenBody
from services.profiles.accounts.tokens.store import MOST_TOKENS
from services.profiles.accounts.tokens.usecases import create_api_token
from shared import log
from shared.auth import API, REVOKED_TOKENS, Scope, Signer
from shared.clock import real_now
from shared.errors import QuotaReached
from shared.http.caller import cookie_name
from shared.ids import new_id
from tests.support.browsing import browser_of
from tests.support.people import PASSWORD, PROFILE, Member, Platform, ok, refused
from tests.support.races import overlap, use

# A path for reading in each service, which needs a caller.
READ = {
    "profiles": "/me",
    "calls": "/rounds",
    "matchmaking": "/partner-proposals",
    "notifications": "/inbox",
}


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """Capture the lines that are logged at level info or above."""
    log.configure(level="info")
    with capture_logs() as captured:
        yield captured
    log.configure(level="error")


async def create(member: Member, scope: str = "read", **more: Any) -> dict[str, Any]:
    return ok(await member.post("/me/tokens", {"name": "Backup script", "scope": scope, **more}))


def program(member: Member, token: str) -> Member:
    """Return a program that acts for a member with an API token."""
    return Member(member.platform, "Program", member.email, member.id, token)


async def statuses(caller: Member) -> dict[str, int]:
    return {service: (await caller.get(path)).status_code for service, path in READ.items()}


async def test_a_program_reads_in_every_service_with_a_token(anna: Member) -> None:
    script = program(anna, (await create(anna))["token"])
    assert await statuses(script) == dict.fromkeys(READ, 200)
    assert ok(await script.get("/me"))["id"] == anna.id


async def test_a_token_is_shown_once_and_listed_by_name_scope_end_and_last_characters(
    ccp: Platform, anna: Member
) -> None:
    made = await create(anna, "write", days=10)
    [listed] = ok(await anna.get("/me/tokens"))
    assert listed == {name: value for name, value in made.items() if name != "token"}
    assert (listed["name"], listed["scope"]) == ("Backup script", "write")
    assert made["token"].endswith(listed["ending"])
    assert len(listed["ending"]) == 8
    database = ccp.system.db("profiles")
    collections = await database.raw("members").database.list_collection_names()
    stored = [str(await database.raw(name).find({}).to_list(None)) for name in collections]
    assert not [text for text in stored if made["token"] in text]
    assert ok(await (await ccp.member("Bert")).get("/me/tokens")) == []


async def test_a_token_that_reads_changes_nothing_in_any_service(anna: Member) -> None:
    script = program(anna, (await create(anna, "read"))["token"])
    changes = [
        ("/organisations", PROFILE),
        ("/calls", {"title": "Mine"}),
        ("/partner-requests", {}),
        ("/interests", {"countries": ["JP"]}),
        ("/inbox/read", None),
        ("/calendar", None),
    ]
    for path, body in changes:
        problem = refused(await script.post(path, body), 403, code="read_only_token")
        assert "may only read" in problem["detail"]
    refused(await script.put("/subscription", {"mail": False, "own_mail": False}), 403, code="read_only_token")
    assert ok(await anna.get("/interests")) == []


async def test_a_token_that_writes_changes_what_its_owner_may_change(anna: Member) -> None:
    script = program(anna, (await create(anna, "write"))["token"])
    ok(await script.post("/interests", {"countries": ["JP"]}))
    ok(await script.post("/organisations", PROFILE))
    assert len(ok(await anna.get("/interests"))) == 1


@pytest.mark.parametrize("scope", ["read", "write"])
async def test_no_token_creates_lists_or_revokes_tokens_or_changes_the_password(anna: Member, scope: str) -> None:
    made = await create(anna, scope)
    script = program(anna, made["token"])
    answers = [
        await script.post("/me/tokens", {"name": "Another one", "scope": "write"}),
        await script.post("/me/password", {"current": PASSWORD, "new": "another long password"}),
        await script.platform.http.delete(f"/me/tokens/{made['id']}", headers=script.headers),
    ]
    code = "log_in_needed" if scope == "write" else "read_only_token"
    assert [refused(answer, 403)["code"] for answer in answers] == [code] * 3
    refused(await script.get("/me/tokens"), 403, code="log_in_needed")
    assert len(ok(await anna.get("/me/tokens"))) == 1
    await anna.platform.log_in("Anna", anna.email)


async def test_a_token_of_an_operator_does_not_operate_the_platform(ccp: Platform) -> None:
    made = await create(ccp.operator, "write")
    script = program(ccp.operator, made["token"])
    refused(await script.get("/deliveries"), 403)
    refused(await script.get("/organisations/review"), 403)
    ok(await ccp.operator.get("/deliveries"))


async def test_a_token_is_not_accepted_as_a_cookie(ccp: Platform, anna: Member) -> None:
    made = await create(anna, "write")
    cookie = {"Cookie": f"{cookie_name('http:')}={made['token']}"}
    refused(await ccp.http.get("/inbox", headers=cookie), 401)
    own = cookie | {"Sec-Fetch-Site": "same-origin"}
    refused(await ccp.http.post("/inbox/read", headers=own), 401)


async def test_a_revoked_token_is_refused_by_every_service(ccp: Platform, anna: Member) -> None:
    made, kept = await create(anna), await create(anna)
    script = program(anna, made["token"])
    assert await statuses(script) == dict.fromkeys(READ, 200)
    ok(await ccp.http.delete(f"/me/tokens/{made['id']}", headers=anna.headers))
    assert (await script.get("/me")).status_code == 401
    await ccp.system.settle()
    assert await statuses(script) == dict.fromkeys(READ, 401)
    assert "revoked" in refused(await script.get("/inbox"), 401)["detail"]
    assert [each["id"] for each in ok(await anna.get("/me/tokens"))] == [kept["id"]]
    assert await statuses(program(anna, kept["token"])) == dict.fromkeys(READ, 200)
    refused(await ccp.http.delete(f"/me/tokens/{made['id']}", headers=anna.headers), 404)


async def test_a_revocation_is_forgotten_after_the_end_of_the_token(ccp: Platform, anna: Member) -> None:
    made = await create(anna, days=1)
    ok(await ccp.http.delete(f"/me/tokens/{made['id']}", headers=anna.headers))
    await ccp.system.settle()
    [event] = [
        event
        for event in await ccp.system.published("profiles", "profiles.token.revoked.v1")
        if event.subject == made["id"]
    ]
    assert anna.id not in str(event)
    for runtime in ccp.system.runtimes.values():
        stored = await REVOKED_TOKENS.get(runtime.db, made["id"])
        assert stored.ends_at.isoformat().startswith(made["ends_at"].removesuffix("Z"))
        indexes = await runtime.db.raw("revoked_tokens").index_information()
        assert [each["expireAfterSeconds"] for each in indexes.values() if each["key"] == [("ends_at", 1)]] == [3600]


async def test_a_token_of_others_is_not_found(ccp: Platform, anna: Member) -> None:
    made, bert = await create(anna), await ccp.member("Bert")
    hidden = refused(await ccp.http.delete(f"/me/tokens/{made['id']}", headers=bert.headers), 404)
    missing = refused(await ccp.http.delete(f"/me/tokens/{new_id()}", headers=bert.headers), 404)
    assert hidden == missing
    assert (await program(anna, made["token"]).get("/me")).status_code == 200


async def test_a_token_ends_and_its_claims_cannot_be_changed(ccp: Platform, anna: Member) -> None:
    made = await create(anna, days=365)
    claims = jwt.decode(made["token"], options={"verify_signature": False})
    assert timedelta(seconds=claims["exp"] - claims["iat"]) == timedelta(days=365)
    signer: Signer = ccp.system.runtimes["profiles"].resources.signer
    details = {"jti": new_id(), "scope": "read"}
    ended = signer.sign(API, anna.id, timedelta(minutes=1), since=real_now() - timedelta(minutes=2), **details)
    refused(await program(anna, ended).get("/me"), 401)
    head, _, signature = made["token"].split(".")
    wider = base64.urlsafe_b64encode(json.dumps(claims | {"scope": "write"}).encode()).decode().rstrip("=")
    refused(await program(anna, f"{head}.{wider}.{signature}").get("/me"), 401)


@pytest.mark.parametrize(
    ("field", "value"),
    [("days", 0), ("days", 366), ("name", ""), ("name", "x" * 81), ("scope", "all"), ("operator", True)],
)
async def test_a_token_needs_a_name_a_scope_and_an_end_within_a_year(anna: Member, field: str, value: Any) -> None:
    body = {"name": "Backup script", "scope": "read", field: value}
    refused(await anna.post("/me/tokens", body), 422, field=field)


async def test_a_repeated_request_returns_the_same_token(anna: Member) -> None:
    body = {"name": "Backup script", "scope": "read"}
    first, second = [ok(await anna.post("/me/tokens", body, idempotency_key="abc-123-abc-123")) for _ in range(2)]
    assert first == second
    assert len(ok(await anna.get("/me/tokens"))) == 1


# --- the limit --------------------------------------------------------------------------------------


async def test_a_member_has_at_most_twenty_tokens_also_if_they_ask_at_once(ccp: Platform, anna: Member) -> None:
    body = {"name": "Backup script", "scope": "read"}
    answers: list[httpx.Response] = await asyncio.gather(*[anna.post("/me/tokens", body) for _ in range(24)])
    assert sorted(answer.status_code for answer in answers) == [201] * MOST_TOKENS + [409] * 4
    problem = refused(await anna.post("/me/tokens", body), 409, code="quota_reached")
    assert "Revoke one" in problem["detail"]
    created = next(answer for answer in answers if answer.status_code == 201)
    ok(await ccp.http.delete(f"/me/tokens/{created.json()['id']}", headers=anna.headers))
    await create(anna)


async def test_two_last_tokens_at_one_moment_conflict(ccp: Platform, anna: Member) -> None:
    for _ in range(MOST_TOKENS - 1):
        await create(anna)
    profiles = ccp.system.runtimes["profiles"]
    body = ApiTokenBody(name="Last one", scope=Scope.READ)
    last, beyond = [use(create_api_token, profiles.resources.signer, new_id(), anna.id, body) for _ in range(2)]
    both = await overlap(profiles.db, last, beyond)
    assert both.conflicted
    assert isinstance(both.second, QuotaReached)
    assert len(ok(await anna.get("/me/tokens"))) == MOST_TOKENS


async def test_a_token_that_has_ended_is_not_listed_and_does_not_count(ccp: Platform, anna: Member) -> None:
    for _ in range(MOST_TOKENS):
        await create(anna)
    past = {"$set": {"ends_at": real_now() - timedelta(seconds=1)}}
    await ccp.system.db("profiles").raw("api_tokens").update_one({"member_id": anna.id}, past)
    assert len(ok(await anna.get("/me/tokens"))) == MOST_TOKENS - 1
    await create(anna)


# --- the security log -------------------------------------------------------------------------------


async def test_tokens_are_security_events_and_requests_with_one_name_it(
    ccp: Platform, anna: Member, lines: list[Any]
) -> None:
    made = await create(anna)
    script = program(anna, made["token"])
    refused(await script.post("/interests", {"countries": ["JP"]}), 403)
    ok(await ccp.http.delete(f"/me/tokens/{made['id']}", headers=anna.headers))
    refused(await script.get("/me"), 401)
    security = [line for line in lines if line["event"] == "security"]
    assert [line["security_event"] for line in security] == [
        "api_token_created",
        "access_refused",
        "api_token_revoked",
        "token_refused",
    ]
    assert (security[1]["token"], security[1]["member"]) == (made["id"], anna.id)
    assert (security[2]["id"], security[2]["member"]) == (made["id"], anna.id)
    assert made["token"] not in str(lines)
    assert "Backup script" not in str(lines)


# --- in a browser -----------------------------------------------------------------------------------


async def test_a_member_creates_and_revokes_a_token_in_a_browser(anna: Member) -> None:
    browser = await browser_of(anna)
    page = await (await browser.open("/me")).follow("API tokens")
    wrong = await page.submit("Create the token", name="", days="400")
    assert (wrong.status, wrong.errors.keys()) == (422, {"name", "scope", "days"})
    shown = await wrong.submit("Create the token", name="Backup script", scope="read", days="30")
    token = shown.soup.find(id="token").get_text().strip()
    assert shown.answer.headers["cache-control"] == "no-store"
    script = program(anna, token)
    assert ok(await script.get("/me"))["id"] == anna.id
    page = await shown.follow("Go back to your tokens")
    assert token not in page.answer.text
    assert all(words in page.text for words in ("Backup script", "Read only", "ends on", token[-8:]))
    page = await page.submit("Revoke")
    assert page.notice == "The token is revoked. Programs that send it are refused."
    assert "Backup script" not in page.text
    refused(await script.get("/me"), 401)


async def test_at_the_limit_the_page_says_so_and_has_no_form(anna: Member) -> None:
    for _ in range(MOST_TOKENS):
        await create(anna)
    page = await (await browser_of(anna)).open("/me/tokens")
    assert "You have 20 API tokens, which is the limit." in page.text
    assert page.buttons == ["Revoke"] * MOST_TOKENS


async def test_the_page_for_developers_leads_to_the_tokens(anna: Member) -> None:
    page = await (await (await browser_of(anna)).open("/developers")).follow("Create an API token")
    assert page.heading == "API tokens"
