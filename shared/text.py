"""What texts may contain (pure): one rule for a line, one for a text of several lines, each strict and mending.

The strict form checks what people send; it raises ValueError with a sentence for them. The mending form takes what is
stored, imported or received already, and never fails. Both return text in Unicode's form NFC.
"""

import re
import textwrap
import unicodedata
from collections.abc import Callable

import idna

from shared.sentences import _

MOST_MARKS = 30  # in a row, as in the Stream-Safe Text Format of UAX #15: to sort a longer run takes quadratic time
_MARK = "[" + "".join(c for c in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(c)) + "]"
TOO_MANY_MARKS = re.compile(f"({_MARK}{{{MOST_MARKS}}}){_MARK}+")

LINE_END = re.compile("\r\n|[\r\x85\u2028\u2029]")
OTHER_LINE_END = re.compile("[\v\f\x1c-\x1e]")  # Python splits lines here and SMTP does not
OVERRIDES = "\u202d\u202e"  # they turn the direction of what follows
NONCHARACTERS = "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
NOT_IN_A_TEXT = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f{OVERRIDES}{NONCHARACTERS}]")
# Characters that show nothing, though Unicode counts them among letters, marks and signs: fillers and selectors.
BLANK = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\ufffc\U00016fe4\U0001d159"
    "\U000e0100-\U000e01ef]"
)
# Where Unicode adds emoji and ideographs: these may be newer than Python's tables.
NEWER_EMOJI = re.compile("[\U0001f300-\U0001faff]")
IDEOGRAPHS = re.compile("[\U00020000-\U0002fffd\U00030000-\U0003fffd]")
JOINERS = "\u200c\u200d"
CONDITIONAL = re.compile("[\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # joiners and selectors
EMOJI_STYLE = "\ufe0e\ufe0f"  # selectors for emoji; the others are for ideographs
# Signs that are emoji with a selector, besides those of the category of symbols; digits only as keycaps.
SIGN_OR_KEYCAP = re.compile("[\u203c\u2049\u2139\u2194\u25fb-\u25fe\u2934\u2935\u3030\u303d]|[#*0-9](?=\ufe0f\u20e3)")
MOST_NEIGHBOURS = MOST_MARKS + 2  # characters on each side of a joiner on which its effect may depend
WIDTH = 72  # of a quoted line
VIRAMA = 9  # the combining class of marks after which an Indic script has joiners


def checked_line(text: str) -> str:
    """Return one line. Raise ValueError for control, invisible and direction characters."""
    if text.isascii() and text.isprintable():
        return text
    line = _composed(text, _refuse_marks)
    if line.isprintable() and not BLANK.search(line):
        return line
    for position, character in enumerate(line):
        if not _belongs(line, position):
            name = _name(character)
            if CONDITIONAL.match(character):
                raise ValueError(_("Write one line that can be seen: {name} has no effect here. Remove it.", name=name))
            raise ValueError(
                _(
                    "Write one line that can be seen: {name} is a control or invisible character. Remove it.",
                    name=name,
                )
            )
    return line


def checked_text(text: str) -> str:
    """Return a text with line feeds between its lines. Raise ValueError for other control characters."""
    if _is_plain(text):
        return text
    composed = LINE_END.sub("\n", _composed(text, _refuse_marks))
    if found := NOT_IN_A_TEXT.search(composed):
        raise ValueError(_("Use no control characters but line breaks and tabs: remove {name}.", name=_name(found[0])))
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
    line = _composed("".join(map(_mend_character, text)), _drop_marks)
    kept = CONDITIONAL.sub(lambda found: found[0] if _belongs(line, found.start()) else "", line)
    return " ".join(kept.split())


def _mend_character(character: str) -> str:
    if CONDITIONAL.match(character) or _has_a_shape(character):
        return character
    return " " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else ""


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
    """Return whether a text has more than spaces, marks, controls and blanks."""
    return any(_has_a_shape(character) and unicodedata.category(character)[0] not in "ZM" for character in text)


def quoted(text: str) -> str:
    """Return the words of people for a plain text of ours: each line, however it ends, begins with a bar.

    Lines are short, so that no mail program has to break one and begins a line without the bar.
    """
    lines = [
        part
        for line in text.splitlines()
        for part in textwrap.wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    ]
    return "\n".join(f"  | {line}".rstrip() for line in lines)


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return a number with its noun: "1 grant", "1,200 grants"; the plural is the noun with an s, or as given."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def _composed(text: str, limit_marks: Callable[[str], str]) -> str:
    if text.isascii() or unicodedata.is_normalized("NFC", text):
        return text
    return unicodedata.normalize("NFC", limit_marks(text))


def _refuse_marks(text: str) -> str:
    if TOO_MANY_MARKS.search(text):
        raise ValueError(_("Use at most {most_marks} accents on one letter.", most_marks=MOST_MARKS))
    return text


def _drop_marks(text: str) -> str:
    return TOO_MANY_MARKS.sub(r"\1", text)


def _has_a_shape(character: str) -> bool:
    """Return whether a character is a space or can be seen: no control, format, unassigned or private character."""
    if BLANK.match(character):
        return False
    return character.isprintable() or unicodedata.category(character) == "Zs" or _may_be_newer(character)


def _may_be_newer(character: str) -> bool:
    return bool(NEWER_EMOJI.match(character) or IDEOGRAPHS.match(character))


def _belongs(line: str, position: int) -> bool:
    """Return whether a character may be in a line: a joiner or a selector only where it has an effect."""
    character = line[position]
    if character in JOINERS:
        return _joins(line, position)
    return _selects(line, position) if CONDITIONAL.match(character) else _has_a_shape(character)


def _selects(line: str, position: int) -> bool:
    """Return whether a selector stands after an emoji or an ideograph, of which it chooses a form."""
    if position == 0:
        return False
    if line[position] in EMOJI_STYLE:
        return _is_emoji(line, position - 1)
    before = line[position - 1]
    return unicodedata.name(before, "").startswith("CJK ") or bool(IDEOGRAPHS.match(before))


def _is_emoji(line: str, position: int) -> bool:
    is_symbol = unicodedata.category(line[position]) == "So" or NEWER_EMOJI.match(line[position])
    return bool(is_symbol or SIGN_OR_KEYCAP.match(line, position))


def _joins(line: str, position: int) -> bool:
    """Return whether a joiner has an effect on its neighbours: in Arabic and Indic scripts, or between emoji."""
    before, after = line[position - 1 : position], line[position + 1 : position + 2]
    if not before or not after:
        return False
    if unicodedata.combining(before) == VIRAMA:
        return True
    if line[position] == "\u200d" and _is_emoji(line, position + 1):
        return before == "\ufe0f" or _is_emoji(line, position - 1)
    start = max(0, position - MOST_NEIGHBOURS)  # idna refuses long texts
    neighbours = line[start : position + MOST_NEIGHBOURS + 1]
    return unicodedata.category(before) in {"Lo", "Mn"} and idna.core.valid_contextj(neighbours, position - start)


def _name(character: str) -> str:
    return f"U+{ord(character):04X}"
