"""Refresh tokens of programs: rotated at each use, ended by reuse, by the member, by a new password and a new role."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from ccp.client import Client
from services.profiles.accounts.logins.usecases import refresh
from services.profiles.accounts.operators.usecases import appoint, dismiss
from services.profiles.accounts.sessions.store import SESSIONS
from services.profiles.settings import ProfilesSettings
from shared import log
from shared.clock import real_now
from tests.support.browsing import browser_of
from tests.support.factors import operators_need_factors, set_up_factor
from tests.support.people import PASSWORD, Member, Platform, ok, refused

READ = ("/me", "/rounds", "/partner-proposals", "/inbox")  # a path of each service


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    log.configure(level="info")
    with capture_logs() as captured:
        yield captured
    log.configure(level="error")


async def tokens_of(member: Member, **more: str) -> dict[str, Any]:
    credentials = {"email": member.email, "password": PASSWORD}
    return ok(await member.platform.http.post("/tokens", json=credentials | more))


async def send(ccp: Platform, token: str) -> httpx.Response:
    return await ccp.http.post("/tokens/refresh", json={"refresh_token": token})


async def statuses(ccp: Platform, token: str) -> set[int]:
    await ccp.system.settle()
    return {(await ccp.http.get(path, headers={"Authorization": f"Bearer {token}"})).status_code for path in READ}


async def age(ccp: Platform, member: Member, seconds: int) -> None:
    """Let the last refresh of each session of a member be longer ago."""
    await SESSIONS.update(
        ccp.system.db("profiles"),
        {"member_id": member.id, "refreshed_at": {"$ne": None}},
        {"$set": {"refreshed_at": real_now() - timedelta(seconds=seconds)}},
    )


async def test_a_program_gets_the_next_tokens_with_each_refresh(ccp: Platform, anna: Member) -> None:
    first = await tokens_of(anna)
    assert ProfilesSettings(token_minutes=15) == ProfilesSettings(), "an access token lasts 15 minutes"
    minutes = ccp.system.runtimes["profiles"].resources.settings.token_minutes
    assert (first["expires_in"], first["refresh_expires_in"]) == (minutes * 60, 14 * 24 * 3600)
    second = ok(await send(ccp, first["refresh_token"]))
    third = ok(await send(ccp, second["refresh_token"]))
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    assert await statuses(ccp, third["token"]) == {200}


async def test_a_reused_refresh_token_ends_the_session_in_every_service(
    ccp: Platform, anna: Member, lines: list[Any]
) -> None:
    stolen = await tokens_of(anna)
    later = ok(await send(ccp, stolen["refresh_token"]))
    await age(ccp, anna, 11)
    refused(await send(ccp, stolen["refresh_token"]), 401, code="refresh_token_reused")
    assert "refresh_token_reused" in [line.get("security_event") for line in lines]
    refused(await send(ccp, later["refresh_token"]), 401)
    assert await statuses(ccp, later["token"]) == {401}
    assert await statuses(ccp, anna.headers["Authorization"].removeprefix("Bearer ")) == {200}


async def test_a_lost_answer_is_repeated_for_seconds(ccp: Platform, anna: Member) -> None:
    first = await tokens_of(anna)
    answers = [ok(await send(ccp, first["refresh_token"])) for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    ok(await send(ccp, answers[0]["refresh_token"]))
    refused(await send(ccp, first["refresh_token"]), 401, code="refresh_token_reused")


async def test_only_refresh_tokens_refresh_and_they_open_nothing_else(ccp: Platform, anna: Member) -> None:
    tokens = await tokens_of(anna)
    refused(await send(ccp, tokens["token"]), 401)
    refused(await send(ccp, "rubbish"), 401)
    assert await statuses(ccp, tokens["refresh_token"]) == {401}


async def test_the_member_sees_and_ends_the_session_of_a_program(ccp: Platform, anna: Member) -> None:
    tokens = await tokens_of(anna)
    browser = await browser_of(anna)
    page = await browser.open("/me/sessions")
    assert re.search(r"logged in on .*, \d\d:\d\d CE", page.text), "a session of today needs its hour"
    page = await page.submit("Log out everywhere else")
    assert "ended" in page.notice
    refused(await send(ccp, tokens["refresh_token"]), 401)
    assert await statuses(ccp, tokens["token"]) == {401}


async def test_a_new_password_ends_it(ccp: Platform, anna: Member) -> None:
    tokens = await tokens_of(anna)
    ok(await anna.post("/me/password", {"current": PASSWORD, "new": "other words in another row"}))
    refused(await send(ccp, tokens["refresh_token"]), 401)


async def test_a_refreshed_token_has_the_role_of_now(ccp: Platform, anna: Member) -> None:
    db = ccp.system.db("profiles")
    app = await set_up_factor(anna)
    await db.transact(appoint, anna.email, None)
    with operators_need_factors(ccp):
        tokens = ok(await send(ccp, (await tokens_of(anna, code=app.code()))["refresh_token"]))
        operator = {"Authorization": f"Bearer {tokens['token']}"}
        ok(await ccp.http.get("/operators", headers=operator))
    await db.transact(dismiss, anna.id, None)
    refused(await send(ccp, tokens["refresh_token"]), 401)


async def test_the_command_line_refreshes_an_expired_token(ccp: Platform, anna: Member) -> None:
    client = await Client(ccp.http).log_in(anna.email, PASSWORD)
    client.headers = {"Authorization": "Bearer expired"}
    assert (await client.get("/me"))["id"] == anna.id
    client.headers, client.refresh = {"Authorization": "Bearer expired"}, "lost"
    assert (await client.get("/me"))["id"] == anna.id


async def test_a_refresh_of_a_browser_session_is_refused(ccp: Platform, anna: Member) -> None:
    await browser_of(anna)
    db = ccp.system.db("profiles")
    browser = await SESSIONS.first(db, {"member_id": anna.id, "refreshes": False})
    assert browser
    with pytest.raises(Exception, match="has ended"):
        await db.transact(refresh, browser.id, 0)
