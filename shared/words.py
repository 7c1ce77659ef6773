"""The words of a text as alerts and searches compare them (pure): folded, stemmed, without stop words.

    words("The batteries of Île-de-France")   ["batteri", "ile", "franc"]
    words("WHO funds IT")                     ["who_", "fund", "it_"]

Folding removes case, accents and the differences of Unicode's compatibility forms. A stop word in capitals, such as
IT or WHO, is an abbreviation and a word of its own, which ends with an underscore.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import combinations

from Stemmer import Stemmer

FOLDING = 2  # raise it if the same text would give other words, or if more is stored: all is then folded again
WORD = re.compile(r"[^\W_]+")
DIGIT = re.compile(r"\d")
CHUNK = re.compile(r"[^\W_]+(?:[-/._:][^\W_]+)+")  # written as one, with separators, as identifiers are
MOST_PIECES = 12  # of one identifier
HEADLINE = 4  # from so many words on, a text wholly in capitals is a headline and has no abbreviations
LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
ENGLISH_STOP_WORDS = """
a about above after again against all am an and any are as at be because been before being below between both but by
can cannot could did do does doing down during each few for from further had has have having here how i if in into is
it its itself me more most my myself no nor not of off on once only or other our ours out over own s same should so
some such t than that the their theirs them then there these they this those through to too under until up us very was
we were what when where which while who whom why will with would you your yours
"""
ENGLISH, GREEK = Stemmer("english", 0), Stemmer("greek", 0)  # without a cache of their own
STOP_WORDS = frozenset(ENGLISH_STOP_WORDS.split())


class Marks(dict[int, int | None]):
    """What a translation makes of each character: accents and other marks go. It learns characters as they come."""

    def __missing__(self, code: int) -> int | None:
        self[code] = None if unicodedata.category(chr(code))[0] == "M" else code
        return self[code]


MARKS = Marks()


def fold(text: str) -> str:
    """Return a text without case and accents; letters that Unicode does not decompose (ø, ł) become plain ones."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return unicodedata.normalize("NFC", decomposed.translate(MARKS).translate(LETTERS))


def words(text: str) -> list[str]:
    """Return the words of a text in order."""
    compatible = text if text.isascii() else _without_marks(text)
    written = WORD.findall(compatible)
    has_abbreviations = len(written) < HEADLINE or not compatible.isupper()
    return [named for word in written if (named := _named(word, has_abbreviations))]


def wanted_words(text: str) -> list[str]:
    """Return the words that a person asks for; if they are only stop words ("it", "who"), abbreviations are meant."""
    return words(text) or [f"{word}_" for word in WORD.findall(fold(text))]


def spaced(found: Sequence[str]) -> str:
    """Return words between single spaces, so that a search for one text in another finds whole words only."""
    return f" {' '.join(found)} "


def identifiers(text: str) -> list[str]:
    """Return the keys of the identifiers in a text, which are words with separators and a digit.

    "HORIZON-CL4-2026" has the keys `_horizon_cl4_2026` (the whole), `horizon_cl4_2026`, `horizon_cl4` and `cl4_2026`.
    """
    chunks = (chunk for chunk in CHUNK.findall(_without_marks(text)) if DIGIT.search(chunk))
    return list(dict.fromkeys(key for chunk in chunks for key in identifier(chunk)))


def identifier(text: str) -> Iterator[str]:
    """Yield the keys of one identifier: the whole, and each run of several pieces that has a digit."""
    pieces = WORD.findall(fold(text))[:MOST_PIECES]
    yield f"_{'_'.join(pieces)}"
    for start, end in combinations(range(len(pieces) + 1), 2):
        if end - start > 1 and DIGIT.search(key := "_".join(pieces[start:end])):
            yield key


def wanted_identifiers(text: str) -> list[str]:
    """Return the keys that a person asks for: of each word with separators, and of all words as one identifier."""
    chunks = [*CHUNK.findall(_without_marks(text)), text]
    joined = dict.fromkeys("_".join(WORD.findall(fold(chunk))) for chunk in chunks)
    return [key for whole in joined if DIGIT.search(whole) for key in (f"_{whole}", whole)]


def _without_marks(text: str) -> str:
    """Return a text in the compatibility form without accents, which would split words; its case stays."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text).translate(MARKS)


@lru_cache(50_000)
def _named(word: str, has_abbreviations: bool) -> str:
    folded = fold(word)
    if folded not in STOP_WORDS:
        return stem(folded)
    return f"{folded}_" if has_abbreviations and len(word) > 1 and word.isupper() else ""


def stem(word: str) -> str:
    """Return the stem of a folded word, by the rules of English, or of Greek if it is written in Greek."""
    return str((GREEK if "α" <= word[0] <= "ω" else ENGLISH).stemWord(word)) or word
