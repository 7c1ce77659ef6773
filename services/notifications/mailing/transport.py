"""Handing an e-mail over: to an SMTP server, or into files. Says what is known of the result."""

import asyncio
from collections.abc import Coroutine
from email.message import Message
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from shared import failpoint

TIMEOUT = 30


class Refused(Exception):
    """The server will never take it."""


class Deferred(Exception):
    """Not taken now, and nothing has left: try again later."""


class Unreachable(Deferred):
    """The server is away, or does not take us: no recipient's fault."""


class Unknown(Exception):
    """It may have left: never send it again by itself."""


class Transport(Protocol):
    async def hand_over(self, message: Message, sender: str, recipient: str) -> None:
        """Raises Refused, Deferred, Unreachable, Unknown."""

    async def close(self) -> None: ...


class Files:
    """Each e-mail an .eml file under its Message-ID: handing it over twice leaves one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def hand_over(self, message: Message, sender: str, recipient: str) -> None:
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise Unreachable(f"the folder cannot be written: {error}") from error

    def _write(self, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        part = self._folder / f".{name}.part"
        part.write_bytes(message.as_bytes())
        part.rename(self._folder / f"{name}.eml")

    async def close(self) -> None:
        return None


class Smtp:
    """One connection, reused; each step's failure is told apart by whether the content had left."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._client = aiosmtplib.SMTP(
            hostname=parts.hostname or "localhost",
            port=parts.port or (465 if parts.scheme == "smtps" else 25),
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            timeout=TIMEOUT,
        )

    async def hand_over(self, message: Message, sender: str, recipient: str) -> None:
        content = message.as_bytes()
        await self._before("no session with the server", self._connect())
        await self._before("the server does not take our mail", self._client.mail(sender))
        try:
            await self._client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            raise await self._refusal(error) from error
        except UnicodeError as error:
            self._client.close()
            raise Refused(f"the address cannot be written for SMTP: {recipient}") from error
        except Exception as error:
            self._client.close()
            raise Unreachable(f"the connection broke before the content: {error!r}") from error
        try:
            await failpoint.during("mailer.after_data", self._client.data(content))
        except aiosmtplib.SMTPResponseException as error:
            raise await self._refusal(error) from error
        except Exception as error:
            self._client.close()
            raise Unknown(f"the connection broke while it was handed over: {error!r}") from error

    async def _connect(self) -> None:
        if not self._client.is_connected:
            await self._client.connect()

    async def _before(self, words: str, step: Coroutine[Any, Any, Any]) -> None:
        """A step that concerns us and the server, not the recipient: whatever goes wrong, try again later."""
        try:
            await step
        except Exception as error:
            self._client.close()
            raise Unreachable(f"{words}: {error}") from error

    async def _refusal(self, error: aiosmtplib.SMTPResponseException) -> Exception:
        """4xx may pass later, 5xx never (RFC 5321, section 4.2.1)."""
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            self._client.close()
        text = f"{error.code} {error.message}"
        return Deferred(text) if 400 <= error.code < 500 else Refused(text)

    async def close(self) -> None:
        self._client.close()


def open_transport(url: str | None, data_dir: Path) -> Transport:
    return Smtp(url) if url else Files(data_dir / "mail")
