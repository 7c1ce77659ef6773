"""The copy that calls keeps of a member: the name, and the words by which it is found (pure)."""

import re
import unicodedata

from shared.models import Versioned

MOST_FOUND = 10
FEWEST_LETTERS = 3


class MemberCopy(Versioned):
    """The name of a member. Calls needs and keeps nothing else of them."""

    name: str
    words: list[str]


def folded_words(name: str) -> list[str]:
    """Return the words of a name without case and accents: "Łucja Håkansson-Öz" has hakansson, oz and łucja."""
    decomposed = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return sorted(set(re.findall(r"\w+", plain)))
