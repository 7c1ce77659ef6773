"""The words of all public calls, and those that a person may have meant by a word: its endings, and words near it."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import islice, takewhile

from rapidfuzz import process
from rapidfuzz.distance import OSA

from services.calls.catalogue.store import distinct_words
from shared.mongo import Database

SHORTEST_START, SHORTEST_MISTAKE = 3, 4  # characters of a word that may be the start of others, or mistyped
LONG = 8  # from so many characters on, a word may have two mistakes
MOST_MEANT = 8  # words that one may stand for


class Vocabulary:
    """Words in the form of `shared.words`, in memory: a search looks up what the people who typed may have meant."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        self.replace(words)

    def replace(self, words: Iterable[str]) -> None:
        """Hold these words instead of those before."""
        self.words: Sequence[str] = sorted({*words})
        self.known = frozenset(self.words)
        self.by_length: dict[int, list[str]] = defaultdict(list)
        for word in self.words:
            self.by_length[len(word)].append(word)

    async def refresh(self, db: Database) -> None:
        """Read the words of all public calls again."""
        self.replace(await distinct_words(db))

    def beginning(self, start: str) -> list[str]:
        """Return words that begin with a text and are longer, the shortest first."""
        if len(start) < SHORTEST_START:
            return []
        after = islice(self.words, bisect_left(self.words, start), None)
        longer = [word for word in takewhile(lambda word: word.startswith(start), after) if word != start]
        return sorted(longer, key=lambda word: (len(word), word))[:MOST_MEANT]

    def near(self, word: str) -> list[str]:
        """Return the words with the fewest typing mistakes between them and a word: one, or two in a long word."""
        if len(word) < SHORTEST_MISTAKE or not word.isalpha():
            return []
        most = 2 if len(word) >= LONG else 1
        alike = [
            each for length in range(len(word) - most, len(word) + most + 1) for each in self.by_length.get(length, ())
        ]
        found = process.extract(word, alike, scorer=OSA.distance, processor=None, score_cutoff=most, limit=MOST_MEANT)
        fewest = min((distance for _, distance, _ in found), default=0)
        return [each for each, distance, _ in found if distance == fewest]

    def meant(self, word: str) -> list[str]:
        """Return the words that one which no call has may stand for: longer words, or else words near it."""
        return [] if word in self.known else self.beginning(word) or self.near(word)
