"""The HTTP protocol of uvicorn with limits for slow clients: each phase of a request has a time, a header a size."""

import asyncio
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.http.security import network_of
from shared.settings import Settings

LARGEST_HEADER = 64 * 1024  # bytes, the request line included; compared after each piece
PIECE = 16 * 1024  # bytes that are parsed at once, and that must arrive of a body in its time


class Phase(StrEnum):
    """Phase of a connection, named after what it waits for."""

    HEADER = "header"
    BODY = "body"
    ANSWER = "answer"  # of the application, which has its own timeouts
    IDLE = "idle"  # the next request of the client
    READ = "read"  # the client reads the rest of the last answer
    END = "end"  # the client sends the rest of a refused request


class Waiting:
    """The connections that wait for their clients, by network address, each address's oldest first."""

    def __init__(self) -> None:
        self._by_address: dict[str, dict[BoundedProtocol, None]] = {}

    def add(self, connection: "BoundedProtocol") -> None:
        """Put a connection behind the others of its address."""
        self.remove(connection)
        self._by_address.setdefault(connection.address, {})[connection] = None

    def remove(self, connection: "BoundedProtocol") -> None:
        """Take a connection out, if it is in."""
        others = self._by_address.get(connection.address, {})
        others.pop(connection, None)
        if not others:
            self._by_address.pop(connection.address, None)

    def pop(self) -> "BoundedProtocol":
        """Take out the connection that has waited longest, of the address with the most connections that wait."""
        fullest = max(self._by_address, key=lambda address: len(self._by_address[address]))
        connection = next(iter(self._by_address[fullest]))
        self.remove(connection)
        return connection


class BoundedProtocol(HttpToolsProtocol):
    """A connection that is closed when its client takes too long.

    If there are too many connections, one that waits for its client is closed, so that clients who open connections
    and send or read nothing cannot keep others away: of the address with the most such connections, the one that has
    waited longest. A connection whose request the application answers is never closed for that.
    """

    def __init__(
        self,
        *args: Any,
        seconds: Mapping[Phase, float],
        most: int,
        waiting: Waiting,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._seconds = seconds
        self._most = most
        self._waiting = waiting
        self.address = ""
        self._phase = Phase.IDLE
        self._timer: asyncio.TimerHandle | None = None
        self._write_timer: asyncio.TimerHandle | None = None
        self._received = 0  # bytes of this header, or of this piece of a body

    # --- connection ---------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.address = network_of(self.client[0]) if self.client else ""
        self._enter(Phase.HEADER)
        if len(self.connections) > self._most:
            self._waiting.pop().transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting.remove(self)
        self._stop()
        self.resume_writing()
        super().connection_lost(exc)

    # --- a request arrives --------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        for start in range(0, len(data), PIECE):  # so that the size of a header is noticed in time
            if not self.transport.is_closing():
                self._receive(data[start : start + PIECE])

    def _receive(self, piece: bytes) -> None:
        if self._phase is Phase.IDLE:
            self._enter(Phase.HEADER)
        self._received += len(piece)
        super().data_received(piece)
        if self._phase is Phase.BODY and self._received > PIECE:
            self._enter(Phase.BODY)
        elif self._phase in {Phase.HEADER, Phase.ANSWER} and self._received > LARGEST_HEADER:
            self._refuse(b"431 Request Header Fields Too Large")

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        self._enter(Phase.BODY)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        if self.cycle is not None and self.cycle.response_complete and not self.pipeline:
            return self._enter(Phase.IDLE)
        self._enter(Phase.ANSWER)

    # --- an answer leaves ---------------------------------------------------------------------

    def on_response_complete(self) -> None:
        next_begins = bool(self.pipeline)
        super().on_response_complete()
        if self.transport.is_closing():
            self._enter(Phase.READ)
        elif self._phase is Phase.BODY:  # of the next request, or answered before the body was complete
            self._enter(Phase.BODY if next_begins else Phase.END)
        elif self._phase is Phase.ANSWER and not next_begins:
            self._enter(Phase.IDLE)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._write_timer = self.loop.call_later(self._seconds[Phase.READ], self.transport.abort)
        self._waiting.add(self)

    def resume_writing(self) -> None:
        if self._write_timer:
            self._write_timer.cancel()
            self._write_timer = None
            if self._is_answered:
                self._waiting.remove(self)
        super().resume_writing()

    # --- limits -------------------------------------------------------------------------------

    @property
    def _is_answered(self) -> bool:
        """Whether the application answers a request of this connection, while another may wait behind it."""
        return self._phase is Phase.ANSWER or bool(self.pipeline)

    def _enter(self, phase: Phase) -> None:
        """Begin a phase, with its time."""
        self._phase, self._received = phase, 0
        self._stop()
        if self._is_answered and not self._write_timer:
            self._waiting.remove(self)
        else:
            self._waiting.add(self)
        if not self._is_answered:
            self._timer = self.loop.call_later(self._seconds[phase], self._time_out)

    def _stop(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _time_out(self) -> None:
        if self._phase in {Phase.IDLE, Phase.READ, Phase.END}:
            return self.transport.abort()
        self._refuse(b"408 Request Timeout")

    def _refuse(self, status: bytes) -> None:
        """Close the connection; if no answer has begun, answer with a status."""
        if self.cycle is not None and self.cycle.response_started and not self.cycle.response_complete:
            return self.transport.abort()
        self.transport.write(b"HTTP/1.1 " + status + b"\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
        self.transport.close()
        self._enter(Phase.END)


def bounded_protocol(settings: Settings) -> type[asyncio.Protocol]:
    """Return the protocol with the limits of the settings, for `uvicorn.Config(http=...)`."""
    seconds = {
        Phase.HEADER: settings.header_seconds,
        Phase.BODY: settings.body_seconds,
        Phase.IDLE: settings.idle_seconds,
        Phase.READ: settings.write_seconds,
        Phase.END: settings.header_seconds,
    }
    most = settings.most_connections
    return partial(BoundedProtocol, seconds=seconds, most=most, waiting=Waiting())  # type: ignore[return-value]
