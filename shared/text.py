"""What texts may contain (pure): one rule for a line, one for a text of several lines, each strict and mending.

The strict form checks what people send; it raises ValueError with a sentence for them. The mending form takes what is
stored, imported or received already, and never fails. Both return text in Unicode's form NFC.
"""

import re
import unicodedata
from collections.abc import Callable

import idna

MOST_MARKS = 30  # in a row, as in the Stream-Safe Text Format of UAX #15: to sort a longer run takes quadratic time
_MARK = "[" + "".join(c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(c)) + "]"
TOO_MANY_MARKS = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")

LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
OTHER_LINE_END = re.compile("[\v\f\x1c-\x1e]")  # Python splits lines here and SMTP does not
OVERRIDES = "\u202d\u202e"  # they turn the direction of what follows
NONCHARACTERS = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
NOT_IN_A_TEXT = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{OVERRIDES}{NONCHARACTERS}]")
# Characters that cannot be seen, so that two names look alike: formats, directions, fillers, tags.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
NOT_IN_A_LINE = re.compile(f"[\\x00-\\x1f\\x7f-\\x9f\u2028\u2029{INVISIBLE}{NONCHARACTERS}]")
JOINER = re.compile("[\u200c\u200d]")
VIRAMA = 9  # the combining class of marks after which an Indic script has joiners
EMOJI = {"So", "Sk"}  # categories of emoji and of their skin tones


def checked_line(text: str) -> str:
    """Return one line. Raise ValueError for control, invisible and direction characters."""
    if text.isascii() and text.isprintable():
        return text
    line = _composed(text, _refuse_marks)
    if found := NOT_IN_A_LINE.search(line):
        raise ValueError(f"Write one line without control and invisible characters: remove {_name(found[0])}.")
    if found := next((joiner for joiner in JOINER.finditer(line) if not _joins(line, joiner.start())), None):
        raise ValueError(f"{_name(found[0])} joins nothing here. Remove it.")
    return line


def checked_text(text: str) -> str:
    """Return a text with line feeds between its lines. Raise ValueError for other control characters."""
    if _is_plain(text):
        return text
    composed = LINE_END.sub("\n", _composed(text, _refuse_marks))
    if found := NOT_IN_A_TEXT.search(composed):
        raise ValueError(f"Use no control characters but line breaks and tabs: remove {_name(found[0])}.")
    return composed


def mended_line(text: str) -> str:
    """Return the words of a text as one line, with single spaces between them and without forbidden characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return _until_stable(_mend_line, text)


def mended_text(text: str) -> str:
    """Return a text with line feeds between its lines and without forbidden characters."""
    if _is_plain(text):
        return text
    return _until_stable(_mend_text, OTHER_LINE_END.sub("\n", LINE_END.sub("\n", text)))


def _mend_line(text: str) -> str:
    line = _composed(NOT_IN_A_LINE.sub(_space_for_controls, text), _drop_marks)
    joined = JOINER.sub(lambda joiner: joiner[0] if _joins(line, joiner.start()) else "", line)
    return " ".join(joined.split())


def _mend_text(text: str) -> str:
    return _composed(NOT_IN_A_TEXT.sub("", text), _drop_marks)


def _until_stable(mend: Callable[[str], str], text: str) -> str:
    """Mend a text again until nothing changes: what follows a removed character may combine with what stood before."""
    while (mended := mend(text)) != text:
        text = mended
    return text


def _is_plain(text: str) -> bool:
    """Return whether a text has nothing to check: a quick answer for most texts, which are read often."""
    one_line = text.replace("\n", "").replace("\t", "")
    return one_line.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text))


def is_visible(text: str) -> bool:
    """Return whether a text has more than spaces, marks and controls; newer characters than Python's count."""
    return any((kind := unicodedata.category(c))[0] not in "ZM" and kind not in {"Cc", "Cf", "Cs"} for c in text)


def _composed(text: str, limit_marks: Callable[[str], str]) -> str:
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", limit_marks(text))


def _refuse_marks(text: str) -> str:
    if TOO_MANY_MARKS.search(text):
        raise ValueError(f"Use at most {MOST_MARKS} accents on one letter.")
    return text


def _drop_marks(text: str) -> str:
    return TOO_MANY_MARKS.sub(r"\1", text)


def _space_for_controls(found: re.Match[str]) -> str:
    return " " if unicodedata.category(found[0]) in {"Cc", "Zl", "Zp"} else ""


def _joins(line: str, position: int) -> bool:
    """Return whether a joiner has an effect on its neighbours: in Arabic and Indic scripts, or between emoji."""
    before, after = line[position - 1 : position], line[position + 1 : position + 2]
    if not before or not after:
        return False
    if unicodedata.combining(before) == VIRAMA:
        return True
    if line[position] == "\u200d" and unicodedata.category(after) == "So":
        return before == "\ufe0f" or unicodedata.category(before) in EMOJI
    return unicodedata.category(before) in {"Lo", "Mn"} and idna.core.valid_contextj(line, position)


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"
