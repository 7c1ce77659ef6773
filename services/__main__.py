"""`python -m services [NAME ...]`: run services in this process. Only this module chooses adapters."""

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from importlib import import_module
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError
from pydantic_settings import BaseSettings

from shared import log, tracing
from shared.bus import Bus
from shared.bus.memory import MemoryBus
from shared.bus.rabbit import RabbitBus
from shared.field_errors import in_words
from shared.host import build_app
from shared.http.server import bounded_protocol
from shared.mongod import NoMongod, embedded_mongod, private_folder
from shared.service import Service
from shared.settings import Settings

try:
    import uvloop
except ImportError:  # Windows
    uvloop = None  # type: ignore[assignment]

T = TypeVar("T")


def available() -> list[str]:
    """Return the names of the installed services: all four in a checkout, one in a container."""
    return sorted(path.parent.name for path in Path(__file__).parent.glob("*/service.py"))


def load(names: Sequence[str], settings: Settings, own: Mapping[str, BaseSettings]) -> list[Service]:
    """Return the named services; `own` replaces the settings that a service would read from the environment."""
    more = {name: (own[name],) if name in own else () for name in names}
    return [import_module(f"services.{name}.service").build(settings, *more[name]) for name in names]


def listeners(settings: Settings) -> dict[str, list[str]]:
    """Return the event types that each installed service listens to."""
    return {service.name: service.listens_to for service in load(available(), settings, {})}


def choose_bus(settings: Settings, names: Sequence[str]) -> Bus:
    """Return RabbitMQ if it is configured, or the in-process bus for all services in one process. Raise ValueError."""
    if settings.broker_url:
        return RabbitBus(settings.broker_url, listeners(settings))
    if sorted(names) != available() or len(names) == 1:
        raise ValueError("running only some services needs RabbitMQ; set CCP_BROKER_URL, or run all services")
    return MemoryBus()


class NotStarted(Exception):
    """The services did not start; the log says why."""


class Server(uvicorn.Server):
    """A server that leaves signals to `serve`, so that SIGTERM causes an orderly exit with status 0."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def choose_mongo(settings: Settings) -> AsyncIterator[str]:
    """Yield CCP_MONGO_URL, or the URL of an embedded mongod with its data in the data folder. Raise NoMongod."""
    if settings.mongo_url:
        yield settings.mongo_url
        return
    async with embedded_mongod(settings.data_dir / "mongo") as url:
        yield url


def server_config(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """Return the configuration of the HTTP server. Its own timeouts are replaced by those of the protocol."""
    return uvicorn.Config(
        app,
        settings.host,
        settings.port,
        http=bounded_protocol(settings),
        ws="none",
        timeout_keep_alive=ceil(settings.idle_seconds) + 1,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=settings.trusted_proxies,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=20,
    )


@asynccontextmanager
async def serving(settings: Settings, names: Sequence[str], **own: BaseSettings) -> AsyncIterator[FastAPI]:
    """Run the services behind an HTTP server; yield the app when they are ready. Raise NotStarted."""
    if (mails := settings.data_dir / "mail").exists():
        private_folder(mails)  # an older version left it open to other accounts
    with listening(settings) as listener:
        async with choose_mongo(settings) as mongo_url:
            bus = choose_bus(settings, names)
            app = build_app(load(names, settings, own), settings=settings, mongo_url=mongo_url, bus=bus)
            server = Server(server_config(app, settings))
            task = asyncio.create_task(server.serve([listener]))
            while not server.started and not task.done():
                await asyncio.sleep(0.02)
            if task.done():
                address = f"{settings.host}:{settings.port}"
                raise NotStarted(f"the server did not start on {address}; the log above says why")
            try:
                yield app
            finally:
                server.should_exit = True
                await task


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """Yield the address of the HTTP server as a socket, which listens when the services are ready.

    Raise NotStarted, before anything else starts, if another program has the address.
    """
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as bound:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((settings.host, settings.port))
        except OSError as error:
            problem = f"cannot listen on {settings.host}:{settings.port}: {error.strerror or error}"
            raise NotStarted(f"{problem}; choose another port with --port or CCP_PORT") from error
        yield bound


async def serve(settings: Settings, names: Sequence[str]) -> None:
    """Run until SIGTERM or SIGINT."""
    stop = stop_signal()
    async with serving(settings, names):
        await stop.wait()


def stop_signal() -> asyncio.Event:
    """Return an event that SIGTERM or SIGINT sets."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def serve_settings(settings: Settings, names: Sequence[str]) -> None:
    """Run the named services, or all of them. Raise ValueError, NoMongod or NotStarted."""
    unknown = sorted(set(names) - set(available()))
    if unknown:
        raise ValueError(f"unknown service: {', '.join(unknown)}; choose from {', '.join(available())}")
    names = list(names) or available()
    tracing.configure(settings.traces_url, names)
    await serve(settings, names)


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine, on uvloop if it is installed. Garbage collection skips the objects that exist by now.

    No other account can read the files that it writes: they hold the data and the e-mails of members.
    """
    os.umask(0o077)
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)  # a page of documents must not trigger a full collection
    with asyncio.Runner(loop_factory=uvloop.new_event_loop if uvloop else None) as runner:
        return runner.run(work)


def main(names: Sequence[str]) -> int:
    try:
        settings = Settings()
        log.configure(settings.log_format, settings.log_level)
        run(serve_settings(settings, names))
    except ValidationError as error:
        sys.stderr.write(f"ccp: {in_words(error, 'CCP_')}\n")
        return 2
    except (NoMongod, NotStarted, ValueError) as error:
        sys.stderr.write(f"ccp: {error}\n")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
