"""The security event log: what is refused, which rights change and what operators do, as log lines and in a metric."""

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs

from services.profiles.service import ensure_operator
from shared import log
from shared.ids import stable_id
from shared.pseudonyms import load_pseudonyms
from shared.security import SecurityEvent
from tests.support.people import MISSION, OPERATOR_EMAIL, PASSWORD, PROFILE, Member, Platform, ok, refused

ADDRESS = "203.0.113.7"


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


@pytest.fixture(scope="module")
async def anna(ccp: Platform) -> Member:
    return await ccp.member("Anna")


@pytest.fixture
def lines() -> Iterator[list[Any]]:
    """Capture the lines that are logged at level info or above."""
    log.configure(level="info")
    with capture_logs() as captured:
        yield captured
    log.configure(level="error")


def events(lines: list[Any]) -> list[str]:
    """Return the names of the security events, and check that no line names an address or a person."""
    security = [line for line in lines if line["event"] == "security"]
    assert not [line for line in security if any(word in str(line) for word in ("@", "Anna", PASSWORD, ADDRESS))]
    return [line["security_event"] for line in security]


async def counted(ccp: Platform, event: SecurityEvent) -> float:
    metrics = (await ccp.http.get("/metrics")).text
    name = f'ccp_security_events_total{{event="{event.value}"}} '
    return float(next(line for line in metrics.splitlines() if line.startswith(name)).removeprefix(name))


async def test_every_event_is_in_the_metric_before_it_happens(ccp: Platform) -> None:
    assert [await counted(ccp, event) >= 0 for event in SecurityEvent]


async def test_log_ins_are_events_without_addresses(ccp: Platform, anna: Member, lines: list[Any]) -> None:
    failed = await counted(ccp, SecurityEvent.LOG_IN_FAILED)
    async with ccp.client_at(ADDRESS) as http:
        wrong = {"email": anna.email, "password": "a wrong password"}
        for _ in range(11):
            await http.post("/tokens", json=wrong)
    await ccp.http.post("/tokens", json={"email": anna.email.upper(), "password": PASSWORD})
    assert events(lines) == ["log_in_failed"] * 10 + ["log_in_throttled", "logged_in"]
    security = [line for line in lines if line["event"] == "security"]
    assert len({line["account"] for line in security}) == 1
    assert [line["client"] for line in security[:2]] == [security[10]["client"]] * 2 != [security[11]["client"]] * 2
    assert security[10]["limit"] == "log_ins_by_client_to_account"
    assert await counted(ccp, SecurityEvent.LOG_IN_FAILED) == failed + 10


async def test_a_pseudonym_is_one_of_the_installation_and_its_replicas(ccp: Platform, lines: list[Any]) -> None:
    async with ccp.client_at(ADDRESS) as http:
        await http.get("/me", headers={"Authorization": "Bearer rubbish"})
    assert events(lines) == ["token_refused"]
    [client] = [line["client"] for line in lines if line["event"] == "security"]
    first, *others = ccp.system.runtimes.values()
    assert client == (await load_pseudonyms(first.db))(ADDRESS)  # as a replica that starts now
    assert client not in [(await load_pseudonyms(other.db))(ADDRESS) for other in others]
    assert client != stable_id("pseudonym", ADDRESS)[:12]


async def test_an_email_that_a_limit_holds_back_is_an_event_although_the_answer_is_the_same(
    ccp: Platform, lines: list[Any]
) -> None:
    body = {"email": "often@members.example", "name": "Anna", "country": "FR"}
    for _ in range(6):
        ok(await ccp.http.post("/members", json=body))
    assert events(lines) == ["request_throttled"]
    assert [line["limit"] for line in lines if line["event"] == "security"] == ["mails_to_address"]


async def test_refused_tokens_and_refused_access_are_events(ccp: Platform, anna: Member, lines: list[Any]) -> None:
    draft = ok(await ccp.operator.post("/calls", MISSION))
    profile = ok(await ccp.operator.post("/organisations", PROFILE))
    lines.clear()
    refused(await ccp.http.get("/me", headers={"Authorization": "Bearer rubbish"}), 401)
    refused(await anna.get("/deliveries"), 403)
    hidden = refused(await anna.get(f"/calls/{draft['id']}"), 404)
    missing = refused(await anna.get("/calls/missing"), 404)
    refused(await anna.put(f"/organisations/{profile['id']}", PROFILE, version=1), 404)
    refused(await anna.get(f"/organisations/{profile['id']}"), 404)
    assert hidden == missing
    assert events(lines) == ["token_refused"] + ["access_refused"] * 4
    access = [line for line in lines if line.get("security_event") == "access_refused"]
    assert [line["member"] for line in access] == [anna.id] * 4
    assert [line.get("id") for line in access] == [None, draft["id"], profile["id"], profile["id"]]
    assert [line["status"] for line in access] == [403, 404, 404, 404]


async def test_changed_rights_and_the_actions_of_operators_are_events(
    ccp: Platform, anna: Member, lines: list[Any]
) -> None:
    organisation = await ccp.organisation(anna)
    assert events(lines) == ["rights_changed", "operator_acted"]
    [acted] = [line for line in lines if line.get("security_event") == "operator_acted"]
    assert (acted["route"], acted["id"]) == ("/organisations/{id}/review", organisation["id"])
    assert acted["member"] == ccp.operator.id


async def test_other_requests_are_no_events(ccp: Platform, anna: Member, lines: list[Any]) -> None:
    ok(await anna.get("/me"))
    ok(await anna.post("/interests", {"countries": ["FR"]}))
    refused(await anna.post("/organisations", {}), 422)
    refused(await ccp.operator.post("/calls", {}), 422)
    refused(await ccp.http.get("/nowhere"), 404)
    assert events(lines) == []


async def test_a_new_operator_is_an_event(ccp: Platform, lines: list[Any]) -> None:
    database = ccp.system.db("profiles")
    assert await ensure_operator(database, "second@ccp.example", SecretStr(PASSWORD))
    assert not await ensure_operator(database, OPERATOR_EMAIL, SecretStr(PASSWORD))
    assert events(lines) == ["rights_changed"]
