"""Words in alphabetical order, each with the numbers of the organisations that have it (pure)."""

from array import array
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LAST = "\U0010ffff"  # behind every word with the same beginning


@dataclass(frozen=True)
class Postings:
    """All numbers stand in one array, in the order of the words; those of word `i` begin at `starts[i]`."""

    words: Sequence[str]
    starts: Sequence[int]
    numbers: "array[int]"

    @classmethod
    def of(cls, found: Mapping[str, Sequence[int]]) -> "Postings":
        """Return the postings of words with their numbers."""
        words, starts, numbers = sorted(found), array("L", [0]), array("L")
        for word in words:
            numbers.extend(found[word])
            starts.append(len(numbers))
        return cls(words, starts, numbers)

    def having(self, beginning: str, word: str) -> "array[int]":
        """Return the numbers of the words that begin so, and of one word; a number may come several times."""
        first, end = bisect_left(self.words, beginning), bisect_left(self.words, beginning + LAST)
        found = self.numbers[self.starts[first] : self.starts[end]]
        at = bisect_left(self.words, word)
        if not first <= at < end and at < len(self.words) and self.words[at] == word:
            found += self.numbers[self.starts[at] : self.starts[at + 1]]
        return found


NO_WORDS = Postings.of({})
