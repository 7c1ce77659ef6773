"""Decoding of files: a byte-order mark counts first, then a declared charset, else it is UTF-8 (pure)."""

import codecs
import re

from shared.sentences import _

MARKS = {  # UTF-32 first: its mark begins with that of UTF-16
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# Without a mark, the first character of a text in UTF-16 has a zero byte; no other text begins with one.
ZERO_FIRST, ZERO_SECOND = re.compile(rb"\0[\t\n\r -~]"), re.compile(rb"[\t\n\r -~]\0(?!\0)")
TEXT_ENCODINGS = re.compile(r"utf-(8|16|32)(-(le|be))?|ascii|iso8859-\d+|cp\d+|koi8-[rtu]|mac-\w+")
UNDECODED = re.compile("[\udc80-\udcff]")  # stands for a byte that the encoding does not have
HALVES = re.compile("[\ud800-\udc7f\udd00-\udfff]")  # half of a character, which JSON can write and UTF-8 cannot


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the text of a file. A byte that cannot be decoded becomes a lone surrogate (`UNDECODED`).

    Raises ValueError if the declared charset is not the name of an encoding of text.
    """
    name = _by_mark(body) or (encoding(charset) if charset else None) or _by_zeros(body) or "utf-8"
    errors = "replace" if name.startswith(("utf-16", "utf-32")) else "surrogateescape"
    return body.decode(name, errors).lstrip("\ufeff")


def whole(text: str) -> str:
    """Return a text that UTF-8 can write: without halves of characters and without what was not decoded."""
    return UNDECODED.sub("", HALVES.sub("", text))


def encoding(charset: str) -> str:
    """Return Python's name of a declared charset. Raises ValueError."""
    try:
        name = codecs.lookup(charset.strip("\"' ")).name
    except (LookupError, ValueError):
        name = ""
    if not TEXT_ENCODINGS.fullmatch(name):
        raise ValueError(
            _("{charset} is not a known charset. Use a name such as utf-8 or windows-1252.", charset=repr(charset[:40]))
        )
    return "utf-8" if name == "ascii" else name


def _by_mark(body: bytes) -> str | None:
    return next((name for mark, name in MARKS.items() if body.startswith(mark)), None)


def _by_zeros(body: bytes) -> str | None:
    if ZERO_FIRST.match(body):
        return "utf-16-be"
    return "utf-16-le" if ZERO_SECOND.match(body) else None
