"""Texts of people for pages: paragraphs with links, marked words, and the time that is left."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from markupsafe import Markup, escape

from shared.web.i18n import translated_number

URL = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)\]]")
BULLET = re.compile(r"\s*(?:[-*•·‣–]|\d{1,2}[.)])\s+(?=\S)")
NEXT_STEP = re.compile(r"(?<!\S)/(?:confirm|docs|reset|me/[a-z-]+)\b")  # the pages that refusals name
LONGEST_URL = 60  # characters that are shown
HEADING = re.compile(r"^[A-Z][^.!?:]{2,70}:$")


def paragraphs(text: str) -> Markup:
    """Return a text as paragraphs and lists, with its web addresses as links. Everything else is escaped."""
    made: list[Markup] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in block.splitlines() if line.strip()]
        items: list[str] = []
        for line in lines:
            if BULLET.match(line):
                items.append(BULLET.sub("", line, count=1))
                continue
            made += _list(items)
            items = []
            tag = "h3" if HEADING.match(line) else "p"
            made.append(Markup(f"<{tag}>{{}}</{tag}>").format(linked(line)))  # noqa: S704
        made += _list(items)
    return Markup("\n").join(made)


def _list(items: Sequence[str]) -> list[Markup]:
    if not items:
        return []
    return [Markup("<ul>{}</ul>").format(Markup("").join(Markup("<li>{}</li>").format(linked(item)) for item in items))]


def led(text: str) -> Markup:
    """Return the words of a refusal; a page that they name as the next step is a link."""
    made, end = [], 0
    for found in NEXT_STEP.finditer(text):
        made += [escape(text[end : found.start()]), Markup('<a href="{0}">{0}</a>').format(found[0])]
        end = found.end()
    return Markup("").join([*made, escape(text[end:])])


def linked(text: str) -> Markup:
    """Return a line with its web addresses as links."""
    made, end = [], 0
    for found in URL.finditer(text):
        shown = found[0] if len(found[0]) <= LONGEST_URL else f"{found[0][:LONGEST_URL]}…"
        link = Markup('<a href="{}" rel="nofollow ugc">{}</a>').format(found[0], shown)
        made += [escape(text[end : found.start()]), link]
        end = found.end()
    return Markup("").join([*made, escape(text[end:])])


def marked(text: str, words: Sequence[str]) -> Markup:
    """Return a text in which the words that begin with one of these are marked, whatever their case."""
    wanted = [re.escape(word) for word in words if word]
    if not wanted:
        return escape(text)
    pattern = re.compile(rf"\b(?:{'|'.join(wanted)})\w*", re.IGNORECASE)
    made, end = [], 0
    for found in pattern.finditer(text):
        made += [escape(text[end : found.start()]), Markup("<mark>{}</mark>").format(found[0])]
        end = found.end()
    return Markup("").join([*made, escape(text[end:])])


def countdown(when: datetime, now: datetime) -> str:
    """Return the time until a moment in words: "in 5 days"; empty if it has passed."""
    left = when - now
    if left <= timedelta():
        return ""
    if left < timedelta(hours=1):
        minutes = max(int(left.total_seconds() // 60), 1)
        return translated_number("in %(num)d minute", "in %(num)d minutes", minutes) % {"num": minutes}
    if left < timedelta(days=2):
        hours = int(left.total_seconds() // 3600)
        return translated_number("in %(num)d hour", "in %(num)d hours", hours) % {"num": hours}
    if left.days < 60:
        return translated_number("in %(num)d day", "in %(num)d days", left.days) % {"num": left.days}
    months = left.days // 30
    return translated_number("in %(num)d month", "in %(num)d months", months) % {"num": months}
