"""Real servers for every test: MongoDB embedded or by CCP_MONGO_URL, RabbitMQ by CCP_BROKER_URL, here, or in Docker."""

import contextlib
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from services.__main__ import available, listeners
from shared import log
from shared.bus import Bus, rabbit
from shared.bus.memory import MemoryBus
from shared.mongod import embedded_mongod
from shared.settings import Settings
from tests.support import ROOT
from tests.support.people import Platform
from tests.support.platforms import Inbox, running_platform

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
HOW_TO_GET_RABBITMQ = (
    "no RabbitMQ: set CCP_BROKER_URL, or `apt-get install rabbitmq-server` and start it, "
    "or start Docker (../shared/lab/up) for testcontainers"
)


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> None:
    log.configure(level="error")


@pytest.fixture(scope="session")
async def mongo_url() -> AsyncIterator[str]:
    if given := os.environ.get("CCP_MONGO_URL"):
        yield given
        return
    # What tests store need not outlive them: a disk would only slow them.
    with tempfile.TemporaryDirectory(prefix="ccp-", dir=MEMORY) as folder:
        async with embedded_mongod(Path(folder)) as url:
            yield url


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """A RabbitMQ, or a skip that says how to get one; in CI its absence is a failure."""
    with contextlib.ExitStack() as stack:
        url = os.environ.get("CCP_BROKER_URL") or local_broker() or docker_broker(stack)
        if not url:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(HOW_TO_GET_RABBITMQ)
        yield url


def local_broker() -> str | None:
    with socket.socket() as probe:
        probe.settimeout(1)
        return "amqp://guest:guest@127.0.0.1/" if probe.connect_ex(("127.0.0.1", 5672)) == 0 else None


def docker_broker(stack: contextlib.ExitStack) -> str | None:
    if not shutil.which("docker"):
        return None
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    from testcontainers.rabbitmq import RabbitMqContainer

    try:
        container = stack.enter_context(RabbitMqContainer("rabbitmq:4.0-management"))
    except Exception:  # no engine, no image: as good as no Docker
        return None
    return f"amqp://guest:guest@{container.get_container_host_ip()}:{container.get_exposed_port(5672)}/"


@pytest.fixture(scope="session")
def smtp() -> Iterator[Inbox]:
    inbox = Inbox()
    controller = Controller(inbox, hostname="127.0.0.1", port=inbox.port)
    controller.start()
    yield inbox
    controller.stop()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, public_url="http://ccp.test")


@pytest.fixture(params=["memory", "rabbit"])
def make_bus(request: pytest.FixtureRequest) -> Callable[[], Awaitable[Bus]]:
    """Either bus; RabbitMQ without what earlier tests left in its queues."""
    url = request.getfixturevalue("broker_url") if request.param == "rabbit" else None

    async def make() -> Bus:
        if url is None:
            return MemoryBus()
        await rabbit.remove(url, available())
        return rabbit.RabbitBus(url, listeners(Settings()))

    return make


@pytest.fixture
async def platform(
    make_bus: Callable[[], Awaitable[Bus]], mongo_url: str, settings: Settings, smtp: Inbox
) -> AsyncIterator[Platform]:
    """The four services on 9 May 2016, on either bus, with an operator who is logged in."""
    async with running_platform(mongo_url, settings, smtp, await make_bus()) as platform:
        yield platform


@pytest.fixture
async def ccp(mongo_url: str, smtp: Inbox, settings: Settings) -> AsyncIterator[Platform]:
    """The same on the in-process bus, for what does not depend on it."""
    async with running_platform(mongo_url, settings, smtp, MemoryBus()) as platform:
        yield platform


@pytest.fixture(scope="session")
def real_data() -> Path:
    folder = Path(os.environ.get("CCP_REAL_DATA", ROOT.parent / "shared" / "data"))
    if not folder.exists():
        pytest.skip(f"no real data at {folder}: set CCP_REAL_DATA to the folder that has it")
    return folder
