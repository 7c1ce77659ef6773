"""The embedded MongoDB: its location, the error if it cannot start, and that no other account can use it."""

import stat
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from shared import mongod
from shared.mongo import Client, connect, initiate_replica_set
from shared.mongod import SERVER_OPTIONS, NoMongod, embedded_mongod, find_mongod, free_port
from shared.testing import until
from tests.chaos.processes import listens


def test_without_any_server_the_error_names_the_alternatives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mongod.shutil, "which", lambda _: None)
    monkeypatch.setattr(mongod, "find_spec", lambda _: None)
    with pytest.raises(NoMongod, match="docker compose up") as error:
        find_mongod()
    assert "CCP_MONGO_URL" in str(error.value)


async def test_a_server_that_stops_at_once_is_quoted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "mongod"
    broken.write_text("#!/bin/sh\necho 'libcurl.so.4: cannot open shared object file' >&2\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setattr(mongod, "find_mongod", lambda: broken)
    with pytest.raises(NoMongod, match=r"libcurl\.so\.4: cannot open") as error:
        async with embedded_mongod(tmp_path / "data"):
            pytest.fail("it cannot have started")
    assert "apt-get install libcurl4" in str(error.value)


async def test_a_second_start_on_the_same_folder_shares_the_server_and_keeps_its_port(tmp_path: Path) -> None:
    async with embedded_mongod(tmp_path / "data") as first, embedded_mongod(tmp_path / "data") as second:
        assert first == second
    async with embedded_mongod(tmp_path / "data") as later:
        assert later == first


# --- other accounts of the machine ----------------------------------------------------------------


@asynccontextmanager
async def client(url: str) -> AsyncIterator[Client]:
    made = connect(url)
    yield made
    made.close()


ATTEMPTS: dict[str, Callable[[MongoClient[Any]], Any]] = {
    "read": lambda other: other.ccp_profiles.members.find_one(),
    "write": lambda other: other.ccp_profiles.members.insert_one({}),
    "list": lambda other: other.list_database_names(),
    "add a user": lambda other: other.admin.command("createUser", "me", pwd="x", roles=[]),
}


def permitted(url: str) -> list[str]:
    """Return what a process of another account may do, which has the port and no password."""
    done = []
    for user in ("", "ccp:ccp@", "__system:ccp@"):
        for name, attempt in ATTEMPTS.items():
            with (
                suppress(OperationFailure),
                MongoClient(f"mongodb://{user}127.0.0.1:{urlsplit(url).port}/", directConnection=True) as other,
            ):
                attempt(other)
                done.append(f"{name} as {user}")
    return done


async def test_without_the_password_nothing_can_be_read_or_written(tmp_path: Path) -> None:
    async with embedded_mongod(tmp_path / "mongo") as url, client(url) as ours:
        await ours.ccp_profiles.members.insert_one({"_id": "anna"})
        assert permitted(url) == []
        assert await ours.ccp_profiles.members.count_documents({}) == 1


async def test_only_this_account_can_open_the_data(tmp_path: Path) -> None:
    folder = tmp_path / "mongo"
    folder.mkdir(mode=0o755)
    async with embedded_mongod(folder) as url:
        password = folder / "password"
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(password.stat().st_mode) == 0o600
        assert len(password.read_text()) == 64
        assert password.read_text() in url
    first = password.read_text()
    password.unlink()  # a new password is made, and the user gets it
    async with embedded_mongod(folder) as url, client(url) as ours:
        assert password.read_text() != first
        assert await ours.ccp_profiles.members.count_documents({}) == 0


@contextmanager
def older_version(folder: Path) -> Iterator[int]:
    """Run a server as an older version did: without users."""
    folder.mkdir()
    port = free_port()
    (folder / "port").write_text(str(port))
    command = [str(find_mongod()), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    process = subprocess.Popen([*command, *SERVER_OPTIONS], stdout=subprocess.DEVNULL)
    try:
        yield port
    finally:
        process.terminate()
        process.wait(20)


async def test_the_data_of_an_older_version_is_kept_and_gets_a_password(tmp_path: Path) -> None:
    folder = tmp_path / "mongo"
    with older_version(folder) as port:

        async def listening() -> bool:
            return listens(port)

        await until(listening, "the older server")
        await initiate_replica_set(f"mongodb://127.0.0.1:{port}/", f"127.0.0.1:{port}")
        async with client(f"mongodb://127.0.0.1:{port}/?replicaSet=ccp") as older:
            await older.ccp_profiles.members.insert_one({"_id": "anna"})
        with pytest.raises(NoMongod, match="Stop it first"):
            async with embedded_mongod(folder):
                pytest.fail("it would run without a password")
    async with embedded_mongod(folder) as url, client(url) as ours:
        assert await ours.ccp_profiles.members.find_one() == {"_id": "anna"}
        with (
            pytest.raises(OperationFailure),
            MongoClient(f"mongodb://127.0.0.1:{port}/", directConnection=True) as other,
        ):
            other.ccp_profiles.members.find_one()
