"""Transports of e-mail: an SMTP server, or files. Each failure says whether the e-mail may have been sent."""

import asyncio
import re
from collections.abc import Coroutine
from email.message import Message
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from shared import failpoint
from shared.log import ADDRESS, without_addresses
from shared.text import mended_line

TIMEOUT = 30  # seconds
LONGEST_REPLY = 300  # characters
ENHANCED_CODE = re.compile(r"\s*5\.(\d{1,3})\.(\d{1,3})\b")  # RFC 3463
CORRECTED_LATER = {("2", "2"), ("1", "7"), ("1", "8")}  # subject and detail


class Refused(Exception):
    """The server refused the e-mail for good."""


class NoSuchAddress(Refused):
    """The server refused the address itself for good (RFC 3463: 5.1.x): no e-mail will ever arrive there."""


class Deferred(Exception):
    """The server did not take the e-mail and nothing was sent; a later attempt may succeed."""


class Unreachable(Deferred):
    """The server cannot be used now, for a reason that does not depend on the recipient."""


class OutcomeUnknown(Exception):
    """The e-mail may have been sent; it must not be sent again automatically."""


class Transport(Protocol):
    """A way to hand over e-mails."""

    async def hand_over(self, message: Message, sender: str, recipient: str) -> None:
        """Hand an e-mail over. Raises Refused, Deferred, Unreachable, OutcomeUnknown."""

    async def close(self) -> None:
        """Close the connection."""


class FileTransport:
    """A folder that receives each e-mail as an .eml file, named by its Message-ID: a repetition overwrites it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def hand_over(self, message: Message, sender: str, recipient: str) -> None:
        """Write the file of an e-mail. Raises Unreachable."""
        try:
            await asyncio.to_thread(self._write, message)
        except OSError as error:
            raise Unreachable(f"The folder for e-mails cannot be written: {error}") from error

    def _write(self, message: Message) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        partial_file = self._folder / f".{name}.part"
        partial_file.write_bytes(message.as_bytes())
        partial_file.rename(self._folder / f"{name}.eml")

    async def close(self) -> None:
        """Do nothing: there is no connection."""


class SmtpTransport:
    """One connection to an SMTP server, used for many e-mails."""

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
        """Hand an e-mail over. Its outcome is unknown only if the connection breaks while the content is sent."""
        try:
            content = message.as_bytes()
        except Exception as error:  # the others of the batch do not wait for it
            raise Refused(f"The content cannot be written for SMTP: {type(error).__name__}") from error
        await self._prepare("No session with the mail server", self._connect())
        await self._prepare("The mail server does not accept our sender", self._client.mail(sender))
        try:
            await self._client.rcpt(recipient)
        except aiosmtplib.SMTPResponseException as error:
            raise await self._rejection(error, recipient) from error
        except UnicodeError as error:
            self._client.close()
            raise Refused("The address cannot be written for SMTP.") from error
        except Exception as error:
            self._client.close()
            reason = reply_without(recipient, repr(error))
            raise Unreachable(f"The connection broke before the content was sent: {reason}") from error
        try:
            await failpoint.during("mailer.after_data", self._client.data(content))
        except aiosmtplib.SMTPResponseException as error:
            raise await self._rejection(error, recipient) from error
        except Exception as error:
            self._client.close()
            reason = reply_without(recipient, repr(error))
            raise OutcomeUnknown(f"The connection broke while the content was sent: {reason}") from error

    async def _connect(self) -> None:
        if not self._client.is_connected:
            await self._client.connect()

    async def _prepare(self, failure: str, step: Coroutine[Any, Any, Any]) -> None:
        """Run a step that does not depend on the recipient. Raises Unreachable."""
        try:
            await step
        except Exception as error:
            self._client.close()
            raise Unreachable(f"{failure}: {error}") from error

    async def _rejection(self, error: aiosmtplib.SMTPResponseException, recipient: str) -> Exception:
        """Return what a reply means for the e-mail."""
        try:
            await self._client.rset()
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            self._client.close()
        return meaning(error.code, error.message)(f"{error.code} {reply_without(recipient, error.message)}")

    async def close(self) -> None:
        """Close the connection."""
        self._client.close()


def meaning(code: int, reply: str) -> type[Deferred | Refused]:
    """Return what a reply means: by its code (RFC 5321, section 4.2.1), and by its enhanced code if it has one.

    A full mailbox (5.2.2) is emptied, and a policy (5.7.x) or a sender's address (5.1.7, 5.1.8) is corrected by people:
    such an e-mail is tried again, like one that the server deferred.
    """
    if 400 <= code < 500:
        return Deferred
    enhanced = ENHANCED_CODE.match(reply)
    if enhanced is None:
        return Refused
    subject, detail = enhanced.groups()
    if subject == "7" or (subject, detail) in CORRECTED_LATER:
        return Deferred
    return NoSuchAddress if subject == "1" else Refused


def reply_without(recipient: str, reply: str) -> str:
    """Return a server's reply in one line, with its enhanced status code and without the recipient's address."""
    local = re.escape(recipient.rpartition("@")[0])
    line = without_addresses(mended_line(reply))
    return re.sub(rf"(?<![\w.-]){local}(?![\w-])", ADDRESS, line, flags=re.IGNORECASE)[:LONGEST_REPLY]


def open_transport(url: str | None, data_dir: Path) -> Transport:
    """Return a transport to the SMTP server, or to a folder if there is no URL."""
    return SmtpTransport(url) if url else FileTransport(data_dir / "mail")
