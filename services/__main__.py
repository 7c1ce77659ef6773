"""`python -m services [NAME ...]`: run services in this process; the only place that chooses adapters."""

import asyncio
import gc
import signal
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic_settings import BaseSettings

from shared import log, tracing
from shared.bus import Bus
from shared.bus.memory import MemoryBus
from shared.bus.rabbit import RabbitBus
from shared.host import build_app
from shared.mongod import NoMongod, embedded_mongod
from shared.service import Service
from shared.settings import Settings

try:
    import uvloop
except ImportError:  # Windows
    uvloop = None  # type: ignore[assignment]

T = TypeVar("T")


def available() -> list[str]:
    """The services that are here: all four in a checkout, one in a container."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/service.py"))


def load(names: Sequence[str], settings: Settings, own: Mapping[str, BaseSettings]) -> list[Service]:
    """The named services; `own` replaces settings that a service would read from the environment."""
    more = {name: (own[name],) if name in own else () for name in names}
    return [import_module(f"services.{name}.service").build(settings, *more[name]) for name in names]


def listeners(settings: Settings) -> dict[str, list[str]]:
    """Which of the services that are here listens to what."""
    return {service.name: service.listens_to for service in load(available(), settings, {})}


def choose_bus(settings: Settings, names: Sequence[str]) -> Bus:
    """RabbitMQ where there is one; in one process with all services, the in-process bus does. Raises ValueError."""
    if settings.broker_url:
        return RabbitBus(settings.broker_url, listeners(settings))
    if sorted(names) != available() or len(names) == 1:
        raise ValueError("some services without the others need RabbitMQ between them: set CCP_BROKER_URL")
    return MemoryBus()


class NotStarted(Exception):
    """The services did not come up; the log says why."""


class Server(uvicorn.Server):
    """Leaves the signals to `serve`, so that a SIGTERM ends in order and with status 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def choose_mongo(settings: Settings) -> AsyncIterator[str]:
    """CCP_MONGO_URL, else an embedded mongod with its data in the data folder. Raises NoMongod."""
    if settings.mongo_url:
        yield settings.mongo_url
        return
    async with embedded_mongod(settings.data_dir / "mongo") as url:
        yield url


@asynccontextmanager
async def serving(settings: Settings, names: Sequence[str], **own: BaseSettings) -> AsyncIterator[FastAPI]:
    """The services behind an HTTP server, from when they are ready until the context ends. Raises NotStarted."""
    async with choose_mongo(settings) as mongo_url:
        bus = choose_bus(settings, names)
        app = build_app(load(names, settings, own), settings=settings, mongo_url=mongo_url, bus=bus)
        config = uvicorn.Config(
            app, settings.host, settings.port, log_config=None, access_log=False, timeout_graceful_shutdown=20
        )
        server = Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started and not task.done():
            await asyncio.sleep(0.02)
        if task.done():
            raise NotStarted(f"nothing can listen on {settings.host}:{settings.port}; see the log above")
        try:
            yield app
        finally:
            server.should_exit = True
            await task


async def serve(settings: Settings, names: Sequence[str]) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = stop_signal()
    async with serving(settings, names):
        await stop.wait()


def stop_signal() -> asyncio.Event:
    """Set by SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def serve_settings(settings: Settings, names: Sequence[str]) -> None:
    """Run the named services, or all. Raises ValueError, NoMongod, NotStarted."""
    unknown = sorted(set(names) - set(available()))
    if unknown:
        raise ValueError(f"no such service: {', '.join(unknown)}; there are {', '.join(available())}")
    names = list(names) or available()
    tracing.configure(settings.traces_url, names)
    await serve(settings, names)


def run(work: Coroutine[Any, Any, T]) -> T:
    """On uvloop where it can be had. The garbage collector leaves alone what is there by now: it stays till the end."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)  # a page of documents is no reason to look at everything
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if uvloop else None) as runner:
        return runner.run(work)


def main(names: Sequence[str]) -> int:
    settings = Settings()
    log.configure(settings.log_format, settings.log_level)
    try:
        run(serve_settings(settings, names))
    except (NoMongod, NotStarted, ValueError) as error:
        sys.stderr.write(f"ccp: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
