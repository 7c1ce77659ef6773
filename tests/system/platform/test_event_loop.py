"""Work of more than a few milliseconds runs in a thread, so that other requests go on."""

import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from services.calls.imports import api as imports
from shared import syndication
from tests.support.people import Platform, ok

LINES = {"Content-Type": "application/x-ndjson"}
LINE = b'{"topicId": "A", "title": "A call", "deadline": "soon"}\n'


@pytest.fixture(scope="module")
def ccp(shared_ccp: Platform) -> Platform:
    return shared_ccp


def noting_threads(work: Callable[..., Any], threads: list[threading.Thread]) -> Callable[..., Any]:
    def noted(*args: Any) -> Any:
        threads.append(threading.current_thread())
        return work(*args)

    return noted


@pytest.mark.parametrize(
    ("module", "name", "method", "path"),
    [(imports, "read_lines", "POST", "/calls/import"), (syndication, "atom", "GET", "/calls.atom")],
    ids=["import", "feed"],
)
async def test_long_work_runs_in_a_thread(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, method: str, path: str
) -> None:
    threads: list[threading.Thread] = []
    monkeypatch.setattr(module, name, noting_threads(getattr(module, name), threads))
    answer = await ccp.http.request(method, path, content=LINE, headers=ccp.operator.headers | LINES)
    assert answer.is_success, answer.text
    [thread] = threads
    assert thread is not threading.main_thread()


async def test_the_description_of_the_api_is_built_once_and_in_a_thread(
    ccp: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[threading.Thread] = []
    monkeypatch.setattr(ccp.system.app, "openapi", noting_threads(ccp.system.app.openapi, threads))
    first, second = [ok(await ccp.http.get("/openapi.json")) for _ in range(2)]
    assert first == second
    assert "/calls" in first["paths"]
    [thread] = threads
    assert thread is not threading.main_thread()


async def test_an_import_reads_no_more_lines_than_it_accepts(ccp: Platform) -> None:
    answer = await ccp.operator.platform.http.post(
        "/calls/import", content=b"{}\n" * 1_000_000, headers=ccp.operator.headers | LINES
    )
    assert answer.status_code == 422
