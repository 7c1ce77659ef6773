"""Validity of feeds: the rules of RFC 4287 as checks, and JSON Feed 1.1 as a schema."""

import io
import re
from collections import Counter
from datetime import datetime
from xml.etree import ElementTree

import httpx

ATOM = "{http://www.w3.org/2005/Atom}"
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
# RFC 4287, appendix B: how often each child may be there, at least and at most.
MANY = 10**6
FEED = {
    "author": (0, MANY), "category": (0, MANY), "contributor": (0, MANY), "generator": (0, 1), "icon": (0, 1),
    "id": (1, 1), "link": (0, MANY), "logo": (0, 1), "rights": (0, 1), "subtitle": (0, 1), "title": (1, 1),
    "updated": (1, 1), "entry": (0, MANY),
}  # fmt: skip
ENTRY = {
    "author": (0, MANY), "category": (0, MANY), "content": (0, 1), "contributor": (0, MANY), "id": (1, 1),
    "link": (0, MANY), "published": (0, 1), "rights": (0, 1), "source": (0, 1), "summary": (0, 1), "title": (1, 1),
    "updated": (1, 1),
}  # fmt: skip
ATTRIBUTES = {"link": {"href", "rel", "type", "hreflang", "title", "length"}, "category": {"term", "scheme", "label"}}


def require_atom(body: bytes) -> None:
    """Raise AssertionError if a feed breaks a rule of RFC 4287, section 4, that feedparser does not check."""
    root = ElementTree.fromstring(body)  # noqa: S314
    assert root.tag == f"{ATOM}feed"
    _require_children(root, FEED)
    entries = root.findall(f"{ATOM}entry")
    for entry in entries:
        _require_children(entry, ENTRY)
        assert entry.findall(f"{ATOM}author") or root.findall(f"{ATOM}author")  # 4.1.1
        assert entry.find(f"{ATOM}content") is not None or _links(entry, "alternate")  # 4.1.2
        alternates = [(link.get("type"), link.get("hreflang")) for link in _links(entry, "alternate")]
        assert len(set(alternates)) == len(alternates)  # 4.1.2
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)
    assert len(_links(root, "self")) == 1  # 4.1.1


def _links(element: ElementTree.Element, rel: str) -> list[ElementTree.Element]:
    return [link for link in element.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def _require_children(element: ElementTree.Element, allowed: dict[str, tuple[int, int]]) -> None:
    found = Counter(child.tag.removeprefix(ATOM) for child in element)
    assert set(found) <= set(allowed), found
    for name, (least, most) in allowed.items():
        assert least <= found[name] <= most, name
    for child in element:
        name, text = child.tag.removeprefix(ATOM), child.text or ""
        assert set(child.attrib) <= ATTRIBUTES.get(name, set()), name
        if name in {"updated", "published"}:
            assert DATE.fullmatch(text), text
            assert datetime.fromisoformat(text).tzinfo
        if name == "id":
            assert re.fullmatch(r"[a-z][a-z0-9+.-]*:\S+", text), text
        if name == "link":
            assert re.fullmatch(r"https?://\S+", child.attrib["href"])
        if name == "author":
            assert [part.tag for part in child] == [f"{ATOM}name"]
            assert child[0].text
        if name == "category":
            assert child.attrib["term"]


URL = {"type": "string", "pattern": "^https?://"}
# https://www.jsonfeed.org/version/1.1/, in our words; what the format deprecates is not allowed.
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": {"type": "string", "minLength": 1},
        "home_page_url": URL,
        "feed_url": URL,
        "description": {"type": "string"},
        "language": {"type": "string", "pattern": "^[a-z]{2}$"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
                "additionalProperties": False,
                "properties": {
                    "id": {"type": "string", "minLength": 1},
                    "url": URL,
                    "title": {"type": "string"},
                    "content_text": {"type": "string"},
                    "summary": {"type": "string"},
                    "date_published": {"type": "string", "format": "date-time"},
                    "date_modified": {"type": "string", "format": "date-time"},
                    "authors": {
                        "type": "array",
                        "items": {"type": "object", "minProperties": 1, "properties": {"name": {"type": "string"}}},
                    },
                    "tags": {"type": "array", "items": {"type": "string"}},
                },
            },
        },
    },
}


def table_of(answer: httpx.Response) -> io.StringIO:
    """Return a CSV export as a spreadsheet decodes it: without its byte-order mark, with its line ends."""
    return io.StringIO(answer.content.decode("utf-8-sig"), newline="")
