"""Real servers for every test: MongoDB embedded or by CCP_MONGO_URL, RabbitMQ by CCP_BROKER_URL, here, or in Docker."""

import contextlib
import gc
import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import argon2
import hypothesis
import pytest

from services.__main__ import available, listeners
from services.profiles.accounts import usecases as accounts
from shared import log
from shared.bus import Bus, rabbit
from shared.bus.memory import MemoryBus
from shared.mongod import embedded_mongod
from shared.settings import Settings
from tests.support import ROOT
from tests.support.brokers import HOW_TO_GET_RABBITMQ, VirtualHost, find_virtual_host
from tests.support.people import Platform
from tests.support.platforms import Inbox, receiving, running_platform

hypothesis.settings.register_profile("ccp", deadline=None)  # a busy machine makes an example slow
hypothesis.settings.load_profile("ccp")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file on one worker, so that what a module shares is made once."""
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(ROOT))))


def pytest_collection_finish() -> None:
    """Let garbage collection skip what exists by now: thousands of tests, and the code of four services."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> None:
    log.configure(level="error")


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes() -> None:
    """Hash passwords with the parameters that Argon2's library has for tests: nearly every test needs a member."""
    accounts.HASHER = argon2.PasswordHasher.from_parameters(argon2.profiles.CHEAPEST)


@pytest.fixture(scope="session")
async def mongo_url() -> AsyncIterator[str]:
    if given := os.environ.get("CCP_MONGO_URL"):
        yield given
        return
    # Tests need no durable storage, and a disk would slow them.
    with tempfile.TemporaryDirectory(prefix="ccp-", dir=MEMORY) as folder:
        async with embedded_mongod(Path(folder)) as url:
            yield url


@pytest.fixture(scope="session")
def virtual_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VirtualHost]:
    """Return a virtual host, or skip with instructions; in CI its absence is a failure."""
    with contextlib.ExitStack() as stack:
        found = find_virtual_host(stack, turns=tmp_path_factory.getbasetemp().parent)
        if not found:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET_RABBITMQ)
        yield found


@pytest.fixture
def broker_url(virtual_host: VirtualHost) -> Iterator[str]:
    """The URL of a virtual host that no other test uses meanwhile."""
    with virtual_host.alone():
        yield virtual_host.url


@pytest.fixture
def smtp() -> Iterator[Inbox]:
    with receiving() as inbox:
        yield inbox


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="http://ccp.test")


@pytest.fixture(params=["memory", "rabbit"])
def make_bus(request: pytest.FixtureRequest) -> Callable[[], Awaitable[Bus]]:
    """Return a function that makes either bus; the queues of RabbitMQ are emptied first."""
    url = request.getfixturevalue("broker_url") if request.param == "rabbit" else None

    async def make() -> Bus:
        if url is None:
            return MemoryBus()
        await rabbit.remove(url, available())
        return rabbit.RabbitBus(url, listeners(Settings()))

    return make


@pytest.fixture
async def platform(
    make_bus: Callable[[], Awaitable[Bus]], mongo_url: str, settings: Settings
) -> AsyncIterator[Platform]:
    """The four services on 9 May 2016, on either bus, with an operator who is logged in."""
    async with running_platform(mongo_url, settings, await make_bus()) as platform:
        yield platform


@pytest.fixture
async def ccp(mongo_url: str, settings: Settings) -> AsyncIterator[Platform]:
    """The same on the in-process bus, for tests that do not depend on the bus."""
    async with running_platform(mongo_url, settings, MemoryBus()) as platform:
        yield platform


@pytest.fixture(scope="module")
async def shared_ccp(mongo_url: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Platform]:
    """One platform for the tests of a module that do not disturb each other."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), public_url="http://ccp.test")
    async with running_platform(mongo_url, settings, MemoryBus()) as platform:
        yield platform


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = Path(os.environ.get("CCP_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.exists():
        pytest.skip(f"no real data at {folder}: set CCP_REAL_DATA to the folder that has it")
    return folder
