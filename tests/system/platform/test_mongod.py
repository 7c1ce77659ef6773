"""The embedded MongoDB: its location, and the error if it cannot start."""

from pathlib import Path

import pytest

from shared import mongod
from shared.mongod import NoMongod, embedded_mongod, find_mongod


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
