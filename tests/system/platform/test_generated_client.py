"""A typed Python client is generated from the OpenAPI document, and calls a route."""

import importlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.people import MISSION, Platform

PACKAGE = "generated_ccp_client"


@pytest.fixture
def client_package(ccp: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a package that is generated from the running platform's document."""
    document, configuration = tmp_path / "openapi.json", tmp_path / "configuration.yml"
    document.write_text(json.dumps(ccp.system.app.openapi()))
    configuration.write_text("post_hooks: []\n")
    options = ["--path", document, "--config", configuration, "--meta", "none", "--output-path", tmp_path / PACKAGE]
    subprocess.run(
        [sys.executable, "-m", "openapi_python_client", "generate", *options], check=True, capture_output=True
    )
    monkeypatch.syspath_prepend(tmp_path)
    return PACKAGE


async def test_a_generated_client_calls_a_route(client_package: str, ccp: Platform) -> None:
    await ccp.operator.publishes(MISSION)
    client_module = importlib.import_module(f"{client_package}.client")
    route = importlib.import_module(f"{client_package}.api.operations.list_calls_events")
    token = ccp.operator.headers["Authorization"].removeprefix("Bearer ")
    client: Any = client_module.AuthenticatedClient(base_url="http://ccp.test", token=token)
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(ccp.system.app), base_url="http://ccp.test", headers=ccp.operator.headers
    )
    async with client.set_async_httpx_client(http):
        page = await route.asyncio(client=client, type_="calls.call.*", limit=10)
        assert [item.type_ for item in page.items] == ["calls.call.published.v1"]
        assert page.items[0].time.tzinfo is not None
        problem = await route.asyncio(client=client, type_="***")
        assert (problem.status, problem.errors[0].field) == (422, "type")
