"""Atom (RFC 4287) and JSON Feed 1.1 (pure). By hand: feedgen has not been kept since 2023 and brings lxml for this."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree

from services.calls.feeds.entries import Entry

ATOM = "http://www.w3.org/2005/Atom"
NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Feed:
    """`url`: of the feed itself, with its filters; `page`: of the same for people."""

    id: str
    title: str
    url: str
    page: str
    entries: Sequence[Entry]

    @property
    def updated_at(self) -> datetime:
        return max((entry.updated_at for entry in self.entries), default=datetime(1970, 1, 1, tzinfo=UTC))


def atom(feed: Feed) -> bytes:
    ElementTree.register_namespace("", ATOM)
    root = ElementTree.Element(f"{{{ATOM}}}feed")
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "updated", written(feed.updated_at))
    _add(root, "link", rel="self", type="application/atom+xml", href=feed.url)
    _add(root, "link", rel="alternate", type="text/html", href=feed.page)
    _add(root, "generator", "Cluster Collaboration Platform")
    for one in feed.entries:
        entry = _add(root, "entry")
        _add(entry, "id", one.id)
        _add(entry, "title", one.title)
        _add(entry, "updated", written(one.updated_at))
        _add(entry, "published", written(one.published_at))
        _add(entry, "link", rel="alternate", type="text/html", href=one.url)
        _add(_add(entry, "author"), "name", one.author)
        for tag in one.tags:
            _add(entry, "category", term=tag)
        _add(entry, "summary", one.text)
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    clean = {key: NOT_IN_XML.sub(" ", value) for key, value in attributes.items()}
    child = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", clean)
    child.text = NOT_IN_XML.sub(" ", text) or None
    return child


def json_feed(feed: Feed) -> bytes:
    """https://www.jsonfeed.org/version/1.1/"""
    document: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.page,
        "feed_url": feed.url,
        "language": "en",
        "items": [_item(entry) for entry in feed.entries],
    }
    return json.dumps(document, ensure_ascii=False).encode()


def _item(one: Entry) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": one.url,
        "title": one.title,
        "content_text": one.text,
        "date_published": written(one.published_at),
        "date_modified": written(one.updated_at),
        "authors": [{"name": one.author}],
        "tags": [*one.tags],
    }


def written(when: datetime) -> str:
    """RFC 3339, with a zone."""
    return when.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
