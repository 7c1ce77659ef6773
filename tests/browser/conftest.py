"""A real browser on the platform of a test module, behind a real HTTP server."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import uvicorn
from playwright.async_api import Browser, async_playwright

from shared.mongod import free_port
from shared.testing import until
from tests.support.people import Platform
from tests.support.roles import make_world
from tests.support.windows import FLAGS, MODES, Site, Visitor

HARVESTED = datetime(2026, 8, 1, 9, tzinfo=ZoneInfo("Europe/Brussels"))


@pytest.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    path = shutil.which("chromium")
    if not path:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("no Chromium: apt-get install chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture(scope="module")
async def site(shared_ccp: Platform, chromium: Browser) -> AsyncIterator[Site]:
    """The platform with something of everything in it."""
    world = await make_world(shared_ccp)
    async with served(shared_ccp, chromium) as made:
        made.world = world
        yield made


@pytest.fixture(scope="module")
async def portal(shared_ccp: Platform, chromium: Browser) -> AsyncIterator[Site]:
    """The platform with nothing in it but its operator."""
    async with served(shared_ccp, chromium) as made:
        yield made


@pytest.fixture
async def portal_in_2026(ccp: Platform, chromium: Browser) -> AsyncIterator[Site]:
    """An empty platform of its own, on the day of the harvest of real calls."""
    ccp.system.clock.travel(HARVESTED - ccp.system.clock.now())
    async with served(ccp, chromium) as made:
        yield made


@pytest.fixture(params=MODES)
async def window(request: pytest.FixtureRequest, portal: Site) -> AsyncIterator[Visitor]:
    """A window in which a journey is made: wide with scripts, narrow without. Nothing goes wrong in it unseen."""
    visitor = await portal.visitor(**MODES[request.param])
    yield visitor
    assert visitor.console == []
    assert visitor.elsewhere == []


@pytest.fixture
async def keyboard(portal: Site) -> Visitor:
    """A window of a person who has no mouse."""
    return await portal.visitor()


@contextlib.asynccontextmanager
async def served(ccp: Platform, chromium: Browser) -> AsyncIterator[Site]:
    """Serve a platform by a real HTTP server."""
    port = free_port()
    config = uvicorn.Config(ccp.system.app, port=port, lifespan="off", log_config=None, access_log=False)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())

    async def started() -> bool:
        return server.started

    await until(started, "the server to start")
    made = Site(f"http://127.0.0.1:{port}", chromium, ccp)
    yield made
    for context in made.contexts:
        await context.close()
    server.should_exit = True
    await serving
