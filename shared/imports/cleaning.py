"""Texts of public sources without the damage of their way here (pure).

Text that was decoded wrongly is repaired if the repair encodes back to what was there (ftfy). HTML entities and tags
become text; no-break spaces and runs of spaces become one space. Glued sentences are parted.
"""

import html
import re
from html.entities import html5

from ftfy import fix_encoding
from ftfy.badness import is_bad

from shared.imports.sentences import parted
from shared.text import mended_line, mended_text

# A character that was decoded byte by byte is two others side by side, or one before a space that was a no-break space.
# Only such words are looked at: to look for damage in a long text is slow.
SUSPECT = re.compile(r"[^\x00-\x7f]{2}[^ \t\r\n]*|(?<![A-ZÀ-Þ])[ÂÃ] [^ \t\r\n]*")
ENTITY = re.compile(r"&(?:#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|([A-Za-z][A-Za-z0-9]{1,31};))")
HIDDEN = re.compile(r"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>", re.I | re.S)
ITEM = re.compile(r"<li\b[^<>]*>", re.I)
BLOCK = re.compile(
    r"</?(?:p|div|ul|ol|br|h[1-6]|table|tbody|thead|tr|section|article|blockquote|hr|pre)\b[^<>]*>", re.I
)
CELL = re.compile(r"</?(?:td|th)\b[^<>]*>", re.I)
INLINE = re.compile(
    r"</?(?:a|abbr|b|big|code|em|font|i|img|li|mark|s|small|span|strike|strong|sub|sup|u)(?:\s[^<>]*)?/?>", re.I
)
UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")  # soft hyphens and spaces without width
NOTHING = {"null", "none", "n/a", "nan", "-", "–", "—"}  # how programs and people write that there is no value
TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "‐": "-", "‑": "-", "–": "-", "—": "-"}
)


def clean_line(text: str) -> str:
    """Return a text as one line."""
    return mended_line(_cleaned(text))


def clean_text(text: str) -> str:
    """Return a text of several lines, at most one empty line between two."""
    lines = (" ".join(line.split()) for line in mended_text(_cleaned(text)).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def is_nothing(value: object) -> bool:
    """Return whether a source states no value; NA is Namibia."""
    return value is None or (isinstance(value, str) and (not value.strip() or value.strip().lower() in NOTHING))


def is_damaged(text: str) -> bool:
    """Return whether a text was decoded wrongly and could not be repaired."""
    return "\ufffd" in text or any(is_bad(words[0]) for words in SUSPECT.finditer(text))


def comparable(text: str) -> str:
    """Return a text in the form in which two sources are compared: without case and typography."""
    return clean_line(text).translate(TYPOGRAPHY).casefold()


def _cleaned(text: str) -> str:
    text = _repaired(text)
    if "&" in text:
        text = _repaired(_without_entities(_without_entities(text)))  # "&amp;nbsp;" was escaped twice
    if "<" in text:
        text = INLINE.sub("", CELL.sub(" ", BLOCK.sub("\n", ITEM.sub("\n- ", HIDDEN.sub("", text)))))
    return parted(UNSEEN.sub("", text))


def _repaired(text: str) -> str:
    return text if text.isascii() else SUSPECT.sub(lambda words: fix_encoding(words[0]), text)


def _without_entities(text: str) -> str:
    return ENTITY.sub(
        lambda found: html.unescape(found[0]) if found[1] is None or found[1] in html5 else found[0], text
    )
