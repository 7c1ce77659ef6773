"""Atom (RFC 4287) and JSON Feed 1.1. Not with feedgen: it is unmaintained since 2023 and requires lxml."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode
from xml.etree import ElementTree

from fastapi import Request, Response

from shared.http.conditional import conditional_response
from shared.http.paging import Paging

ATOM, JSON_FEED = "application/atom+xml", "application/feed+json"  # media types
MOST_ENTRIES = 50
NAMESPACE = "http://www.w3.org/2005/Atom"
Rendering = Callable[["Callable[[Feed], bytes]", "Feed"], Awaitable[bytes]]
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Enclosure:
    """A file that belongs to an entry; its size is in bytes."""

    url: str
    media_type: str
    size: int
    title: str


@dataclass(frozen=True)
class FeedEntry:
    """An entry of a feed; its id never changes."""

    id: str
    url: str
    title: str
    text: str
    author: str
    tags: tuple[str, ...]
    published_at: datetime
    updated_at: datetime
    enclosures: tuple[Enclosure, ...] = ()
    image: str = ""  # address of its picture


@dataclass(frozen=True)
class Feed:
    """A feed. `url` is the address of the feed with its filters, `page` that of the web page with the same content."""

    id: str
    title: str
    url: str
    page: str
    entries: Sequence[FeedEntry]

    @property
    def updated_at(self) -> datetime:
        """Return the time of the newest entry."""
        return max((entry.updated_at for entry in self.entries), default=datetime(1970, 1, 1, tzinfo=UTC))


def make_feed(site: str, path: str, page: str, title: str, q: Paging, entries: Sequence[FeedEntry]) -> Feed:
    """Return a feed. Its addresses contain the public address of the platform and the filters, nothing else."""
    filters = q.model_dump(mode="json", exclude_defaults=True, exclude={"limit", "cursor"})
    query = f"?{urlencode(filters, doseq=True)}" if filters else ""
    return Feed(f"urn:ccp:feed:{page[1:]}{query}", title, f"{site}{path}{query}", f"{site}{page}{query}", entries)


async def atom_response(request: Request, feed: Feed, rendered: Rendering = asyncio.to_thread) -> Response:
    """Return the feed as Atom; `rendered` runs a function in a thread."""
    return conditional_response(request, await rendered(atom, feed), ATOM, feed.updated_at)


def json_feed_response(request: Request, feed: Feed) -> Response:
    """Return the feed as JSON Feed."""
    return conditional_response(request, json_feed(feed), JSON_FEED, feed.updated_at)


def atom(feed: Feed) -> bytes:
    """Return the feed as Atom."""
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}feed")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", rfc3339(feed.updated_at))
    _add(root, "link", rel="self", type=ATOM, href=feed.url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(root, "generator", "Cluster Collaboration Platform")
    for entry in feed.entries:
        element = _add(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", rfc3339(entry.updated_at))
        _add(element, "published", rfc3339(entry.published_at))
        _add(element, "link", rel="alternate", type="text/html", href=entry.url)
        for each in entry.enclosures:
            of_file = {"href": each.url, "type": each.media_type, "length": str(each.size)}
            _add(element, "link", rel="enclosure", **of_file, **({"title": each.title} if each.title else {}))
        _add(_add(element, "author"), "name", entry.author)
        for tag in entry.tags:
            _add(element, "category", term=tag)
        _add(element, "summary", entry.text)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    clean = {key: NOT_IN_XML.sub(" ", value) for key, value in attributes.items()}
    child = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}", clean)
    child.text = NOT_IN_XML.sub(" ", text) or None
    return child


def json_feed(feed: Feed) -> bytes:
    """Return the feed as JSON Feed, see https://www.jsonfeed.org/version/1.1/."""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "language": "en",
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _item(entry: FeedEntry) -> dict[str, Any]:
    attachments = [
        {"url": each.url, "mime_type": each.media_type, "size_in_bytes": each.size}
        | ({"title": each.title} if each.title else {})
        for each in entry.enclosures
    ]
    more = {"image": entry.image, "attachments": attachments}
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_text": entry.text,
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [{"name": entry.author}],
        "tags": [*entry.tags],
        **{name: value for name, value in more.items() if value},
    }


def rfc3339(when: datetime) -> str:
    """Return a time in the format of RFC 3339, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
