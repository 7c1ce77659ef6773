"""Clients that are slow, silent or too many are disconnected, and other clients are served meanwhile."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import NamedTuple

import pytest
from fastapi import FastAPI, Request

from services.__main__ import Server, server_config
from shared.http.server import LARGEST_HEADER
from shared.mongod import free_port
from shared.settings import Settings
from shared.testing import until

pytestmark = pytest.mark.xdist_group("servers")
LIMITS = {"header_seconds": 0.4, "body_seconds": 0.4, "idle_seconds": 0.4, "write_seconds": 0.4}
GET = b"GET /hello HTTP/1.1\r\nHost: ccp.test\r\n\r\n"
POST = b"POST /size HTTP/1.1\r\nHost: ccp.test\r\nContent-Length: %d\r\n\r\n"
LONG_ANSWER = 20_000_000  # bytes; more than the buffers between server and client hold


class Connection(NamedTuple):
    """One client's connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> bytes:
        """Return the status line and the body of the next answer."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = next(int(line[16:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length: "))
        return head.partition(b"\r\n")[0] + b" " + await self.reader.readexactly(length)

    async def rest(self) -> bytes:
        """Return what arrives until the server closes the connection."""
        with contextlib.suppress(ConnectionError):
            return await asyncio.wait_for(self.reader.read(), 10)
        return b""

    async def trickle(self, byte: bytes, pause: float) -> None:
        """Send single bytes until the server closes the connection."""
        with contextlib.suppress(ConnectionError):
            while not self.reader.at_eof():
                await self.send(byte)
                await asyncio.sleep(pause)


def small_app() -> FastAPI:
    app = FastAPI()
    app.state.release, app.state.asked = asyncio.Event(), False

    @app.get("/hello")
    async def hello() -> str:
        return "hello"

    @app.post("/size")
    async def size(request: Request) -> int:
        return len(await request.body())

    @app.get("/client")
    async def client(request: Request) -> str:
        return request.client.host if request.client else ""

    @app.get("/slow")
    async def slow() -> str:
        app.state.asked = True
        await app.state.release.wait()
        return "at last"

    @app.get("/long")
    async def long() -> str:
        return "x" * LONG_ANSWER

    return app


class Served:
    """A real server with short limits."""

    def __init__(self, **settings: object) -> None:
        self.settings = Settings(port=free_port(), **{**LIMITS, **settings})
        self.app = small_app()
        self.server = Server(server_config(self.app, self.settings))
        self.clients: list[Connection] = []

    async def connect(self, source: str = "127.0.0.1") -> Connection:
        opened = await asyncio.open_connection("127.0.0.1", self.settings.port, local_addr=(source, 0))
        self.clients.append(Connection(*opened))
        return self.clients[-1]

    async def disconnect(self) -> None:
        for client in self.clients:
            client.writer.close()
            with contextlib.suppress(ConnectionError):
                await client.writer.wait_closed()

    @property
    def connections(self) -> int:
        return len(self.server.server_state.connections)

    async def is_empty(self) -> bool:
        return not self.connections


@contextlib.asynccontextmanager
async def serving(**settings: object) -> AsyncIterator[Served]:
    served = Served(**settings)
    task = asyncio.create_task(served.server.serve())

    async def started() -> bool:
        return served.server.started

    await until(started, "the server to start")
    try:
        yield served
    finally:
        await served.disconnect()
        served.server.should_exit = True
        await task


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    async with serving() as served:
        yield served


@pytest.mark.parametrize("sent", [b"", b"GET /hello HT", GET[:-2], b"\r\n"])
async def test_a_request_whose_header_does_not_end_is_closed(served: Served, sent: bytes) -> None:
    client = await served.connect()
    await client.send(sent)
    assert (await client.rest()).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    ("begun", "byte"), [(b"GET /hello HTTP/1.1\r\nX: ", b"x"), (POST % 500_000, b"x")], ids=["header", "body"]
)
async def test_a_header_or_a_body_that_trickles_is_closed(served: Served, begun: bytes, byte: bytes) -> None:
    client = await served.connect()
    await client.send(begun)
    sending = asyncio.create_task(client.trickle(byte, 0.05))
    started = time.monotonic()
    assert (await client.rest()).startswith(b"HTTP/1.1 408")
    assert time.monotonic() - started < 5
    await sending


async def test_an_idle_connection_is_closed_after_its_last_answer(served: Served) -> None:
    client = await served.connect()
    for _ in range(3):
        await client.send(GET)
        assert await client.answer() == b'HTTP/1.1 200 OK "hello"'
    assert await client.rest() == b""
    await client.send(b"\r\n")
    await until(served.is_empty, "the connection to be forgotten")


async def test_an_empty_line_does_not_keep_an_idle_connection_open(served: Served) -> None:
    client = await served.connect()
    await client.send(GET)
    await client.answer()
    await client.send(b"\r\n")
    assert (await client.rest()).startswith(b"HTTP/1.1 408")


async def test_a_client_that_does_not_read_its_answer_is_disconnected(served: Served) -> None:
    client = await served.connect()
    await client.send(b"GET /long HTTP/1.1\r\nHost: ccp.test\r\n\r\n")
    await until(served.is_empty, "the connection to be closed")
    assert len(await client.rest()) < LONG_ANSWER


async def test_an_honest_client_is_served_with_pauses_and_large_bodies(served: Served) -> None:
    client = await served.connect()
    await client.send(GET + GET + POST % 300_000 + b"x" * 300_000)
    assert [await client.answer() for _ in range(3)] == [b'HTTP/1.1 200 OK "hello"'] * 2 + [b"HTTP/1.1 200 OK 300000"]
    await client.send(POST % 200_000)
    for _ in range(10):  # longer than the limit in total, but fast enough
        await client.send(b"x" * 20_000)
        await asyncio.sleep(0.1)
    assert await client.answer() == b"HTTP/1.1 200 OK 200000"


@pytest.mark.parametrize(
    "header", [b"X: " + b"x" * 2 * LARGEST_HEADER, b"X: 1\r\n" * (LARGEST_HEADER // 3)], ids=["long", "many"]
)
async def test_a_header_that_is_too_large_is_refused(served: Served, header: bytes) -> None:
    client = await served.connect()
    with contextlib.suppress(ConnectionError):
        await client.send(GET[:-2] + header + b"\r\n" * 2)
    assert b"200 OK" not in await client.rest()


async def test_silent_clients_do_not_keep_others_away() -> None:
    async with serving(most_connections=50, header_seconds=60, idle_seconds=60) as served:
        honest = await served.connect()
        await honest.send(GET)
        await honest.answer()
        silent = [await served.connect() for _ in range(120)]
        later = await served.connect()
        await later.send(GET)
        assert await later.answer() == b'HTTP/1.1 200 OK "hello"'
        assert served.connections <= 50
        assert await silent[0].rest() == b""


PATIENT = {"header_seconds": 60, "body_seconds": 60, "idle_seconds": 60, "write_seconds": 60, "most_connections": 50}


@pytest.mark.parametrize(
    "sent",
    [b"", GET[:-2], GET, POST % 8000, GET + POST % 8000],
    ids=["nothing", "half a header", "no next request", "no body", "no second body"],
)
@pytest.mark.parametrize("newcomer", ["127.0.0.1", "127.0.0.2"])
async def test_whatever_many_clients_leave_undone_a_newcomer_is_served(sent: bytes, newcomer: str) -> None:
    async with serving(**PATIENT) as served:
        for _ in range(60):
            await (await served.connect()).send(sent)
        later = await served.connect(newcomer)
        await later.send(GET)
        assert await later.answer() == b'HTTP/1.1 200 OK "hello"'
        assert served.connections <= 50


async def test_clients_that_read_nothing_do_not_keep_others_away() -> None:
    async with serving(**PATIENT | {"most_connections": 4}) as served:
        for _ in range(4):
            await (await served.connect()).send(GET.replace(b"hello", b"long"))

        async def are_stuck() -> bool:
            return all(connection.flow.write_paused for connection in served.server.server_state.connections)

        await until(are_stuck, "the answers to wait for their clients")
        later = await served.connect()
        await later.send(GET)
        assert await later.answer() == b'HTTP/1.1 200 OK "hello"'


async def test_connections_of_one_address_take_no_place_of_another() -> None:
    async with serving(**PATIENT) as served:
        honest = await served.connect("127.0.0.2")  # has waited longest
        await honest.send(GET)
        await honest.answer()
        await asyncio.gather(*[served.connect() for _ in range(120)])
        await honest.send(GET)
        assert await honest.answer() == b'HTTP/1.1 200 OK "hello"'
        assert served.connections <= 50


async def test_a_request_that_is_being_answered_is_not_closed() -> None:
    async with serving(**PATIENT) as served:
        asking = await served.connect()
        await asking.send(GET.replace(b"hello", b"slow"))

        async def is_asked() -> bool:
            return bool(served.app.state.asked)

        await until(is_asked, "the application to begin")
        silent = [await served.connect() for _ in range(60)]
        assert await silent[0].rest() == b""
        served.app.state.release.set()
        assert await asking.answer() == b'HTTP/1.1 200 OK "at last"'


async def test_only_a_trusted_proxy_names_the_client() -> None:
    forwarded = b"GET /client HTTP/1.1\r\nHost: ccp.test\r\nX-Forwarded-For: 203.0.113.7, 198.51.100.9\r\n\r\n"
    named = {}
    for trusted in ("", "127.0.0.0/8"):
        async with serving(trusted_proxies=trusted) as served:
            client = await served.connect()
            await client.send(forwarded)
            named[trusted] = (await client.answer()).rpartition(b" ")[2]
    assert named == {"": b'"127.0.0.1"', "127.0.0.0/8": b'"198.51.100.9"'}
