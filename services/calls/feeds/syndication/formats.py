"""Atom (RFC 4287) and JSON Feed 1.1 (pure). Not with feedgen: it is unmaintained since 2023 and requires lxml."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from services.calls.feeds.syndication.entries import FeedEntry

ATOM = "http://www.w3.org/2005/Atom"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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


def atom(feed: Feed) -> bytes:
    """Return the feed as Atom."""
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", rfc3339(feed.updated_at))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(root, "generator", "Cluster Collaboration Platform")
    for entry in feed.entries:
        element = _add(root, "entry")
        _add(element, "id", entry.id)
        _add(element, "title", entry.title)
        _add(element, "updated", rfc3339(entry.updated_at))
        _add(element, "published", rfc3339(entry.published_at))
        _add(element, "link", rel="alternate", type="text/html", href=entry.url)
        _add(_add(element, "author"), "name", entry.author)
        for tag in entry.tags:
            _add(element, "category", term=tag)
        _add(element, "summary", entry.text)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    clean = {key: NOT_IN_XML.sub(" ", value) for key, value in attributes.items()}
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", clean)
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
    return {
        "id": entry.id,
        "url": entry.url,
        "title": entry.title,
        "content_text": entry.text,
        "date_published": rfc3339(entry.published_at),
        "date_modified": rfc3339(entry.updated_at),
        "authors": [{"name": entry.author}],
        "tags": [*entry.tags],
    }


def rfc3339(when: datetime) -> str:
    """Return a time in the format of RFC 3339, in UTC."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
