"""The mailboxes of the demo's members: .eml files in embedded mode, MailDev in containers."""

import asyncio
import email
import email.policy
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import httpx

CONFIRM_LINK = re.compile(r"https?://\S+?(/confirm/[\w.-]+)")


class Mailbox(Protocol):
    def messages(self) -> AsyncIterator[tuple[str, str]]:
        """Yield the address and the text of every e-mail."""

    def __str__(self) -> str: ...


class Folder:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def messages(self) -> AsyncIterator[tuple[str, str]]:
        for path in await asyncio.to_thread(lambda: sorted(self.folder.glob("*.eml"))):
            raw = await asyncio.to_thread(path.read_bytes)
            message = email.message_from_bytes(raw, policy=email.policy.default)
            body = message.get_body(("plain",))
            yield message["To"].addresses[0].addr_spec, body.get_content() if body else ""

    def __str__(self) -> str:
        return f"{self.folder}/*.eml"


class MailDev:
    """A mailbox behind the REST API of MailDev 3."""

    def __init__(self, url: str) -> None:
        self.url = url

    async def messages(self) -> AsyncIterator[tuple[str, str]]:
        async with httpx.AsyncClient(timeout=30) as http:
            for message in (await http.get(f"{self.url}/api/email")).raise_for_status().json():
                yield message["to"][0]["address"], message.get("text", "")

    def __str__(self) -> str:
        return self.url


async def confirm_links(mailbox: Mailbox) -> dict[str, str]:
    """Return the path that confirms each address."""
    links = {}
    async for address, text in mailbox.messages():
        if match := CONFIRM_LINK.search(text):
            links[address] = match[1]
    return links
