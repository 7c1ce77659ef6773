"""Sentences that people read: written in English where they are needed, translated where they are shown (pure).

    raise WrongStatus(_("Only a draft can be submitted."))
    raise TooManyFiles(_("There are {count} file(s) already. Delete one first.", count=len(files)))

`_` marks a text for translation. With parts it returns the English sentence, which still knows its pattern and its
parts, so that a page can form it in another language.
"""

import re
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from functools import reduce
from string import Formatter
from typing import Self

language: ContextVar[str] = ContextVar("language", default="en")  # of the request
NUMBERED = re.compile(r"({(\w+)[^}]*}) (\w+)\((\w{1,3})\)")  # of a pattern: "{count} file(s)"


class Late(str):
    """English words that know how to be said in another language."""

    __slots__ = ()


class Sentence(Late):
    """A sentence in English that knows its pattern and its parts."""

    __slots__ = ("parts", "pattern")

    pattern: str
    parts: Mapping[str, object]

    def __new__(cls, pattern: str, /, **parts: object) -> Self:
        made = super().__new__(cls, formed(Formatter(), pattern, parts))
        made.pattern, made.parts = pattern, parts
        return made


class LocalTime(Late):
    """A time in English that knows its moment and its zone; the end of a period may be midnight."""

    __slots__ = ("is_end", "when", "zone")

    when: datetime
    zone: str
    is_end: bool

    def __new__(cls, english: str, when: datetime, zone: str, is_end: bool = False) -> Self:
        made = super().__new__(cls, english)
        made.when, made.zone, made.is_end = when, zone, is_end
        return made


class CountryName(Late):
    """The English name of a country, with its ISO 3166-1 code."""

    __slots__ = ("code",)

    code: str

    def __new__(cls, english: str, code: str) -> Self:
        made = super().__new__(cls, english)
        made.code = code
        return made


def _(text: str, /, **parts: object) -> str:
    """Return the text, which this marks for translation; with its parts, if it has some."""
    return Sentence(text, **parts) if parts else text


def any_of(words: Sequence[str]) -> str:
    """Return words of which one is enough: "draft, submitted or withdrawn"; each is translated by itself."""
    *others, last = map(_late, words)
    return _("{others} or {last}", others=listed(others), last=last) if others else last


def listed(words: Sequence[str], between: str = ", ") -> str:
    """Return words with a sign between them; each is translated by itself."""

    def join(before: Late, word: Late) -> Late:
        return Sentence(f"{{before}}{between}{{word}}", before=before, word=word)

    first, *others = map(_late, words) if words else [Sentence("")]
    return reduce(join, others, first)


def _late(word: str) -> Late:
    return word if isinstance(word, Late) else Sentence(word)


def formed(formatter: Formatter, pattern: str, parts: Mapping[str, object]) -> str:
    """Return a pattern with its parts: "{count} file(s)" becomes "1 file" or "2 files"."""
    if not parts:
        return pattern

    def counted(found: re.Match[str]) -> str:
        field, name, word, ending = found.groups()
        return f"{field} {word}{'' if str(parts[name]) == '1' else ending}"

    return formatter.vformat(NUMBERED.sub(counted, pattern), (), parts)
