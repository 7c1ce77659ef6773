"""`ccp up`, as a process of its own: no other account of the machine can read what it stores."""

import asyncio
import os
import stat
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import jwt
import pytest

from shared.mongod import free_port
from shared.testing import until
from tests.support import ROOT
from tests.support.people import ok

ANNA = {"email": "anna@members.example", "name": "Anna", "country": "SE"}
OPERATOR = {"email": "olga@operators.example", "password": "a password for Olga"}


@dataclass
class Running:
    """A platform that `ccp up` runs, and its data folder."""

    http: httpx.AsyncClient
    data: Path

    async def ready(self) -> bool:
        try:
            return (await self.http.get("/readyz")).is_success
        except httpx.TransportError:
            return False

    async def has_mail(self) -> bool:
        return any((self.data / "mail").glob("*.eml"))


async def ccp(*arguments: str, **more: str) -> asyncio.subprocess.Process:
    """Start a `ccp` command without the settings of the tests' own servers."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("CCP_")}
    return await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ccp", *arguments, cwd=ROOT, env=own | more, stdout=asyncio.subprocess.DEVNULL
    )


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """A platform whose data folder an older version left open to other accounts."""
    mails = tmp_path / "data" / "mail"
    mails.mkdir(mode=0o755, parents=True)
    port = free_port()
    process = await ccp("up", "--port", str(port), "--data", str(tmp_path / "data"), CCP_LOG_LEVEL="error")
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            platform = Running(http, tmp_path / "data")
            await until(platform.ready, "the platform to be ready", 60)
            yield platform
    finally:
        process.terminate()
        assert await process.wait() == 0


async def test_no_other_account_reads_data_or_emails(running: Running) -> None:
    ok(await running.http.post("/members", json=ANNA))
    await until(running.has_mail, "the e-mail that asks Anna to confirm")
    below = [*(running.data / "mongo").rglob("*"), *(running.data / "mail").rglob("*")]
    ours = [running.data / "mongo", running.data / "mail", *below]
    others = stat.S_IRWXG | stat.S_IRWXO
    assert [path.name for path in ours if path.exists() and path.stat().st_mode & others] == []
    assert {"password", "port"} <= {path.name for path in below}


async def test_a_second_command_shares_the_database_by_its_password(running: Running) -> None:
    command = ["operator", "create", OPERATOR["email"], "--data", str(running.data)]
    creating = await ccp(*command, CCP_OPERATOR_PASSWORD=OPERATOR["password"])
    assert await creating.wait() == 0
    assert ok(await running.http.post("/tokens", json=OPERATOR))["token"]
    taking = await ccp("operator", "take", OPERATOR["email"], "--data", str(running.data))
    assert await taking.wait() == 2, "the last operator keeps the role"
    giving = await ccp("operator", "give", "unknown@members.example", "--data", str(running.data))
    assert await giving.wait() == 2, "only a member gets it"


async def test_a_command_replaces_the_key_that_signs_access_tokens(running: Running) -> None:
    creating = await ccp(
        "operator", "create", OPERATOR["email"], "--data", str(running.data), CCP_OPERATOR_PASSWORD=OPERATOR["password"]
    )
    assert await creating.wait() == 0
    before = ok(await running.http.post("/tokens", json=OPERATOR))["token"]
    rotating = await ccp("keys", "rotate", "--at-once", "--data", str(running.data))
    assert await rotating.wait() == 0
    after = ok(await running.http.post("/tokens", json=OPERATOR))["token"]
    [key] = ok(await running.http.get("/.well-known/jwks.json"))["keys"]
    assert jwt.get_unverified_header(after)["kid"] == key["kid"] != jwt.get_unverified_header(before)["kid"]
